"""Where a read goes, and what follows when a replica cannot answer it."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connections, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from jobs.models import Job
from jobs.reading import ReadPlace, ReplicaRouter, ask, reader
from jobs.replicas import Replicas, _end_of_record

pytestmark = pytest.mark.django_db(transaction=True)


def _away() -> None:
    raise OperationalError("it is gone")


@pytest.fixture
def replica() -> Iterator[str]:
    """One that is away."""
    connections.databases["replica_1"] = connections.databases["default"]
    connections["replica_1"].ensure_connection = _away  # type: ignore[method-assign]
    yield "replica_1"
    del connections["replica_1"]
    del connections.databases["replica_1"]


@pytest.fixture
def left() -> list[str]:
    return []


@pytest.fixture
def place(replica: str, left: list[str]) -> ReadPlace:
    return ReadPlace(lambda: replica, left.append)


def test_without_a_place_reads_go_to_the_primary() -> None:
    assert reader().alias == "default"


def test_in_its_place_a_request_reads_jobs_from_the_replica_and_accounts_from_the_primary(
    place: ReadPlace,
) -> None:
    router = ReplicaRouter()
    with place.entered():
        assert reader().alias == "replica_1"
        assert (router.db_for_read(Job), router.db_for_read(User)) == ("replica_1", "default")
        assert router.db_for_write(Job) == "default"
    assert reader().alias == "default"


def test_in_a_transaction_of_the_primary_reads_stay_there(place: ReadPlace) -> None:
    with place.entered(), transaction.atomic():
        assert reader().alias == "default"
        assert ReplicaRouter().db_for_read(Job) == "default"


def test_what_the_replica_cannot_answer_the_primary_is_asked_from_then_on(
    place: ReadPlace, left: list[str]
) -> None:
    def query(cursor: CursorWrapper) -> object:
        return cursor.execute("SELECT 7") and cursor.fetchone()

    with place.entered():
        assert ask(query) == (7,)
        assert reader().alias == "default"
    assert (left, place.is_replica) == (["replica_1"], False)


def test_a_streamed_answer_is_read_where_it_began(place: ReadPlace) -> None:
    def pieces() -> Iterator[str]:
        yield reader().alias
        yield reader().alias

    for piece in place.around(pieces()):
        assert piece == "replica_1"
        assert reader().alias == "default"


def test_a_position_behind_a_pages_header_is_where_the_last_record_ended() -> None:
    page, segment = 5 * 8192, 16 * 1024 * 1024
    assert _end_of_record(page + 24) == page
    assert _end_of_record(segment + 40) == segment
    assert _end_of_record(page + 32) == page + 32
    assert _end_of_record(page) == page


def test_what_a_person_wrote_is_theirs_to_see_and_what_browsers_were_told_is_for_browsers() -> None:
    known = Replicas([], max_lag=1.0)
    known.wrote(7)
    assert known.since(7, browser=False) > known.since(8, browser=False)
    known.browsers_told()
    assert known.since(8, browser=True) >= known.since(7, browser=False)
    assert known.choose(0.0) == "default"

"""The state of the database has the same name only while nothing has changed, whoever asks and however.

What others do in the same server, in databases of their own, gives it another name too.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from jobs import snapshot as module
from jobs.snapshot import SnapshotSession, snapshot
from jobs.tests import factories

TRIES = 1000
pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def asked(transactional_db: None) -> Iterator[SnapshotSession]:
    """One whose session is open."""
    session = SnapshotSession("default")
    assert session.ask() is not None
    assert session._session is not None
    yield session
    if session._session is not None:
        session._session.close()


def test_it_has_another_name_after_every_change(asked: SnapshotSession) -> None:
    names = [asked.ask()]
    for _ in range(5):
        factories.pending()
        names.append(asked.ask())

    assert None not in names
    assert len(set(names)) == 6


def test_it_keeps_its_name_while_nothing_changes(asked: SnapshotSession) -> None:
    assert any(asked.ask() == asked.ask() for _ in range(TRIES))


def test_the_usual_way_gives_the_same_name(asked: SnapshotSession) -> None:
    assert any(asked.ask() == module._ask() == snapshot() for _ in range(TRIES))


def test_it_has_no_name_within_a_transaction_that_has_changed_something() -> None:
    with transaction.atomic():
        assert snapshot() is not None
        factories.pending()
        assert snapshot() is None


def test_whoever_asks_after_a_change_hears_of_it_though_many_ask(asked: SnapshotSession) -> None:
    """Each of many threads changes something and asks: nobody is told a name from before."""
    told: list[tuple[str | None, str | None]] = []

    def change_and_ask() -> None:
        try:
            for _ in range(5):
                before = asked.ask()
                factories.pending()
                told.append((before, asked.ask()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(change_and_ask) for _ in range(6)]:
            done.result()

    assert len(told) == 30
    assert all(before != after for before, after in told)


class CountedLock:
    """A lock that tells how often it was passed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.passed = threading.Semaphore(0)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        self.passed.release()


def test_those_who_come_while_it_is_busy_share_the_next_question(
    asked: SnapshotSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str | None] = []
    by_session = asked._by_session

    def ask() -> str | None:
        questions.append(by_session())
        return questions[-1]

    monkeypatch.setattr(asked, "_by_session", ask)
    joining = CountedLock()
    monkeypatch.setattr(asked, "_joining", joining)

    with ThreadPoolExecutor(8) as threads:
        with asked._asking:
            answers = [threads.submit(asked.ask) for _ in range(8)]
            for _ in answers:
                joining.passed.acquire()
            before = module._ask()
            factories.pending()
        told = {answer.result() for answer in answers}

    assert len(questions) == 1
    assert told == set(questions)
    assert before not in told


def test_a_session_that_was_cut_costs_no_answer(asked: SnapshotSession) -> None:
    assert asked._session is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [asked._session.info.backend_pid])

    assert asked.ask() is not None
    assert any(asked.ask() == module._ask() for _ in range(TRIES))
    assert asked._session is not None


def test_where_the_database_is_away_everybody_who_waits_hears_so(
    asked: SnapshotSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> str:
        raise OperationalError("away")

    assert asked._session is not None
    asked._session.close()
    monkeypatch.setattr(module, "_ask", away)

    for _ in range(2):
        with pytest.raises(OperationalError, match="away"):
            asked.ask()

    monkeypatch.undo()
    assert asked.ask() is not None

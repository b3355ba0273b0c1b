"""Changes are announced after the commit, together, once each, and never for what was rolled back."""

import json
from collections.abc import Callable, Iterator
from time import monotonic

import psycopg
import pytest
from django.db import connection, transaction

from jobs import errors, events, transitions

from .rows import ending, running, submit

Listener = psycopg.Connection[tuple[object, ...]]
pytestmark = pytest.mark.usefixtures("transactional_db")
LAST = 999_999_999


@pytest.fixture
def listener(transactional_db: None) -> Iterator[Listener]:
    events._announcer.flush()  # what the fixtures of an earlier test said is not ours
    wanted = ("dbname", "user", "password", "host", "port")
    params = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    with psycopg.connect(**params, autocommit=True) as listening:
        listening.execute(f"LISTEN {events.CHANGED}")
        listening.execute(f"LISTEN {events.WAKE}")
        yield listening


def _heard(listener: Listener) -> list[tuple[str, str]]:
    """Everything announced so far: a last announcement of our own tells where to stop."""
    events._announcer.flush()
    events._announcer.add(frozenset({LAST}), wake=False)
    heard: list[tuple[str, str]] = []
    deadline = monotonic() + 20
    while monotonic() < deadline:
        for note in listener.notifies(timeout=1, stop_after=1):
            if note.payload == f"[{LAST}]":
                return heard
            heard.append((note.channel, note.payload))
    raise AssertionError("the last announcement did not arrive")


def _ids(heard: list[tuple[str, str]]) -> list[int]:
    return [
        job_id for channel, payload in heard if channel == events.CHANGED for job_id in json.loads(payload)
    ]


def test_nothing_is_said_before_the_commit(listener: Listener) -> None:
    with transaction.atomic():
        job = submit()
        assert _heard(listener) == []
    assert _heard(listener) == [(events.CHANGED, f"[{job.pk}]"), (events.WAKE, "")]


def test_nothing_is_said_of_what_was_rolled_back(listener: Listener) -> None:
    with transaction.atomic():
        submit()
        transaction.set_rollback(True)
    assert _heard(listener) == []


def test_an_inner_rollback_takes_back_its_own_only(listener: Listener) -> None:
    with transaction.atomic():
        kept = submit()
        with transaction.atomic():
            submit()
            transaction.set_rollback(True)
    assert _ids(_heard(listener)) == [kept.pk]


def test_what_gathers_is_said_at_once_and_once(listener: Listener) -> None:
    with transaction.atomic():
        jobs = [submit() for _ in range(20)]
        for job in jobs:
            transitions.cancel(job.pk, by="ada")
    heard = _heard(listener)
    assert sorted(_ids(heard)) == sorted(job.pk for job in jobs)
    assert len(heard) < len(jobs)


@pytest.mark.parametrize(("count", "payload"), [(events.MOST_IDS, None), (events.MOST_IDS + 1, '"*"')])
def test_too_many_are_a_star(listener: Listener, count: int, payload: str | None) -> None:
    ids = range(10**13, 10**13 + count)  # as long as ids get in a payload of 8,000 bytes
    events.changed(ids)
    ((channel, said),) = _heard(listener)
    assert channel == events.CHANGED
    assert said == (payload or json.dumps(list(ids), separators=(",", ":")))


def test_a_refused_move_says_nothing(listener: Listener) -> None:
    one = running()
    _heard(listener)
    assert transitions.settle([]) == {}
    assert transitions.rescue() == []
    transitions.renew([])
    with pytest.raises(errors.JobNotFound):
        transitions.cancel(one.ref.job_id + 10**6, by="ada")
    assert _heard(listener) == []


def test_every_move_that_changes_a_job_says_so(listener: Listener) -> None:
    one = running()
    steps: list[Callable[[], object]] = [
        lambda: transitions.cancel(one.ref.job_id, by="ada"),
        lambda: transitions.settle([ending(one)]),
        lambda: transitions.retry(one.ref.job_id, by="ada"),
        lambda: transitions.delete(one.ref.job_id),
    ]
    _heard(listener)
    for step in steps:
        step()
        assert _ids(_heard(listener)) == [one.ref.job_id]


def test_a_cut_connection_is_made_anew(listener: Listener) -> None:
    submit()
    _heard(listener)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'jobdeck-announcer' AND datname = current_database()"
        )
    events.changed([1])  # may be lost: a hint
    events._announcer.flush()
    job = submit()
    assert job.pk in _ids(_heard(listener))

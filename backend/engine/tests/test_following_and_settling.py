"""Answers that were lost, items that the database refuses: nothing is doubled, nobody is held up."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine import endings
from engine.executors.tests.thread_executor import ThreadExecutor
from engine.following import Follower
from engine.in_flight import AttemptInFlight, InFlight, Phase
from engine.progress import Progress, Source
from engine.settling import UNSTORABLE, Settler
from engine.tests.harness import attempt_of, log_of, story
from jobs import transitions
from jobs.models import Job
from jobs.states import Status
from jobs.transitions import Claimer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def in_flight() -> InFlight:
    return InFlight()


@pytest.fixture
def settler(in_flight: InFlight) -> Settler:
    return Settler(in_flight)


def take(in_flight: InFlight, folder: Path) -> tuple[Job, AttemptInFlight]:
    """A running job in flight, its folder empty."""
    job = transitions.submit({"name": "test", "command": "true"}, owner_id=None)
    claimed = transitions.claim(
        Claimer(name="w", lease_seconds=60), lambda jobs: [job.id for job in jobs], look=1
    )[0]
    executor = ThreadExecutor(folder)
    executor.connect()
    attempt = AttemptInFlight(claimed, executor, Phase.RUNNING)
    in_flight.take(attempt)
    return job, attempt


def write(folder: Path, attempt: AttemptInFlight, data: bytes) -> None:
    (folder / str(attempt.id)).mkdir(exist_ok=True)
    with (folder / str(attempt.id) / "stdout").open("ab") as stdout:
        stdout.write(data)
    attempt.has_news = True
    attempt.ship_again_at = 0.0


def test_a_piece_whose_answer_was_lost_is_not_stored_twice(in_flight: InFlight, tmp_path: Path) -> None:
    job, attempt = take(in_flight, tmp_path)
    write(tmp_path, attempt, b"one\n")
    Follower(in_flight).ship()
    attempt.shipped["stdout"] = 0
    write(tmp_path, attempt, b"two\n")
    Follower(in_flight).ship()
    assert log_of(job) == b"one\ntwo\n"
    assert attempt_of(job).shipped_stdout == attempt.shipped["stdout"] == 8


def test_the_log_of_a_deleted_job_is_let_go(in_flight: InFlight, settler: Settler, tmp_path: Path) -> None:
    job, attempt = take(in_flight, tmp_path)
    attempt.ends_as(endings.lost(attempt.claimed, "It was lost."))
    settler.settle()
    transitions.delete(job.pk)
    write(tmp_path, attempt, b"too late\n")
    Follower(in_flight).ship()
    assert not attempt.has_news
    assert attempt.shipped["stdout"] == attempt.executor.log_size(attempt.ref, "stdout")


def test_the_last_progress_is_written_before_the_end(
    in_flight: InFlight, settler: Settler, tmp_path: Path
) -> None:
    job, attempt = take(in_flight, tmp_path)
    follower = Follower(in_flight)
    for percent in (10, 20):
        attempt.throttle.hear(Source.LINE, Progress(percent))
        follower.report()
    attempt.ends_as(endings.lost(attempt.claimed, "It was lost."))
    follower.report()
    settler.settle()
    job.refresh_from_db()
    assert (job.status, job.progress) == (Status.FAILED, 20)


def test_an_end_whose_answer_was_lost_is_found_written(
    in_flight: InFlight, settler: Settler, tmp_path: Path
) -> None:
    job, attempt = take(in_flight, tmp_path)
    attempt.ends_as(endings.lost(attempt.claimed, "It was lost."))
    settler.settle()
    attempt.phase = Phase.ENDED
    settler.settle()
    assert attempt.phase is Phase.CLOSED
    assert [status for status, _ in story(job)] == [Status.PENDING, Status.RUNNING, Status.FAILED]


def test_what_cannot_be_stored_holds_up_nobody(in_flight: InFlight, settler: Settler, tmp_path: Path) -> None:
    bad_job, bad = take(in_flight, tmp_path)
    good_job, good = take(in_flight, tmp_path)
    bad.ends_as(replace(endings.lost(bad.claimed, "Lost."), message="a\0b", usage={"x": "\0"}))
    good.ends_as(endings.lost(good.claimed, "Lost."))
    settler.settle()
    for job in (bad_job, good_job):
        job.refresh_from_db()
        assert job.status == Status.FAILED
    assert story(good_job)[-1][1] == "Lost."
    assert story(bad_job)[-1][1] == UNSTORABLE


def test_what_cannot_be_stored_at_all_is_tried_again_later(
    in_flight: InFlight, settler: Settler, tmp_path: Path
) -> None:
    _, bad = take(in_flight, tmp_path)
    good_job, good = take(in_flight, tmp_path)
    bad.ends_as(replace(endings.lost(bad.claimed, "Lost."), exit_code=10**12))
    good.ends_as(endings.lost(good.claimed, "Lost."))
    settler.settle()
    good_job.refresh_from_db()
    assert good_job.status == Status.FAILED
    assert bad.phase is Phase.ENDED
    assert bad.back_off_until > 0
    assert not settler.settle()

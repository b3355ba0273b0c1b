"""Answers that were lost, items that the database refuses: nothing is doubled, nobody is held up."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine import endings
from engine.endings import Facts
from engine.executors.local import LocalExecutor
from engine.folder import AttemptFolder
from engine.following import Follower
from engine.held import Hands, Held, Phase
from engine.progress import Progress, Source
from engine.settling import UNSTORABLE, Settler
from engine.tests.harness import attempt_of, log_of, story
from jobs import transitions
from jobs.models import Job
from jobs.states import Status
from jobs.transitions import Claimed, Claimer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def settler(hands: Hands, tmp_path: Path) -> Settler:
    return Settler(hands, LocalExecutor(tmp_path / "no.sock", agent="test"))


def take(hands: Hands, folder: Path) -> tuple[Job, Held]:
    """A running job in hand, its folder empty."""
    job = transitions.submit({"name": "test", "command": "true"}, owner_id=None).job
    claimed = transitions.claim(
        Claimer(name="w", lease_seconds=60), lambda jobs: [job.id for job in jobs], look=1
    )[0]
    path = folder / str(claimed.attempt_id)
    path.mkdir()
    held = Held(facts_of(claimed), AttemptFolder(path), Phase.RUNNING)
    hands.take(held)
    return job, held


def facts_of(claimed: Claimed) -> Facts:
    return Facts(**{name: getattr(claimed, name) for name in Facts.__dataclass_fields__})


def write(held: Held, data: bytes) -> None:
    with (held.folder.path / "stdout").open("ab") as stdout:
        stdout.write(data)
    held.has_news = True
    held.ship_again_at = 0.0


def test_a_piece_whose_answer_was_lost_is_not_stored_twice(hands: Hands, tmp_path: Path) -> None:
    job, held = take(hands, tmp_path)
    write(held, b"one\n")
    Follower(hands).ship()
    held.shipped["stdout"] = 0
    write(held, b"two\n")
    Follower(hands).ship()
    assert log_of(job) == b"one\ntwo\n"
    assert attempt_of(job).shipped_stdout == held.shipped["stdout"] == 8


def test_the_log_of_a_deleted_job_is_let_go(hands: Hands, settler: Settler, tmp_path: Path) -> None:
    job, held = take(hands, tmp_path)
    held.ends_as(endings.lost(held.facts, "It was lost."))
    settler.settle()
    transitions.delete(job.pk)
    write(held, b"too late\n")
    Follower(hands).ship()
    assert not held.has_news
    assert held.shipped["stdout"] == held.folder.size("stdout")


def test_the_last_progress_is_written_before_the_end(hands: Hands, settler: Settler, tmp_path: Path) -> None:
    job, held = take(hands, tmp_path)
    follower = Follower(hands)
    for percent in (10, 20):
        held.throttle.hear(Source.LINE, Progress(percent))
        follower.report()
    held.ends_as(endings.lost(held.facts, "It was lost."))
    follower.report()
    settler.settle()
    job.refresh_from_db()
    assert (job.status, job.progress) == (Status.FAILED, 20)


def test_an_end_whose_answer_was_lost_is_found_written(
    hands: Hands, settler: Settler, tmp_path: Path
) -> None:
    job, held = take(hands, tmp_path)
    held.ends_as(endings.lost(held.facts, "It was lost."))
    settler.settle()
    held.phase = Phase.ENDED
    settler.settle()
    assert held.phase is Phase.CLOSED
    assert [status for status, _ in story(job)] == [Status.PENDING, Status.RUNNING, Status.FAILED]


def test_what_cannot_be_stored_holds_up_nobody(hands: Hands, settler: Settler, tmp_path: Path) -> None:
    bad_job, bad = take(hands, tmp_path)
    good_job, good = take(hands, tmp_path)
    bad.ends_as(replace(endings.lost(bad.facts, "Lost."), message="a\0b", usage={"x": "\0"}))
    good.ends_as(endings.lost(good.facts, "Lost."))
    settler.settle()
    for job in (bad_job, good_job):
        job.refresh_from_db()
        assert job.status == Status.FAILED
    assert story(good_job)[-1][1] == "Lost."
    assert story(bad_job)[-1][1] == UNSTORABLE


def test_what_cannot_be_stored_at_all_is_tried_again_later(
    hands: Hands, settler: Settler, tmp_path: Path
) -> None:
    _, bad = take(hands, tmp_path)
    good_job, good = take(hands, tmp_path)
    bad.ends_as(replace(endings.lost(bad.facts, "Lost."), exit_code=10**12))
    good.ends_as(endings.lost(good.facts, "Lost."))
    settler.settle()
    good_job.refresh_from_db()
    assert good_job.status == Status.FAILED
    assert bad.phase is Phase.ENDED
    assert bad.left_alone_until > 0
    assert not settler.settle()

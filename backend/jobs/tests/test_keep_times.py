"""Keep times: what is due goes, by the queue's own days or those of all others, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from engine.scheduler import Scheduler
from jobs import errors, partitions
from jobs.archive import keeping, months, moving
from jobs.archive.keeping import Keep
from jobs.archive.moving import Due
from jobs.models import Job, LogChunk
from jobs.sql import in_archive
from jobs.states import Status

from . import factories
from .rows import sql

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture(autouse=True)
def never(settings: Settings) -> Iterator[None]:
    """By default all is kept for ever."""
    keep_all_others(settings)
    yield


def keep_all_others(settings: Settings, **days: int) -> None:
    names = ("archive_after_days", "delete_logs_after_days", "delete_after_days")
    settings.KEEP_DAYS = dict.fromkeys(names) | days


def ended(days_ago: int, queue: str = "default") -> Job:
    """A job with a log that ended so long ago."""
    job = factories.running(queue=queue)
    factories.wrote(job, b"hello\n")
    factories.end(job, Status.COMPLETED)
    at = datetime.now(UTC) - timedelta(days=days_ago)
    sql(
        "UPDATE jobs_job SET started_at = %s, completed_at = %s, updated_at = %s WHERE id = %s",
        [at, at, at, job.pk],
    )
    sql("UPDATE jobs_attempt SET log_complete = true")
    return factories.again(job)


def live() -> set[int]:
    return set(Job.objects.values_list("pk", flat=True))


def archived() -> set[int]:
    with in_archive():
        return live()


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_nothing_is_archived_unless_somebody_asks() -> None:
    job = ended(3000)
    assert not keeping.turn(5)
    assert live() == {job.pk}


def test_the_settings_hold_for_queues_without_times_of_their_own(settings: Settings) -> None:
    keep_all_others(settings, archive_after_days=30)
    keeping.set_for("gpu", Keep(archive_after_days=5))
    keeping.set_for("audit", Keep())
    old, new = ended(31), ended(29)
    old_gpu, new_gpu, audit = ended(6, "gpu"), ended(4, "gpu"), ended(900, "audit")
    assert keeping.turn(5).archived == 2
    assert archived() == {old.pk, old_gpu.pk}
    assert live() == {new.pk, new_gpu.pk, audit.pk}


def test_a_queue_can_have_the_times_of_all_others_again(settings: Settings) -> None:
    keep_all_others(settings, archive_after_days=30)
    keeping.set_for("gpu", Keep())
    job = ended(40, "gpu")
    assert keeping.turn(5).archived == 0
    keeping.set_for("gpu", None)
    assert keeping.turn(5).archived == 1
    assert archived() == {job.pk}


def test_archived_jobs_are_deleted_when_their_time_has_come() -> None:
    keeping.set_for("gpu", Keep(archive_after_days=5, delete_after_days=50))
    gone, stays, other = ended(51, "gpu"), ended(49, "gpu"), ended(51)
    moving.archive(Due(datetime.now(UTC)), 10)
    assert keeping.turn(5).deleted == 1
    assert archived() == {stays.pk, other.pk}
    assert gone.pk not in live()


def test_logs_can_go_before_their_jobs() -> None:
    keeping.set_for("gpu", Keep(archive_after_days=5, delete_logs_after_days=20))
    gone, stays = ended(21, "gpu"), ended(19, "gpu")
    keeping.turn(5)
    with in_archive():
        (left,) = LogChunk.objects.values_list("attempt_id", flat=True)
        assert left == factories.attempt_of(stays).pk
    assert archived() == {gone.pk, stays.pk}


def test_a_month_goes_whole_once_every_queue_lets_it_go(settings: Settings) -> None:
    keep_all_others(settings, archive_after_days=5, delete_after_days=50)
    old = ended(200)
    moving.archive(Due(datetime.now(UTC)), 10)
    keeping.set_for("audit", Keep())
    assert keeping.retire(keeping.rules()) == []
    keeping.set_for("audit", None)
    month = months.month_of(old.completed_at or datetime.now(UTC))
    assert month in keeping.retire(keeping.rules(), dry_run=True)
    assert archived() == {old.pk}
    assert month in keeping.turn(5).months
    assert archived() == set()


def test_deleting_before_archiving_is_refused() -> None:
    with pytest.raises(errors.Invalid) as caught:
        keeping.set_for("gpu", Keep(archive_after_days=9, delete_logs_after_days=8, delete_after_days=7))
    assert [one.field for one in caught.value.errors] == ["delete_logs_after_days", "delete_after_days"]
    with pytest.raises(errors.Invalid):
        keeping.set_for("gpu", Keep(delete_after_days=7))
    assert keeping.of_queues() == {}


def test_a_turn_ends_when_its_time_is_over(settings: Settings) -> None:
    keep_all_others(settings, archive_after_days=1)
    job = ended(2)
    assert keeping.turn(0).archived == 0
    assert live() == {job.pk}


def test_the_scheduler_archives(settings: Settings) -> None:
    keep_all_others(settings, archive_after_days=1)
    job = ended(2)
    Scheduler().turn()
    assert archived() == {job.pk}


def test_the_command_archives_by_age_and_queue() -> None:
    old, new, other = ended(9, "gpu"), ended(7, "gpu"), ended(9)
    command = ("archive", "--older-than=8", "--queue=gpu")
    assert "1 jobs would be archived" in said(*command, "--dry-run")
    assert live() == {old.pk, new.pk, other.pk}
    assert "1 jobs were archived" in said(*command)
    assert archived() == {old.pk}


def test_the_command_does_what_the_keep_times_say() -> None:
    keeping.set_for("gpu", Keep(archive_after_days=8))
    old, _ = ended(9, "gpu"), ended(7, "gpu")
    assert "1 jobs were archived" in said("archive")
    assert archived() == {old.pk}


@pytest.mark.parametrize(
    "wrong", [["--queue=gpu"], ["--older-than=-1"], ["--older-than=x"], ["--older-than=99999999"]]
)
def test_a_command_that_makes_no_sense_archives_nothing(wrong: list[str]) -> None:
    job = ended(9, "gpu")
    with pytest.raises(CommandError, match="older-than"):
        call_command("archive", *wrong)
    assert live() == {job.pk}


def test_keep_times_are_set_and_shown_by_command() -> None:
    shown = said("keep", "--queue=gpu", "--archive-after=30", "--delete-after=400")
    assert "gpu: archived after 30 days, logs deleted never, deleted after 400 days" in shown
    assert "gpu: archived after 20 days, logs deleted never, deleted after 400 days" in said(
        "keep", "--queue=gpu", "--archive-after=20"
    )
    assert "(all others): archived never" in said("keep", "--queue=gpu", "--reset")
    assert keeping.of_queues() == {}


@pytest.mark.parametrize(
    "wrong",
    [["--archive-after=3"], ["--queue=gpu", "--archive-after=0"], ["--queue=gpu", "--delete-after=5"]],
)
def test_keep_times_that_make_no_sense_are_refused(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("keep", *wrong)
    assert keeping.of_queues() == {}


def test_partitions_of_the_past_go_once_they_are_empty() -> None:
    job = factories.pending()
    partitions.ensure(since=datetime(2024, 1, 1, tzinfo=UTC))
    sql(
        "INSERT INTO jobs_jobstatus (job_id, status_type, timestamp, message, attempt)"
        " VALUES (%s, 'PENDING', '2024-02-01Z', '', 1)",
        [job.pk],
    )
    assert "would drop jobs_jobstatus_2024_01" in said("partitions", "drop", "--dry-run")
    gone = said("partitions", "drop")
    assert "dropped jobs_jobstatus_2024_01" in gone
    assert "2024_02" not in gone
    assert datetime.now(UTC).strftime("jobs_jobstatus_%Y_%m") not in gone
    shown = said("partitions", "show")
    assert "jobs_jobstatus_2024_02" in shown
    assert "jobs_jobstatus_2024_01" not in shown

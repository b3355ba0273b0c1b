"""Archiving: a job is in exactly one place with all that is its own, whatever happens at the same time."""

import random
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from jobs import counters, errors, transitions
from jobs.archive import months, moving
from jobs.archive.moving import Due
from jobs.counters import Slice
from jobs.models import Attempt, Job, JobStatus, LogChunk
from jobs.sql import in_archive
from jobs.states import Reason, Status
from jobs.stats import stats
from jobs.timeline import Timeline

from . import factories
from .moves import MOVES, act, target
from .rows import sql
from .soundness import broken_promises

ROWS = {
    "jobs_job": "id",
    "jobs_jobstatus": "id",
    "jobs_attempt": "id",
    "jobs_logchunk": 'attempt_id, stream, "offset"',
}

pytestmark = pytest.mark.usefixtures("transactional_db")


def due(after: timedelta = timedelta(0), **which: Any) -> Due:
    """All that has ended so long ago."""
    return Due(datetime.now(UTC) - after, **which)


def archived(job: Job) -> Job:
    """Move it, and nothing else that has ended."""
    assert moving.archive(due(), 100) >= 1
    with in_archive():
        return Job.objects.get(pk=job.pk)


def everything(job_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """All that is a job's, as it was stored, without what an archiving changes."""
    return {
        "job": sql(
            "SELECT to_jsonb(job) - 'version' - 'updated_at' - 'archived_at' FROM jobs_job AS job"
            " WHERE id = %s",
            [job_id],
        ),
        "statuses": list(JobStatus.objects.filter(job_id=job_id).order_by("id").values_list()),
        "attempts": list(Attempt.objects.filter(job_id=job_id).order_by("id").values_list()),
        "logs": list(
            LogChunk.objects.filter(
                attempt_id__in=list(Attempt.objects.filter(job_id=job_id).values_list("pk", flat=True))
            )
            .order_by("attempt_id", "stream", "offset")
            .values_list("attempt_id", "stream", "offset", "size", "data", "first_line")
        ),
    }


def in_thread(do: Callable[..., Any], *arguments: Any) -> Any:
    """For a thread of its own, which takes its connection along."""
    try:
        return do(*arguments)
    finally:
        connection.close()


@contextmanager
def ignoring_absence() -> Iterator[None]:
    """Somebody else has moved it to where it is not looked for."""
    with suppress(errors.JobNotFound, Job.DoesNotExist):
        yield


def with_all_there_is() -> Job:
    """A job that failed, was retried and completed; both attempts wrote."""
    job = factories.running(max_attempts=2, tags=["a"], queue="gpu", environment={"A": "b"})
    factories.wrote(job, b"first\n", b"second\n", complete=False)
    job = factories.end(job, Status.FAILED, reason=Reason.EXIT_CODE, exit_code=1)
    transitions.retry(job.pk, by="ann")
    factories.claim(job)
    job = factories.again(job)
    factories.wrote(job, b"third\n", stream="stderr")
    job = factories.end(job, Status.COMPLETED, exit_code=0, result_data={"x": [1, 2]})
    sql("UPDATE jobs_attempt SET log_complete = true")
    return job


def test_all_that_is_a_jobs_goes_along_and_comes_back() -> None:
    job = with_all_there_is()
    before = everything(job.pk)
    assert len(before["logs"]) == 3
    moved = archived(job)
    assert moved.archived_at is not None
    with in_archive():
        assert everything(job.pk) == before
    assert not any(everything(job.pk).values())
    moving.restore(job.pk)
    assert everything(job.pk) == before
    assert factories.again(job).archived_at is None
    with in_archive():
        assert not any(everything(job.pk).values())
    assert broken_promises() == {}


def test_its_version_tells_each_move() -> None:
    job = factories.cancelled()
    moved = archived(job)
    moving.restore(job.pk)
    assert job.version < moved.version < factories.again(job).version


@pytest.mark.parametrize("make", [factories.pending, factories.running, factories.backing_off])
def test_what_has_not_ended_stays(make: factories.Maker) -> None:
    job = make()
    assert moving.archive(due(), 100) == 0
    assert factories.again(job) == job


def test_what_ended_lately_stays() -> None:
    job = factories.completed()
    assert moving.archive(due(timedelta(days=1)), 100) == 0
    assert Job.objects.get() == job


def test_a_job_whose_log_may_still_come_stays_for_a_week() -> None:
    job = factories.running()
    factories.wrote(job, b"one\n")
    factories.end(job, Status.COMPLETED)
    assert moving.archive(due(), 100) == 0
    sql(
        "UPDATE jobs_job SET started_at = started_at - interval '8 days',"
        " completed_at = completed_at - interval '8 days', updated_at = updated_at - interval '8 days'"
    )
    assert moving.archive(due(), 100) == 1


def test_a_restored_job_stays_until_its_time_has_passed_again() -> None:
    job = factories.cancelled()
    long_ago = datetime.now(UTC) - timedelta(days=40)
    sql("UPDATE jobs_job SET completed_at = %s, updated_at = %s", [long_ago, long_ago])
    assert moving.archive(due(timedelta(days=30)), 100) == 1
    moving.restore(job.pk)
    assert moving.archive(due(timedelta(days=30)), 100) == 0


def test_queues_are_archived_by_themselves() -> None:
    for queue in ("gpu", "cpu", "io"):
        factories.cancelled(queue=queue)
    assert moving.archive(due(queues=("gpu",), others=False), 100) == 1
    assert moving.archive(due(queues=("cpu",), others=True), 100) == 1
    assert Job.objects.get().queue == "cpu"


def test_a_batch_is_no_larger_than_asked_and_takes_the_oldest() -> None:
    jobs = [factories.cancelled() for _ in range(3)]
    assert moving.archive(due(), 2) == 2
    assert Job.objects.get() == jobs[2]


def test_a_job_that_somebody_holds_is_left_for_the_next_turn() -> None:
    job = factories.cancelled()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        assert pool.submit(in_thread, moving.archive, due(), 100).result(30) == 0
    assert moving.archive(due(), 100) == 1


def test_restoring_what_is_not_archived_says_so() -> None:
    with pytest.raises(errors.JobNotFound):
        moving.restore(factories.cancelled().pk)


def test_an_archived_job_can_be_deleted_with_all_that_is_its_own() -> None:
    job, other = with_all_there_is(), factories.cancelled()
    assert moving.archive(due(), 100) == 2
    assert moving.delete([job.pk]) == 1
    with in_archive():
        assert not any(everything(job.pk).values())
        assert Job.objects.get() == other


def test_totals_are_of_live_jobs() -> None:
    factories.completed()
    sql("UPDATE jobs_attempt SET log_complete = true")
    job = factories.cancelled()
    moving.archive(due(), 100)
    assert counters.totals().total == 0
    moving.restore(job.pk)
    assert counters.totals().by_status["CANCELLED"] == 1
    assert broken_promises() == {}


@pytest.mark.parametrize("folding", [False, True])
def test_what_has_happened_stays_counted_once_through_the_archive_and_back(folding: bool) -> None:
    jobs = [with_all_there_is(), factories.failed(queue="gpu"), factories.cancelled()]
    sql("UPDATE jobs_attempt SET log_complete = true")
    now = datetime.now(UTC)
    line = Timeline.covering(now - timedelta(hours=3), now + timedelta(hours=1), None, "UTC")
    before, gpu = happened(line, Slice()), happened(line, Slice(queue="gpu"))
    assert (before["completed"], before["failed"], before["cancelled"], before["retried"]) == (1, 2, 1, 1)
    assert before["execution_time"]["p50"] is not None
    assert before["failed_after"]["p50"] is not None
    assert moving.archive(due(), 100) == len(jobs)
    for job in jobs:
        if folding:
            counters.fold(most=2)
        assert (happened(line, Slice()), happened(line, Slice(queue="gpu"))) == (before, gpu)
        moving.restore(job.pk)
    assert (happened(line, Slice()), happened(line, Slice(queue="gpu"))) == (before, gpu)
    assert counters.totals().total == len(jobs)


def happened(line: Timeline, part: Slice) -> dict[str, Any]:
    """All figures but those of jobs as they are now."""
    now = ("as_of", "total", "by_status", "by_queue", "queues", "by_owner", "owners")
    return {name: figure for name, figure in stats(line, part).items() if name not in now}


def test_the_archive_has_the_columns_of_live_jobs() -> None:
    shapes = """
        SELECT attname, atttypid::regtype::text, atttypmod FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'job_completed_at'
        ORDER BY attname"""
    for table in ROWS:
        assert sql(shapes, [f"jobdeck_archive.{table}"]) == sql(shapes, [table])


def test_a_month_goes_at_once_and_the_others_stay() -> None:
    old, new = factories.cancelled(), factories.cancelled()
    sql(
        "UPDATE jobs_job SET completed_at = '2026-03-31T23:59:59Z', updated_at = '2026-04-01' WHERE id = %s",
        [old.pk],
    )
    assert moving.archive(due(), 100) == 2
    march = datetime(2026, 3, 1, tzinfo=UTC).date()
    assert march in {month.first for month in months.months()}
    assert months.drop(march)
    with in_archive():
        assert Job.objects.get() == new
    assert march not in {month.first for month in months.months()}


def test_reading_the_archive_within_a_transaction_leaves_it_as_it_was() -> None:
    job = archived(factories.cancelled())
    with transaction.atomic():
        with in_archive():
            assert Job.objects.exists()
        assert not Job.objects.exists()
        with pytest.raises(ZeroDivisionError), in_archive():
            raise ZeroDivisionError
        assert not Job.objects.filter(pk=job.pk).exists()


def test_a_job_is_in_one_place_with_all_its_own_while_moves_race() -> None:
    """Archivers, restorers and every move at once; then each job that nobody deleted is whole, somewhere."""
    jobs = [with_all_there_is().pk if n % 3 else factories.pending().pk for n in range(12)]
    over, moved = Event(), Tally[str]()

    def race(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(40):
                job_id = chance.choice(jobs)
                if chance.random() < 0.4:
                    with ignoring_absence():
                        moving.restore(job_id)
                        moved["back"] += 1
                elif Job.objects.filter(pk=job_id).exists():
                    with ignoring_absence():
                        act(chance.choice([move for move in MOVES if move != "delete"]), target(job_id))
        finally:
            connection.close()

    def archive() -> None:
        chance = random.Random(0)
        try:
            while not over.is_set():
                moved["away"] += moving.archive(due(), chance.randrange(1, 6))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        archiving = [pool.submit(archive) for _ in range(2)]
        racing = [pool.submit(race, seed) for seed in range(3)]
        try:
            for future in racing:
                future.result(120)
        finally:
            over.set()
        for future in archiving:
            future.result(30)
    assert moved["away"] > 5
    assert moved["back"] > 5
    assert broken_promises() == {}
    places = sql("""
        SELECT id, count(*), min(status_count), min(place) FROM (
            SELECT id, status_count, 'live' AS place FROM jobs_job
            UNION ALL SELECT id, status_count, 'archive' FROM jobdeck_archive.jobs_job) AS everywhere
        GROUP BY id ORDER BY id""")
    assert [(job_id, 1) for job_id in jobs] == [(job_id, count) for job_id, count, *_ in places]
    with in_archive():
        assert set(broken_promises()) <= {"the counters are the rows"}

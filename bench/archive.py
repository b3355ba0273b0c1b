#!/usr/bin/env python3
"""Archiving old jobs while others are submitted, and retiring a month of them: `bench/archive.py [--jobs N]`.

What ended more than DAYS days ago, of the oldest at most about MOST, moves to the archive while SUBMITTED
jobs a second come in and lists are read. Void if a job is lost, or is in both places. A month is then dropped beside a DELETE of the same month,
each taken back. The jobs stay archived: run it last, or on a home of its own.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from figures import Figure, main, milliseconds
from jobdeck import Jobdeck

DAYS = 30
MOST = 1_000_000
SUBMITTED = 100
LISTED = 200
LIST = "/api/jobs/?size=50"
TABLES = ("jobs_job", "jobs_jobstatus", "jobs_attempt", "jobs_logchunk")
# So many days ago the newest of those ended that are to move.
_DAYS = """
SELECT ceil(greatest(%(days)s, extract(epoch FROM now() - (
    SELECT completed_at FROM jobs_job WHERE completed_at < now() - %(days)s * interval '1 day'
    ORDER BY completed_at OFFSET %(most)s LIMIT 1)) / 86400))"""
_MONTH = """
SELECT to_char(completed_at, 'YYYY_MM'), count(*) FROM jobs_job
WHERE completed_at < date_trunc('month', now() - %(days)s * interval '1 day')
GROUP BY 1 ORDER BY 2 DESC LIMIT 1"""
DELETES = (
    "DELETE FROM jobs_logchunk WHERE attempt_id IN (SELECT id FROM jobs_attempt WHERE job_id IN ({ids}))",
    "DELETE FROM jobs_attempt WHERE job_id IN ({ids})",
    "DELETE FROM jobs_job WHERE id IN ({ids})",
)


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Run it."""
    with jobdeck.database() as database:
        days = int(database.execute(_DAYS, {"days": DAYS, "most": MOST}).fetchone()[0])
        month, jobs = database.execute(_MONTH, {"days": days}).fetchone() or ("", 0)
        if not jobs:
            raise SystemExit("There are no jobs that ended months ago.")
        ids = f"SELECT id FROM jobs_job WHERE to_char(completed_at, 'YYYY_MM') = '{month}'"
        deleted = undone(database, *(statement.format(ids=ids) for statement in DELETES))
        quiet = [milliseconds(lambda: jobdeck.json(LIST)) for _ in range(LISTED)]
        moved, seconds, busy, submitted = archive_under_load(jobdeck, database, days)
        dropped = undone(database, *(f"DROP TABLE jobdeck_archive.{table}_{month}" for table in TABLES))
    return [
        Figure(
            "archive", [moved / seconds], "jobs/s", note=f"{moved:,} moved, {submitted:,} submitted beside"
        ),
        Figure("list of 50 while archiving", busy, "ms", quiet, "≤ 1.2", "floor: before"),
        Figure(
            "retire a month", [jobs / dropped], "jobs/s", [jobs / deleted], "≥ 100", f"{jobs:,}; peer: DELETE"
        ),
    ]


def archive_under_load(jobdeck: Jobdeck, database: Any, days: int) -> tuple[int, float, list[float], int]:
    """Jobs moved, seconds, milliseconds of lists meanwhile, jobs submitted. Raises unless all is there."""
    before, over = everywhere(database), threading.Event()
    busy: list[float] = []
    sent: list[int] = []
    others = [
        threading.Thread(target=until, args=(over, lambda: submit(jobdeck, sent), 1.0)),
        threading.Thread(
            target=until, args=(over, lambda: busy.append(milliseconds(lambda: jobdeck.json(LIST))), 0)
        ),
    ]
    for thread in others:
        thread.start()
    began = time.monotonic()
    try:
        jobdeck.manage("archive", "--older-than", str(days))
    finally:
        seconds = time.monotonic() - began
        over.set()
        for thread in others:
            thread.join()
    live, archived, both = everywhere(database)
    if both or live + archived != before[0] + before[1] + len(sent):
        raise RuntimeError(f"void: {before} jobs and {len(sent)} new ones became {(live, archived, both)}")
    return archived - before[1], seconds, busy, len(sent)


def everywhere(database: Any) -> tuple[int, int, int]:
    """How many jobs are live, archived, and both."""
    row = database.execute(
        "SELECT (SELECT count(*) FROM jobs_job), (SELECT count(*) FROM jobdeck_archive.jobs_job),"
        " (SELECT count(*) FROM jobs_job JOIN jobdeck_archive.jobs_job AS away USING (id))"
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def submit(jobdeck: Jobdeck, sent: list[int]) -> None:
    """So many tracked jobs in one request."""
    jobdeck.json("/api/jobs/bulk/", [{"name": "meanwhile"}] * SUBMITTED)
    sent += [1] * SUBMITTED


def until(over: threading.Event, work: Callable[[], object], every: float) -> None:
    """Do it again and again, so many seconds apart."""
    while not over.is_set():
        work()
        over.wait(every)


def undone(database: Any, *statements: str) -> float:
    """Seconds that these take together, which are then taken back."""
    database.execute("BEGIN")
    began = time.monotonic()
    for statement in statements:
        database.execute(statement)
    seconds = time.monotonic() - began
    database.execute("ROLLBACK")
    return seconds


if __name__ == "__main__":
    main(bench, __doc__)

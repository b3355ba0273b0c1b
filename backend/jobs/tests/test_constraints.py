"""Each CHECK and each unique index refuses what it is there for, whoever writes: tried by plain SQL."""

import pytest
from django.db import IntegrityError

from .rows import ended, running, sql, submit

pytestmark = pytest.mark.django_db

ON_JOB = {
    "job_name_not_blank": ["name = ''"],
    "job_priority_1_to_10": ["priority = 0", "priority = 11"],
    "job_progress_0_to_100": ["progress = -1", "progress = 101"],
    "job_ended_has_completed_at": ["status = 'COMPLETED'", "completed_at = now()"],
    "job_bad_end_has_reason": [
        "reason = 'timeout'",
        "status = 'FAILED', completed_at = now()",
        "status = 'CANCELLED', completed_at = now()",
        "status = 'COMPLETED', completed_at = now(), reason = 'timeout'",
    ],
    "job_running_has_started_at": ["status = 'RUNNING'"],
    "job_lease_only_while_running": ["lease = gen_random_uuid()"],
    "job_dispatched_only_while_pending": ["status = 'RUNNING', started_at = now(), dispatched_at = now()"],
    "job_attempts_in_bounds": ["attempt = 0", "attempts_used = -1", "max_attempts = 0", "max_attempts = 101"],
    "job_durations_in_bounds": [
        "retry_delay = -1",
        "retry_delay = 604801",
        "timeout = 0",
        "timeout = 31622401",
    ],
}
ON_OPEN_ATTEMPT = {
    "attempt_open_has_no_outcome": ["exit_code = 0", "signal = 9", "reason = 'timeout'", "result_data = '1'"],
    "attempt_exit_code_or_signal": ["ended_at = now(), exit_code = 1, signal = 9"],
    "attempt_external_id_once_dispatched": ["dispatched_at = NULL, external_id = '7'"],
    "attempt_lease_has_an_end": ["lease = NULL", "lease_until = NULL"],
}
STATUS_ROW = {
    "jobstatus_status_known": ("'PAUSED', now(), '', NULL, 1"),
    "jobstatus_progress_0_to_100": ("'RUNNING', now(), '', 101, 1"),
    "jobstatus_attempt_positive": ("'RUNNING', now(), '', NULL, 0"),
}
CHUNK_ROW = {
    "logchunk_stream_known": "1, 'stdin', 0, 1, '', 0",
    "jobs_logchunk_offset_check": "1, 'stdout', -1, 1, '', 0",
    "jobs_logchunk_size_check": "1, 'stdout', 0, 0, '', 0",
    "jobs_logchunk_first_line_check": "1, 'stdout', 0, 1, '', -1",
}
KEEP_TIME_ROW = {
    "keeptime_archive_after_in_bounds": "'q', 0, NULL, NULL",
    "keeptime_delete_after_in_bounds": "'q', NULL, 36601, NULL",
    "keeptime_delete_logs_after_in_bounds": "'q', NULL, NULL, 0",
}
TRIED_BELOW = {
    "job_status_known",
    "attempt_number_once",
    "attempt_one_open_per_job",
    "activity_once",
    "operation_undone_once",  # in test_operations.py
}


def _cases(by_name: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, change) for name, changes in by_name.items() for change in changes]


def _refused(name: str, statement: str, params: list[object] | None = None) -> None:
    with pytest.raises(IntegrityError) as refusal:
        sql(statement, params or [])
    assert f'"{name}"' in str(refusal.value)


@pytest.mark.parametrize(("name", "change"), _cases(ON_JOB))
def test_a_job_is_never(name: str, change: str) -> None:
    _refused(name, f"UPDATE jobs_job SET {change} WHERE id = %s", [submit().pk])  # noqa: S608


def test_a_job_has_no_sixth_status() -> None:
    ended()
    columns = "name, description, priority, created_at, updated_at, error_message, resource_requirements"
    columns += ", status_message, status_changed_at, latest_status_id, status_count, command, environment"
    columns += ", working_directory, queue, tags, executor, max_attempts, retry_delay, retry_on_lost, attempt"
    columns += ", attempts_used, available_at, reason, cancel_requested_by"
    insert = f"INSERT INTO jobs_job (status, version, {columns}) SELECT 'PAUSED', 1, {columns} FROM jobs_job"  # noqa: S608
    _refused("job_status_known", insert)


@pytest.mark.parametrize(("name", "change"), _cases(ON_OPEN_ATTEMPT))
def test_an_open_attempt_is_never(name: str, change: str) -> None:
    _refused(name, f"UPDATE jobs_attempt SET {change} WHERE id = %s", [running().ref.attempt_id])  # noqa: S608


def test_an_attempt_has_its_number_once() -> None:
    job = ended()
    _refused(
        "attempt_number_once",
        "INSERT INTO jobs_attempt (job_id, number, ended_at) VALUES (%s, 1, now())",
        [job.pk],
    )


def test_a_job_has_one_open_attempt_at_most() -> None:
    claimed = running()
    _refused(
        "attempt_one_open_per_job",
        "INSERT INTO jobs_attempt (job_id, number) VALUES (%s, 2)",
        [claimed.ref.job_id],
    )


@pytest.mark.parametrize(("name", "row"), list(STATUS_ROW.items()))
def test_the_history_never_says(name: str, row: str) -> None:
    insert = "INSERT INTO jobs_jobstatus (job_id, status_type, timestamp, message, progress, attempt)"
    _refused(name, f"{insert} VALUES (%s, {row})", [submit().pk])


def test_the_history_belongs_to_a_job() -> None:
    with pytest.raises(IntegrityError, match=r"jobs_jobstatus_\w*job_id_fkey"):
        sql(
            "INSERT INTO jobs_jobstatus (job_id, status_type, timestamp, message, attempt)"
            " VALUES (0, 'PENDING', now(), '', 1)"
        )


@pytest.mark.parametrize(("name", "row"), list(CHUNK_ROW.items()))
def test_a_chunk_of_a_log_is_never(name: str, row: str) -> None:
    insert = 'INSERT INTO jobs_logchunk (attempt_id, stream, "offset", size, data, first_line)'
    _refused(name, f"{insert} VALUES ({row})")


@pytest.mark.parametrize(("name", "row"), list(KEEP_TIME_ROW.items()))
def test_a_queue_never_keeps_its_jobs(name: str, row: str) -> None:
    insert = (
        "INSERT INTO jobs_keeptime (queue, archive_after_days, delete_after_days, delete_logs_after_days)"
    )
    _refused(name, f"{insert} VALUES ({row})")


def test_a_place_in_a_stream_is_stored_once() -> None:
    insert = "INSERT INTO jobs_logchunk VALUES (1, 'stdout', 0, 1, '', 0)"
    sql(insert)
    with pytest.raises(IntegrityError, match="duplicate key"):
        sql(insert)


def test_a_sum_has_one_row_though_it_is_of_every_queue_and_everyone() -> None:
    insert = "INSERT INTO jobs_activity (step, start) VALUES ('day', '2026-01-01 00:00Z')"
    sql(insert)
    _refused("activity_once", insert)


def test_every_constraint_is_tried_here() -> None:
    found = sql(
        """
        SELECT conname FROM pg_constraint
        WHERE contype = 'c' AND conislocal AND conrelid::regclass::text LIKE 'jobs\\_%%'
        UNION
        SELECT indexrelid::regclass::text FROM pg_index
        WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text LIKE 'jobs\\_%%'""",
        {},
    )
    tried = {*ON_JOB, *ON_OPEN_ATTEMPT, *STATUS_ROW, *CHUNK_ROW, *KEEP_TIME_ROW, *TRIED_BELOW}
    assert {name for (name,) in found} == tried

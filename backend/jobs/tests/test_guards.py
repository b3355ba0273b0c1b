"""What triggers keep true, whoever writes: legal moves, ends that stay, a history that only grows."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from jobs.states import MOVES, Status

from .rows import ended, history, running, sql, submit

pytestmark = pytest.mark.django_db

# What a job of that status must have besides, so that only the move itself can be wrong.
BECOME = {
    Status.PENDING: "started_at = NULL, completed_at = NULL, reason = ''",
    Status.RUNNING: "started_at = now(), completed_at = NULL, reason = ''",
    Status.COMPLETED: "completed_at = now(), reason = ''",
    Status.FAILED: "completed_at = now(), reason = 'timeout'",
    Status.CANCELLED: "completed_at = now(), reason = 'cancelled'",
}
WAY_TO = {
    Status.PENDING: [],
    Status.RUNNING: [Status.RUNNING],
    Status.COMPLETED: [Status.COMPLETED],
    Status.FAILED: [Status.FAILED],
    Status.CANCELLED: [Status.CANCELLED],
}


def _move(job_id: int, to: Status) -> None:
    sql(f"UPDATE jobs_job SET status = '{to}', {BECOME[to]} WHERE id = %s", [job_id])  # noqa: S608


@pytest.mark.parametrize(("current", "to"), list(product(Status, Status)))
def test_only_legal_moves_pass(current: Status, to: Status) -> None:
    job = submit()
    for step in WAY_TO[current]:
        _move(job.pk, step)
    if current is to or (current, to) in MOVES:
        _move(job.pk, to)
    else:
        with pytest.raises(IntegrityError, match="this move is not legal"):
            _move(job.pk, to)


@pytest.mark.parametrize(
    "change",
    ["ended_at = NULL", "ended_at = now()", "exit_code = 7", "reason = 'signal'", "result_data = '1'"],
)
def test_an_attempt_ends_once(change: str) -> None:
    job = ended()
    sql("UPDATE jobs_attempt SET ended_at = ended_at, shipped_stdout = 5 WHERE job_id = %s", [job.pk])
    with pytest.raises(IntegrityError, match="an attempt ends once"):
        sql(f"UPDATE jobs_attempt SET {change} WHERE job_id = %s", [job.pk])  # noqa: S608


def test_an_attempt_that_a_signal_ended_keeps_it() -> None:
    claimed = running()
    sql("UPDATE jobs_attempt SET ended_at = now(), signal = 9 WHERE id = %s", [claimed.ref.attempt_id])
    with pytest.raises(IntegrityError, match="an attempt ends once"):
        sql("UPDATE jobs_attempt SET signal = 15 WHERE id = %s", [claimed.ref.attempt_id])


@pytest.mark.parametrize("change", ["message = 'never was'", "status_type = 'FAILED'", "timestamp = now()"])
def test_nobody_rewrites_the_history(change: str) -> None:
    job = submit()
    with pytest.raises(IntegrityError, match="the history is append-only"), transaction.atomic():
        sql(f"UPDATE jobs_jobstatus SET {change} WHERE job_id = %s", [job.pk])  # noqa: S608
    assert history(job.pk) == ["PENDING"]


def test_the_history_goes_with_its_job() -> None:
    job, other = ended(), ended()
    sql("DELETE FROM jobs_job WHERE id = %s", [job.pk])
    assert history(job.pk) == []
    assert history(other.pk) == ["PENDING", "RUNNING", "COMPLETED"]

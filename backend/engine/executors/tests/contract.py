"""What the agent relies on, whichever executor it is. Runs against each of them."""

import itertools
import uuid
from dataclasses import replace
from typing import Any

import pytest

from engine.executors.base import Executor, Refused
from engine.runner.clock import boottime
from engine.runner.protocol import Record, Spec
from engine.tests.harness import wait_for
from jobs.attempts import Exit

_ids = itertools.count(1)


def spec(command: str, **changes: Any) -> Spec:
    attempt_id = next(_ids)
    made = Spec(
        attempt_id=attempt_id,
        job_id=attempt_id,
        attempt=1,
        lease=str(uuid.uuid4()),
        command=command,
        deadline=boottime() + 600,
        grace=1.0,
    )
    return replace(made, **changes)


def record(executor: Executor, attempt_id: int) -> Record | None:
    return next((found for found in executor.poll() if found["attempt_id"] == attempt_id), None)


def end_of(executor: Executor, attempt_id: int) -> Exit:
    """Wait for it."""
    ends: list[Exit] = []

    def has_ended() -> bool:
        found = record(executor, attempt_id)
        if found is not None and found["exit"] is not None:
            ends.append(found["exit"])
        return bool(ends)

    wait_for(has_ended, "it has ended")
    return ends[0]


def test_it_says_what_it_can_do(executor: Executor) -> None:
    capabilities = executor.capabilities()
    assert executor.name
    assert {"cancel", "timeout", "logs", "progress", "limits", "kill_by"} <= capabilities.keys()


def test_what_was_submitted_is_known_until_it_is_forgotten(executor: Executor) -> None:
    job = spec("exit 3")
    executor.submit(job)
    end = end_of(executor, job.attempt_id)
    assert (end["exit_code"], end["reason"]) == (3, "exit_code")
    found = record(executor, job.attempt_id)
    assert found is not None
    assert (found["job_id"], found["attempt"], found["lease"]) == (job.job_id, 1, job.lease)
    executor.forget(job.attempt_id, job.lease)
    assert record(executor, job.attempt_id) is None


def test_the_same_submitted_twice_runs_once(executor: Executor) -> None:
    job = spec('echo ran >> "$JOBDECK_ARTIFACTS/ledger"; [ $(wc -l < "$JOBDECK_ARTIFACTS/ledger") -eq 1 ]')
    executor.submit(job)
    executor.submit(job)
    assert end_of(executor, job.attempt_id)["exit_code"] == 0
    executor.submit(job)
    assert len([found for found in executor.poll() if found["attempt_id"] == job.attempt_id]) == 1


def test_another_lease_of_the_same_attempt_is_refused(executor: Executor) -> None:
    job = spec("sleep 1000")
    executor.submit(job)
    with pytest.raises(Refused) as refusal:
        executor.submit(replace(job, lease=str(uuid.uuid4())))
    assert refusal.value.code == "conflict"
    executor.cancel(job.attempt_id, job.lease, reason="cancelled", grace=0)


def test_what_cannot_start_says_what_is_missing(executor: Executor) -> None:
    job = spec("#!/no/such/interpreter\n")
    with pytest.raises(Refused, match="/no/such/interpreter") as refusal:
        executor.submit(job)
    assert refusal.value.code == "start_failed"
    assert record(executor, job.attempt_id) is None


def test_a_cancel_ends_it_and_leaves_a_receipt(executor: Executor) -> None:
    job = spec("""trap "" TERM; sleep 1000 & wait""")
    executor.submit(job)
    executor.cancel(job.attempt_id, job.lease, reason="cancelled", grace=0.1)
    end = end_of(executor, job.attempt_id)
    assert (end["reason"], end["stop_requested"]) == ("cancelled", "cancelled")
    assert end["receipt"] is not None
    assert end["receipt"]["verified_empty"]


def test_a_cancel_that_comes_too_late_changes_nothing(executor: Executor) -> None:
    job = spec("exit 5")
    executor.submit(job)
    end = end_of(executor, job.attempt_id)
    executor.cancel(job.attempt_id, job.lease, reason="cancelled", grace=0)
    assert end_of(executor, job.attempt_id) == end


def test_a_cancel_under_another_lease_is_refused(executor: Executor) -> None:
    job = spec("sleep 1000")
    executor.submit(job)
    with pytest.raises(Refused) as refusal:
        executor.cancel(job.attempt_id, str(uuid.uuid4()), reason="cancelled", grace=0)
    assert refusal.value.code == "unknown_attempt"
    executor.cancel(job.attempt_id, job.lease, reason="cancelled", grace=0)


def test_its_limit_of_time_is_kept(executor: Executor) -> None:
    job = spec("sleep 1000", timeout=0.2)
    executor.submit(job)
    assert end_of(executor, job.attempt_id)["reason"] == "timeout"


def test_what_nobody_extends_is_over_by_its_deadline(executor: Executor) -> None:
    job = spec("sleep 1000", deadline=boottime() + 0.5, grace=0.2)
    executor.submit(job)
    assert end_of(executor, job.attempt_id)["reason"] == "fenced"


def test_an_extended_deadline_holds(executor: Executor) -> None:
    job = spec("sleep 1", deadline=boottime() + 0.7, grace=0.2)
    executor.submit(job)
    later = boottime() + 60
    stranger = {"attempt_id": 10**9, "lease": job.lease, "deadline": later}
    mine = {"attempt_id": job.attempt_id, "lease": job.lease, "deadline": later}
    assert executor.extend([mine, stranger]) == [10**9]  # type: ignore[list-item]
    assert end_of(executor, job.attempt_id)["exit_code"] == 0


def test_a_running_attempt_is_not_forgotten(executor: Executor) -> None:
    job = spec("sleep 1000")
    executor.submit(job)
    with pytest.raises(Refused) as refusal:
        executor.forget(job.attempt_id, job.lease)
    assert refusal.value.code == "running"
    executor.cancel(job.attempt_id, job.lease, reason="cancelled", grace=0)


def test_forgetting_twice_is_fine(executor: Executor) -> None:
    job = spec("true")
    executor.submit(job)
    end_of(executor, job.attempt_id)
    executor.forget(job.attempt_id, job.lease)
    executor.forget(job.attempt_id, job.lease)

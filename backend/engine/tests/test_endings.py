from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from engine import endings
from engine.endings import CancelRequest
from engine.retry import Retry
from jobs.attempts import AttemptRef, Claimed, Exit, Receipt, RetryPolicy, Workload
from jobs.states import Reason, Status

CLAIMED = Claimed(
    AttemptRef(job_id=7, attempt_id=70, number=1, lease=UUID(int=1)),
    Workload(command="true", environment={}, working_directory="", timeout=60, cpus=1.0, memory_mb=0),
    RetryPolicy(max_attempts=1, attempts_used=0, retry_delay=10, retry_on_lost=True),
)
PATIENT = replace(CLAIMED, retry=replace(CLAIMED.retry, max_attempts=3))
FINAL = replace(CLAIMED, retry=replace(CLAIMED.retry, retry_on_lost=False))
ANA = CancelRequest("ana")
KILLED: Receipt = {
    "by": "cgroup",
    "term_at": 43200.0,
    "kill_at": 43210.0,
    "verified_empty": True,
    "processes_killed": 2,
}


def exit_record(reason: str = "", message: str = "", **changes: Any) -> Exit:
    record: Exit = {
        "exit_code": 0,
        "signal": None,
        "reason": reason,
        "message": message,
        "started_at": 1000.0,
        "ended_at": 1012.0,
        "stop_requested": None,
        "receipt": None,
        "usage": {"max_rss_mb": 1.0, "cpu_seconds": 2.0, "read_mb": 3.0, "write_mb": 4.0},
        "streams": {},
    }
    return {**record, **changes}  # type: ignore[typeddict-item]


def test_a_good_end_completes() -> None:
    ending = endings.ended(CLAIMED, exit_record(), result={"a": 1})
    assert (ending.status, ending.reason, ending.exit_code) == (Status.COMPLETED, None, 0)
    assert (ending.message, ending.error_message) == ("Completed after 12 s.", "")
    assert (ending.result_data, ending.usage["cpu_seconds"]) == ({"a": 1}, 2.0)


def test_what_nobody_measured_is_not_told_as_zeros() -> None:
    ending = endings.ended(CLAIMED, exit_record("worker_lost", "Nobody saw how it ended.", usage=None))
    assert ending.usage == {}


@pytest.mark.parametrize("reason", ["exit_code", "timeout", "worker_lost", "interrupted", "fenced"])
def test_nothing_follows_where_processes_are_left(reason: str) -> None:
    survived: Receipt = {**KILLED, "verified_empty": False}
    ending = endings.ended(PATIENT, exit_record(reason, "Ended.", receipt=survived))
    assert ending.status is Status.FAILED
    assert endings.NOT_AGAIN in ending.message


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (exit_record("exit_code", exit_code=3), "Ended with exit code 3 after 12 s."),
        (exit_record("signal", exit_code=None, signal=9), "Ended by signal 9 after 12 s."),
        (
            exit_record("out_of_memory", "It needed more than its 64 MB."),
            "Ran out of memory after 12 s: It needed more than its 64 MB.",
        ),
        (
            exit_record("timeout", receipt=KILLED),
            "Ran past its limit of 1 min and was ended: "
            "SIGTERM at 12:00:00 UTC, killed after 10 s, no process left (by cgroup).",
        ),
        (exit_record("start_failed", "The program x is not there."), "The program x is not there."),
        (exit_record("worker_lost", "The runner ended."), "The runner ended."),
        (exit_record("fenced", "Its lease ran out."), "Its lease ran out."),
    ],
    ids=lambda value: value["reason"] if isinstance(value, dict) else "",
)
def test_a_bad_end_says_what_happened(record: Exit, message: str) -> None:
    ending = endings.ended(CLAIMED, record)
    assert ending.status is Status.FAILED
    assert ending.message == message


def test_a_cancel_leaves_its_receipt() -> None:
    ending = endings.ended(CLAIMED, exit_record("cancelled", receipt=KILLED), cancel=ANA)
    assert (ending.status, ending.reason, ending.receipt) == (Status.CANCELLED, Reason.CANCELLED, KILLED)
    assert ending.message == (
        "Cancelled by ana: SIGTERM at 12:00:00 UTC, killed after 10 s, no process left (by cgroup)."
    )


def test_a_cancel_that_came_too_late_leaves_the_true_end() -> None:
    ending = endings.ended(CLAIMED, exit_record("exit_code", exit_code=3), cancel=ANA)
    assert (ending.status, ending.exit_code) == (Status.FAILED, 3)
    assert ending.message == (
        "Ended with exit code 3 after 12 s. The cancel by ana came too late: it had ended by itself."
    )


def test_what_was_lost_under_a_cancel_is_not_said_to_have_ended_by_itself() -> None:
    ending = endings.ended(CLAIMED, exit_record("worker_lost", "The runner ended."), cancel=ANA)
    assert (ending.status, ending.reason, ending.message) == (
        Status.CANCELLED,
        Reason.WORKER_LOST,
        "The runner ended.",
    )


def test_whoever_asked_for_a_cancel_gets_no_other_attempt() -> None:
    ending = endings.ended(PATIENT, exit_record("exit_code", exit_code=3), cancel=ANA)
    assert (ending.status, ending.reason) == (Status.CANCELLED, Reason.EXIT_CODE)
    interrupted = endings.ended(CLAIMED, exit_record("interrupted", receipt=KILLED), cancel=ANA)
    assert (interrupted.status, interrupted.reason) == (Status.CANCELLED, Reason.CANCELLED)
    assert endings.ended(CLAIMED, exit_record("worker_lost"), cancel=ANA).status is Status.CANCELLED


def test_another_attempt_is_announced() -> None:
    def in_14_seconds(*_: object) -> Retry:
        return Retry(14.0)

    ending = endings.ended(PATIENT, exit_record("exit_code", exit_code=3), decide=in_14_seconds)
    assert (ending.status, ending.delay, ending.counted) == (Status.PENDING, 14.0, True)
    assert ending.message.endswith("Attempt 2 of 3 follows in 14 s.")


def test_an_interrupted_attempt_is_not_counted() -> None:
    ending = endings.ended(CLAIMED, exit_record("interrupted", receipt=KILLED))
    assert (ending.status, ending.counted) == (Status.PENDING, False)
    assert ending.message.endswith("It goes back to the queue; this attempt does not count.")
    once = endings.ended(FINAL, exit_record("interrupted", receipt=KILLED))
    assert (once.status, once.reason) == (Status.FAILED, Reason.INTERRUPTED)


def test_what_never_ran_goes_back_uncounted() -> None:
    ending = endings.released(FINAL, "The disk was full.")
    assert (ending.status, ending.counted, ending.message) == (Status.PENDING, False, "The disk was full.")


def test_what_cannot_start_fails_and_says_why() -> None:
    ending = endings.not_started(CLAIMED, "The interpreter /x is not there.")
    assert (ending.status, ending.reason) == (Status.FAILED, Reason.START_FAILED)
    assert ending.message == "Could not be started: The interpreter /x is not there."


def test_what_the_runner_says_is_made_fit_for_the_database() -> None:
    ending = endings.ended(CLAIMED, exit_record("start_failed", "no \x00 \ud800"))
    assert ending.error_message == "no \N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1 ms"),
        (0.25, "250 ms"),
        (1, "1 s"),
        (1.26, "1.3 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    ending = endings.ended(CLAIMED, exit_record(ended_at=1000.0 + seconds))
    assert ending.message == f"Completed after {text}."

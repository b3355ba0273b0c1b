"""How an attempt ended, from what its executor recorded, in the words of the history. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from engine.cleaning import clean_text
from engine.retry import End, Retry, decide
from jobs.attempts import Claimed, Exit, Receipt, RetryPolicy
from jobs.states import Reason, Status
from jobs.transitions import Ending

LONGEST_MESSAGE = 2000
NOT_AGAIN = (
    "Some of its processes could not be ended, so nothing follows by itself: "
    "retry it when they are gone or the machine was restarted."
)


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Somebody wants the job to end."""

    by: str


Decide = Callable[[Reason, RetryPolicy], Retry | End]


def ended(
    claimed: Claimed,
    exit: Exit,
    *,
    result: Any = None,
    remark: str = "",
    cancel: CancelRequest | None = None,
    decide: Decide = decide,
) -> Ending:
    """The ending of an attempt that ran. `remark` is a further sentence for the history."""
    reason = _reason(exit, cancel)
    said = [_headline(claimed, exit, reason, cancel)]
    if cancel is not None and exit["receipt"] is None and reason is not Reason.WORKER_LOST:
        said.append(f"{_asked(cancel)} came too late: it had ended by itself.")
    survivors = exit["receipt"] is not None and not exit["receipt"]["verified_empty"]
    status, counted, delay = _outcome(claimed, reason, cancel, _never if survivors else decide)
    if survivors:
        said.append(NOT_AGAIN)
    if status is Status.PENDING:
        said.append(_next_attempt(claimed, counted=counted, delay=delay))
    return Ending(
        claimed.ref,
        status=status,
        message=clean_text(" ".join(filter(None, [*said, remark])), LONGEST_MESSAGE),
        reason=reason,
        exit_code=exit["exit_code"],
        signal=exit["signal"],
        error_message="" if reason is None else clean_text(exit["message"] or said[0], LONGEST_MESSAGE),
        result_data=result,
        usage=dict(exit["usage"] or {}),
        receipt=cast(dict[str, Any] | None, exit["receipt"]),
        started_at=_moment(exit["started_at"]),
        ended_at=_moment(exit["ended_at"]),
        counted=counted,
        delay=delay,
    )


def not_started(claimed: Claimed, why: str, *, decide: Decide = decide) -> Ending:
    """The ending of an attempt whose command cannot be started: `why` says in a sentence what is missing."""
    status, counted, delay = _outcome(claimed, Reason.START_FAILED, None, decide)
    again = _next_attempt(claimed, counted=counted, delay=delay) if status is Status.PENDING else ""
    return Ending(
        claimed.ref,
        status=status,
        message=clean_text(f"Could not be started: {why} {again}".strip(), LONGEST_MESSAGE),
        reason=Reason.START_FAILED,
        error_message=clean_text(why, LONGEST_MESSAGE),
        counted=counted,
        delay=delay,
    )


def released(claimed: Claimed, why: str, *, delay: float = 0.0) -> Ending:
    """The ending of an attempt that never ran, and not by the job's own fault: it waits again, uncounted."""
    return Ending(
        claimed.ref,
        status=Status.PENDING,
        message=why,
        reason=Reason.INTERRUPTED,
        error_message=why,
        counted=False,
        delay=delay,
    )


def lost(
    claimed: Claimed, why: str, *, cancel: CancelRequest | None = None, decide: Decide = decide
) -> Ending:
    """The ending of an attempt that had started and of which nothing is known any more."""
    status, counted, delay = _outcome(claimed, Reason.WORKER_LOST, cancel, decide)
    again = _next_attempt(claimed, counted=counted, delay=delay) if status is Status.PENDING else ""
    return Ending(
        claimed.ref,
        status=status,
        message=f"{why} {again}".strip(),
        reason=Reason.WORKER_LOST,
        error_message=why,
        counted=counted,
        delay=delay,
    )


def _reason(exit: Exit, cancel: CancelRequest | None) -> Reason | None:
    if not exit["reason"]:
        return None
    if exit["reason"] == "fenced":
        # Its lease ran out here while nobody else has taken it: the worker was as good as lost.
        return Reason.WORKER_LOST
    reason = Reason(exit["reason"])
    if reason is Reason.INTERRUPTED and cancel is not None:
        return Reason.CANCELLED
    return reason


def _outcome(
    claimed: Claimed, reason: Reason | None, cancel: CancelRequest | None, decide: Decide
) -> tuple[Status, bool, float]:
    if reason is None:
        return Status.COMPLETED, True, 0.0
    if reason is Reason.CANCELLED:
        return Status.CANCELLED, True, 0.0
    decision = decide(reason, claimed.retry)
    if cancel is not None and (reason is Reason.WORKER_LOST or isinstance(decision, Retry)):
        return Status.CANCELLED, True, 0.0
    if isinstance(decision, Retry):
        return Status.PENDING, decision.counted, decision.delay
    return Status.FAILED, decision.counted, 0.0


def _never(_: Reason, __: RetryPolicy) -> End:
    """Two attempts must not meet."""
    return End()


def _headline(claimed: Claimed, exit: Exit, reason: Reason | None, cancel: CancelRequest | None) -> str:
    lasted = _seconds(exit["ended_at"] - exit["started_at"])
    by = f" by {cancel.by}" if cancel and cancel.by else ""
    limit = lasted if claimed.work.timeout is None else _seconds(claimed.work.timeout)
    done = _receipt(exit["receipt"])
    if reason is None:
        return f"Completed after {lasted}. {exit['message']}".strip()
    sentences = {
        Reason.EXIT_CODE: f"Ended with exit code {exit['exit_code']} after {lasted}.",
        Reason.SIGNAL: f"Ended by signal {exit['signal']} after {lasted}.",
        Reason.OUT_OF_MEMORY: f"Ran out of memory after {lasted}: {exit['message']}",
        Reason.TIMEOUT: f"Ran past its limit of {limit} and was ended: {done}.",
        Reason.CANCELLED: f"Cancelled{by}: {done}.",
        Reason.INTERRUPTED: f"Interrupted after {lasted} because the worker was stopped: {done}.",
    }
    return (
        sentences.get(reason) or exit["message"] or f"Ended after {lasted}: {reason.value.replace('_', ' ')}."
    )


def _receipt(receipt: Receipt | None) -> str:
    """What was done to its processes, in one line."""
    if receipt is None:
        return "it had no process left"
    steps = [f"SIGTERM at {_moment(receipt['term_at']):%H:%M:%S} UTC"]
    if receipt["kill_at"] is not None:
        steps.append(f"killed after {_seconds(receipt['kill_at'] - receipt['term_at'])}")
    left = "no process left" if receipt["verified_empty"] else "some processes could not be ended"
    return f"{', '.join([*steps, left])} (by {receipt['by']})"


def _asked(cancel: CancelRequest) -> str:
    return f"The cancel by {cancel.by}" if cancel.by else "The cancel"


def _next_attempt(claimed: Claimed, *, counted: bool, delay: float) -> str:
    if not counted:
        return "It goes back to the queue; this attempt does not count."
    when = f"in {_seconds(delay)}" if delay >= 1 else "at once"
    return f"Attempt {claimed.retry.attempts_used + 2} of {claimed.retry.max_attempts} follows {when}."


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(seconds: float) -> str:
    """As a person reads it: "40 ms", "1.5 s", "12 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 0.9995:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s".replace(" 0 s", "")
    return f"{whole // 3600} h {whole % 3600 // 60} min".replace(" 0 min", "")

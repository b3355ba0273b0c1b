"""Whether an attempt that ended badly is followed by another, and when. Decides and does nothing. Pure."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from jobs.attempts import RetryPolicy
from jobs.states import Reason

LONGEST_DELAY = 3600.0
"""Seconds; the exponential stops growing here."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Another attempt, `delay` seconds from now. `counted`: the ended one counts against `max_attempts`."""

    delay: float
    counted: bool = True


@dataclass(frozen=True, slots=True)
class End:
    """No other attempt."""

    counted: bool = True


Decision = Retry | End

# The job did nothing wrong, so there is nothing to wait out.
_AT_ONCE = frozenset({Reason.WORKER_LOST})
_FINAL = frozenset(
    {Reason.CANCELLED, Reason.DEPENDENCY_FAILED, Reason.POISONOUS, Reason.REJECTED, Reason.REPORTED}
)


def decide(reason: Reason, job: RetryPolicy, *, chance: Callable[[], float] = random.random) -> Decision:
    """What follows an attempt that ended for `reason`.

    :param chance: gives a number from 0 to 1; the delay is that share of the longest one of its turn, so that
        jobs which failed together do not come back together.
    """
    if reason in _FINAL:
        return End()
    if reason is Reason.INTERRUPTED:
        return Retry(0.0, counted=False) if job.retry_on_lost else End()
    if reason is Reason.WORKER_LOST and not job.retry_on_lost:
        return End()
    if job.attempts_used + 1 >= job.max_attempts:
        return End()
    return Retry(0.0 if reason in _AT_ONCE else longest_delay(job) * chance())


def longest_delay(job: RetryPolicy) -> float:
    """Seconds: `retry_delay`, doubled with each attempt that was used before, up to LONGEST_DELAY."""
    doublings = min(job.attempts_used, 32)
    return min(LONGEST_DELAY, job.retry_delay * 2.0**doublings)

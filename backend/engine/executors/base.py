"""What every executor does: carries attempts to where they run, and tells what became of them.

An executor knows no database: the agent claims, settles and ships. `tests/contract.py` runs against each of
them. A new one is a file beside `local.py` that keeps this contract, and a fixture in `tests/conftest.py`.
"""

from collections.abc import Iterable
from typing import ClassVar, Protocol, TypedDict

from engine.runner.protocol import KillBy, Lease, Limits, Record, Spec
from jobs.attempts import StopReason


class ExecutorGone(Exception):
    """The executor cannot be reached now. Nothing is known of what was asked; ask again, then `poll`."""


class Refused(Exception):
    """The executor said no. `code` is for programs; the message is a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Capabilities(TypedDict):
    """What may be offered to people for jobs of this executor. Published in the worker's row."""

    cancel: bool
    timeout: bool
    logs: bool
    progress: bool
    limits: Limits
    kill_by: KillBy


class Executor(Protocol):
    """Every call may raise ExecutorGone."""

    name: ClassVar[str]

    def capabilities(self) -> Capabilities: ...

    def submit(self, spec: Spec) -> None:
        """Begin an attempt; the same attempt under the same lease any number of times.

        Returns when it is on record there. Refused codes: start_failed (the message says what is missing: the
        job's own fault), disk_full, full, stopping (the place's), conflict (it is there under another lease).
        """

    def cancel(self, attempt_id: int, lease: str, *, reason: StopReason, grace: float) -> None:
        """Begin to end an attempt: SIGTERM, `grace` seconds, SIGKILL. What came of it is in its record.

        An attempt that has ended by itself keeps its end. Refused code: unknown_attempt.
        """

    def poll(self) -> list[Record]:
        """All attempts that it knows, running or ended, until they are forgotten."""

    def extend(self, leases: Iterable[Lease]) -> list[int]:
        """Move the moments when attempts must be over; the ids of those it does not know under that lease."""

    def forget(self, attempt_id: int, lease: str) -> None:
        """Drop what is left of an attempt that has ended; it may be gone already. Refused code: running."""

"""What every executor does: carries attempts to where they run, and tells what became of them.

An executor knows no database: the agent claims, settles and ships. It may have a socket that says when there
is news, or be asked now and then. A new one is a file beside `local.py`, a line in `registry.py` and a
fixture in `tests/conftest.py`; `tests/contract.py` runs against each of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple, TypedDict

from jobs.attempts import AttemptRef, Exit, StopReason, Stream, Workload

LARGEST_PROGRESS = 4096
"""Bytes; the rest of a file of progress is not read."""

LARGEST_RESULT = 1024 * 1024
"""Bytes; a larger one is not taken."""


class ExecutorGone(Exception):
    """The executor cannot be reached now. Nothing is known of what was asked; ask again, then `poll`."""


class Refused(Exception):
    """The executor said no. `code` is for programs; the message is a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Capacity(TypedDict):
    """What attempts may use where they run."""

    cpus: float
    memory_mb: int


class Capabilities(TypedDict):
    """What may be offered to people for jobs of this executor. Published in the worker's row by its name.

    `limits` names the resources whose limits it enforces; `kill_by` how it finds all processes of an attempt.
    `capacity` None: it has a queue of its own and takes what it is given.
    """

    cancel: bool
    timeout: bool
    logs: bool
    progress: bool
    limits: dict[str, bool]
    kill_by: str
    capacity: Capacity | None


class ExecutorNews(NamedTuple):
    """Look at this attempt: it has ended, has written something, or cannot be ended."""

    name: Literal["ended", "output", "lingers"]
    attempt_id: int


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt as its executor knows it. Ended without an `exit`: it never ran and never will.

    `lingers`: it counts as running, for some of its processes cannot be ended.
    """

    ref: AttemptRef
    running: bool
    exit: Exit | None
    lingers: bool = False


class Executor(ABC):
    """Every call may raise ExecutorGone, after which it is not connected any more.

    What an attempt leaves is asked for as long as it is not forgotten, about every running attempt once a
    second: whoever has to ask elsewhere for it asks for all at once, and keeps the answer for a while.
    """

    name: ClassVar[str]
    connected = False

    # --- reaching it --------------------------------------------------------------------------------

    def connect(self) -> None:
        """Reach it, at first and after ExecutorGone."""
        self.connected = True

    def close(self) -> None:
        """Stop asking it. What runs runs on."""
        self.connected = False

    def fileno(self) -> int | None:
        """A descriptor that is readable when there may be news; None: there is none, it is polled."""
        return None

    def news(self) -> list[ExecutorNews]:
        """What it says by itself, so far; never waits. Any of it may be lost."""
        return []

    # --- what it can do -----------------------------------------------------------------------------

    @abstractmethod
    def capabilities(self) -> Capabilities: ...

    def obstacle(self) -> str:
        """Why nothing can be submitted now, in a sentence; "" where nothing is in the way."""
        return ""

    # --- attempts -----------------------------------------------------------------------------------

    @abstractmethod
    def submit_many(
        self, items: Sequence[tuple[AttemptRef, Workload]], *, deadline: float, grace: float, log_cap: int
    ) -> dict[int, Refused | None]:
        """Begin attempts; the same attempt under the same lease any number of times.

        Returns when all are on record there: by attempt id None, or why this one was refused. Codes:
        start_failed (the message says what is missing: the job's own fault), disk_full, full, stopping (the
        place's), conflict (it is there under another lease). After ExecutorGone some may have begun.

        :param deadline: the CLOCK_BOOTTIME second at which its lease ends, unless it is extended.
        :param grace: seconds from SIGTERM to SIGKILL where it is ended at its timeout or deadline.
        :param log_cap: bytes kept of each stream.
        """

    @abstractmethod
    def cancel(self, ref: AttemptRef, *, reason: StopReason, grace: float) -> None:
        """Begin to end an attempt: SIGTERM, `grace` seconds, SIGKILL. What came of it is in its exit.

        An attempt that has ended by itself keeps its end. Refused code: unknown_attempt.
        """

    @abstractmethod
    def poll(self) -> list[AttemptRecord]:
        """All attempts that it knows, running or ended, until they are forgotten."""

    @abstractmethod
    def extend(self, refs: Iterable[AttemptRef], deadline: float) -> list[int]:
        """Move the moment when attempts must be over; the ids of those it does not know under that lease.

        One that cannot end attempts by itself only says which it does not know.
        """

    @abstractmethod
    def forget_many(self, refs: Iterable[AttemptRef]) -> set[int]:
        """Drop what is left of attempts that have ended; they may be gone already.

        Returns the ids of those that are still there, as they run or are being swept up: ask again later.
        """

    # --- what an attempt leaves ---------------------------------------------------------------------

    @abstractmethod
    def exit(self, ref: AttemptRef) -> Exit | None:
        """How it ended; None while that is not known. From then on its log is whole."""

    @abstractmethod
    def log_size(self, ref: AttemptRef, stream: Stream) -> int:
        """Bytes of a stream by now; 0 where nothing is known of it."""

    @abstractmethod
    def read_log(self, ref: AttemptRef, stream: Stream, offset: int, limit: int) -> bytes:
        """At most `limit` bytes from `offset` on; b"" where there are none (yet). Raises OSError."""

    @abstractmethod
    def progress(self, ref: AttemptRef) -> bytes | None:
        """The first LARGEST_PROGRESS bytes of its file of progress; None where there is none to read."""

    @abstractmethod
    def result(self, ref: AttemptRef) -> bytes | None:
        """Its result's bytes, cut at one more than LARGEST_RESULT; None where there is none."""

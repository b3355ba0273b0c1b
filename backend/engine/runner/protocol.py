"""What agent and runner say to each other: newline-delimited JSON over a Unix stream socket.

A request is `{"id": n, "do": "start", ...}`; its reply `{"id": n, "ok": true, ...}` or
`{"id": n, "ok": false, "error": CODE, "message": SENTENCE}`. Events come unasked:
`{"event": "ended", "attempt_id": n, ...}`. Nobody has to wait for one reply before the next request.
Times named `deadline` and `now` are seconds of CLOCK_BOOTTIME,
times named `..._at` are seconds since 1970.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, TypedDict
from uuid import UUID

from jobs.attempts import AttemptRef, Exit, StopReason

VERSION = 2
"""Both sides name theirs in `hello`. Where they differ, all goes on but `start`; what runs is adopted."""

MAX_LINE = 4 * 1024 * 1024
"""Longest request in bytes, its newline not counted."""

DEFAULT_LOG_CAP = 64 * 1024 * 1024
SMALLEST_LOG_CAP = 1024

KillBy = Literal["cgroup", "environment mark"]
State = Literal["starting", "running", "ended"]

STOP_REASONS: tuple[StopReason, ...] = ("cancelled", "interrupted", "fenced")


class Limits(TypedDict):
    """Which limits the runner can enforce on this machine."""

    memory: bool
    cpu: bool
    pids: bool


class Hello(TypedDict):
    protocol: int
    boot_id: str
    now: float
    pid: int
    kill_by: KillBy
    limits: Limits
    cpus: int
    memory_mb: int


class Started(TypedDict):
    """Names one process for good: a pid may come again, the pair of pid and start time does not."""

    pid: int
    start_time: int
    boot_id: str
    at: float


class Identity(TypedDict):
    """An AttemptRef as it goes over the socket and into the spool."""

    attempt_id: int
    job_id: int
    attempt: int
    lease: str


def identity(ref: AttemptRef) -> Identity:
    return {
        "attempt_id": ref.attempt_id,
        "job_id": ref.job_id,
        "attempt": ref.number,
        "lease": str(ref.lease),
    }


def ref_of(named: Identity) -> AttemptRef:
    return AttemptRef(named["job_id"], named["attempt_id"], named["attempt"], UUID(named["lease"]))


class Record(Identity):
    """`lingers`: its main process has ended, and others of it that no signal ends have not."""

    state: State
    started: Started | None
    exit: Exit | None
    lingers: bool


class Lease(TypedDict):
    attempt_id: int
    lease: str
    deadline: float


def of_another_version(agent: int, runner: int) -> str:
    """The sentence for an agent and a runner that do not belong together; "" where they do."""
    if agent == runner:
        return ""
    older = "runner" if runner < agent else "agent"
    return (
        f"The agent speaks version {agent} of the runner's protocol and the runner version {runner}: "
        f"what runs is looked after, and nothing new is started until the {older} is restarted "
        "with the version of the other."
    )


class RequestError(Exception):
    """A request that is answered with an error; `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BadRequestError(RequestError):
    """The request is not of the shape that the protocol asks for."""

    def __init__(self, message: str) -> None:
        super().__init__("bad_request", message)


@dataclass(frozen=True, slots=True)
class Fields:
    """Reads the fields of one JSON object, each with its type checked and named when it is wrong."""

    values: Mapping[str, object]
    where: str = ""

    def integer(self, name: str, *, least: int = 0) -> int:
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._wrong(name, f"a whole number from {least} up")
        return value

    def optional_integer(self, name: str, *, least: int = 0) -> int | None:
        return None if self.values.get(name) is None else self.integer(name, least=least)

    def number(self, name: str) -> float:
        value = self.values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
            raise self._wrong(name, "a number from 0 up")
        return float(value)

    def optional_number(self, name: str) -> float | None:
        return None if self.values.get(name) is None else self.number(name)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return value

    def ref(self) -> AttemptRef:
        try:
            lease = UUID(self.text("lease"))
        except ValueError:
            raise self._wrong("lease", "a UUID") from None
        return AttemptRef(
            job_id=self.integer("job_id", least=1),
            attempt_id=self.integer("attempt_id", least=1),
            number=self.integer("attempt", least=1),
            lease=lease,
        )

    def texts(self, name: str) -> dict[str, str]:
        value = self.values.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self._wrong(name, "an object of texts")
        return value

    def objects(self, name: str) -> list["Fields"]:
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong(name, "a list of objects")
        return [Fields(item, f"{self.where}{name}[{index}].") for index, item in enumerate(value)]

    def object(self, name: str) -> "Fields":
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Fields(value, f"{self.where}{name}.")

    def _wrong(self, name: str, wanted: str) -> BadRequestError:
        return BadRequestError(f"{self.where}{name} must be {wanted}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One attempt to run. Durations are seconds, sizes as named; None means no limit of that kind.

    `deadline` is the CLOCK_BOOTTIME second at which the lease ends: the attempt is over by then.
    `working_directory` "" is the attempt's own work folder; `log_cap` None is the runner's default.
    """

    ref: AttemptRef
    command: str
    deadline: float
    grace: float
    environment: dict[str, str] = field(default_factory=dict)
    working_directory: str = ""
    timeout: float | None = None
    memory_mb: int | None = None
    cpus: float | None = None
    log_cap: int | None = None

    @classmethod
    def read(cls, fields: Fields) -> "Spec":
        """Raises BadRequestError, whose message names the first wrong field."""
        return cls(
            ref=fields.ref(),
            command=fields.text("command"),
            deadline=fields.number("deadline"),
            grace=fields.number("grace"),
            environment=fields.texts("environment"),
            working_directory=fields.text("working_directory"),
            timeout=fields.optional_number("timeout"),
            memory_mb=fields.optional_integer("memory_mb", least=1),
            cpus=fields.optional_number("cpus"),
            log_cap=fields.optional_integer("log_cap", least=SMALLEST_LOG_CAP),
        )

    def as_json(self) -> dict[str, object]:
        values = asdict(self)
        del values["ref"]
        return {**identity(self.ref), **values}

    @property
    def attempt_id(self) -> int:
        return self.ref.attempt_id

    @property
    def lease(self) -> str:
        """As it goes over the socket."""
        return str(self.ref.lease)


def encode(message: Mapping[str, object]) -> bytes:
    """One line. Lone surrogates travel as JSON escapes, so every text that JSON can carry passes."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, object]:
    """Raises BadRequestError for whatever is not one JSON object."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise BadRequestError("A request is one line of JSON, and this is none.") from None
    if not isinstance(value, dict):
        raise BadRequestError("A request is a JSON object.")
    return value

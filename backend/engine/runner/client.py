"""The agent's side of the socket: blocking calls, and events to pick up between them.

    with RunnerClient(socket_path, agent="worker 1") as runner:
        refused = runner.start_many(specs)
        select.select([runner], [], [], 5)
        for event in runner.events():
            ...

Not thread-safe: one thread per client. After `RunnerGoneError` the client is closed: make a new one and
ask for `attempts()`.
"""

import select
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self, cast

from engine.runner import protocol
from engine.runner.protocol import Hello, Lease, Record, Spec
from jobs.attempts import Exit, StopReason

MOST_UNANSWERED = 64
MOST_BYTES_UNANSWERED = 1 << 20
"""How much is asked before the answers are waited for; one request may be larger."""


class RunnerGoneError(Exception):
    """The runner does not answer: it ended, it never was there, or a newer agent has taken its place."""


class RefusedError(Exception):
    """The runner said no. `code` is the protocol's; the message is a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Event(NamedTuple):
    """`name` is "ended", "output" or "lingers": look at this attempt. `exit` is how it ended."""

    name: str
    attempt_id: int
    exit: Exit | None = None


class RunnerClient:
    """Connects at once and says hello, which fences whoever was connected before.

    `timeout` is how long, in seconds, one call may take. Every call raises RunnerGoneError when the
    connection is lost or silent for that long, and RefusedError when the runner answers with an error.
    """

    def __init__(self, path: Path, *, agent: str, timeout: float = 10.0) -> None:
        self._timeout = timeout
        self._received = bytearray()
        self._events: list[Event] = []
        self._next_id = 1
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(str(path))
        except OSError as error:
            self.close()
            raise RunnerGoneError(f"No runner answers at {path}: {error.strerror or error}.") from error
        self.hello = cast(Hello, self._call("hello", agent=agent, protocol=protocol.VERSION))

    def start_many(self, specs: Iterable[Spec]) -> dict[int, RefusedError]:
        """Return when all of them are on record as started, but for those returned, by attempt id.

        Starting the same attempt and lease again is fine. Codes: start_failed (the message says what is not
        there), disk_full, full, conflict (it is here under another lease), stopping, bad_request, too_long.
        """
        return self._call_each("start", {spec.attempt_id: {"spec": spec.as_json()} for spec in specs})

    def extend(self, leases: Iterable[Lease]) -> list[int]:
        """Move deadlines; return the ids of attempts that the runner does not have under that lease."""
        return cast(list[int], self._call("extend", leases=list(leases))["unknown"])

    def stop(self, attempt_id: int, lease: str, *, reason: StopReason, grace: float) -> None:
        """Begin to end an attempt; how it went is in its exit record. RefusedError code: unknown_attempt."""
        self._call("stop", attempt_id=attempt_id, lease=lease, reason=reason, grace=grace)

    def attempts(self) -> list[Record]:
        """Every attempt in the spool, whatever its state."""
        return cast(list[Record], self._call("list")["attempts"])

    def forget_many(self, leases: Mapping[int, str]) -> dict[int, RefusedError]:
        """Remove what is left of attempts that ended or never started, given by id; it may be gone already.

        Returned are those that were refused. Codes: running, unknown_attempt (it has another lease here).
        """
        asked = {number: {"attempt_id": number, "lease": lease} for number, lease in leases.items()}
        return self._call_each("forget", asked)

    def events(self) -> list[Event]:
        """What has come in so far; never waits. `fileno()` becomes readable when there may be more."""
        while not self._pending_lines() and self._readable(0):
            self._receive()
        for message in self._take_messages():
            self._note(message)
        events, self._events = self._events, []
        return events

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, do: str, **fields: object) -> dict[str, object]:
        number, line = self._request(do, fields)
        reply = self._exchange({number: line})[number]
        if (refused := _refusal(reply)) is not None:
            raise refused
        return reply

    def _call_each(self, do: str, asked: Mapping[int, Mapping[str, object]]) -> dict[int, RefusedError]:
        """One request for each attempt, many at a time; those that were refused."""
        lines: dict[int, bytes] = {}
        attempts: dict[int, int] = {}
        refused: dict[int, RefusedError] = {}
        for attempt_id, fields in asked.items():
            number, line = self._request(do, fields)
            if len(line) > protocol.MAX_LINE:
                refused[attempt_id] = RefusedError("too_long", "It is more than the runner reads at once.")
            else:
                lines[number], attempts[number] = line, attempt_id
        for some in _batches(lines):
            for number, reply in self._exchange(some).items():
                if (no := _refusal(reply)) is not None:
                    refused[attempts[number]] = no
        return refused

    def _request(self, do: str, fields: Mapping[str, object]) -> tuple[int, bytes]:
        number, self._next_id = self._next_id, self._next_id + 1
        return number, protocol.encode({"id": number, "do": do, **fields})

    def _exchange(self, lines: Mapping[int, bytes]) -> dict[int, dict[str, object]]:
        """Send all, and wait for the reply to each."""
        self._send(b"".join(lines.values()))
        replies: dict[int, dict[str, object]] = {}
        until = time.monotonic() + self._timeout
        while True:
            for message in self._take_messages():
                number = message.get("id")
                if isinstance(number, int) and number in lines and "ok" in message:
                    replies[number] = message
                    until = time.monotonic() + self._timeout
                else:
                    self._note(message)
            if len(replies) == len(lines):
                return replies
            if not self._readable(until - time.monotonic()):
                self.close()
                raise RunnerGoneError(f"The runner did not answer within {self._timeout:g} s.")
            self._receive()

    def _note(self, message: dict[str, object]) -> None:
        attempt_id = message.get("attempt_id")
        if "event" in message and isinstance(attempt_id, int):
            ended = cast(Exit | None, message.get("exit"))
            self._events.append(Event(str(message["event"]), attempt_id, ended))

    def _send(self, line: bytes) -> None:
        try:
            self._socket.sendall(line)
        except OSError as error:
            self.close()
            raise RunnerGoneError("The connection to the runner is lost.") from error

    def _readable(self, seconds: float) -> bool:
        if self._socket.fileno() < 0:
            raise RunnerGoneError("The connection to the runner is closed.")
        poller = select.poll()
        poller.register(self._socket, select.POLLIN)
        return bool(poller.poll(max(0.0, seconds) * 1000))

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except OSError as error:
            self.close()
            raise RunnerGoneError("The connection to the runner is lost.") from error
        if not data:
            self.close()
            raise RunnerGoneError("The runner closed the connection.")
        self._received += data

    def _pending_lines(self) -> bool:
        return b"\n" in self._received

    def _take_messages(self) -> list[dict[str, object]]:
        *lines, rest = bytes(self._received).split(b"\n")
        self._received = bytearray(rest)
        return [protocol.decode(line) for line in lines]


def _refusal(reply: Mapping[str, object]) -> RefusedError | None:
    if reply["ok"] is True:
        return None
    return RefusedError(str(reply.get("error")), str(reply.get("message")))


def _batches(lines: Mapping[int, bytes]) -> Iterator[dict[int, bytes]]:
    """By number and size, so that neither side has to hold much."""
    batch: dict[int, bytes] = {}
    size = 0
    for number, line in lines.items():
        if batch and (len(batch) >= MOST_UNANSWERED or size + len(line) > MOST_BYTES_UNANSWERED):
            yield batch
            batch, size = {}, 0
        batch[number] = line
        size += len(line)
    if batch:
        yield batch

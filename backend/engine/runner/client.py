"""The agent's side of the socket: blocking calls, and events to pick up between them.

    with RunnerClient(socket_path, agent="worker 1") as runner:
        runner.start(spec)
        select.select([runner], [], [], 5)
        for event in runner.events():
            ...

Not thread-safe: one thread per client. After `RunnerGoneError` the client is closed: make a new one and
ask for `attempts()`.
"""

import select
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self, cast

from engine.runner import protocol
from engine.runner.protocol import Hello, Lease, Record, Spec
from jobs.attempts import StopReason


class RunnerGoneError(Exception):
    """The runner does not answer: it ended, it never was there, or a newer agent has taken its place."""


class RefusedError(Exception):
    """The runner said no. `code` is the protocol's; the message is a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Event(NamedTuple):
    """`name` is "ended", "output" or "lingers"; each only says: look at this attempt."""

    name: str
    attempt_id: int


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

    def start(self, spec: Spec) -> None:
        """Return when the attempt's `started` is on disk. Starting the same attempt and lease again is fine.

        RefusedError codes: start_failed (the message says what is not there), disk_full, full, conflict
        (the attempt is here under another lease), stopping, bad_request.
        """
        self._call("start", spec=spec.as_json())

    def extend(self, leases: Iterable[Lease]) -> list[int]:
        """Move deadlines; return the ids of attempts that the runner does not have under that lease."""
        return cast(list[int], self._call("extend", leases=list(leases))["unknown"])

    def stop(self, attempt_id: int, lease: str, *, reason: StopReason, grace: float) -> None:
        """Begin to end an attempt; how it went is in its exit record. RefusedError code: unknown_attempt."""
        self._call("stop", attempt_id=attempt_id, lease=lease, reason=reason, grace=grace)

    def attempts(self) -> list[Record]:
        """Every attempt in the spool, whatever its state."""
        return cast(list[Record], self._call("list")["attempts"])

    def forget(self, attempt_id: int, lease: str) -> None:
        """Remove the spool folder of an attempt that ended or never started; it may be gone already.

        RefusedError codes: running, unknown_attempt (it is here under another lease).
        """
        self._call("forget", attempt_id=attempt_id, lease=lease)

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
        number, self._next_id = self._next_id, self._next_id + 1
        until = time.monotonic() + self._timeout
        self._send(protocol.encode({"id": number, "do": do, **fields}))
        while True:
            reply: dict[str, object] | None = None
            for message in self._take_messages():
                if message.get("id") == number and "ok" in message:
                    reply = message
                else:
                    self._note(message)
            if reply is not None:
                return self._checked(reply)
            if not self._readable(until - time.monotonic()):
                self.close()
                raise RunnerGoneError(f"The runner did not answer “{do}” within {self._timeout:g} s.")
            self._receive()

    @staticmethod
    def _checked(reply: dict[str, object]) -> dict[str, object]:
        if reply["ok"] is not True:
            raise RefusedError(str(reply.get("error")), str(reply.get("message")))
        return {name: value for name, value in reply.items() if name not in ("id", "ok")}

    def _note(self, message: dict[str, object]) -> None:
        attempt_id = message.get("attempt_id")
        if "event" in message and isinstance(attempt_id, int):
            self._events.append(Event(str(message["event"]), attempt_id))

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

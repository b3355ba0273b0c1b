"""The loop: one thread that waits for sockets, pipes, signals and the next due moment, for nobody else."""

import contextlib
import logging
import os
import selectors
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

from engine.runner.clock import boottime
from engine.runner.connection import ClientConnection, TooLongError
from engine.runner.handlers import RequestHandlers
from engine.runner.protocol import MAX_LINE, Fields, RequestError, decode
from engine.runner.registry import AttemptRegistry

MOST_CONNECTIONS = 16
REQUESTS_AT_ONCE = 8
OUTPUT_HINT_EVERY = 0.1
LONGEST_SLEEP = 5.0
"""The wait is by CLOCK_MONOTONIC, which stands still while the machine sleeps; CLOCK_BOOTTIME does not."""

INTERRUPT_GRACE = 10.0

log = logging.getLogger(__name__)

Callback = Callable[[int], None]


class RunnerServer:
    """Serves until `stop` was asked for and every job has ended."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        listening: socket.socket,
        attempts: AttemptRegistry,
        handlers: RequestHandlers,
    ) -> None:
        self._selector = selector
        self._listening = listening
        self._attempts = attempts
        self._handlers = handlers
        self._connections: list[ClientConnection] = []
        self._agent: ClientConnection | None = None
        self._next_hint = 0.0
        self._stops_asked = 0
        self._wake, wake = socket.socketpair()
        for end in (self._wake, wake):
            end.setblocking(False)
        self._signal_writer = wake
        selector.register(listening, selectors.EVENT_READ, self._accept)
        selector.register(self._wake, selectors.EVENT_READ, self._collect_signals)

    def serve(self) -> None:
        self._listen_to_signals()
        while not self._handlers.stopping or self._attempts.are_running:
            for key, mask in self._selector.select(self._sleep()):
                # A callback earlier in this round may have closed what this one is about.
                if self._selector.get_map().get(key.fd) is key:
                    callback: Callback = key.data
                    callback(mask)
            self._attempts.run_due()
            self._answer_backlog()
            self._announce()
        for connection in list(self._connections):
            self._drop(connection)

    def _sleep(self) -> float | None:
        if any(c.has_line and not c.is_crowded for c in self._connections):
            return 0.0
        due = self._attempts.next_due()
        moments = [due] if due is not None else []
        if self._attempts.written and self._agent is not None:
            moments.append(self._next_hint)
        return min(LONGEST_SLEEP, max(0.0, min(moments) - boottime())) if moments else None

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._signal_writer.fileno(), warn_on_full_buffer=False)
        # Handlers that do nothing, not SIG_IGN: what is ignored would stay ignored in the jobs.
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _note_only)

    def _collect_signals(self, _: int) -> None:
        with contextlib.suppress(BlockingIOError):
            received = self._wake.recv(4096)
            for _ in range(received.count(signal.SIGTERM)):
                self._stop()
        self._attempts.reap()

    def _stop(self) -> None:
        """The first time with a grace, the second time at once."""
        self._stops_asked += 1
        self._handlers.stopping = True
        log.info("Stopping: jobs that still run are ended.")
        self._attempts.stop_all("interrupted", INTERRUPT_GRACE if self._stops_asked == 1 else 0.0)

    def _accept(self, _: int) -> None:
        try:
            connected, _address = self._listening.accept()
        except OSError as error:
            log.warning("A connection could not be accepted: %s", error)
            return
        connected.setblocking(False)
        connection = ClientConnection(connected)
        self._connections.append(connection)
        self._selector.register(connected, selectors.EVENT_READ, partial(self._converse, connection))
        if len(self._connections) > MOST_CONNECTIONS:
            self._drop(next(c for c in self._connections if c is not self._agent))

    def _converse(self, connection: ClientConnection, mask: int) -> None:
        if mask & selectors.EVENT_READ:
            connection.receive()
        self._answer(connection)

    def _answer_backlog(self) -> None:
        for connection in list(self._connections):
            if connection.has_line:
                self._answer(connection)

    def _answer(self, connection: ClientConnection) -> None:
        for _ in range(REQUESTS_AT_ONCE):
            if not connection.is_open or connection.is_crowded:
                break
            try:
                line = connection.next_line()
            except TooLongError:
                error = f"A request may have {MAX_LINE} bytes; this one is longer."
                connection.send(_error(None, "too_long", error))
                continue
            if line is None:
                break
            connection.send(self._reply(connection, line))
        self._look_after(connection)

    def _reply(self, connection: ClientConnection, line: bytes) -> dict[str, object]:
        number: object = None
        try:
            values = decode(line)
            number = values.get("id")
            if values.get("do") != "hello" and connection is not self._agent:
                return _error(number, "hello_first", "A connection begins with hello.")
            reply = {"id": number, "ok": True, **self._handlers.answer(Fields(values))}
            if values.get("do") == "hello":
                self._fence_others(connection, str(values["agent"]))
        except RequestError as error:
            return _error(number, error.code, str(error))
        except Exception:
            log.exception("A request could not be answered.")
            return _error(number, "internal", "The runner failed on this request; its log says why.")
        return reply

    def _fence_others(self, connection: ClientConnection, agent: str) -> None:
        """One agent at a time, and the newest is right: it may be there because the older is stuck."""
        older, self._agent = self._agent, connection
        connection.agent = agent
        if older is not None and older is not connection:
            log.info("Agent %s takes over from %s.", agent, older.agent)
            self._drop(older)

    def _announce(self) -> None:
        """Tell the agent what has news. What it is too slow to hear is kept, once for each attempt."""
        agent = self._agent
        if agent is None or agent.is_crowded:
            return
        now = boottime()
        for attempt_id, record in self._attempts.ended.items():
            agent.send({"event": "ended", "attempt_id": attempt_id, "exit": record})
        self._attempts.ended.clear()
        names = [("lingers", self._attempts.lingering)]
        if self._attempts.written and now >= self._next_hint:
            self._next_hint = now + OUTPUT_HINT_EVERY
            names.append(("output", self._attempts.written))
        for name, attempts in names:
            for attempt_id in sorted(attempts):
                agent.send({"event": name, "attempt_id": attempt_id})
            attempts.clear()
        self._look_after(agent)

    def _look_after(self, connection: ClientConnection) -> None:
        """Send what waits, and listen for what can come next; let go of a connection that is closed."""
        connection.flush()
        if not connection.is_open:
            self._drop(connection)
            return
        wanted = selectors.EVENT_READ if connection.takes_more else 0
        if connection.is_waiting_to_send:
            wanted |= selectors.EVENT_WRITE
        key = self._selector.get_key(connection.socket)
        if key.events != wanted:
            self._selector.modify(connection.socket, wanted, key.data)

    def _drop(self, connection: ClientConnection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._selector.unregister(connection.socket)
        if connection is self._agent:
            self._agent = None
        connection.close()


def listen(path: Path) -> socket.socket:
    """A listening socket that only its owner can reach. Raises OSError."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen(64)
    listening.setblocking(False)
    return listening


def _note_only(_number: int, _frame: FrameType | None) -> None:
    """The wake-up descriptor has it already."""


def _error(number: object, code: str, message: str) -> dict[str, object]:
    return {"id": number, "ok": False, "error": code, "message": message}

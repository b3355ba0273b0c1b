"""One client's connection: lines in, lines out, both bounded, never waiting."""

import socket
from collections.abc import Mapping
from contextlib import suppress

from engine.runner.protocol import MAX_LINE, encode

RECEIVE_SIZE = 1 << 16
CROWDED = 1 << 20
"""Bytes that may wait for a slow reader; past that nothing more is taken from it or told to it unasked.

As much may wait to be answered."""


class TooLongError(Exception):
    """A line went past the bound; what is left of it will be skipped."""


class ClientConnection:
    """`is_open` turns false when the other side has gone."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.is_open = True
        self.agent: str | None = None
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._searched = 0
        self._skipping = False

    def receive(self) -> None:
        try:
            data = self.socket.recv(RECEIVE_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.close()
        self._incoming += data

    def next_line(self) -> bytes | None:
        """The next whole line; None when there is none yet. Raises TooLongError once a line that is."""
        while True:
            end = self._incoming.find(b"\n", self._searched)
            if end < 0:
                self._wait_for_more()
                return None
            line = bytes(self._incoming[:end])
            del self._incoming[: end + 1]
            self._searched = 0
            if self._skipping:
                self._skipping = False
            elif len(line) > MAX_LINE:
                raise TooLongError
            else:
                return line

    def send(self, message: Mapping[str, object]) -> None:
        """To be sent by the next `flush`."""
        self._outgoing += encode(message)

    def flush(self) -> None:
        """Send what the other side takes now."""
        while self.is_open and self._outgoing:
            try:
                sent = self.socket.send(self._outgoing)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.close()
                return
            del self._outgoing[:sent]

    @property
    def has_line(self) -> bool:
        return b"\n" in self._incoming

    @property
    def is_waiting_to_send(self) -> bool:
        return bool(self._outgoing)

    @property
    def is_crowded(self) -> bool:
        return len(self._outgoing) > CROWDED

    @property
    def takes_more(self) -> bool:
        return not (self.is_crowded or (len(self._incoming) > CROWDED and self.has_line))

    def close(self) -> None:
        self.is_open = False
        with suppress(OSError):
            self.socket.close()

    def _wait_for_more(self) -> None:
        self._searched = len(self._incoming)
        if self._skipping:
            self._drop_incoming()
        elif len(self._incoming) > MAX_LINE:
            self._drop_incoming()
            self._skipping = True
            raise TooLongError

    def _drop_incoming(self) -> None:
        self._incoming.clear()
        self._searched = 0

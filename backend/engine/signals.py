"""Signals as something that a select can wait for."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType


class Signals:
    """Counts what has come. To be made in the main thread."""

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._came: list[signal.Signals] = []
        for number in numbers:
            signal.signal(number, self._note)

    def fileno(self) -> int:
        return self._reader

    def take(self) -> list[signal.Signals]:
        """The signals since the last call, in order."""
        with suppress(BlockingIOError):
            os.read(self._reader, 4096)
        came, self._came = self._came, []
        return came

    def _note(self, number: int, _: FrameType | None) -> None:
        self._came.append(signal.Signals(number))

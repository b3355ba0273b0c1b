"""The agent's own process: one of a home at a time, and reached by signals."""

import logging
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from engine.runner.lock_file import LockFile

SECONDS_BETWEEN_TRIES = 0.5

log = logging.getLogger(__name__)


def lock(path: Path, go_on: Callable[[float], bool]) -> LockFile | None:
    """The lock of a home, held until it is closed. Waits while another agent has it. Raises LockFileError.

    :param go_on: waits so many seconds and says whether to keep trying; None is returned where it says no.
    """
    place = LockFile(path)
    said = False
    while not place.take():
        if not said:
            log.warning("The agent with pid %s serves this home; waiting until it ends.", place.holder())
            said = True
        if not go_on(SECONDS_BETWEEN_TRIES):
            place.close()
            return None
    place.sign(str(os.getpid()))
    return place


class Signals:
    """Signals as something that a select can wait for. To be made in the main thread."""

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

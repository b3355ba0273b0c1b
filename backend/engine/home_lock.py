"""Lets one agent at a time serve a home."""

import fcntl
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

SECONDS_BETWEEN_TRIES = 0.5

log = logging.getLogger(__name__)


def lock(path: Path, go_on: Callable[[float], bool]) -> TextIO | None:
    """The open, locked file: held until it is closed. Waits while another agent has it.

    :param go_on: waits so many seconds and says whether to keep trying; None is returned where it says no.
    """
    file = path.open("a+")
    said = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not said:
                file.seek(0)
                log.warning(
                    "The agent with pid %s serves this home; waiting until it ends.", file.read().strip()
                )
                said = True
        else:
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            return file
        if not go_on(SECONDS_BETWEEN_TRIES):
            file.close()
            return None

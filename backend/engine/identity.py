"""Which worker this is: a stable id in a file of the home, and a lock that lets one agent at a time be it."""

import fcntl
import logging
import os
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TextIO

SECONDS_BETWEEN_TRIES = 0.5

log = logging.getLogger(__name__)


def read_or_make_id(path: Path) -> uuid.UUID:
    """The id in the file; made at random where there is none. Only for the agent that holds the lock."""
    try:
        return uuid.UUID(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        made = uuid.uuid4()
    coming = path.with_name(f".{path.name}.new")
    with closing(os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")) as file:
        file.write(f"{made}\n")
        file.flush()
        os.fsync(file.fileno())
    coming.rename(path)
    return made


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

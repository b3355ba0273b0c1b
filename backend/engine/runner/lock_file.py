"""A file whose lock says that one process has a place; in it stands who that is."""

import fcntl
import os
import shlex
import stat
from pathlib import Path


class LockFileError(OSError):
    """The file cannot be used, whoever holds it; the text says what to do."""


class LockFile:
    """Open, and not yet held. The lock goes with the process and those that inherit the descriptor."""

    def __init__(self, path: Path) -> None:
        """Raises LockFileError."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(error.filename, error.strerror or str(error)) from error
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            self.close()
            raise _unusable(str(path), "It is no file")

    def fileno(self) -> int:
        return self._descriptor

    def take(self) -> bool:
        """False while another process holds it. Who held it before is forgotten."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        os.ftruncate(self._descriptor, 0)
        return True

    def sign(self, holder: str) -> None:
        """Say who holds it."""
        os.pwrite(self._descriptor, holder.encode(), 0)

    def holder(self) -> str:
        """As it stands there; empty where nobody has signed."""
        return os.pread(self._descriptor, 100, 0).decode(errors="replace").strip()

    def close(self) -> None:
        os.close(self._descriptor)


def _unusable(path: str, why: str) -> LockFileError:
    return LockFileError(
        f"The lock {path} cannot be used: {why}. Start as the user who started Jobdeck before; or, where no "
        f"Jobdeck runs on this home, remove it: rm -r {shlex.quote(path)}"
    )

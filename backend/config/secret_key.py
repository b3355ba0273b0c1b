"""The key that signs sessions: made once, kept in JOBDECK_HOME."""

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.paths import Home, put_aside

SHORTEST = 50
"""Characters; what is shorter was cut off, or is too easy to guess."""

log = logging.getLogger(__name__)


def read_or_make_secret(home: Home) -> str:
    """
    Give the secret in the home's `secret_key`, made at random with mode 0600 when the file is missing.

    A file that holds no whole secret is put aside and a new one made, which signs everyone out; the log says
    so. Processes that start together agree: one makes it, the others read it.
    """
    try:
        return _read(home.secret_key)
    except FileNotFoundError:
        home.make()
    except (OSError, ValueError):
        pass  # said by the one that puts it aside
    with _alone(home):
        _put_aside_if_unusable(home.secret_key)
        if not home.secret_key.exists():
            _make(home.secret_key)
        return _read(home.secret_key)


def _read(path: Path) -> str:
    """Raises OSError, and ValueError where it is no whole secret."""
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SHORTEST or not secret.isprintable():
        raise ValueError("it holds no whole secret")
    return secret


def _put_aside_if_unusable(path: Path) -> None:
    try:
        _read(path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log.warning(
            "The secret key %s could not be used (%s). It was put aside as %s and a new one made: "
            "everyone who was signed in by a browser has to sign in again.",
            path,
            error.strerror if isinstance(error, OSError) else error,
            put_aside(path).name,
        )


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One process at a time, by a lock on the home's own folder."""
    descriptor = os.open(home.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

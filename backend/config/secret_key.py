"""The key that signs sessions and tokens: made once, kept in JOBDECK_HOME."""

import contextlib
import os
import secrets
from pathlib import Path

from config.paths import Home


def read_or_make_secret(home: Home) -> str:
    """
    Give the secret in the home's `secret_key`, made at random with mode 0600 when the file is missing.

    Two processes that start together agree: the file appears whole or not at all, and the first wins.
    """
    try:
        return _read(home.secret_key)
    except FileNotFoundError:
        home.make()
        _make(home.secret_key)
        return _read(home.secret_key)


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # link() refuses to replace a file, so a secret that is in use is never overwritten.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()

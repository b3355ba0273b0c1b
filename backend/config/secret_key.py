"""The key that signs sessions and tokens: made once, kept in JOBDECK_HOME."""

import contextlib
import os
import secrets
from pathlib import Path


def read_or_make_secret(path: Path) -> str:
    """
    Give the secret in `path`, made at random with mode 0600 when the file is missing.

    Two processes that start together agree: the file appears whole or not at all, and the first wins.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    return path.read_text(encoding="ascii").strip()

"""Has the database's schema been brought to this version? Known without asking the database."""

import hashlib
from pathlib import Path

from standalone.commands import BACKEND


def fingerprint(database_url: str, backend: Path = BACKEND) -> str:
    """A hash of all migrations and of the database that they are for."""
    digest = hashlib.sha256(database_url.encode())
    for path in sorted(backend.glob("*/migrations/*.py")):
        digest.update(f"\0{path.relative_to(backend)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


class Prepared:
    """Remembers in `stamp` that `manage.py prepare` went well.

    While nothing changed the web process may start beside the next `prepare`: at worst, with a database that
    was replaced, `/readyz` says 503 until it is done. Before new migrations it has to wait.
    """

    def __init__(self, stamp: Path, database_url: str) -> None:
        self._stamp = stamp
        self._fingerprint = fingerprint(database_url)

    def is_current(self) -> bool:
        try:
            return self._stamp.read_text() == self._fingerprint
        except (OSError, UnicodeDecodeError):
            return False

    def remember(self) -> None:
        """Raises OSError where that cannot be written down, which only makes the next start slower."""
        self._stamp.write_text(self._fingerprint)
        self._stamp.chmod(0o600)

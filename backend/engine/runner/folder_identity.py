"""Tells a folder from a copy of it: by its inode, which it keeps when it is moved and no copy has."""

from pathlib import Path
from typing import NamedTuple, Self


class FolderIdentity(NamedTuple):
    """Written as "device inode path". A device's number may be another after a reboot."""

    device: str
    inode: str
    path: str

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Raises OSError."""
        found = folder.resolve()
        status = found.stat()
        return cls(str(status.st_dev), str(status.st_ino), str(found))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None where the text names no folder."""
        parts = text.strip().split(" ", 2)
        return cls(*parts) if len(parts) == 3 else None

    def __str__(self) -> str:
        return " ".join(self)

    def is_same_as(self, other: "FolderIdentity") -> bool:
        return self.inode == other.inode and (self.path == other.path or self.device == other.device)

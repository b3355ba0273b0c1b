"""What every process of an attempt carries from birth, and by which it is found again.

The mark is a variable in its environment. The seal is the same as a number, set as the hard limit of file
locks: the kernel keeps that limit and ignores it, and every child inherits it, also one that clears its
environment. Both follow from the home and the attempt, so that nothing has to be on record to find them.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

VARIABLE = "JOBDECK_MARK"

_SEALED = 1 << 62
_HOME_BITS = 30
_ATTEMPT_BITS = 32


def home_tag(home: Path) -> str:
    """Eight hexadecimal digits that tell the homes of one machine apart."""
    return sha256(os.fsencode(home.resolve())).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Mark:
    home: str
    attempt_id: int

    @property
    def text(self) -> str:
        return f"{self.home}-{self.attempt_id}"

    @property
    def seal(self) -> int:
        return _seal_of_home(self.home) | self.attempt_id % (1 << _ATTEMPT_BITS)


def is_of_home(home: str, mark: str | None, seal: int | None) -> bool:
    """Whether a process that carries these belongs to an attempt of that home."""
    if mark is not None and mark.startswith(f"{home}-"):
        return True
    return seal is not None and seal >> _ATTEMPT_BITS == _seal_of_home(home) >> _ATTEMPT_BITS


def _seal_of_home(home: str) -> int:
    return _SEALED | int(home, 16) % (1 << _HOME_BITS) << _ATTEMPT_BITS

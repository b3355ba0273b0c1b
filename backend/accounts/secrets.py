"""Random secrets and their hashes. They carry 256 bits of chance, so a plain SHA-256 keeps them."""

import hashlib
import re
import secrets

TOKEN_PREFIX = "jd_"  # noqa: S105  (what every token begins with, so that leaks can be searched for)
LONGEST = 200
_TOKEN = re.compile(TOKEN_PREFIX + r"[A-Za-z0-9_-]{43}")  # 32 bytes of chance


def new_token() -> str:
    """Make an API token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Say whether `text` looks like a whole API token."""
    return bool(_TOKEN.fullmatch(text))


def new_code() -> str:
    """Make a sign-in code."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Give the 32 bytes that are stored in place of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()

"""The owner: the first account, made at the first start, with a token in JOBDECK_HOME."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ValidationError

from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.secrets import TOKEN_PREFIX, digest, new_token

FALLBACK_NAME = "owner"
TOKEN_NAME = "owner's token file"  # noqa: S105  (a label)


def find_owner() -> User | None:
    """Give the owner: the admin who has been here longest."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).order_by("id").first()


def ensure_owner(username: str) -> User:
    """Give the owner, made under `username` when there is none yet."""
    owner = find_owner()
    if owner is not None:
        return owner
    try:
        return User.objects.create_user(username or FALLBACK_NAME, Role.ADMIN)
    except ValidationError:
        return User.objects.create_user(FALLBACK_NAME, Role.ADMIN)


def ensure_token_file(owner: User, path: Path) -> bool:
    """
    See to it that `path` holds a token of the owner's that works; say whether it was written.

    A file that is there stays: its token is made known to the database if it is not (a database that was
    replaced below a home that stayed).
    """
    kept = _read(path)
    token = kept or new_token()
    if kept is None:
        _write(path, token)
    ApiToken.objects.get_or_create(digest=digest(token), defaults={"user": owner, "name": TOKEN_NAME})
    return kept is None


def _read(path: Path) -> str | None:
    with contextlib.suppress(FileNotFoundError):
        token = path.read_text(encoding="ascii").strip()
        if token.startswith(TOKEN_PREFIX):
            return token
    return None


def _write(path: Path, token: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    draft.replace(path)

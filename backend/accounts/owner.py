"""The owner: the first account, made at the first start, with a token in JOBDECK_HOME."""

import logging
import os
import secrets
import socket
from pathlib import Path

from django.core.exceptions import ValidationError

from accounts.known import known
from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.secrets import digest, is_token, new_token

FALLBACK_NAME = "owner"

log = logging.getLogger(__name__)


def find_owner() -> User | None:
    """Give the owner: the admin who has been here longest."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("id")
    return known.get("owner", admins.first)


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

    A token that is there stays, and is made known to the database if it is not (a database that was replaced
    below a home that stayed). A file that holds no whole token is put aside, and a new token takes the place
    of the one that this file gave before: what was lost may be in somebody's hands.
    """
    kept = _read_or_put_aside(path)
    token = kept or new_token()
    if kept is None:
        _write(path, token)
        ApiToken.objects.filter(user=owner, name=_token_name(path)).delete()
    known = {"user": owner, "name": _token_name(path)}
    ApiToken.objects.get_or_create(digest=digest(token), defaults=known)
    return kept is None


def token_file_works(path: Path) -> bool:
    """Say whether `path` holds a token that lets an active user in."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return False
    return ApiToken.objects.filter(digest=digest(token), user__is_active=True).exists()


def _token_name(path: Path) -> str:
    # Several homes may share a database, and each has a token of its own.
    return f"{path} on {socket.gethostname()}"[-100:]


def _read_or_put_aside(path: Path) -> str | None:
    try:
        token = path.read_text(encoding="ascii").strip()
        wrong = "" if is_token(token) else "it holds no whole token"
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        wrong = "it holds no text"
    except OSError as error:
        wrong = str(error.strerror)
    if not wrong:
        return token
    aside = path.with_name(f"{path.name}.unusable-{secrets.token_hex(4)}")
    path.rename(aside)
    log.warning(
        "The token file %s could not be used (%s). It was put aside as %s; a new token is in its place, and "
        "the former one is no longer valid.",
        path,
        wrong,
        aside.name,
    )
    return None


def _write(path: Path, token: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)

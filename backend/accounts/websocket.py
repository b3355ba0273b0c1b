"""Who is at the other end of a WebSocket: by token, by session cookie, or the owner with accounts off."""

from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user

from accounts.models import User
from accounts.owner import find_owner
from accounts.tokens import user_of_token


def user_of_scope(scope: Mapping[str, Any]) -> User | None:
    """Give the active user of an ASGI scope, or None. Reads the database: call it in a thread."""
    headers = _headers(scope["headers"])
    scheme, _, token = headers.get(b"authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return user_of_token(token.strip())
    if not settings.AUTH_ON:
        return find_owner()
    return _user_of_session(headers.get(b"cookie", ""))


def _user_of_session(cookie: str) -> User | None:
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    user = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]  # wants only the session
    return user if isinstance(user, User) and user.is_active else None


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    return {bytes(name): bytes(value).decode("latin-1") for name, value in pairs}

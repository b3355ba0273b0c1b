"""Who is at the other end of a WebSocket: by token, by session cookie, or the owner with accounts off."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth import get_user

from accounts.models import User
from accounts.owner import find_owner
from accounts.tokens import user_of_token


def user_of_headers(headers: Mapping[str, str]) -> User | None:
    """Give the active user that a handshake's headers prove, or None. Reads the database."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return user_of_token(token.strip())
    if not settings.AUTH_ON:
        return find_owner()
    return _user_of_session(headers.get("cookie", ""))


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

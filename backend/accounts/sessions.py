"""A browser's session and whose it is, asked of the database only where they are not known."""

from functools import partial
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db

from accounts.known import known
from accounts.models import User


class SessionStore(db.SessionStore):
    """Django's (SESSION_ENGINE)."""

    def load(self) -> dict[str, Any]:
        found = known.get(("session", self.session_key), self._load)
        return dict(found or {})

    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        known.drop()  # at once: the database's word takes a moment

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        known.drop()

    def _load(self) -> dict[str, Any] | None:
        return super().load() or None


class SessionBackend(ModelBackend):
    """Gives the person that a session names (AUTHENTICATION_BACKENDS)."""

    def get_user(self, user_id: int) -> User | None:
        return known.get(("user", user_id), partial(super().get_user, user_id))

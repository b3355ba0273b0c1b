"""Personal API tokens: made once, shown once, looked up by hash."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.known import known
from accounts.models import ApiToken, User
from accounts.secrets import LONGEST, digest, new_token

# How exact `last_used_at` is: a busy client shall not cost a write per request.
LAST_USED_STEP = timedelta(minutes=1)


def make_token(user: User, name: str, expires_at: datetime | None = None) -> str:
    """Make a token for `user` and give it; it cannot be shown again."""
    secret = new_token()
    ApiToken.objects.create(user=user, name=name, digest=digest(secret), expires_at=expires_at)
    return secret


def user_of_token(secret: str) -> User | None:
    """Give the active user whom a token stands for, or None where it is unknown or has expired."""
    if len(secret) > LONGEST:
        return None
    hashed = digest(secret)
    token = known.get(("token", hashed), lambda: _find(hashed))
    now = timezone.now()
    if token is None or not token.is_valid_at(now):
        return None
    _note_use(token, now)
    return token.user


def _find(hashed: bytes) -> ApiToken | None:
    return ApiToken.objects.select_related("user").filter(digest=hashed, user__is_active=True).first()


def _note_use(token: ApiToken, now: datetime) -> None:
    before = now - LAST_USED_STEP
    if token.last_used_at is None or token.last_used_at < before:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
        token.last_used_at = now

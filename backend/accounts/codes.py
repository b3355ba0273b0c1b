"""Sign-in codes: one use, ten minutes, carried in the fragment of a link, which no server or log sees."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import SignInCode, User
from accounts.secrets import LONGEST, digest, new_code

LIFETIME = timedelta(minutes=10)


def make_code(user: User) -> str:
    """Make a code that signs `user` in once."""
    now = timezone.now()
    SignInCode.objects.filter(expires_at__lt=now).delete()
    code = new_code()
    SignInCode.objects.create(user=user, digest=digest(code), expires_at=now + LIFETIME)
    return code


def signin_link(base_url: str, code: str) -> str:
    """Give the link that signs in; `base_url` has no slash at its end."""
    return f"{base_url}/signin#code={code}"


def redeem_code(code: str) -> User | None:
    """Use a code up and give its user; None where it is unknown, used, expired or its user is not active."""
    if len(code) > LONGEST:
        return None
    with transaction.atomic():
        # The lock decides between two who redeem at once: the second finds the row gone.
        found = SignInCode.objects.select_for_update(of=("self",)).select_related("user")
        row = found.filter(digest=digest(code), expires_at__gt=timezone.now()).first()
        if row is None:
            return None
        row.delete()
    return row.user if row.user.is_active else None

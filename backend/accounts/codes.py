"""Sign-in codes: one use, ten minutes, carried in the fragment of a link, which no server or log sees."""

from datetime import timedelta

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
    valid = SignInCode.objects.filter(digest=digest(code), expires_at__gt=timezone.now())
    found = valid.select_related("user").first()
    # Of two who redeem at once, one deletes the row and the other finds nothing to delete.
    if found is None or valid.filter(pk=found.pk).delete()[0] == 0:
        return None
    return found.user if found.user.is_active else None

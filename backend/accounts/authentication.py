"""How a request proves who sends it: a bearer token, a browser's session, or nothing with accounts off."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.owner import find_owner
from accounts.tokens import user_of_token

SCHEME = "Bearer"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. A token that is not valid is refused, never ignored."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        user = user_of_token(secret.strip().decode("latin-1"))
        if user is None:
            raise AuthenticationFailed("The token is unknown or has expired.")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class BrowserAuthentication(SessionAuthentication):
    """The session cookie; what changes something needs the header X-CSRFToken as well."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        if not settings.AUTH_ON:
            return None
        user: User | None = getattr(request._request, "user", None)
        if user is None or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None


class OpenAuthentication(BaseAuthentication):
    """With JOBDECK_AUTH=off whoever reaches the loopback port is the owner."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        owner = None if settings.AUTH_ON else find_owner()
        return (owner, None) if owner else None

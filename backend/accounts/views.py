"""Signing in and out in a browser, and who I am."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.authentication import BrowserAuthentication
from accounts.codes import redeem_code
from accounts.models import User
from accounts.owner import find_owner
from accounts.roles import Role
from accounts.serializers import MeSerializer, SignInSerializer


class SignInThrottle(SimpleRateThrottle):
    """A few tries a minute per address: codes cannot be guessed, but trying keeps the database busy."""

    scope = "signin"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SignInView(APIView):
    """Turns a code into a session. The Origin check at the door keeps other pages from signing people in."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [SignInThrottle]

    @extend_schema(operation_id="signin", request=SignInSerializer, responses=MeSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in with the code of a sign-in link. It works once, within ten minutes."""
        form = SignInSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user = redeem_code(form.validated_data["code"])
        if user is None:
            raise ValidationError(
                {"code": "This link was used or has expired. `manage.py signin` prints another."}
            )
        login(request._request, user)
        return Response(_me(request, user))


class SignOutView(APIView):
    """Ends the session of this browser."""

    authentication_classes = [BrowserAuthentication]

    @extend_schema(operation_id="signout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign out in this browser. Tokens and other browsers are not touched."""
        logout(request._request)
        return Response(status=204)


class MeView(APIView):
    """The caller's own account."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Say who I am and what I may do; 401 when I am not signed in."""
        assert isinstance(request.user, User)  # noqa: S101  (SignedIn has seen to it)
        return Response(_me(request, request.user))


def _me(request: Request, user: User) -> dict[str, object]:
    by_session = settings.AUTH_ON and "Authorization" not in request.headers
    return {
        "authenticated": True,
        "username": user.username,
        "role": user.role,
        "can_submit": user.may(Role.SUBMITTER),
        "csrf_token": get_token(request._request) if by_session else "",
        "version": settings.VERSION,
        "prefix": settings.PREFIX,
        "auth": "on" if settings.AUTH_ON else "off",
        "token_file": str(settings.ENV.home.token) if user == find_owner() else "",
    }

"""What a request needs to be let through, by role."""

from typing import TYPE_CHECKING, ClassVar

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.roles import Role

if TYPE_CHECKING:  # REST framework's views load this module while they are being loaded
    from rest_framework.views import APIView


class SignedIn(BasePermission):
    """Anyone with an account."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.user, User) and request.user.is_active


class NeedsRole(BasePermission):
    """Reading needs `reads`, everything else needs `writes`."""

    reads: ClassVar[Role] = Role.VIEWER
    writes: ClassVar[Role] = Role.ADMIN

    def has_permission(self, request: Request, view: "APIView") -> bool:
        needed = self.reads if request.method in SAFE_METHODS else self.writes
        return isinstance(request.user, User) and request.user.may(needed)


class ViewerReadsSubmitterWrites(NeedsRole):
    """Everyone sees; submitters and above change things."""

    writes = Role.SUBMITTER

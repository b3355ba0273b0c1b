"""What the views of jobs have in common."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.roles import Role
from jobs import queries
from jobs.errors import Archived, FieldError, Invalid, JobNotFound, NotFound
from jobs.limits import LARGEST_ID
from jobs.permissions import SUBMIT, for_person, may_see, require_act
from jobs.values import printable

from ..etags import etag
from ..params import Params


class SeesJobs(BasePermission):
    """Reading: any account. Everything else: those who may submit; `require_act` then looks at the job."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        needed = Role.VIEWER if request.method in SAFE_METHODS else SUBMIT
        return isinstance(user, User) and user.may(needed)


class JobsAPIView(APIView):
    """Reads for every account, the rest for those who may submit; no parameters unless it says so."""

    permission_classes = [SeesJobs]
    parameters: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        takes_none = not self.parameters or request.method not in SAFE_METHODS
        if takes_none and request.method in self.allowed_methods:
            Params(request._request.GET, ()).finish()


def user_of(request: Request) -> User:
    """Who asks; the permission has seen to it that somebody does."""
    assert isinstance(request.user, User)  # noqa: S101  (SignedIn has seen to it)
    return request.user


def parse_id(job_id: str, missing: type[NotFound] = JobNotFound) -> int:
    """An id out of an address, of a job unless said otherwise. What cannot be one is not found."""
    if not (job_id.isascii() and job_id.isdigit()) or len(job_id) > 19 or not 1 <= int(job_id) <= LARGEST_ID:
        raise missing
    return int(job_id)


def require_body(request: Request) -> Any:
    """The body. An empty one is an error with a name."""
    data = request.data
    if not isinstance(data, dict):
        raise Invalid("The body must be a JSON object.")
    return data


def require_no_body(request: Request) -> None:
    """Refuse what the caller says and nobody would read: it might be meant to matter."""
    data = request.data
    if not isinstance(data, dict):
        raise Invalid("This takes no body.")
    unread = [
        FieldError(printable(name), "This field does not exist here.", "Send no body.") for name in data
    ]
    if unread:
        raise Invalid(errors=unread)


def require_may_act(request: Request, job_id: int) -> None:
    """Refuse to go on unless the job is there, not archived, and the caller's to act on."""
    if may_act_on_archived(request, job_id):
        raise Archived


def may_act_on_archived(request: Request, job_id: int) -> bool:
    """Whether the job is archived. Refuse to go on unless it is somewhere, and the caller's to act on."""
    found = _found(request, job_id)
    require_act(user_of(request), found.owner)
    return found.archived


def require_may_see(request: Request, job_id: int) -> bool:
    """Refuse to go on unless the job is there for the caller; whether it is archived."""
    return _found(request, job_id).archived


def _found(request: Request, job_id: int) -> queries.Whereabouts:
    found = queries.where_is(job_id)
    if found is None or not may_see(user_of(request), found.owner):
        raise JobNotFound(job_id)
    return found


def detail_response(request: Request, job_id: int, status: int = 200) -> Response:
    """A job in full, with its ETag."""
    job = queries.job_detail(job_id)
    if job is None or not may_see(user_of(request), job["owner"]):
        raise JobNotFound(job_id)
    return Response(
        for_person(user_of(request), job),
        status=status,
        headers={"ETag": etag(job_id, job["version"]), "Cache-Control": "private, no-cache"},
    )


def job_response(request: Request, job_id: int, status: int) -> Response:
    """A job as lists have it, with its ETag."""
    job = queries.job_json(job_id)
    if job is None:
        raise JobNotFound(job_id)
    return Response(
        for_person(user_of(request), job), status=status, headers={"ETag": etag(job_id, job["version"])}
    )

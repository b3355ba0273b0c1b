"""The whole history of a job."""

from datetime import UTC, datetime

from django.core import signing
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import queries
from jobs.errors import BadCursor
from jobs.values import text, whole

from .. import bounds, openapi
from ..conditional import conditional
from ..params import Params, as_query
from ..serializers import StatusPageSerializer
from .base import JobsAPIView, parse_id, require_may_see

BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), 0)

_signer = signing.Signer(salt="jobs.statuses")


@extend_schema(parameters=[openapi.JOB_ID])
class StatusesView(JobsAPIView):
    """Every entry of one job's history."""

    parameters = frozenset({"size", "cursor"})

    @extend_schema(
        operation_id="jobs_statuses_list", responses=StatusPageSerializer, parameters=openapi.STATUS_PAGING
    )
    @conditional
    def get(self, request: Request, id: str) -> Response:
        """Read a job's history, oldest first, page by page."""
        number = parse_id(id)
        params = Params(request._request.GET, self.parameters)
        size = params.read("size", whole(*bounds.STATUSES_SIZE), bounds.DEFAULT_STATUSES_SIZE)
        cursor = params.optional("cursor", text(bounds.LONGEST_CURSOR))
        params.finish()
        archived = require_may_see(request, number)
        place = _place(cursor, number) if cursor else BEGINNING
        page = queries.status_page(number, place, size, archived=archived)
        following = _signer.sign_object([number, _plain(page.next_place)]) if page.next_place else None
        link = (
            f"{request.path}?{as_query({'size': size, 'cursor': following}).urlencode()}"
            if following
            else None
        )
        return Response({"next": link, "next_cursor": following, "results": page.statuses})


def _plain(place: tuple[datetime, int]) -> tuple[str, int]:
    return place[0].isoformat(), place[1]


def _place(cursor: str, job_id: int) -> tuple[datetime, int]:
    try:
        owner, (timestamp, status_id) = _signer.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise BadCursor.field("cursor", "This cursor is not valid.") from None
    if owner != job_id:
        raise BadCursor.field("cursor", "This cursor belongs to another job.")
    return datetime.fromisoformat(timestamp), status_id

"""Many new jobs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.transitions import submit_many

from .. import openapi
from ..bulk import check_jobs
from ..dependencies import require_dependencies
from ..idempotency import idempotent
from ..parsers import LinesParser, ManyJSONParser
from ..serializers import BulkSerializer
from .base import JobsAPIView, user_of


class BulkView(JobsAPIView):
    """Many jobs at once."""

    parser_classes = [ManyJSONParser, LinesParser]

    @extend_schema(
        operation_id="jobs_bulk_create",
        request=openapi.MANY_JOBS,
        responses={201: BulkSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Submit many jobs: all of them, or none when one is not valid.

        One can depend on another of them, which comes before it, by its place: `{"index": 0}`.

        An array of up to 10,000 jobs, or one job a line as `application/x-ndjson`; 8 MiB at most. `errors` of
        a refusal has the fields by the index of their job: `17.priority`.
        """
        rows: Any = request.data  # a list, whichever parser read it
        jobs = check_jobs(rows)
        require_dependencies(user_of(request), jobs, several=True)
        ids = submit_many(jobs, owner_id=user_of(request).pk)
        return Response({"count": len(ids), "ids": ids}, status=201)

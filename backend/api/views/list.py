"""Lists of jobs, and new ones."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.transitions import submit_many

from .. import openapi
from ..conditional import conditional
from ..dependencies import require_dependencies
from ..filters import known_parameters, list_params, read_filter
from ..idempotency import idempotent
from ..pagination import job_page, read_page
from ..serializers import JobDetailSerializer, JobPageSerializer, JobWriteSerializer
from .base import JobsAPIView, detail_response, require_body, user_of

PAGING = ("page", "size", "cursor")


class JobsView(JobsAPIView):
    """Every job."""

    parameters = frozenset(known_parameters(*PAGING))

    @extend_schema(
        operation_id="jobs_list", responses=JobPageSerializer, parameters=[*openapi.FILTERS, *openapi.PAGING]
    )
    @conditional
    def get(self, request: Request) -> Response:
        """List jobs, newest first unless ordered otherwise.

        Pages by number reach the first 10,000 rows; `next_cursor` reaches any depth at the same price.
        """
        params = list_params(request._request.GET, *PAGING)
        filters = read_filter(params, user_of(request))
        page = read_page(params, filters)
        params.finish()
        answer = job_page(filters, user_of(request), page, request._request)
        return Response(answer.body, headers=answer.headers)

    @extend_schema(
        operation_id="jobs_create",
        request=JobWriteSerializer,
        responses={201: JobDetailSerializer},
        parameters=openapi.NEW_JOB_HEADERS,
        examples=openapi.NEW_JOBS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Submit a job."""
        form = JobWriteSerializer(data=require_body(request))
        form.is_valid(raise_exception=True)
        require_dependencies(user_of(request), [form.validated_data], several=False)
        (job_id,) = submit_many([form.validated_data], owner_id=user_of(request).pk)
        response = detail_response(request, job_id, 201)
        response["Location"] = reverse("job", args=[job_id])
        return response

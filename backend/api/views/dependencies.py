"""What one job waits for, and what waits for it."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import queries

from .. import openapi
from ..conditional import conditional
from ..serializers import DependenciesSerializer
from .base import JobsAPIView, parse_id, require_may_see


@extend_schema(parameters=[openapi.JOB_ID])
class DependenciesView(JobsAPIView):
    """A job's neighbours."""

    @extend_schema(operation_id="jobs_dependencies_retrieve", responses=DependenciesSerializer)
    @conditional
    def get(self, request: Request, id: str) -> Response:
        """Read what a job depends on and what depends on it, as these stand now."""
        number = parse_id(id)
        require_may_see(request, number)
        return Response(asdict(queries.dependencies(number)))

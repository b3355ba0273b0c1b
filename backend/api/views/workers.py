"""The machines that run jobs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import queries

from ..conditional import conditional
from ..serializers import WorkerPageSerializer
from .base import JobsAPIView


class WorkersView(JobsAPIView):
    """Workers."""

    @extend_schema(operation_id="workers_list", responses=WorkerPageSerializer)
    @conditional
    def get(self, request: Request) -> Response:
        """List the workers as they last described themselves."""
        return Response({"results": queries.list_workers()})

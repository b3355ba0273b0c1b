"""How long the jobs of a queue are kept."""

from dataclasses import asdict

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.archive import keeping
from jobs.archive.keeping import Keep
from jobs.errors import Invalid
from jobs.permissions import require_keep

from .. import openapi
from ..serializers import KeepSerializer, KeepTimesSerializer, QueueKeepSerializer
from ..serializers.write import queue_name
from .base import JobsAPIView, require_body, require_no_body, user_of


class KeepTimesView(JobsAPIView):
    """Keep times."""

    @extend_schema(operation_id="keep_times_list", responses=KeepTimesSerializer)
    def get(self, request: Request) -> Response:
        """Read how long jobs are kept."""
        queues = [{"queue": queue, **asdict(keep)} for queue, keep in keeping.of_queues().items()]
        return Response({"default": asdict(keeping.default()), "queues": queues})


@extend_schema(parameters=[openapi.QUEUE_NAME])
class QueueKeepView(JobsAPIView):
    """The keep times of one queue."""

    @extend_schema(operation_id="keep_times_update", request=KeepSerializer, responses=QueueKeepSerializer)
    def put(self, request: Request, queue: str) -> Response:
        """Give a queue keep times of its own, instead of those of all others."""
        require_keep(user_of(request))
        form = KeepSerializer(data=require_body(request))
        form.is_valid(raise_exception=True)
        keep = Keep(**form.validated_data)
        keeping.set_for(_queue(queue), keep)
        return Response({"queue": queue, **asdict(keep)})

    @extend_schema(
        operation_id="keep_times_destroy",
        request=None,
        responses={204: OpenApiResponse(description="Its jobs are kept as those of all other queues.")},
    )
    def delete(self, request: Request, queue: str) -> Response:
        """Let a queue have the keep times of all others again."""
        require_keep(user_of(request))
        require_no_body(request)
        keeping.set_for(_queue(queue), None)
        return Response(status=204)


def _queue(given: str) -> str:
    try:
        queue_name(given)
    except ValidationError as error:
        raise Invalid.field("queue", error.messages[0]) from None
    return given

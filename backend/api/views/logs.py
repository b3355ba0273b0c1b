"""What a job wrote."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import limits, logs
from jobs.errors import NotFound
from jobs.logs.read import Log
from jobs.values import one_of, whole

from .. import bounds, openapi
from ..params import Params
from ..renderers import StrictJSONRenderer
from ..serializers import LogSliceSerializer
from .base import JobsAPIView, parse_id, require_may_see


class PlainTextRenderer(BaseRenderer):
    """Lets `Accept: text/plain` through; the view answers with a stream of its own."""

    media_type = "text/plain"
    format = "txt"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else str(data).encode()


@extend_schema(parameters=[openapi.JOB_ID])
class LogsView(JobsAPIView):
    """The log of one job."""

    parameters = frozenset({"stream", "attempt", "offset", "limit", "tail"})
    renderer_classes = [StrictJSONRenderer, PlainTextRenderer]

    @extend_schema(
        operation_id="jobs_logs_retrieve",
        responses={(200, "application/json"): LogSliceSerializer, (200, "text/plain"): str},
        parameters=openapi.LOGS,
    )
    def get(self, request: Request, id: str) -> HttpResponseBase:
        """Read a piece of a job's log; with `Accept: text/plain` the whole of it, byte for byte.

        To follow a log, ask again from `next_offset` until `complete`.
        """
        number = parse_id(id)
        params = Params(request._request.GET, self.parameters)
        stream = params.read("stream", one_of(logs.STREAMS), "stdout")
        attempt = params.optional("attempt", whole(*bounds.ATTEMPT_NUMBER))
        offset = params.optional("offset", whole(0, limits.LARGEST_ID))
        limit = params.read("limit", whole(*bounds.LOG_SLICE), bounds.DEFAULT_LOG_SLICE)
        tail = params.optional("tail", whole(*bounds.LOG_TAIL))
        if tail is not None and offset is not None:
            params.refuse("tail", "`tail` and `offset` cannot be combined.", "Leave one of them out.")
        params.finish()
        require_may_see(request, number)
        log = logs.find_log(number, "stderr" if stream == "stderr" else "stdout", attempt)
        if log is None:
            raise NotFound(f"Job {number} has no attempt {attempt}.")
        if request.accepted_renderer.media_type == PlainTextRenderer.media_type:
            return _whole(number, log)
        piece = logs.read_tail(log, tail, limit) if tail else logs.read_slice(log, offset or 0, limit)
        return Response(asdict(piece), headers={"Cache-Control": "no-store"})


def _whole(job_id: int, log: Log) -> StreamingHttpResponse:
    """An attachment: what a job wrote is never shown as a page of ours."""
    name = f"job-{job_id}-attempt-{log.attempt}-{log.stream}.txt"
    response = StreamingHttpResponse(logs.stream_bytes(log), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(log.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

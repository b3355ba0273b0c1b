"""The dashboard's figures."""

from datetime import UTC, datetime

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.stats import DEFAULT_RANGE, LONGEST_RANGE, Range, stats

from .. import openapi
from ..conditional import conditional
from ..params import Params, moment
from ..serializers import StatsSerializer
from .base import JobsAPIView


class StatsView(JobsAPIView):
    """Figures."""

    parameters = frozenset({"from", "to"})

    @extend_schema(operation_id="jobs_stats_retrieve", responses=StatsSerializer, parameters=openapi.STATS)
    @conditional
    def get(self, request: Request) -> Response:
        """Count jobs as they are now, and what ended within a range (the last 24 hours), by whole hours."""
        return Response(stats(_read_range(Params(request._request.GET, self.parameters))))


def _read_range(params: Params) -> Range:
    given_end = params.optional("to", moment)
    given_start = params.optional("from", moment)
    params.finish()
    end = given_end or datetime.now(UTC)
    if given_start is None and end.year <= 1970:
        params.refuse("to", "This is too far in the past.")
    params.finish()
    start = given_start or end - DEFAULT_RANGE
    if start >= end:
        params.refuse("from", "The range ends before it begins.")
    elif end - start > LONGEST_RANGE:
        params.refuse(
            "from", f"The range is longer than {LONGEST_RANGE.days} days.", "Ask for a shorter range."
        )
    elif end.year > 9000:
        params.refuse("to", "This is too far in the future.")
    params.finish()
    return Range.covering(start, end)

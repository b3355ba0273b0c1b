"""The dashboard's figures."""

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.models import User
from jobs import limits
from jobs.counters import Slice
from jobs.search.grammar import ME
from jobs.stats import stats
from jobs.timeline import Bucket, Timeline, zones
from jobs.values import one_of, printable, text

from .. import openapi
from ..answers import kept
from ..conditional import conditional
from ..params import Params, moment
from ..serializers import StatsSerializer
from .base import JobsAPIView, user_of

DEFAULT_RANGE = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 9000


class StatsView(JobsAPIView):
    """Figures."""

    parameters = frozenset({"from", "to", "bucket", "zone", "queue", "owner"})

    @extend_schema(operation_id="jobs_stats_retrieve", responses=StatsSerializer, parameters=openapi.STATS)
    @conditional
    def get(self, request: Request) -> HttpResponse:
        """Count jobs as they are now, and what happened within a range (the last 24 hours), in buckets."""
        params = Params(request._request.GET, self.parameters)
        part = _read_slice(params, user_of(request))
        line = _read_line(params)
        asked = ("stats", line.start, line.end, line.bucket, line.zone, part)
        return kept(asked, lambda: stats(line, part))


def _read_slice(params: Params, user: User) -> Slice:
    owner = params.optional("owner", text(limits.LONGEST_USERNAME))
    return Slice(
        queue=params.optional("queue", text(limits.LONGEST_QUEUE)),
        owner=user.username if owner == ME else owner,
    )


def _read_line(params: Params) -> Timeline:
    end = params.optional("to", _useful_moment) or datetime.now(UTC)
    start = params.optional("from", _useful_moment) or end - DEFAULT_RANGE
    bucket = params.optional("bucket", one_of(Bucket))
    zone = params.read("zone", _zone, "UTC")
    params.finish()
    if start >= end:
        params.refuse("from", "The range ends before it begins.")
    params.finish()
    return Timeline.covering(start, end, Bucket(bucket) if bucket else None, zone)


def _useful_moment(value: str) -> datetime:
    at = moment(value)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"This must be within the years {FIRST_YEAR} to {LAST_YEAR}.")
    return at


def _zone(value: str) -> str:
    if value not in zones():
        raise ValueError(
            f"{printable(value)!r} is not the name of a time zone.", "For example Europe/Rome, or UTC."
        )
    return value

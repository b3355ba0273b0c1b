"""The figures: totals from counters, ends and durations from hourly histograms, not from jobs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from .counters import totals
from .states import ENDED, Status

HOUR = timedelta(hours=1)
LONGEST_RANGE = timedelta(days=93)
DEFAULT_RANGE = timedelta(days=1)
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
BUCKETS_PER_DOUBLING = 8  # as the trigger counts them (migration 0002): neighbours differ by 9 %

_ENDS = """
SELECT hour, status, bucket, sum(ends)::bigint, sum(seconds)
FROM (SELECT hour, status, bucket, ends, seconds FROM jobs_hourlyend
      WHERE hour >= %(start)s AND hour < %(end)s
      UNION ALL
      SELECT hour, status, bucket, ends, seconds FROM jobs_hourlyenddelta
      WHERE hour >= %(start)s AND hour < %(end)s) AS every
GROUP BY hour, status, bucket"""


@dataclass(frozen=True, slots=True)
class Range:
    """Whole hours, `end` not included."""

    start: datetime
    end: datetime

    @classmethod
    def covering(cls, start: datetime, end: datetime) -> "Range":
        """The whole hours that a span touches."""
        return cls(_hour(start), _hour(end - timedelta(microseconds=1)) + HOUR)

    def hours(self) -> list[datetime]:
        """Each hour's beginning."""
        return [self.start + number * HOUR for number in range((self.end - self.start) // HOUR)]


def stats(span: Range) -> dict[str, Any]:
    """The figures over a span: jobs as they are now, ends and durations within the span.

    Durations are those of jobs that completed, from a histogram: a percentile is within 5 % of the true one.
    """
    now = datetime.now(UTC)
    jobs = totals()
    ends = _Ends(span)
    return {
        "as_of": now,
        "range": {"from": span.start, "to": span.end},
        "total": jobs.total,
        "by_status": jobs.by_status,
        "by_queue": [{"queue": queue, **counts} for queue, counts in jobs.by_queue.items()],
        "ended": ends.summed(),
        "average_execution_time": ends.average(),
        "percentiles": {name: percentile(ends.durations, share) for name, share in PERCENTILES.items()},
        "throughput_per_hour": ends.by_hour(),
    }


class _Ends:
    """Ends within a span, added up."""

    def __init__(self, span: Range) -> None:
        self._span = span
        self._counts: Counter[tuple[datetime, str]] = Counter()
        self.durations: Counter[int] = Counter()
        self._seconds = 0.0
        with connection.cursor() as cursor:
            cursor.execute(_ENDS, {"start": span.start, "end": span.end})
            for hour, status, bucket, ends, seconds in cursor.fetchall():
                self._counts[hour, status] += ends
                if status == Status.COMPLETED and bucket is not None:
                    self.durations[bucket] += ends
                    self._seconds += seconds

    def summed(self) -> dict[str, int]:
        """Over the whole span."""
        return {
            status.lower(): sum(self._counts[hour, status] for hour in self._span.hours())
            for status in _ended()
        }

    def by_hour(self) -> list[dict[str, Any]]:
        """Every hour of the span, also those in which nothing ended."""
        return [
            {"hour": hour, **{status.lower(): self._counts[hour, status] for status in _ended()}}
            for hour in self._span.hours()
        ]

    def average(self) -> float | None:
        """Seconds; None when nothing completed."""
        completed = self.durations.total()
        return round(self._seconds / completed, 3) if completed else None


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """The duration in seconds below which this share lies (the middle of its bucket); None of nothing."""
    rank = share * sum(buckets.values())
    for bucket in sorted(buckets):
        rank -= buckets[bucket]
        if rank <= 0:
            return round(float(2 ** ((bucket + 0.5) / BUCKETS_PER_DOUBLING)), 3)
    return None


def _ended() -> list[Status]:
    return [status for status in Status if status in ENDED]


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)

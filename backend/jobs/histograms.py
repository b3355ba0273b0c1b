"""Histograms of durations that are numbers, so that PostgreSQL adds them with `sum()` and `+`.

A histogram is one whole `numeric`: every bucket has twelve decimal digits of it, the shortest durations the
last twelve. Bucket 0 ends a little above a millisecond, each one 9 % further than the one before, the last
takes whatever is longer than thirty years. Twelve digits are three of PostgreSQL's own (base 10,000) and hold
10^12 jobs; zeros at both ends take no room.
"""

from collections.abc import Mapping
from math import floor, log
from typing import Any

from django.db import models

DIGITS = 12
BUCKETS_PER_DOUBLING = 8
SHORTEST, LONGEST = 0.001, 1e9  # seconds; what is beyond counts as these
FIRST = floor(BUCKETS_PER_DOUBLING * log(SHORTEST) / log(2))

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


class HistogramField(models.Field):  # type: ignore[type-arg]  # generic for mypy only
    """How many durations lie in each bucket; buckets without any are left out."""

    def db_type(self, connection: Any) -> str:
        return "numeric"

    def from_db_value(self, value: Any, *_: Any) -> dict[int, int]:
        return read(f"{value:f}")


def read(digits: str) -> dict[int, int]:
    """The buckets of a histogram as PostgreSQL writes it."""
    places = range(len(digits), 0, -DIGITS)
    counts = (int(digits[max(0, end - DIGITS) : end]) for end in places)
    return {bucket: count for bucket, count in enumerate(counts) if count}


def bucket_of(seconds: float) -> int:
    """Which bucket a duration is counted in; `jobs_histogram` in migration 0002 says the same."""
    return floor(BUCKETS_PER_DOUBLING * log(min(max(seconds, SHORTEST), LONGEST)) / log(2)) - FIRST


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """The duration in seconds below which this share lies: within 5 % of the true one. None of nothing."""
    rank = share * sum(buckets.values())
    for bucket in sorted(buckets):
        rank -= buckets[bucket]
        if rank <= 0:
            return round(float(2 ** ((bucket + FIRST + 0.5) / BUCKETS_PER_DOUBLING)), 3)
    return None

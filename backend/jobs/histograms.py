"""Histograms of durations that are numbers, so that PostgreSQL adds them with `sum()` and `+`.

A histogram is one whole `numeric`: every bucket has twelve decimal digits of it, the shortest durations the
last twelve. Bucket 0 ends a little above a millisecond, each one 9 % further than the one before, the last
takes whatever is longer than thirty years. Twelve digits are three of PostgreSQL's own (base 10,000) and hold
10^12 jobs; zeros at both ends take no room.
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
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
    """The buckets of a histogram as PostgreSQL writes it, from the shortest on."""
    empty = (len(digits) - len(digits.rstrip("0"))) // DIGITS
    ends = range(len(digits) - empty * DIGITS, 0, -DIGITS)
    places = (digits[max(0, end - DIGITS) : end] for end in ends)
    return {bucket: int(count) for bucket, count in enumerate(places, empty) if count.strip("0")}


def bucket_of(seconds: float) -> int:
    """Which bucket a duration is counted in; `jobs_histogram` in migration 0002 says the same."""
    return floor(BUCKETS_PER_DOUBLING * log(min(max(seconds, SHORTEST), LONGEST)) / log(2)) - FIRST


def percentiles(buckets: Mapping[int, int]) -> dict[str, float | None]:
    """Seconds below which PERCENTILES of the durations lie, within 5 % of the true ones; None of nothing."""
    ordered = sorted(buckets)
    reached = list(accumulate(buckets[bucket] for bucket in ordered))
    if not ordered:
        return dict.fromkeys(PERCENTILES)
    found = (ordered[bisect_left(reached, share * reached[-1])] for share in PERCENTILES.values())
    return dict(zip(PERCENTILES, map(_middle_of, found), strict=True))


def _middle_of(bucket: int) -> float:
    return round(float(2 ** ((bucket + FIRST + 0.5) / BUCKETS_PER_DOUBLING)), 3)

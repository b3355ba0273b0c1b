"""Histograms of durations that are numbers, so that PostgreSQL adds them with `sum()` and `+`.

A histogram is one whole `numeric`: every bucket has twelve decimal digits of it, the shortest durations the
last twelve. Bucket 0 ends a little above a millisecond, each one 9 % further than the one before, the last
takes whatever is longer than thirty years. Twelve digits are three of PostgreSQL's own (base 10,000) and hold
10^12 jobs; zeros at both ends take no room. It is read as PostgreSQL has it (`numeric_send`): to write out a
thousand decimal digits takes longer than all that is done with them.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from math import floor, log
from struct import unpack_from
from typing import Any

from django.db import models

BASE, DIGITS = 10_000, 3  # of each bucket
BUCKETS_PER_DOUBLING = 8
SHORTEST, LONGEST = 0.001, 1e9  # seconds; what is beyond counts as these
FIRST = floor(BUCKETS_PER_DOUBLING * log(SHORTEST) / log(2))

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
EMPTY = bytes(8)
"""The histogram of nothing, as `numeric_send` gives it."""

# Several months by the hour. A past hour seldom changes, and everybody looks at the same ones.
_MOST_REMEMBERED = 6_000


class HistogramField(models.Field):  # type: ignore[type-arg]  # generic for mypy only
    """How many durations lie in each bucket; `read` takes what `numeric_send` makes of it."""

    def db_type(self, connection: Any) -> str:
        return "numeric"


def read(sent: bytes) -> tuple[int, list[int]]:
    """The first bucket with a duration in it, and how many there are in that one and each further one."""
    stored, weight = unpack_from(">hh", sent)
    zeros = weight + 1 - stored  # at the end, which are not stored
    bucket, end = divmod(zeros, DIGITS)
    start = (0,) * (DIGITS - 1 - weight % DIGITS)
    digits = (*start, *unpack_from(f">{stored}H", sent, len(EMPTY)), *(0,) * end)
    places = zip(digits[::-DIGITS], digits[-2::-DIGITS], digits[-3::-DIGITS], strict=True)
    return (
        (bucket, [(high * BASE + middle) * BASE + low for low, middle, high in places]) if stored else (0, [])
    )


def bucket_of(seconds: float) -> int:
    """Which bucket a duration is counted in; `jobs_histogram` in migration 0002 says the same."""
    return floor(BUCKETS_PER_DOUBLING * log(min(max(seconds, SHORTEST), LONGEST)) / log(2)) - FIRST


@lru_cache(_MOST_REMEMBERED)
def times(seconds: float, sent: bytes) -> Mapping[str, float | None]:
    """The average and PERCENTILES of durations that have this sum and this histogram; None of nothing.

    The average is exact; a percentile is within 5 % of the true one. All callers share the answer.
    """
    first, counts = read(sent)
    reached = list(accumulate(counts))
    if not reached:
        return {"average": None, **dict.fromkeys(PERCENTILES)}
    return {"average": round(seconds / reached[-1], 3), **_percentiles(first, reached)}


def _percentiles(first: int, reached: Sequence[int]) -> dict[str, float]:
    """`reached`: how many durations lie in bucket `first`, or in that and the next one, and so on."""
    return {
        name: _MIDDLES[first + bisect_left(reached, share * reached[-1])]
        for name, share in PERCENTILES.items()
    }


_MIDDLES = [
    round(float(2 ** ((bucket + FIRST + 0.5) / BUCKETS_PER_DOUBLING)), 3)
    for bucket in range(bucket_of(LONGEST) + 1)
]

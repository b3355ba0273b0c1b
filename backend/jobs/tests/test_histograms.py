"""Histograms that are numbers: PostgreSQL makes them as Python reads them, and adds them."""

import random
from collections import Counter
from collections.abc import Sequence
from math import ceil

import pytest

from jobs.histograms import EMPTY, bucket_of, read, times

from .rows import sql

DURATIONS = [0, 0.0005, 0.001, 0.01, 0.5, 1, 1, 1, 3, 59.5, 3600, 86_400 * 40, 1e9, 1e12]
NOTHING = {"average": None, "p50": None, "p90": None, "p99": None}

pytestmark = pytest.mark.django_db


def sent(seconds: Sequence[float], each: int = 1) -> bytes:
    """The histogram of these durations, of so many jobs each."""
    ((histogram,),) = sql(
        "SELECT numeric_send(coalesce(sum(jobs_histogram(seconds) * %s), 0))"
        " FROM unnest(%s::float8[]) AS seconds",
        [each, [float(one) for one in seconds]],
    )
    return bytes(histogram)


@pytest.mark.parametrize("each", [1, 9_999, 10_000, 123_456_789, 10**11])
@pytest.mark.parametrize("some", [DURATIONS, *([one] for one in DURATIONS), DURATIONS[3:5], DURATIONS[:7]])
def test_what_postgresql_has_added_is_read_as_counts(some: list[float], each: int) -> None:
    first, counts = read(sent(some, each))
    assert {bucket: count for bucket, count in enumerate(counts, first) if count} == {
        bucket: count * each for bucket, count in Counter(map(bucket_of, some)).items()
    }


def test_nothing_has_no_buckets_and_no_percentiles() -> None:
    assert sent([]) == EMPTY
    assert read(EMPTY) == (0, [])
    assert times(0.0, EMPTY) == NOTHING


@pytest.mark.parametrize("seed", range(5))
def test_percentiles_are_within_five_per_cent_and_the_average_is_exact(seed: int) -> None:
    chance = random.Random(seed)
    seconds = sorted(chance.lognormvariate(chance.uniform(0, 9), 2) for _ in range(chance.randrange(1, 3000)))
    found = times(sum(seconds), sent(seconds))
    assert found["average"] == pytest.approx(sum(seconds) / len(seconds), abs=0.001)
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        assert found[name] == pytest.approx(seconds[ceil(share * len(seconds)) - 1], rel=0.05, abs=0.001)

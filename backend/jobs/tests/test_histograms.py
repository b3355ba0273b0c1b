"""Histograms that are numbers: PostgreSQL makes them as Python reads them, and adds them."""

import pytest

from jobs.histograms import bucket_of, percentiles, read

from .rows import sql

DURATIONS = [0, 0.0005, 0.001, 0.01, 0.5, 1, 1, 1, 3, 59.5, 3600, 86_400 * 40, 1e9, 1e12]


@pytest.mark.django_db
def test_what_postgresql_has_added_is_read_as_counts() -> None:
    total = "SELECT sum(jobs_histogram(seconds))::text FROM unnest(%s::float8[]) AS seconds"
    ((digits,),) = sql(total, [[float(one) for one in DURATIONS]])
    found = read(digits)
    assert found == {bucket: [bucket_of(one) for one in DURATIONS].count(bucket) for bucket in found}
    assert sum(found.values()) == len(DURATIONS)
    assert list(found) == sorted(found)


def test_nothing_has_no_buckets_and_no_percentiles() -> None:
    assert read("0") == read("") == {}
    assert percentiles({}) == {"p50": None, "p90": None, "p99": None}


def test_percentiles_are_near_the_true_ones() -> None:
    seconds = [*range(1, 100), 1000]
    counts = {bucket: [bucket_of(one) for one in seconds].count(bucket) for bucket in map(bucket_of, seconds)}
    found = percentiles(counts)
    for name, true in (("p50", 50), ("p90", 90), ("p99", 99)):
        assert found[name] == pytest.approx(true, rel=0.05)

"""GET /api/jobs/stats/: exact totals, and what ended within a range."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from jobs import counters
from jobs.counters import Slice, fold, totals
from jobs.models import Counter, CounterDelta, HourlyEnd, HourlyEndDelta, Job
from jobs.states import Status
from jobs.stats import percentile
from jobs.tests import factories

from .api import Api


def some_jobs() -> None:
    factories.pending(), factories.tracked(queue="night"), factories.running()
    factories.completed(), factories.failed(queue="night"), factories.cancelled()


EXPECTED = {"PENDING": 2, "RUNNING": 1, "COMPLETED": 1, "FAILED": 1, "CANCELLED": 1}


@pytest.mark.parametrize("folded", [False, True])
def test_totals_are_those_of_the_rows(api: Api, folded: bool) -> None:
    some_jobs()
    if folded:
        fold()

    body = api.get("jobs/stats/").body

    assert (body["total"], body["by_status"]) == (6, EXPECTED)
    assert [queue["queue"] for queue in body["by_queue"]] == ["default", "night"]
    assert body["by_queue"][1] == {
        "queue": "night", "PENDING": 1, "RUNNING": 0, "COMPLETED": 0, "FAILED": 1, "CANCELLED": 0,
    }  # fmt: skip
    assert body["ended"] == {"completed": 1, "failed": 1, "cancelled": 1}


def test_folding_moves_everything_and_changes_nothing(db: None) -> None:
    some_jobs()
    before = totals()

    while fold(most=2):
        assert totals() == before

    assert totals() == before
    assert not CounterDelta.objects.exists() and not HourlyEndDelta.objects.exists()
    assert Counter.objects.exists() and HourlyEnd.objects.exists()
    factories.pending()
    Job.objects.filter(status=Status.FAILED).delete()
    fold()
    assert totals().by_status == {**EXPECTED, "PENDING": 3, "FAILED": 0}
    assert totals(Slice(statuses=("PENDING",), queue="night")).total == 1


def test_throughput_by_the_hour_names_every_hour(api: Api) -> None:
    factories.completed()
    now = datetime.now(UTC)
    start = now - timedelta(hours=5)

    body = api.get(f"jobs/stats/?from={start:%Y-%m-%dT%H:%M:%SZ}").body

    hours = body["throughput_per_hour"]
    assert len(hours) == 6
    assert hours[0]["hour"] == body["range"]["from"] == f"{start:%Y-%m-%dT%H}:00:00Z"
    assert sum(hour["completed"] for hour in hours) == 1
    assert hours[-1]["completed"] + hours[-2]["completed"] == 1


def test_what_ended_outside_the_range_is_not_counted(api: Api) -> None:
    factories.completed()

    body = api.get("jobs/stats/?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z").body

    assert body["ended"] == {"completed": 0, "failed": 0, "cancelled": 0}
    assert (body["average_execution_time"], body["percentiles"]["p50"]) == (None, None)
    assert len(body["throughput_per_hour"]) == 24
    assert body["total"] == 1


def test_durations_of_completed_jobs(api: Api) -> None:
    for seconds in [*range(1, 100), 1000]:
        job = factories.running()
        started = datetime.now(UTC) - timedelta(seconds=seconds)
        Job.objects.filter(pk=job.pk).update(started_at=started)
        factories.end(job, Status.COMPLETED, exit_code=0)

    body = api.get("jobs/stats/").body

    assert body["average_execution_time"] == pytest.approx((99 * 50 + 1000) / 100, rel=0.01)
    assert body["percentiles"]["p50"] == pytest.approx(50, rel=0.1)
    assert body["percentiles"]["p90"] == pytest.approx(90, rel=0.1)
    assert body["percentiles"]["p99"] == pytest.approx(99, rel=0.1)


def test_a_percentile_of_nothing_is_none() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({0: 1}, 0.99) == pytest.approx(1, rel=0.1)
    assert percentile({0: 1, 80: 1}, 0.5) == pytest.approx(1, rel=0.1)
    assert percentile({0: 1, 80: 1}, 0.9) == pytest.approx(1024, rel=0.1)


def test_reading_totals_looks_at_no_job(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {counters._TOTALS}", {"statuses": [], "queue": None, "owner": None})
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "jobs_counter" in plan and "jobs_job" not in plan

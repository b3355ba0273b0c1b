"""GET /api/jobs/stats/: exact totals, and what happened within a range, bucket by bucket."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests import factories as people
from jobs.counters import fold
from jobs.models import ActivityDelta, Job
from jobs.states import Status
from jobs.tests import factories

from .api import Api


def some_jobs() -> None:
    factories.pending(), factories.tracked(queue="night"), factories.running()
    factories.completed(), factories.failed(queue="night"), factories.cancelled()


EXPECTED = {"PENDING": 2, "RUNNING": 1, "COMPLETED": 1, "FAILED": 1, "CANCELLED": 1}
NONE = {"average": None, "p50": None, "p90": None, "p99": None}


@pytest.mark.parametrize("folded", [False, True])
def test_totals_are_those_of_the_rows(api: Api, folded: bool) -> None:
    some_jobs()
    if folded:
        fold()

    body = api.get("jobs/stats/").body

    assert (body["total"], body["by_status"]) == (6, EXPECTED)
    assert body["queues"] == 2
    assert {queue["queue"]: queue for queue in body["by_queue"]}["night"] == {
        "queue": "night", "PENDING": 1, "RUNNING": 0, "COMPLETED": 0, "FAILED": 1, "CANCELLED": 0,
    }  # fmt: skip


@pytest.mark.parametrize("folded", [False, True])
def test_a_range_tells_what_happened_in_each_of_its_buckets(api: Api, folded: bool) -> None:
    some_jobs()
    if folded:
        fold()
    start = datetime.now(UTC) - timedelta(hours=5)

    body = api.get(f"jobs/stats/?from={start:%Y-%m-%dT%H:%M:%SZ}").body

    happened = {"submitted": 6, "started": 3, "retried": 0, "completed": 1, "failed": 1, "cancelled": 1}
    assert {word: body[word] for word in happened} == happened
    assert body["success_rate"] == 0.5
    assert (body["bucket"], body["zone"]) == ("hour", "UTC")
    series = body["series"]
    assert len(series) == 6
    assert series[0]["from"] == body["range"]["from"] == f"{start:%Y-%m-%dT%H}:00:00Z"
    assert [one["to"] for one in series] == [*(one["from"] for one in series[1:]), body["range"]["to"]]
    assert {word: sum(one[word] for one in series) for word in happened} == happened
    assert [one["pending"] for one in series[:4]] == [0] * 4
    assert (series[-1]["pending"], series[-1]["running"]) == (2, 1)
    assert series[-1]["waiting_time"]["p50"] is not None


def test_of_a_queue_and_an_owner_only_theirs_is_told(api: Api) -> None:
    other = people.user("bob")
    factories.pending(queue="night", owner=api.person), factories.completed(owner=api.person)
    factories.failed(queue="night", owner=other), factories.pending(queue="night")

    night = api.get("jobs/stats/?queue=night").body
    mine = api.get("jobs/stats/?owner=me").body
    both = api.get(f"jobs/stats/?queue=night&owner={other.username}").body
    nobody = api.get("jobs/stats/?owner=nobody").body

    assert (night["total"], night["submitted"], night["failed"], night["completed"]) == (3, 3, 1, 0)
    assert {owner["owner"] for owner in night["by_owner"]} == {api.person.username, "bob"}
    assert (mine["total"], mine["submitted"], mine["completed"], mine["queues"]) == (2, 2, 1, 2)
    assert mine == {**api.get(f"jobs/stats/?owner={api.person.username}").body, "as_of": mine["as_of"]}
    assert (both["total"], both["failed"], both["by_status"]["FAILED"]) == (1, 1, 1)
    assert (nobody["total"], nobody["submitted"], nobody["by_queue"]) == (0, 0, [])


def test_what_ended_outside_the_range_is_not_counted(api: Api) -> None:
    factories.completed()

    body = api.get("jobs/stats/?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z").body

    assert (body["completed"], body["success_rate"]) == (0, None)
    assert (body["average_execution_time"], body["execution_time"], body["waiting_time"]) == (
        None,
        NONE,
        NONE,
    )
    assert len(body["series"]) == 24
    assert {bucket["pending"] + bucket["running"] for bucket in body["series"]} == {0}
    assert body["total"] == 1


def test_a_range_is_widened_to_whole_days_of_its_zone(api: Api) -> None:
    body = api.get(
        "jobs/stats/?from=2026-03-28T12:00:00Z&to=2026-03-30T12:00:00Z&bucket=day&zone=Europe/Rome"
    ).body

    # The clocks go forward in the night to the 29th: that day has 23 hours.
    assert [bucket["from"] for bucket in body["series"]] == [
        "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z",
    ]  # fmt: skip
    assert body["range"]["to"] == "2026-03-30T22:00:00Z"


def test_weeks_begin_on_mondays(api: Api) -> None:
    body = api.get("jobs/stats/?from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z&bucket=week").body

    assert body["range"] == {"from": "2026-11-23T00:00:00Z", "to": "2026-11-30T00:00:00Z"}


@pytest.mark.parametrize(("days", "bucket", "buckets"), [(2, "hour", 48), (31, "day", 31), (364, "week", 53)])
def test_a_bucket_fits_the_range_when_none_is_asked_for(
    api: Api, days: int, bucket: str, buckets: int
) -> None:
    end = datetime(2026, 11, 25, tzinfo=UTC)
    body = api.get(
        f"jobs/stats/?from={end - timedelta(days=days):%Y-%m-%dT00:00:00Z}&to=2026-11-25T00:00:00Z"
    ).body

    assert (body["bucket"], len(body["series"])) == (bucket, buckets)


def test_a_zone_with_half_an_hour_is_refused_for_days_and_taken_for_hours(api: Api) -> None:
    assert api.get("jobs/stats/?zone=Asia/Kolkata&bucket=hour").status == 200
    refused = api.get("jobs/stats/?zone=Asia/Kolkata&bucket=day")
    assert (refused.status, list(refused.hints().values())) == (400, ["Ask for days of UTC, or for hours."])


def test_durations_of_completed_jobs(api: Api) -> None:
    for seconds in [*range(1, 100), 1000]:
        job = factories.running()
        started = datetime.now(UTC) - timedelta(seconds=seconds)
        Job.objects.filter(pk=job.pk).update(started_at=started)
        factories.end(job, Status.COMPLETED, exit_code=0)

    body = api.get("jobs/stats/").body

    assert body["average_execution_time"] == pytest.approx((99 * 50 + 1000) / 100, rel=0.01)
    assert body["execution_time"]["average"] == body["average_execution_time"]
    assert body["execution_time"]["p50"] == pytest.approx(50, rel=0.1)
    assert body["execution_time"]["p90"] == pytest.approx(90, rel=0.1)
    assert body["execution_time"]["p99"] == pytest.approx(99, rel=0.1)


def test_a_deleted_job_leaves_the_totals_and_stays_in_what_happened(api: Api) -> None:
    job = factories.completed()
    api.delete(f"jobs/{job.pk}/")

    body = api.get("jobs/stats/").body

    assert (body["total"], body["submitted"], body["completed"]) == (0, 1, 1)


def test_what_comes_back_from_the_archive_has_not_happened_again(api: Api) -> None:
    job = factories.completed()
    Job.objects.filter(pk=job.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jobdeck.restoring = 'on'")
        Job.objects.bulk_create([job])
        cursor.execute("SET LOCAL jobdeck.restoring = 'off'")

    body = api.get("jobs/stats/").body

    assert (body["total"], body["by_status"]["COMPLETED"]) == (1, 1)
    assert (body["submitted"], body["started"], body["completed"]) == (1, 1, 1)
    assert (body["series"][-1]["pending"], body["series"][-1]["running"]) == (0, 0)


def test_folding_moves_everything_and_changes_nothing(api: Api) -> None:
    some_jobs()
    end = datetime.now(UTC) + timedelta(hours=1)
    before = figures(api, end)

    folding = True
    while folding:
        folding = fold(most=2)
        assert figures(api, end) == before

    assert not ActivityDelta.objects.exists()
    Job.objects.filter(status=Status.FAILED).delete()
    fold()
    assert figures(api, end)["by_status"] == {**EXPECTED, "FAILED": 0}


def figures(api: Api, end: datetime) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"jobs/stats/?to={end:%Y-%m-%dT%H:%M:%SZ}").body
    return {**body, "as_of": None}


@pytest.mark.parametrize("query", ["", "?queue=night&owner=ann", "?bucket=day&zone=Europe/Rome"])
def test_no_job_is_looked_at(api: Api, query: str) -> None:
    some_jobs()
    with CaptureQueriesContext(connection) as asked:
        assert api.get(f"jobs/stats/{query}").status == 200

    assert [each for each in asked.captured_queries if "jobs_activity" in each["sql"]]
    assert not [each for each in asked.captured_queries if "jobs_job" in each["sql"]]

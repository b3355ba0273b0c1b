"""GET /api/jobs/: filters and orders."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from accounts.tests.factories import user
from jobs.models import Job
from jobs.tests import factories

from .api import Api


def made_at(job: Job, moment: datetime) -> Job:
    Job.objects.filter(pk=job.pk).update(created_at=moment)
    return job


def test_by_status(api: Api) -> None:
    waits, runs, ended = factories.pending(), factories.running(), factories.failed()

    assert api.get("jobs/?status=RUNNING").ids() == [runs.pk]
    assert api.get("jobs/?status=FAILED,PENDING&ordering=id").ids() == [waits.pk, ended.pk]
    assert api.get("jobs/?status=FAILED&status=RUNNING&ordering=id").ids() == [runs.pk, ended.pk]


@pytest.mark.parametrize(("asked", "found"), [
    ("estimate", True), ("MATE π", True), ("100%", True), ("_of", True), ("1000", False), ("xof", False),
])  # fmt: skip
def test_by_part_of_the_name(api: Api, asked: str, found: bool) -> None:
    factories.tracked(name="Estimate π, 100% _of it")
    factories.tracked(name="Something else")

    assert len(api.get(f"jobs/?name={quote(asked)}").ids()) == int(found)


def test_by_priority(api: Api) -> None:
    low, middle, high = (factories.tracked(priority=priority) for priority in (2, 5, 9))

    assert api.get("jobs/?priority=5").ids() == [middle.pk]
    assert api.get("jobs/?priority_min=5&ordering=id").ids() == [middle.pk, high.pk]
    assert api.get("jobs/?priority_max=5&ordering=id").ids() == [low.pk, middle.pk]


def test_by_date(api: Api) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    before, at, after = (made_at(factories.tracked(), noon + timedelta(hours=hours)) for hours in (-1, 0, 1))

    assert api.get("jobs/?created_after=2026-03-01T12:00:00Z&ordering=id").ids() == [at.pk, after.pk]
    assert api.get("jobs/?created_before=2026-03-01T12:00:00Z").ids() == [before.pk]
    assert api.get(
        "jobs/?created_after=2026-03-01T13:00:00%2B01:00&created_before=2026-03-01T12:00:01Z"
    ).ids() == [at.pk]


def test_by_queue_kind_tag_and_owner(api: Api) -> None:
    ann = user("ann")
    tracked = factories.tracked(queue="night", tags=["a", "b"])
    run = factories.pending(owner=ann, tags=["a"])

    assert api.get("jobs/?queue=night").ids() == [tracked.pk]
    assert api.get("jobs/?kind=run").ids() == [run.pk]
    assert api.get("jobs/?kind=tracked").ids() == [tracked.pk]
    assert api.get("jobs/?tag=a&tag=b").ids() == [tracked.pk]
    assert api.get("jobs/?tag=a&ordering=id").ids() == [tracked.pk, run.pk]
    assert api.get("jobs/?owner=ann").ids() == [run.pk]
    assert api.get("jobs/?owner=nobody").ids() == []


def test_filters_together(api: Api) -> None:
    factories.pending(priority=9)
    factories.tracked(priority=9, name="other")
    wanted = factories.tracked(priority=9, name="this")

    assert api.get("jobs/?kind=tracked&priority=9&name=this&status=PENDING").ids() == [wanted.pk]


@pytest.mark.parametrize(("query", "count"), [
    ("", 4), ("status=PENDING", 3), ("status=PENDING,FAILED", 4), ("queue=night", 1), ("owner=ann", 1),
    ("status=FAILED&queue=night", 0), ("name=job", 4), ("priority=5&status=FAILED", 1),
])  # fmt: skip
def test_counts_are_exact(api: Api, query: str, count: int) -> None:
    factories.pending(owner=user("ann"))
    factories.tracked(queue="night")
    factories.tracked()
    factories.failed()

    body = api.get(f"jobs/?{query}").body

    assert (body["count"], body["count_kind"]) == (count, "exact")


def test_the_newest_come_first_by_default(api: Api) -> None:
    jobs = [factories.tracked() for _ in range(3)]

    assert api.get("jobs/").ids() == [job.pk for job in reversed(jobs)]


def test_equal_jobs_are_ordered_by_age_then_id(api: Api) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    old = made_at(factories.tracked(), moment - timedelta(days=1))
    first, second = (made_at(factories.tracked(), moment) for _ in range(2))

    assert api.get("jobs/?ordering=priority").ids() == [old.pk, first.pk, second.pk]
    assert api.get("jobs/?ordering=-priority").ids() == [second.pk, first.pk, old.pk]


def test_what_has_not_started_comes_last_either_way(api: Api) -> None:
    waits, first, second = factories.pending(), factories.running(), factories.running()

    assert api.get("jobs/?ordering=started_at").ids() == [first.pk, second.pk, waits.pk]
    assert api.get("jobs/?ordering=-started_at").ids() == [second.pk, first.pk, waits.pk]

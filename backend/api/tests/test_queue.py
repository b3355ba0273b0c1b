"""The queue: GET looks and changes nothing, POST claims under a lease."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.models import Attempt, Job
from jobs.states import Kind
from jobs.tests import factories
from jobs.transitions import Claimer, claim

from .api import Api


def test_the_order_is_that_of_the_claim(api: Api) -> None:
    for priority in (5, 9, 1, 9, 5):
        factories.pending(priority=priority)
        factories.tracked(priority=priority)
    moment = datetime.now(UTC) - timedelta(hours=1)
    Job.objects.filter(pk__in=list(Job.objects.order_by("-id").values_list("id", flat=True)[:4])).update(
        available_at=moment
    )

    looked = api.get("jobs/queue/?kind=run&size=100").ids()
    claimer = Claimer("w", 60, kind=Kind.RUN)
    claimed = [job.ref.job_id for job in claim(claimer, lambda found: [one.id for one in found], look=100)]

    assert looked == claimed
    assert len(looked) == 5


def test_both_kinds_stand_in_one_order(api: Api) -> None:
    low, high = factories.pending(priority=1), factories.tracked(priority=9)
    middle = factories.pending(priority=5)

    assert api.get("jobs/queue/").ids() == [high.pk, middle.pk, low.pk]
    assert api.get("jobs/queue/?size=2").ids() == [high.pk, middle.pk]


def test_looking_changes_nothing(api: Api) -> None:
    job = factories.tracked()

    api.get("jobs/queue/"), api.get("jobs/queue/")

    assert Job.objects.get(pk=job.pk).version == 1


def test_what_cannot_be_claimed_now_is_not_shown(api: Api) -> None:
    factories.pending(scheduled_at=datetime.now(UTC) + timedelta(hours=1))
    factories.backing_off(), factories.running(), factories.cancelled()
    shown = factories.pending(queue="night")

    assert api.get("jobs/queue/").ids() == [shown.pk]
    assert api.get("jobs/queue/?queue=night").ids() == [shown.pk]
    assert api.get("jobs/queue/?queue=day").ids() == []


def test_a_claim_takes_the_best_tracked_jobs_under_leases(api: Api) -> None:
    factories.pending(priority=10)
    low, high = factories.tracked(priority=1, environment={"A": "1"}), factories.tracked(priority=9)

    answer = api.post("jobs/queue/claim/", {"worker": "backup-1", "limit": 5, "lease_seconds": 60})

    assert answer.ids() == [high.pk, low.pk]
    for job in answer.body["results"]:
        held = Attempt.objects.get(job_id=job["id"])
        assert (job["status"], job["attempt"], job["lease"]) == ("RUNNING", 1, str(held.lease))
        assert held.worker_name == "backup-1"
        assert datetime.fromisoformat(job["lease_until"]) == held.lease_until
    assert answer.body["results"][1]["environment"] == {"A": "1"}
    assert api.post("jobs/queue/claim/", {"worker": "backup-2"}).ids() == []


def test_one_is_claimed_unless_more_are_asked_for_and_of_the_queue_asked_for(api: Api) -> None:
    day, night = factories.tracked(queue="day"), factories.tracked(queue="night")

    assert api.post("jobs/queue/claim/", {"worker": "w", "queue": "night", "limit": 9}).ids() == [night.pk]
    factories.tracked(queue="day")
    assert api.post("jobs/queue/claim/", {"worker": "w"}).ids() == [day.pk]


def test_the_lease_is_as_long_as_the_settings_say(api: Api) -> None:
    factories.tracked()

    api.post("jobs/queue/claim/", {"worker": "w"})

    assert Attempt.objects.get().lease_seconds == 900


@pytest.mark.parametrize("person", ["viewer", "submitter"])
def test_claiming_needs_an_operator(person: str, request: pytest.FixtureRequest) -> None:
    somebody: Api = request.getfixturevalue(person)
    factories.tracked()

    assert somebody.post("jobs/queue/claim/", {"worker": "w"}).status == 403
    assert not Attempt.objects.exists()

"""PATCH /api/jobs/{id}/ with a status: the program of a tracked job reports."""

from uuid import uuid4

import pytest

from jobs.models import Attempt, Job, JobStatus
from jobs.tests import factories

from .api import Api


def test_each_report_is_a_row_of_the_history(api: Api) -> None:
    job = factories.tracked()
    address = f"jobs/{job.pk}/"

    api.patch(address, {"status_type": "RUNNING", "progress": 10, "message": "Started"})
    api.patch(address, {"progress": 60})
    answer = api.patch(address, {"status_type": "COMPLETED", "message": "Done", "result_data": [1, 2]})

    assert answer.status == 200
    body = answer.body
    assert [(row["status_type"], row["progress"], row["message"]) for row in body["statuses"]] == [
        ("PENDING", None, ""),
        ("RUNNING", 10, "Started"),
        ("RUNNING", 60, "Started"),
        ("COMPLETED", 100, "Done"),
    ]
    assert (body["status"], body["result_data"], body["reason"]) == ("COMPLETED", [1, 2], "")
    assert body["completed_at"] is not None and body["execution_time"] >= 0


def test_a_reported_failure_has_its_reason(api: Api) -> None:
    job = factories.tracked()

    body = api.patch(f"jobs/{job.pk}/", {"status_type": "FAILED", "error_message": "No space"}).body

    assert (body["status"], body["reason"], body["error_message"]) == ("FAILED", "reported", "No space")
    assert body["attempts"][0]["error_message"] == "No space"


@pytest.mark.parametrize("status", ["RUNNING", "COMPLETED", "FAILED", "CANCELLED", "PENDING"])
def test_a_job_that_the_engine_runs_is_not_reported_on(api: Api, status: str) -> None:
    job = factories.pending()

    answer = api.patch(f"jobs/{job.pk}/", {"status_type": status})

    assert (answer.status, answer.body["type"]) == (409, "urn:jobdeck:problem:not_tracked")
    assert answer.body["current_status"] == "PENDING"
    assert JobStatus.objects.filter(job=job).count() == 1


@pytest.mark.parametrize("status", ["RUNNING", "PENDING", "FAILED", "COMPLETED"])
def test_what_has_ended_stays_ended(api: Api, status: str) -> None:
    job = factories.tracked()
    api.patch(f"jobs/{job.pk}/", {"status_type": "COMPLETED"})

    answer = api.patch(f"jobs/{job.pk}/", {"status_type": status})

    assert (answer.status, answer.body["current_status"]) == (409, "COMPLETED")


def test_a_claimed_job_is_its_holders(api: Api) -> None:
    factories.tracked()
    held = api.post("jobs/queue/claim/", {"worker": "w"}).body["results"][0]
    address = f"jobs/{held['id']}/"

    for lease in ({}, {"lease": str(uuid4())}):
        answer = api.patch(address, {"progress": 5, **lease})
        assert (answer.status, answer.body["type"]) == (409, "urn:jobdeck:problem:lease_held")
    assert api.patch(address, {"progress": 5, "lease": held["lease"]}).body["progress"] == 5


def test_a_report_renews_the_lease(api: Api) -> None:
    factories.tracked()
    held = api.post("jobs/queue/claim/", {"worker": "w", "lease_seconds": 600}).body["results"][0]
    Attempt.objects.update(lease_until=held["updated_at"])

    assert api.patch(f"jobs/{held['id']}/", {"lease": held["lease"]}).status == 200

    renewed = Attempt.objects.get()
    assert renewed.lease_until is not None and renewed.dispatched_at is not None
    assert (renewed.lease_until - renewed.dispatched_at).total_seconds() >= 600


def test_a_cancel_needs_no_lease_and_takes_it_from_the_holder(api: Api) -> None:
    factories.tracked()
    held = api.post("jobs/queue/claim/", {"worker": "w"}).body["results"][0]
    address = f"jobs/{held['id']}/"

    assert api.patch(address, {"status_type": "CANCELLED"}).body["status"] == "CANCELLED"
    answer = api.patch(address, {"status_type": "COMPLETED", "lease": held["lease"]})

    assert (answer.status, answer.body["current_status"]) == (409, "CANCELLED")


def test_a_report_with_an_old_version_is_refused(api: Api) -> None:
    job = factories.tracked()
    api.patch(f"jobs/{job.pk}/", {"status_type": "RUNNING"})

    assert api.patch(f"jobs/{job.pk}/", {"progress": 5}, If_Match=f'W/"{job.pk}-1"').status == 412


@pytest.mark.parametrize(("field", "value"), [
    ("status_type", "DONE"), ("status_type", None), ("progress", 101), ("progress", -1), ("progress", "5"),
    ("progress", 5.5), ("message", 7), ("message", "x" * 4001), ("error_message", "x" * 70_000),
    ("lease", "abc"),
])  # fmt: skip
def test_a_bad_report_changes_nothing(api: Api, field: str, value: object) -> None:
    job = factories.tracked()

    answer = api.patch(f"jobs/{job.pk}/", {"status_type": "RUNNING", field: value})

    assert (answer.status, list(answer.errors())) == (400, [field])
    assert Job.objects.get(pk=job.pk).version == 1

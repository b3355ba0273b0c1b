"""POST /api/jobs/{id}/cancel/."""

import pytest

from jobs.tests import factories

from .api import Api


@pytest.mark.parametrize(
    "make", [factories.pending, factories.tracked, factories.claimed, factories.backing_off]
)
def test_what_no_process_runs_is_cancelled_at_once(api: Api, make: factories.Maker) -> None:
    job = make()

    answer = api.post(f"jobs/{job.pk}/cancel/")

    assert (answer.status, answer.body["status"], answer.body["reason"]) == (200, "CANCELLED", "cancelled")
    assert answer.body["cancel_requested_by"] == api.person.username


def test_a_running_jobs_cancel_is_a_request(api: Api) -> None:
    job = factories.running()

    answer = api.post(f"jobs/{job.pk}/cancel/")

    assert (answer.status, answer.body["status"]) == (202, "RUNNING")
    assert answer.body["cancel_requested_at"] is not None
    assert answer.headers["ETag"] == f'W/"{job.pk}-{answer.body["version"]}"'


def test_asking_twice_changes_nothing(api: Api) -> None:
    job = factories.running()
    first = api.post(f"jobs/{job.pk}/cancel/").body

    second = api.post(f"jobs/{job.pk}/cancel/")

    assert (second.status, second.body["version"]) == (202, first["version"])


@pytest.mark.parametrize("make", [factories.completed, factories.failed, factories.cancelled])
def test_what_has_ended_cannot_be_cancelled(api: Api, make: factories.Maker) -> None:
    job = make()

    answer = api.post(f"jobs/{job.pk}/cancel/")

    assert (answer.status, answer.body["current_status"]) == (409, job.status)


def test_a_job_that_is_not_there(api: Api) -> None:
    assert api.post("jobs/4711/cancel/").status == 404

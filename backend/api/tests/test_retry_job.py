"""POST /api/jobs/{id}/retry/."""

import pytest

from jobs.tests import factories

from .api import Api


@pytest.mark.parametrize("make", [factories.completed, factories.failed, factories.cancelled])
def test_an_ended_job_starts_anew(api: Api, make: factories.Maker) -> None:
    job = make()

    answer = api.post(f"jobs/{job.pk}/retry/")

    assert (answer.status, answer.body["status"], answer.body["attempt"]) == (200, "PENDING", 2)
    assert (answer.body["completed_at"], answer.body["reason"], answer.body["result_data"]) == (
        None,
        "",
        None,
    )
    assert answer.body["status_message"] == f"Retried by {api.person.username}"


@pytest.mark.parametrize("make", [factories.pending, factories.running, factories.claimed])
def test_what_has_not_ended_cannot_be_retried(api: Api, make: factories.Maker) -> None:
    job = make()

    answer = api.post(f"jobs/{job.pk}/retry/")

    assert (answer.status, answer.body["current_status"]) == (409, job.status)


def test_a_job_that_is_not_there(api: Api) -> None:
    assert api.post("jobs/4711/retry/").status == 404

"""DELETE /api/jobs/{id}/."""

import pytest

from jobs.models import Attempt, Job, JobStatus, LogChunk
from jobs.tests import factories

from .api import Api


def test_a_job_goes_with_all_that_is_its(api: Api) -> None:
    job, other = factories.completed(), factories.completed()
    factories.wrote(job, b"text")

    answer = api.delete(f"jobs/{job.pk}/")

    assert (answer.status, answer.content) == (204, b"")
    assert api.get(f"jobs/{job.pk}/").status == 404
    assert not LogChunk.objects.exists()
    for model in (Attempt, JobStatus):
        assert set(model.objects.values_list("job_id", flat=True)) == {other.pk}
    assert api.delete(f"jobs/{job.pk}/").status == 404


@pytest.mark.parametrize("make", [factories.running, factories.claimed])
def test_a_running_job_stays(api: Api, make: factories.Maker) -> None:
    job = make()

    answer = api.delete(f"jobs/{job.pk}/")

    assert (answer.status, answer.body["current_status"]) == (409, "RUNNING")
    assert Job.objects.filter(pk=job.pk).exists()


def test_a_job_that_another_system_has_stays_until_it_is_cancelled(api: Api) -> None:
    job = factories.dispatched()

    answer = api.delete(f"jobs/{job.pk}/")

    assert (answer.status, answer.body["current_status"]) == (409, "PENDING")
    assert answer.body["detail"] == "Another system has this job, so it cannot be deleted. Cancel it first."
    assert api.post(f"jobs/{job.pk}/cancel/").status == 200
    assert api.delete(f"jobs/{job.pk}/").status == 204


def test_a_job_that_changed_meanwhile_stays(api: Api) -> None:
    job = factories.pending()
    api.patch(f"jobs/{job.pk}/", {"priority": 6})

    assert api.delete(f"jobs/{job.pk}/", If_Match=f'W/"{job.pk}-1"').status == 412
    assert api.delete(f"jobs/{job.pk}/", If_Match=f'W/"{job.pk}-2"').status == 204

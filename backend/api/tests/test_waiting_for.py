"""What a pending job waits for, as a code and its facts: in its own answer, and in lists."""

from typing import Any

import pytest

from jobs import waiting
from jobs.models import Worker
from jobs.states import Status
from jobs.tests import factories
from jobs.waiting import WaitCode

from .. import openapi
from .api import Api


def waits_for(api: Api, job_id: int) -> Any:
    """What the job's own answer says; the list's says the same but for the place in the queue."""
    said = api.get(f"jobs/{job_id}/").body["waiting_for"]
    listed = next(job["waiting_for"] for job in api.get("jobs/").body["results"] if job["id"] == job_id)
    assert listed == {**said, "ahead": None, "ahead_kind": None}
    return said


def test_every_code_is_described() -> None:
    assert set(openapi.WAIT_CODES) == set(WaitCode)


def test_with_no_worker(api: Api) -> None:
    job = factories.pending()

    assert waits_for(api, job.pk) == waiting.waiting_for(WaitCode.NO_WORKER)

    factories.worker(state=Worker.State.STOPPED)
    assert waits_for(api, job.pk)["code"] == "no_worker"


def test_with_a_worker_that_has_another_executor(api: Api) -> None:
    job = factories.pending()
    factories.worker(executors={"slurm": {}})

    assert waits_for(api, job.pk)["code"] == "no_worker"


def test_with_workers_that_are_silent_or_drained(api: Api) -> None:
    job = factories.pending()
    machine = factories.worker(silent_seconds=31)
    assert waits_for(api, job.pk)["code"] == "workers_unreachable"

    Worker.objects.filter(pk=machine.pk).update(heartbeat_at=job.created_at, state=Worker.State.DRAINING)
    assert waits_for(api, job.pk)["code"] == "workers_draining"


def test_too_large_says_what_would_fit(api: Api) -> None:
    job = factories.pending(resource_requirements={"cpus": 16, "memory_mb": 500})
    factories.worker(name="thin", capacity={"cpus": 2, "memory_mb": 100})
    factories.worker(name="wide", capacity={"cpus": 4, "memory_mb": 8000})

    said = waits_for(api, job.pk)

    assert said["code"] == "too_large"
    assert said["would_fit"] == {"worker": "wide", "cpus": 4, "memory_mb": 8000}


def test_a_larger_worker_that_is_silent_is_waited_for_as_such(api: Api) -> None:
    job = factories.pending(resource_requirements={"cpus": 16})
    factories.worker(name="small")
    factories.worker(name="large", capacity={"cpus": 32, "memory_mb": 8000}, silent_seconds=31)

    assert waits_for(api, job.pk)["code"] == "workers_unreachable"


def test_busy_workers_and_free_ones(api: Api) -> None:
    machine = factories.worker(capacity={"cpus": 4, "memory_mb": 8000})
    holder = factories.running(worker=machine.pk, resource_requirements={"cpus": 3.5})
    job = factories.pending(resource_requirements={"cpus": 1})
    assert waits_for(api, job.pk)["code"] == "workers_busy"

    factories.end(holder, Status.COMPLETED, exit_code=0)
    assert waits_for(api, job.pk)["code"] == "queued"


def test_the_place_in_the_queue(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.worker()
    job = factories.pending(priority=5)
    assert (waits_for(api, job.pk)["ahead"], waits_for(api, job.pk)["ahead_kind"]) == (0, "exact")

    factories.pending(priority=6)
    factories.pending(priority=4)
    assert (waits_for(api, job.pk)["ahead"], waits_for(api, job.pk)["ahead_kind"]) == (1, "exact")

    monkeypatch.setattr(waiting, "MOST_AHEAD", 0)
    assert (waits_for(api, job.pk)["ahead"], waits_for(api, job.pk)["ahead_kind"]) == (0, "at_least")


def test_between_attempts(api: Api) -> None:
    job = factories.backing_off()

    said = waits_for(api, job.pk)

    assert said["code"] == "backoff"
    assert said["until"] == api.get(f"jobs/{job.pk}/").body["available_at"]


def test_put_back_for_a_while_without_a_schedule_is_no_schedule(api: Api) -> None:
    job = factories.end(factories.running(), Status.PENDING, counted=False, delay=60)

    assert waits_for(api, job.pk)["code"] == "backoff"


def test_handed_to_another_system(api: Api) -> None:
    factories.worker(executors={"slurm": {}})
    job = factories.dispatched(executor="slurm")

    assert waits_for(api, job.pk)["code"] == "dispatched"


def test_a_tracked_job_waits_for_its_program(api: Api) -> None:
    assert waits_for(api, factories.tracked().pk)["code"] == "program"


def test_nothing_where_it_does_not_wait(api: Api) -> None:
    for job in (factories.running(), factories.completed(), factories.cancelled()):
        assert api.get(f"jobs/{job.pk}/").body["waiting_for"] is None

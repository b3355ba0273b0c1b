"""POST /api/jobs/: what a new job is, and that the same request twice makes one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from jobs.models import Job
from jobs.tests import factories

from .api import Api

EVERYTHING = {
    "name": "  Estimate pi ",
    "command": "#!/bin/sh\necho 3\n",
    "description": "two\nlines",
    "priority": 7,
    "resource_requirements": {"cpus": 0.5, "memory_mb": 100},
    "environment": {"SEED": "1", "EMPTY": ""},
    "working_directory": "/srv/data",
    "queue": "night",
    "tags": ["pi", "demo", "pi"],
    "executor": "local",
    "timeout": 60,
    "max_attempts": 3,
    "retry_delay": 0,
    "retry_on_lost": False,
}


def test_a_job_needs_a_name_only(api: Api) -> None:
    answer = api.post("jobs/", {"name": "Backup"})

    assert answer.status == 201
    assert answer.headers["Location"] == f"/api/jobs/{answer.body['id']}/"
    assert answer.headers["ETag"] == f'W/"{answer.body["id"]}-1"'
    job = answer.body
    assert (job["kind"], job["status"], job["priority"], job["queue"]) == ("tracked", "PENDING", 5, "default")
    assert job["owner"] == api.person.username
    assert [status["status_type"] for status in job["statuses"]] == ["PENDING"]
    assert job["latest_status"] == job["statuses"][0]
    assert (job["status_history_count"], job["execution_time"], job["attempts"]) == (1, None, [])


def test_everything_that_was_said_comes_back(api: Api) -> None:
    job = api.post("jobs/", EVERYTHING).body

    assert job["kind"] == "run"
    expected = {**EVERYTHING, "name": "Estimate pi", "tags": ["pi", "demo"]}
    assert {name: job[name] for name in expected} == expected


def test_a_scheduled_job_waits_for_its_time(api: Api) -> None:
    later = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)

    job = api.post("jobs/", {"name": "x", "command": "true", "scheduled_at": later.isoformat()}).body

    assert job["scheduled_at"] == job["available_at"] == later.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (job["waiting_for"]["code"], job["waiting_for"]["until"]) == ("scheduled", job["scheduled_at"])
    assert api.get("jobs/queue/").ids() == []


def test_a_command_of_blanks_is_none(api: Api) -> None:
    assert api.post("jobs/", {"name": "x", "command": " \n"}).body["kind"] == "tracked"


def test_a_viewer_may_not_submit(viewer: Api) -> None:
    assert viewer.post("jobs/", {"name": "x"}).status == 403
    assert not Job.objects.exists()


def test_resources_that_no_worker_has_are_refused_with_what_would_fit(api: Api) -> None:
    factories.worker(name="small", capacity={"cpus": 2, "memory_mb": 1000})
    factories.worker(name="big", capacity={"cpus": 8, "memory_mb": 4000})
    wanted = {"cpus": 4, "memory_mb": 9000}

    answer = api.post("jobs/", {"name": "x", "command": "true", "resource_requirements": wanted})

    assert answer.status == 400
    assert set(answer.errors()) == {"resource_requirements.memory_mb"}
    assert "cpus 8, memory_mb 4000 (worker big)" in answer.hints()["resource_requirements.memory_mb"]
    fitting = {"cpus": 8, "memory_mb": 4000}
    assert api.post("jobs/", {"name": "x", "command": "true", "resource_requirements": fitting}).status == 201


@pytest.mark.parametrize("resource", ["gpus", "disk_mb"])
@pytest.mark.parametrize("workers", ["no worker", "a worker"])
def test_what_no_worker_declares_is_refused_with_the_way_out(resource: str, workers: str, api: Api) -> None:
    if workers == "a worker":
        factories.worker()
    body = {"name": "x", "command": "true", "resource_requirements": {"cpus": 1, resource: 1}}

    answer = api.post("jobs/", body)

    field = f"resource_requirements.{resource}"
    assert (answer.status, list(answer.errors())) == (400, [field])
    assert f"no worker declares any {resource}" in answer.errors()[field].lower()
    assert f"{resource} 0" in answer.hints()[field]
    assert "leave it out" in answer.hints()[field].lower()
    none_of_it = {**body, "resource_requirements": {"cpus": 1, resource: 0}}
    assert api.post("jobs/", none_of_it).status == 201


def test_what_a_worker_declares_may_be_asked_for_up_to_what_it_has(api: Api) -> None:
    factories.worker(capacity={"cpus": 4, "memory_mb": 8000, "gpus": 2})

    def asking_for(gpus: int) -> int:
        body = {"name": "x", "command": "true", "resource_requirements": {"gpus": gpus}}
        return api.post("jobs/", body).status

    assert [asking_for(2), asking_for(3)] == [201, 400]


def test_without_any_worker_cores_and_memory_are_taken(api: Api) -> None:
    wanted = {"cpus": 64, "memory_mb": 900_000}
    assert api.post("jobs/", {"name": "x", "command": "true", "resource_requirements": wanted}).status == 201


def test_one_worker_must_have_it_all(api: Api) -> None:
    factories.worker(name="fast", capacity={"cpus": 8, "memory_mb": 1000})
    factories.worker(name="wide", capacity={"cpus": 1, "memory_mb": 9000})

    answer = api.post(
        "jobs/", {"name": "x", "command": "true", "resource_requirements": {"cpus": 8, "memory_mb": 9000}}
    )

    assert answer.status == 400
    assert len(answer.errors()) == 1


def test_a_tracked_job_may_note_any_resources(api: Api) -> None:
    factories.worker()

    assert api.post("jobs/", {"name": "x", "resource_requirements": {"gpus": 8}}).status == 201


def test_executors_are_those_that_workers_have(api: Api, settings: LazySettings) -> None:
    body = {"name": "x", "command": "true", "executor": "slurm"}
    refused = api.post("jobs/", body)
    factories.worker(executors={"local": {}, "slurm": {}})

    assert refused.hints() == {"executor": "Possible: local."}
    assert api.post("jobs/", body).status == 201
    assert api.post("jobs/", {"name": "x", "executor": "slurm"}).status == 400

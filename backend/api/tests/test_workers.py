"""GET /api/workers/: a worker that was not heard of is not shown as running."""

import pytest

from jobs.models import Worker
from jobs.tests import factories

from .api import Api


@pytest.mark.parametrize(("state", "silent_seconds", "shown"), [
    ("active", 0, "active"),
    ("active", 25, "active"),
    ("active", 35, "unreachable"),
    ("draining", 5, "draining"),
    ("draining", 35, "unreachable"),
    ("stopped", 5, "stopped"),
    ("stopped", 9999, "stopped"),
])  # fmt: skip
def test_the_state_goes_by_the_heartbeat(api: Api, state: str, silent_seconds: float, shown: str) -> None:
    factories.worker(state=state, silent_seconds=silent_seconds)

    assert [worker["state"] for worker in api.get("workers/").body["results"]] == [shown]


def test_a_worker_as_it_describes_itself(api: Api) -> None:
    machine = factories.worker(limits={"memory": True})
    factories.running(worker=machine.pk), factories.running(worker=machine.pk)
    factories.completed(worker=machine.pk)

    described = api.get("workers/").body["results"][0]

    assert (described["id"], described["name"], described["running"]) == (str(machine.pk), "w1", 2)
    assert (described["capacity"], described["limits"]) == ({"cpus": 4, "memory_mb": 8000}, {"memory": True})


def test_workers_come_by_name(api: Api) -> None:
    for name in ("b", "c", "a"):
        factories.worker(name=name)

    assert [worker["name"] for worker in api.get("workers/").body["results"]] == ["a", "b", "c"]
    assert Worker.objects.count() == 3

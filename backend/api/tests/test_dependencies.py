"""What a job depends on is checked at submit, shown, and can be named within one request."""

import json
from typing import Any

import pytest

from jobs.models import Dependency, Job
from jobs.states import Status
from jobs.tests import factories
from jobs.tests.soundness import broken_promises

from .api import Answer, Api

pytestmark = pytest.mark.django_db(transaction=True)


def submit(api: Api, *depends_on: Any) -> Answer:
    return api.post("jobs/", {"name": "after", "command": "true", "depends_on": list(depends_on)})


def refused(answer: Answer) -> dict[str, str]:
    """The message by field; nothing was stored."""
    assert answer.status == 400
    assert not Dependency.objects.exists()
    return {error["field"]: error["message"] for error in answer.body["errors"]}


def test_a_job_says_what_it_waits_for(api: Api) -> None:
    upstream = factories.running(name="first")

    job = submit(api, {"job": upstream.pk}).body

    assert job["depends_on"] == [{"job": upstream.pk, "wants": "success", "met": None}]
    assert job["waiting_for"]["code"] == "dependencies"
    first = {"wants": "success", "met": None}
    assert api.get(f"jobs/{job['id']}/dependencies/").body == {
        "depends_on": [{"job": upstream.pk, "name": "first", "status": "RUNNING", **first}],
        "needed_by": [],
        "needed_by_count": 0,
    }
    assert api.get(f"jobs/{upstream.pk}/dependencies/").body == {
        "depends_on": [],
        "needed_by": [{"job": job["id"], "name": "after", "status": "PENDING", **first}],
        "needed_by_count": 1,
    }

    factories.end(upstream, Status.COMPLETED, exit_code=0)
    job = api.get(f"jobs/{job['id']}/").body
    assert job["depends_on"] == [{"job": upstream.pk, "wants": "success", "met": True}]
    assert job["waiting_for"]["code"] != "dependencies"


def test_a_pipeline_comes_in_one_request(api: Api) -> None:
    jobs = [
        {"name": "fetch", "command": "true"},
        {"name": "left", "command": "true", "depends_on": [{"index": 0}]},
        {"name": "right", "command": "true", "depends_on": [{"index": 0}]},
        {"name": "join", "command": "true", "depends_on": [{"index": 1}, {"index": 2}]},
        {"name": "tidy", "command": "true", "depends_on": [{"index": 3, "wants": "end"}]},
    ]
    ids = api.post("jobs/bulk/", jobs).body["ids"]
    found = set(Dependency.objects.values_list("job_id", "upstream_id", "wants"))
    assert found == {
        (ids[1], ids[0], "success"),
        (ids[2], ids[0], "success"),
        (ids[3], ids[1], "success"),
        (ids[3], ids[2], "success"),
        (ids[4], ids[3], "end"),
    }
    assert list(Job.objects.order_by("id").values_list("unmet", flat=True)) == [0, 1, 1, 2, 1]
    assert broken_promises() == {}


def test_what_is_not_there_is_named(api: Api) -> None:
    job = factories.pending()
    wrong = refused(submit(api, {"job": job.pk}, {"job": job.pk + 1000}))
    assert wrong == {"depends_on.1.job": f"There is no job {job.pk + 1000}."}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "depends_on.0"),
        ({"job": 1, "index": 0}, "depends_on.0"),
        ({"job": "1"}, "depends_on.0.job"),
        ({"job": 0}, "depends_on.0.job"),
        ({"job": 2**63}, "depends_on.0.job"),
        ({"job": 1, "wants": "luck"}, "depends_on.0.wants"),
        ({"job": 1, "wants": None}, "depends_on.0.wants"),
        ({"job": 1, "on": "end"}, "depends_on.0.on"),
        ({"index": 0}, "depends_on.0.index"),
        (12, "depends_on.0"),
    ],
    ids=json.dumps,
)
def test_what_makes_no_sense_is_refused_by_field(api: Api, said: Any, field: str) -> None:
    factories.pending()
    assert field in refused(submit(api, said))


def test_each_is_named_once_and_not_too_many(api: Api) -> None:
    job = factories.pending()
    assert "depends_on" in refused(submit(api, {"job": job.pk}, {"job": job.pk, "wants": "end"}))
    assert "depends_on" in refused(submit(api, *[{"job": number} for number in range(1, 102)]))


@pytest.mark.parametrize("index", [1, 2, 9])
def test_a_circle_is_refused_because_somebody_in_it_names_a_later_one(api: Api, index: int) -> None:
    jobs = [{"name": "a"}, {"name": "b", "depends_on": [{"index": index}]}, {"name": "c"}]
    assert list(refused(api.post("jobs/bulk/", jobs))) == ["1.depends_on.0.index"]
    assert not Job.objects.exists()


def test_it_cannot_be_changed_later(api: Api) -> None:
    job = factories.pending()
    answer = api.patch(f"jobs/{job.pk}/", {"depends_on": []})
    assert refused(answer) == {"depends_on": "This cannot be changed after submission."}


def test_a_job_that_is_gone_has_no_neighbours(api: Api) -> None:
    assert api.get("jobs/999/dependencies/").status == 404

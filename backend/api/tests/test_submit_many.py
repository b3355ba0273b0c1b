"""POST /api/jobs/bulk/: all of them or none, each as it would be alone."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from api import bounds, bulk
from api.serializers import JobWriteSerializer
from api.serializers.fast import FastSerializer
from jobs.models import Job, JobStatus
from jobs.tests import factories
from jobs.tests.soundness import broken_promises

from .api import Answer, Api
from .test_bad_input import FIELDS
from .test_create_job import EVERYTHING

NDJSON = {"Content_Type": "application/x-ndjson"}


def submit(api: Api, jobs: list[Any]) -> Answer:
    return api.post("jobs/bulk/", jobs)


def test_ids_come_in_the_order_of_the_jobs(api: Api) -> None:
    answer = submit(api, [{"name": f"fold {number}"} for number in range(25)])

    assert (answer.status, answer.body["count"]) == (201, 25)
    names = dict(Job.objects.values_list("id", "name"))
    assert [names[job_id] for job_id in answer.body["ids"]] == [f"fold {number}" for number in range(25)]
    assert broken_promises() == {}


def test_each_is_stored_as_if_it_had_come_alone(api: Api) -> None:
    jobs = [EVERYTHING, {"name": "Backup"}, {"name": "later", "scheduled_at": "2031-01-01T00:00:00+01:00"}]
    alone = [api.post("jobs/", job).body["id"] for job in jobs]

    together = submit(api, jobs).body["ids"]

    for one, other in zip(alone, together, strict=True):
        assert stored(other) == stored(one)


def stored(job_id: int) -> dict[str, Any]:
    """A job and its history without what differs from job to job."""
    job = Job.objects.get(pk=job_id)
    (entry,) = JobStatus.objects.filter(job=job).values("status_type", "message", "progress", "attempt")
    own = {"id", "created_at", "updated_at", "status_changed_at", "latest_status_id"}
    if job.scheduled_at is None:
        own.add("available_at")
        assert job.available_at == job.status_changed_at
    return {
        **{f.attname: getattr(job, f.attname) for f in Job._meta.concrete_fields if f.name not in own},
        **entry,
    }


def test_one_job_a_line_is_taken_too(api: Api) -> None:
    body = b'{"name": "a"}\n\n{"name": "b", "tags": ["x"]}\r\n'
    answer = api.post("jobs/bulk/", body, **NDJSON)
    assert (answer.status, answer.body["count"]) == (201, 2)
    assert list(Job.objects.order_by("id").values_list("name", "tags")) == [("a", []), ("b", ["x"])]


def test_one_that_is_not_valid_refuses_all(api: Api) -> None:
    jobs: list[Any] = [
        {"name": "a"},
        {"name": ""},
        {"name": "c", "priority": 11, "tags": ["x", 7]},
        {"nam": "d"},
        5,
    ]

    answer = submit(api, jobs)

    assert answer.status == 400
    assert set(answer.errors()) == {"1.name", "2.priority", "2.tags.1", "3.nam", "3.name", "4"}
    assert "4 of 5 jobs are not valid" in answer.body["detail"]
    assert not Job.objects.exists()


def test_of_many_errors_some_are_told_and_all_are_counted(api: Api) -> None:
    answer = submit(api, [{"name": "x", "priority": 0}] * 150)
    assert len(answer.errors()) == bulk.MOST_TOLD
    assert "150 of 150 jobs" in answer.body["detail"]
    assert "first 100 of 150 errors" in answer.body["detail"]


def test_where_all_is_wrong_the_count_is_a_bound(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_REFUSED", 3)
    answer = submit(api, [{"name": ""}] * 5)
    assert "At least 3 of 5 jobs" in answer.body["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"[]", ""),
        (b'{"name": "x"}', ""),
        (b'"x"', ""),
        (b"[", ""),
        (b'[{"name": "x", "name": "y"}]', "0.name"),
        (b'[{"name": "x"}, {"name": "a\\u0000b"}]', "1.name"),
    ],
)
def test_a_body_that_is_no_list_of_jobs_is_refused(body: bytes, field: str, api: Api) -> None:
    answer = api.post("jobs/bulk/", body)
    assert (answer.status, list(answer.errors())) == (400, [field] if field else [])
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no jobs"),
        (b'{"name": "a"}\n{"name": "b"', "Line 2"),
        (b'{"name": "a"}\n\n{"name": "b"},{"name": "c"}', "Line 3"),
        (b'{"name": "a"}\n{"name": "b", "name": "c"}', "Line 2"),
    ],
)
def test_a_line_that_is_no_job_is_named(body: bytes, says: str, api: Api) -> None:
    answer = api.post("jobs/bulk/", body, **NDJSON)
    assert answer.status == 400
    assert says in answer.body["detail"]
    assert not Job.objects.exists()


def test_too_many_are_refused_with_the_limit(api: Api) -> None:
    answer = submit(api, [{"name": "x"}] * (bounds.MOST_SUBMITTED + 1))
    assert answer.status == 400
    assert "10,001" in answer.body["detail"]
    assert "10,000" in answer.body["detail"]


def test_more_than_a_single_job_may_have_fits_up_to_the_limit(api: Api, settings: Any) -> None:
    command = "#" * 60_000
    assert submit(api, [{"name": "x", "command": command}] * 30).status == 201
    too_large = submit(api, [{"name": "x", "command": command}] * 150)
    assert (too_large.status, "8 MiB" in too_large.body["detail"]) == (413, True)
    assert Job.objects.count() == 30


def test_a_viewer_may_not(viewer: Api) -> None:
    assert submit(viewer, [{"name": "x"}]).status == 403


def test_a_person_owns_what_they_submit(submitter: Api) -> None:
    submit(submitter, [{"name": "x"}])
    assert Job.objects.get().owner_id == submitter.person.pk


def test_the_same_request_twice_makes_the_jobs_once(api: Api) -> None:
    jobs = [{"name": "a"}, {"name": "b"}]
    first, again = (api.post("jobs/bulk/", jobs, Idempotency_Key="k") for _ in range(2))
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert Job.objects.count() == 2
    assert api.post("jobs/bulk/", jobs[:1], Idempotency_Key="k").status == 422


def test_the_wrong_type_of_body_is_refused(api: Api) -> None:
    assert api.post("jobs/bulk/", b"name: x", Content_Type="text/yaml").status == 415


# --- the fast way and the serializer's say the same ---------------------------------------------------

words = st.one_of(
    st.sampled_from(
        ["", " ", "x", " pad ", "night", "-x", "two\nlines", "é", "a\u202eb", "\0", "\u200b", "a" * 300]
    ),
    st.text(max_size=12),
)
junk = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 12), st.floats(), words, st.lists(words, max_size=3)
)
values: dict[str, st.SearchStrategy[Any]] = {
    "name": words,
    "command": st.one_of(words, st.just("x" * 65_537), st.just("é" * 40_000)),
    "description": words,
    "queue": words,
    "working_directory": st.one_of(words, st.just("/srv")),
    "executor": st.one_of(words, st.sampled_from(["local", "cloud"])),
    "priority": st.one_of(st.integers(-1, 12), st.floats(0, 12)),
    "timeout": st.one_of(st.none(), st.integers(-1, 10**9)),
    "max_attempts": st.integers(-1, 102),
    "retry_delay": st.integers(-1, 10**6),
    "retry_on_lost": st.booleans(),
    "tags": st.lists(words, max_size=22),
    "environment": st.dictionaries(words, words, max_size=3),
    "resource_requirements": st.dictionaries(
        st.sampled_from(["cpus", "memory_mb", "gpus", "disk_mb", "cpu"]),
        st.one_of(st.integers(-1, 9), st.floats(-1, 5000), st.just(2**31)),
        max_size=3,
    ),
    "scheduled_at": st.sampled_from(["2031-01-01T00:00:00Z", "2031-01-01", "1999-01-01T00:00:00Z"]),
    "status": words,
}
jobs = st.one_of(
    st.dictionaries(st.sampled_from(sorted(values)), junk, max_size=4),
    st.fixed_dictionaries(
        {"name": st.just("sum")}, optional={k: one for k, one in values.items() if k != "name"}
    ),
    st.fixed_dictionaries(
        {"name": words}, optional={name: values[name] for name in ("tags", "priority", "queue")}
    ),
    *(st.fixed_dictionaries({"name": st.just("sum")} | {name: one}) for name, one in values.items()),
    junk,
)


@pytest.mark.django_db
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(jobs)
@example({"name": "x", "priority": float("inf")})
def test_the_fast_way_answers_as_the_serializer(job: Any) -> None:
    assert outcome(FastSerializer(JobWriteSerializer()), job) == outcome(JobWriteSerializer(), job)


@pytest.mark.parametrize(("field", "said"), FIELDS)
def test_what_one_job_may_not_say_none_of_many_may(field: str, said: dict[str, Any], api: Api) -> None:
    factories.worker()
    job = {"name": "x", **said} if field != "name" or "name" in said else said
    alone = api.post("jobs/", job)
    together = submit(api, [{"name": "good"}, job])
    assert (alone.status, together.status) == (400, 400)
    assert together.errors() == {f"1.{name}": message for name, message in alone.errors().items()}


def outcome(serializer: Any, job: Any) -> str:
    """What came of it, in a form to compare."""
    try:
        return json.dumps(serializer.run_validation(job), sort_keys=True, default=repr)
    except ValidationError as error:
        return json.dumps(error.detail, sort_keys=True, default=str)

"""Every bad input is a 4xx that names the field where there is one, and changes nothing."""

from typing import Any

import pytest

from jobs.models import Job
from jobs.tests import factories

from .api import Answer, Api

BODIES: dict[str, tuple[bytes, str]] = {
    "broken": (b'{"name": "x"', ""),
    "empty": (b"", ""),
    "not an object": (b'["name"]', ""),
    "null": (b"null", ""),
    "text": (b'"name"', ""),
    "too deep": (b'{"name": "x", "environment": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ""),
    "duplicate key": (b'{"name": "x", "name": "y"}', "name"),
    "NaN": (b'{"name": "x", "priority": NaN}', "priority"),
    "infinite": (b'{"name": "x", "resource_requirements": {"cpus": 1e309}}', "resource_requirements.cpus"),
    "huge integer": (b'{"name": "x", "timeout": 99999999999999999999}', "timeout"),
    "NUL": (b'{"name": "a\\u0000b"}', "name"),
    "lone surrogate": (b'{"name": "a\\ud800b"}', "name"),
    "not UTF-8": (b'{"name": "\xff"}', ""),
}

FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("name", {}),
    ("name", {"name": ""}),
    ("name", {"name": "  \t "}),
    ("name", {"name": "\u200b\u2060"}),
    ("name", {"name": None}),
    ("name", {"name": 7}),
    ("name", {"name": True}),
    ("name", {"name": ["x"]}),
    ("name", {"name": "x" * 256}),
    ("name", {"name": "two\nlines"}),
    ("name", {"name": "bell\x07"}),
    ("name", {"name": "invoice\u202efdp.exe"}),
    ("name", {"name": "isolated\u2066"}),
    ("nam", {"nam": "x"}),
    ("name\\u0020", {"name": "x", "name ": "y"}),
    ("name\\u202e", {"name": "x", "name\u202e": "y"}),
    ("\\u0009name", {"name": "x", "\tname": "y"}),
    ("environment.A\\u0020", {"name": "x", "environment": {"A ": "1"}}),
    ("status", {"status": "RUNNING"}),
    ("id", {"id": 7}),
    ("owner", {"owner": "ann"}),
    ("created_at", {"created_at": "2026-01-01T00:00:00Z"}),
    ("description", {"description": "x" * 20_001}),
    ("description", {"description": None}),
    ("priority", {"priority": 0}),
    ("priority", {"priority": 11}),
    ("priority", {"priority": "5"}),
    ("priority", {"priority": 5.5}),
    ("priority", {"priority": True}),
    ("priority", {"priority": None}),
    ("scheduled_at", {"scheduled_at": "2036-01-01T00:00:00"}),
    ("scheduled_at", {"scheduled_at": "2036-02-30T00:00:00Z"}),
    ("scheduled_at", {"scheduled_at": "9999-12-31T23:59:59Z"}),
    ("scheduled_at", {"scheduled_at": "9999-12-31T23:59:59-12:00"}),
    ("scheduled_at", {"scheduled_at": "1999-01-01T00:00:00Z"}),
    ("scheduled_at", {"scheduled_at": "tomorrow"}),
    ("scheduled_at", {"scheduled_at": "2036-01-01"}),
    ("scheduled_at", {"scheduled_at": 1_900_000_000}),
    ("scheduled_at", {"scheduled_at": ""}),
    ("tags", {"tags": "x"}),
    ("tags", {"tags": [str(number) for number in range(21)]}),
    ("tags.1", {"tags": ["x", ""]}),
    ("tags.0", {"tags": ["x" * 65]}),
    ("tags.0", {"tags": [7]}),
    ("tags.0", {"tags": ["a\u202eb"]}),
    ("queue", {"queue": ""}),
    ("queue", {"queue": "two words"}),
    ("queue", {"queue": "-x"}),
    ("queue", {"queue": "x" * 65}),
    ("queue", {"queue": "x\n"}),
    ("command", {"command": "x" * 65_537}),
    ("command", {"command": "é" * 40_000}),
    ("command", {"command": ["ls"]}),
    ("environment", {"environment": ["A=1"]}),
    ("environment.A=B", {"environment": {"A=B": "1"}}),
    ("environment.1A", {"environment": {"1A": "1"}}),
    ("environment.", {"environment": {"": "1"}}),
    ("environment.JOBDECK_JOB_ID", {"environment": {"JOBDECK_JOB_ID": "1"}}),
    ("environment.A", {"environment": {"A": 1}}),
    ("environment.A", {"environment": {"A": None}}),
    ("environment.A", {"environment": {"A": "x" * 32_769}}),
    ("environment", {"environment": {f"A{number}": "" for number in range(201)}}),
    ("environment", {"environment": {f"A{number}": "x" * 30_000 for number in range(5)}}),
    ("working_directory", {"working_directory": "relative"}),
    ("working_directory", {"working_directory": "/a\n"}),
    ("working_directory", {"working_directory": "/" + "x" * 4000}),
    ("resource_requirements", {"resource_requirements": 4}),
    ("resource_requirements", {"resource_requirements": None}),
    ("resource_requirements.cpu", {"resource_requirements": {"cpu": 1}}),
    ("resource_requirements.cpus", {"resource_requirements": {"cpus": 0}}),
    ("resource_requirements.cpus", {"resource_requirements": {"cpus": "2"}}),
    ("resource_requirements.cpus", {"resource_requirements": {"cpus": True}}),
    ("resource_requirements.memory_mb", {"resource_requirements": {"memory_mb": -1}}),
    ("resource_requirements.memory_mb", {"resource_requirements": {"memory_mb": 2**31}}),
    ("resource_requirements.memory_mb", {"resource_requirements": {"memory_mb": 1.5}}),
    ("executor", {"executor": "cloud"}),
    ("timeout", {"timeout": 0}),
    ("timeout", {"timeout": "60"}),
    ("timeout", {"timeout": 10**9}),
    ("max_attempts", {"max_attempts": 0}),
    ("max_attempts", {"max_attempts": 101}),
    ("retry_delay", {"retry_delay": -1}),
    ("retry_on_lost", {"retry_on_lost": "true"}),
    ("retry_on_lost", {"retry_on_lost": 1}),
]

PARAMETERS: list[tuple[str, str]] = [
    ("foo", "foo=1"),
    ("name__icontains", "name__icontains=x"),
    ("status", "status=DONE"),
    ("status", "status=running"),
    ("status", "status=PENDING,"),
    ("ordering", "ordering=owner"),
    ("ordering", "ordering=created_at,id"),
    ("priority", "priority=11"),
    ("priority", "priority=five"),
    ("priority_min", "priority_min=1e1"),
    ("size", "size=0"),
    ("size", "size=101"),
    ("size", "size=-5"),
    ("page", "page=0"),
    ("page", "page=99999999999999999999"),
    ("page", "page=1&page=2"),
    ("name", "name="),
    ("name", "name=a%00b"),
    ("name", "name=" + "x" * 256),
    ("queue", "queue="),
    ("kind", "kind=other"),
    ("created_after", "created_after=2026-01-01"),
    ("created_after", "created_after=2026-01-01T00:00:00"),
    ("created_after", "created_after=2026-02-30T00:00:00Z"),
    ("created_after", "created_after=0001-01-01T00:00:00%2B14:00"),
    ("created_before", "created_before=2026-01-01T00:00:00+01:00"),
    ("cursor", "cursor=abc"),
    ("cursor", "cursor=%F0%9F%92%A3"),
    ("cursor", "cursor=WyIiLDAsWzFdXQ:forged"),
]


def refused(answer: Answer, status: int = 400) -> dict[str, str]:
    """Check that this is a whole problem; what is wrong by field."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["status"] == status
    assert answer.body["title"] and answer.body["detail"] and answer.body["request_id"]
    return answer.errors()


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(api: Api, name: str) -> None:
    body, field = BODIES[name]

    errors = refused(api.post("jobs/", body, Content_Type="application/json"))

    assert not field or field in errors
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("field", "given"), FIELDS, ids=[f"{field}-{n}" for n, (field, _) in enumerate(FIELDS)]
)
def test_a_bad_field_is_named(api: Api, field: str, given: dict[str, Any]) -> None:
    body = {"name": "x", "command": "true", **given} if given else {}

    errors = refused(api.post("jobs/", body))

    assert list(errors) == [field] or (field == "nam" and field in errors)
    assert errors[field].endswith(".")
    assert not Job.objects.exists()


@pytest.mark.parametrize(("field", "query"), PARAMETERS, ids=[query[:30] for _, query in PARAMETERS])
def test_a_bad_parameter_is_named(api: Api, field: str, query: str) -> None:
    assert list(refused(api.get(f"jobs/?{query}"))) == [field]


def test_everything_wrong_is_told_at_once(api: Api) -> None:
    errors = refused(api.post("jobs/", {"nam": "x", "priority": 99, "tags": ["a", ""], "timeout": -1}))

    assert set(errors) == {"nam", "name", "priority", "tags.1", "timeout"}


def test_hints_say_what_was_meant(api: Api) -> None:
    assert api.post("jobs/", {"nam": "x"}).hints()["nam"] == "Did you mean name?"
    assert api.get("jobs/?statu=RUNNING").hints() == {"statu": "Did you mean status?"}
    assert api.get("jobs/?status=running").hints() == {"status": "Did you mean RUNNING?"}
    assert "%2B" in api.get("jobs/?created_after=2026-01-01T00:00:00+01:00").hints()["created_after"]


def test_a_body_over_a_megabyte_is_refused(api: Api) -> None:
    answer = api.post("jobs/", b'{"name": "' + b"x" * 1024 * 1024 + b'"}')

    refused(answer, 413)


def test_forms_are_refused(api: Api) -> None:
    refused(api.post("jobs/", b"name=x", Content_Type="application/x-www-form-urlencoded"), 415)
    refused(api.post("jobs/", b"name=x", Content_Type="text/plain"), 415)


def test_compressed_bodies_are_refused(api: Api) -> None:
    refused(api.post("jobs/", {"name": "x"}, Content_Encoding="gzip"), 415)
    assert api.post("jobs/", {"name": "x"}, Content_Encoding="identity").status == 201


@pytest.mark.parametrize("job_id", ["0", "-1", str(2**63), "abc", "1.0", "٣", "9" * 400, "%00", "1%0a"])
@pytest.mark.parametrize(("method", "rest"), [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "cancel/"), ("POST", "retry/"), ("GET", "logs/"),
    ("GET", "statuses/"),
])  # fmt: skip
def test_an_id_that_cannot_be_is_not_found(api: Api, method: str, rest: str, job_id: str) -> None:
    body = {"name": "x"} if method == "PATCH" else None

    refused(api.send(method, f"jobs/{job_id}/{rest}", body, {}), 404)


@pytest.mark.parametrize("path", ["jobs/{id}/", "jobs/stats/", "jobs/queue/", "workers/", "jobs/{id}/logs/"])
def test_no_address_takes_a_parameter_that_it_does_not_know(api: Api, path: str) -> None:
    job = factories.tracked()

    assert list(refused(api.get(path.format(id=job.pk) + "?verbose=1"))) == ["verbose"]


@pytest.mark.parametrize(("field", "query"), [
    ("from", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"),
    ("from", "from=2001-01-01T00:00:00Z&to=2026-01-01T00:00:00Z"),
    ("from", "from=now"),
    ("bucket", "bucket=month"),
    ("bucket", "bucket=hour&from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z"),
    ("bucket", "bucket=day&from=2021-01-01T00:00:00Z&to=2026-03-01T00:00:00Z"),
    ("zone", "zone=Mars/Olympus"),
    ("zone", "zone=../../etc/passwd"),
    ("zone", "zone=Asia/Kolkata&bucket=day"),
    ("zone", "zone=Europe/Rome&bucket=week&from=2021-01-01T00:00:00Z&to=2026-03-01T00:00:00Z"),
    ("queue", "queue="),
    ("owner", f"owner={'x' * 200}"),
    ("owner", "owner=me&owner=ann"),
    ("to", "to=9999-12-31T23:59:59Z"),
    ("to", "to=0001-01-01T00:00:00Z"),
    ("from", "from=1970-01-01T00:00:00Z"),
])  # fmt: skip
def test_a_bad_range_is_refused(api: Api, field: str, query: str) -> None:
    assert list(refused(api.get(f"jobs/stats/?{query}"))) == [field]


@pytest.mark.parametrize(("field", "body"), [
    ("worker", {}),
    ("worker", {"worker": ""}),
    ("worker", {"worker": "a\nb"}),
    ("limit", {"worker": "w", "limit": 0}),
    ("limit", {"worker": "w", "limit": 101}),
    ("lease_seconds", {"worker": "w", "lease_seconds": 1}),
    ("queue", {"worker": "w", "queue": "a b"}),
    ("size", {"worker": "w", "size": 1}),
])  # fmt: skip
def test_a_bad_claim_is_refused(api: Api, field: str, body: dict[str, Any]) -> None:
    factories.tracked()

    assert list(refused(api.post("jobs/queue/claim/", body))) == [field]
    assert Job.objects.get().status == "PENDING"


def test_nobody_gets_in_without_an_account(api: Api) -> None:
    answer = api.get("jobs/", Authorization="Bearer jd_unknown")

    refused(answer, 401)


def test_what_changes_something_takes_no_parameters(api: Api) -> None:
    assert list(refused(api.post("jobs/?page=1", {"name": "x"}))) == ["page"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(("body", "field"), [(b'{"by": "me"}', "by"), (b"[]", ""), (b"[", ""), (b"null", "")])
@pytest.mark.parametrize(("method", "rest"), [("POST", "cancel/"), ("POST", "retry/"), ("DELETE", "")])
def test_a_body_that_nobody_would_read_is_refused(
    api: Api, method: str, rest: str, body: bytes, field: str
) -> None:
    job = factories.failed() if rest == "retry/" else factories.tracked()
    path = f"jobs/{job.pk}/{rest}"

    errors = refused(api.send(method, path, body, {}))

    assert list(errors) == ([field] if field else [])
    assert Job.objects.get().status == job.status
    assert api.send(method, path, {}, {}).status < 300

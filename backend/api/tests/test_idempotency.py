"""Idempotency-Key: any POST may be sent again, and takes effect once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from api.openapi_conditions import NEVER_TWICE
from jobs.models import Job, JobStatus
from jobs.tests import factories

from .api import Answer, Api

TRACKED = {"name": "x"}
SAID = ("Content-Type", "ETag", "Location", "Cache-Control")


def _same(first: Answer, again: Answer) -> bool:
    """Whether the second is the first, said again."""
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    said = [{name: answer.headers.get(name) for name in SAID} for answer in (first, again)]
    return (again.status, again.content) == (first.status, first.content) and said[0] == said[1]


def test_a_job_is_made_once_and_answered_alike(api: Api) -> None:
    first = api.post("jobs/", {"name": "x", "priority": 3}, Idempotency_Key="k-1")
    second = api.post("jobs/", b'{"priority":3,  "name":"x"}', Idempotency_Key="k-1")

    assert first.status == 201
    assert _same(first, second)
    assert Job.objects.count() == JobStatus.objects.count() == 1


def test_a_cancel_is_answered_alike_though_the_job_has_been_retried_since(api: Api) -> None:
    job = factories.pending().pk
    first = api.post(f"jobs/{job}/cancel/", Idempotency_Key="c")
    assert api.post(f"jobs/{job}/retry/", Idempotency_Key="r").status == 200

    assert _same(first, api.post(f"jobs/{job}/cancel/", Idempotency_Key="c"))
    assert Job.objects.get().status == "PENDING"


def test_a_retry_is_made_once(api: Api) -> None:
    job = api.post("jobs/", TRACKED).body["id"]
    api.post(f"jobs/{job}/cancel/")
    first = api.post(f"jobs/{job}/retry/", Idempotency_Key="r")

    assert _same(first, api.post(f"jobs/{job}/retry/", Idempotency_Key="r"))
    assert Job.objects.get().attempt == 2


def test_a_claim_whose_answer_was_lost_gives_the_same_jobs_and_leases(api: Api) -> None:
    for _ in range(3):
        api.post("jobs/", TRACKED)
    first = api.post("jobs/queue/claim/", {"worker": "w", "limit": 2}, Idempotency_Key="k")

    assert len(first.body["results"]) == 2
    assert _same(first, api.post("jobs/queue/claim/", {"worker": "w", "limit": 2}, Idempotency_Key="k"))
    assert Job.objects.filter(status="RUNNING").count() == 2


def test_a_repeated_request_is_answered_even_when_it_would_be_too_late_for_a_new_one(api: Api) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    body = {
        "name": "x",
        "command": "true",
        "scheduled_at": soon.isoformat(),
        "resource_requirements": {"cpus": 4},
    }
    first = api.post("jobs/", body, Idempotency_Key="k")
    factories.worker(capacity={"cpus": 1, "memory_mb": 100})

    assert _same(first, api.post("jobs/", body, Idempotency_Key="k"))
    assert api.post("jobs/", body).status == 400


def test_a_refusal_is_not_kept(api: Api) -> None:
    job = api.post("jobs/", TRACKED).body["id"]
    assert api.post(f"jobs/{job}/retry/", Idempotency_Key="k").status == 409
    api.post(f"jobs/{job}/cancel/")

    assert api.post(f"jobs/{job}/retry/", Idempotency_Key="k").status == 200


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("jobs/", {"name": "y"}, {}),
        ("jobs/queue/claim/", {"name": "x"}, {}),
        ("jobs/", {"name": "x"}, {"If_Match": 'W/"1-1"'}),
    ],
)
def test_a_key_with_another_request_is_refused(
    api: Api, path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    api.post("jobs/", TRACKED, Idempotency_Key="k")

    answer = api.post(path, body, Idempotency_Key="k", **headers)

    assert (answer.status, answer.body["type"]) == (422, "urn:jobdeck:problem:idempotency_key_reused")
    assert "POST /api/jobs/" in answer.body["detail"]
    assert Job.objects.count() == 1


def test_keys_are_each_persons_own(api: Api, submitter: Api) -> None:
    mine = api.post("jobs/", {"name": "x"}, Idempotency_Key="k")
    theirs = submitter.post("jobs/", {"name": "y"}, Idempotency_Key="k")

    assert mine.body["id"] != theirs.body["id"]


@pytest.mark.parametrize("key", ["", "with space", "é", "x" * 256])
@pytest.mark.parametrize("path", ["jobs/", "jobs/queue/claim/", "jobs/1/cancel/", "jobs/1/retry/"])
def test_a_key_must_be_usable(api: Api, path: str, key: str) -> None:
    answer = api.post(path, Idempotency_Key=key)

    assert answer.status == 400
    assert list(answer.errors()) == ["Idempotency-Key"]


@pytest.mark.usefixtures("transactional_db")
def test_many_at_once_make_one_job_and_get_one_answer(api: Api) -> None:
    together = threading.Barrier(8)

    def send(number: int) -> Answer:
        together.wait()
        try:
            return api.post("jobs/", TRACKED, Idempotency_Key="k")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert Job.objects.count() == 1
    assert {answer.status for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status == 201]
    assert {answer.content for answer in made} == {made[0].content}
    assert [answer.headers.get("Idempotency-Replayed") for answer in made].count(None) == 1


def test_no_post_is_without_it() -> None:
    without = {
        view.__name__
        for view in _views(get_resolver())
        if hasattr(view, "post") and not hasattr(view.post, "__wrapped__")
    }

    assert {name.removesuffix("View").lower() for name in without} == NEVER_TWICE


def _views(resolver: URLResolver) -> Iterator[type[Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "cls"):
            yield entry.callback.cls

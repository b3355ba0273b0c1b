"""Who may do what: everybody sees, submitters act on their own, operators on any."""

from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import user
from jobs.models import Job
from jobs.tests import factories

from .api import Api

ACTIONS: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"priority": 6}),
    ("DELETE", "", None),
    ("POST", "cancel/", None),
    ("POST", "retry/", None),
]
READS = [
    "jobs/",
    "jobs/{id}/",
    "jobs/{id}/logs/",
    "jobs/{id}/statuses/",
    "jobs/stats/",
    "jobs/queue/",
    "workers/",
]


@pytest.mark.parametrize("path", READS)
def test_everybody_with_an_account_sees_every_job(viewer: Api, path: str) -> None:
    job = factories.tracked(owner=user("ann"))

    assert viewer.get(path.format(id=job.pk)).status == 200


@pytest.mark.parametrize("path", READS)
def test_nobody_else_sees_anything(db: None, client: Client, path: str) -> None:
    job = factories.tracked()

    answer = client.get("/api/" + path.format(id=job.pk))

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(("method", "rest", "body"), ACTIONS)
def test_a_viewer_changes_nothing(viewer: Api, method: str, rest: str, body: Any) -> None:
    job = factories.tracked(owner=viewer.person)

    assert viewer.send(method, f"jobs/{job.pk}/{rest}", body, {}).status == 403
    assert Job.objects.get(pk=job.pk).version == 1


@pytest.mark.parametrize(("method", "rest", "body"), ACTIONS)
def test_a_submitter_acts_on_no_one_elses(submitter: Api, method: str, rest: str, body: Any) -> None:
    for owner in (user("ann"), None):
        job = factories.tracked(owner=owner)

        answer = submitter.send(method, f"jobs/{job.pk}/{rest}", body, {})

        assert (answer.status, answer.body["type"]) == (403, "urn:jobdeck:problem:forbidden")
        assert Job.objects.get(pk=job.pk).version == 1


@pytest.mark.parametrize(("method", "rest", "body"), ACTIONS)
def test_a_submitter_acts_on_their_own(submitter: Api, method: str, rest: str, body: Any) -> None:
    make = factories.cancelled if rest == "retry/" else factories.tracked
    job = make(owner=submitter.person)

    assert submitter.send(method, f"jobs/{job.pk}/{rest}", body, {}).status in (200, 204)


@pytest.mark.parametrize(("method", "rest", "body"), ACTIONS)
def test_an_operator_acts_on_any(db: None, method: str, rest: str, body: Any) -> None:
    make = factories.cancelled if rest == "retry/" else factories.tracked
    job = make(owner=user("ann"))

    assert Api(user("ola", Role.OPERATOR)).send(method, f"jobs/{job.pk}/{rest}", body, {}).status in (
        200,
        204,
    )

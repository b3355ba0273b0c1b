"""The API does what its description says, with data that it allows and with data that it does not."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts.tests.factories import admin, bearer
from config.wsgi import application
from jobs.tests import factories

from .api import Api

DESCRIPTION = django_settings.BACKEND.parent / "docs" / "reference" / "openapi.json"

config = schemathesis.Config.from_dict(
    {
        "generation": {"mode": "all", "max-examples": 15, "deterministic": True, "no-shrink": True},
        "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
    }
)
schema = schemathesis.openapi.from_dict(json.loads(DESCRIPTION.read_bytes()), config=config)
schema.app = application
OPERATIONS = ("/api/operations/", "/api/operations/preview/")  # what is needed goes by the action
UNCERTAIN = frozenset({"scheduled_at", "executor", "resource_requirements"})


@pytest.fixture
def one_transaction(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let many requests share the test's transaction, and nobody be told to come back later."""
    monkeypatch.setattr("accounts.views.SignInThrottle.rate", "1000000/min", raising=False)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def some_jobs(one_transaction: None) -> None:
    """Jobs in every state, and a worker."""
    for make in (
        factories.tracked,
        factories.claimed,
        factories.running,
        factories.completed,
        factories.failed,
    ):
        for _ in range(4):
            make()
    factories.worker()


@pytest.fixture
def owner_headers(db: None) -> dict[str, str]:
    return bearer(admin())


# An export is a file, or the rest of one, and may be compressed: nothing that a schema could check.
@schema.exclude(path="/api/jobs/export/").parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_every_operation(case: Case[Any], some_jobs: None, owner_headers: dict[str, str]) -> None:
    unsaid: list[CheckFunction] = []
    if depends_on_more_than_a_schema_can_say(case):
        unsaid.append(positive_data_acceptance)
    case.call_and_validate(base_url="http://testserver", headers=owner_headers, excluded_checks=unsaid)


def depends_on_more_than_a_schema_can_say(case: Case[Any]) -> bool:
    """Codes, keys and cursors go by what was sent before, executors and resources by the workers that there
    are; a search has a grammar; some parameters exclude or bound one another."""
    query, body = case.query or {}, case.body
    return (
        case.operation.path in ("/api/auth/signin/", "/api/jobs/stats/", "/api/jobs/bulk/", *OPERATIONS)
        or "Idempotency-Key" in (case.headers or {})
        or "cursor" in query
        or "page" in query
        or "q" in query
        or {"tail", "offset"} <= set(query)
        or (case.method, case.operation.path) == ("PUT", "/api/keep-times/{queue}/")
        or (isinstance(body, dict) and not UNCERTAIN.isdisjoint(body))
    )


def test_the_committed_description_is_the_present_one(api: Api) -> None:
    answer = api.get("schema/", Accept="application/vnd.oai.openapi+json")

    assert answer.body == json.loads(DESCRIPTION.read_bytes()), "run make openapi"
    assert answer.body["openapi"].startswith("3.1")


def test_every_error_is_described_as_a_problem(api: Api) -> None:
    responses = [
        (operation["operationId"], status, response)
        for path in schema.raw_schema["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
    ]

    assert len(responses) > 100
    for operation_id, status, response in responses:
        assert ("$ref" in response) == (status >= "400"), (operation_id, status)


def test_the_page_to_read_has_nothing_that_the_browser_would_refuse(api: Api) -> None:
    page = api.get("docs/", Accept="text/html").content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)

    assert len(scripts) == 3
    assert all("src=" in attributes and not inside.strip() for attributes, inside in scripts)
    assert "<style" not in page and "style=" not in page
    assert api.get("docs/?script=").headers["Content-Type"].startswith("application/javascript")

import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.tests.factories import admin, bearer
from telemetry.requests import request_id_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/livez", "/api/me/", "/api/nope/", "/nope.png"])
def test_every_answer_has_a_request_id(client: Client, path: str) -> None:
    first, second = client.get(path)["X-Request-ID"], client.get(path)["X-Request-ID"]

    assert first
    assert first != second


def test_a_sane_id_of_the_callers_is_kept() -> None:
    assert request_id_of("trace-0123456789") == "trace-0123456789"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space1", "line\nbreak1", "naïve-id"])
def test_any_other_is_replaced(given: str) -> None:
    assert request_id_of(given) != given


def test_one_line_tells_of_each_request_without_its_query(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="jobdeck.request"):
        client.get("/api/me/?token=jd_verysecretverysecret")

    [line] = [record.msg for record in caplog.records if record.name == "jobdeck.request"]
    told: dict[str, Any] = line if isinstance(line, dict) else {}
    assert told["path"] == "/api/me/"
    assert told["status"] == 401
    assert "verysecret" not in str(told)


def test_a_probe_that_is_not_ready_raises_no_alarm(
    client: Client, caplog: pytest.LogCaptureFixture, settings: LazySettings, tmp_path: Path
) -> None:
    settings.FRONTEND_DIST = tmp_path
    with caplog.at_level(logging.INFO, logger="jobdeck.request"):
        assert client.get("/readyz").status_code == 503

    assert [record.levelname for record in caplog.records if record.name == "jobdeck.request"] == ["INFO"]


def test_metrics_count_by_route_and_are_for_those_signed_in_or_local(client: Client) -> None:
    headers = bearer(admin())
    client.get("/api/me/", headers=headers)

    body = client.get("/metrics", headers=headers).content.decode()

    assert 'jobdeck_http_requests_total{method="GET",route="api/me/",status="200"}' in body
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.1").status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 401

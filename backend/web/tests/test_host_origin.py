"""Host and Origin, as Django sees them; `test_server` has the same over a real socket."""

import json
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.test import Client

from accounts.codes import make_code
from accounts.owner import find_owner
from accounts.tests.factories import admin
from web.hosts import served_hosts, served_origins

SIGNIN = "/api/auth/signin/"
OURS = "localhost:8000"
pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"Host": OURS}, raise_request_exception=False)


def post(client: Client, **headers: str) -> Any:
    return client.post(SIGNIN, json.dumps({"code": "x"}), content_type="application/json", headers=headers)


def assert_refused(response: Any, status: int, kind: str) -> None:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == f"urn:jobdeck:problem:{kind}"
    assert response.json()["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost", "localhost:8001", "*", "a,b"]
)
def test_a_foreign_host_is_refused(client: Client, host: str) -> None:
    assert_refused(client.get("/api/me/", headers={"Host": host}), 421, "bad_host")


@pytest.mark.parametrize("host", ["localhost:8000", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_our_own_names_are_served(client: Client, host: str) -> None:
    assert client.get("/api/me/", headers={"Host": host}).status_code == 401


def test_probes_may_come_by_any_name(client: Client) -> None:
    assert client.get("/livez", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://localhost:8000",
        "http://localhost:8001",
        "http://localhost",
        "http://127.0.0.1:8000",  # ours, but another site than the one that the request is for
        "null",
        "",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_origin_is_refused(client: Client, origin: str, method: str) -> None:
    response = client.generic(method.upper(), SIGNIN, headers={"Origin": origin})

    assert_refused(response, 403, "bad_origin")


def test_our_own_origin_is_served(client: Client) -> None:
    assert post(client, Origin=f"http://{OURS}").status_code == 400


def test_a_program_needs_no_origin(client: Client) -> None:
    assert post(client).status_code == 400


def test_a_browsers_cookie_needs_an_origin_to_change_something(client: Client) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "anything"

    assert_refused(post(client), 403, "bad_origin")
    assert client.get("/api/me/").status_code == 401


def test_behind_a_tls_proxy_cookies_and_browsers_keep_to_tls(client: Client, settings: LazySettings) -> None:
    settings.SERVED_ORIGINS = served_origins("127.0.0.1", 8000, ["jobs.example.org"])
    settings.SERVED_HOSTS = served_hosts(settings.SERVED_ORIGINS)

    def sign_in(host: str, origin: str) -> Any:
        body = json.dumps({"code": make_code(find_owner() or admin())})
        headers = {"Host": host, "Origin": origin}
        return client.post(SIGNIN, body, content_type="application/json", headers=headers)

    behind = sign_in("jobs.example.org", "https://jobs.example.org")
    assert behind.cookies[settings.SESSION_COOKIE_NAME]["secure"]
    assert behind["Strict-Transport-Security"]

    plain = sign_in(OURS, f"http://{OURS}")
    assert not plain.cookies[settings.SESSION_COOKIE_NAME]["secure"]
    assert "Strict-Transport-Security" not in plain


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_it_is_on_another_site_is_refused(client: Client, site: str) -> None:
    assert_refused(post(client, **{"Sec-Fetch-Site": site}), 403, "bad_origin")

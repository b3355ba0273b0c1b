import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

BUILT = """<!doctype html><html lang="en"><head>
<base href="/"><meta name="csp-nonce" content="">
<title>Jobdeck</title><script type="module" src="./assets/index-AbCd1234.js"></script></head>
<body></body></html>"""


@pytest.fixture
def dist(tmp_path: Path, settings: LazySettings) -> Path:
    (tmp_path / "index.html").write_text(BUILT)
    settings.FRONTEND_DIST = tmp_path
    return tmp_path


def get(client: Client, path: str, accept: str = "text/html,*/*;q=0.8") -> Any:
    return client.get(path, headers={"Accept": accept})


@pytest.mark.parametrize(
    "path", ["/", "/jobs/new", "/jobs/7", "/overview", "/workers", "/signin", "/no/such"]
)
@pytest.mark.usefixtures("dist")
def test_every_route_of_the_front_end_gets_the_page(client: Client, path: str) -> None:
    response = get(client, path)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert response.content.decode().count("<base ") == 1
    assert '<base href="/">' in response.content.decode()


@pytest.mark.usefixtures("dist")
def test_the_page_and_its_policy_name_the_same_fresh_nonce(client: Client) -> None:
    nonces = set()
    for _ in range(2):
        response = get(client, "/")
        found = re.search(r'<meta name="csp-nonce" content="([^"]+)">', response.content.decode())
        assert found
        assert f"'nonce-{found[1]}'" in response["Content-Security-Policy"]
        nonces.add(found[1])

    assert len(nonces) == 2


@pytest.mark.usefixtures("dist")
def test_the_page_comes_with_the_headers_that_protect_it(client: Client) -> None:
    response = get(client, "/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("dist")
def test_the_page_knows_the_prefix(client: Client, settings: LazySettings) -> None:
    settings.PREFIX = "/deck"

    assert '<base href="/deck/">' in get(client, "/jobs/7").content.decode()


def test_a_build_that_is_missing_says_how_to_make_it(
    client: Client, settings: LazySettings, tmp_path: Path
) -> None:
    settings.FRONTEND_DIST = tmp_path

    response = get(client, "/")

    assert response.status_code == 503
    assert "npm run build" in response.content.decode()


@pytest.mark.usefixtures("dist")
@pytest.mark.parametrize(
    "path", ["/api/nope/", "/api", "/ws/", "/assets/none-12345678.js", "/robots.txt", "/static/x"]
)
def test_what_is_no_route_of_the_front_end_is_an_honest_404(client: Client, path: str) -> None:
    response = get(client, path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.usefixtures("dist")
def test_programs_are_not_sent_the_page(client: Client) -> None:
    assert get(client, "/jobs", accept="application/json").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/jobs/new").status_code == 404

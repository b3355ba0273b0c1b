"""Over HTTP: whoever is known is not looked up again, and whatever changes counts at once."""

import json
import time
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.codes import make_code
from accounts.models import ApiToken, User
from accounts.tests.factories import admin, bearer, user
from web.tests.web_server import WebServer, url_of_the_tests_database, web_server

PATIENCE_SECONDS = 20.0
Ask = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[WebServer]:
    """One that forgets nothing by itself for an hour."""
    with web_server(app="accounts.tests.trusting:application") as running:
        yield running


@pytest.fixture
def ann(transactional_db: None) -> User:
    admin()
    return user("ann")


@pytest.fixture
def by_token(server: WebServer, ann: User) -> Ask:
    headers = bearer(ann)
    return lambda: httpx.get(f"{server.url}/api/me/", headers=headers, timeout=PATIENCE_SECONDS)


@pytest.fixture
def by_session(server: WebServer, ann: User) -> Ask:
    client = Client()
    client.post("/api/auth/signin/", json.dumps({"code": make_code(ann)}), content_type="application/json")
    cookies = {f"jobdeck_session_{server.port}": client.cookies[settings.SESSION_COOKIE_NAME].value}
    return lambda: httpx.get(f"{server.url}/api/me/", cookies=cookies, timeout=PATIENCE_SECONDS)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def wait_until_known(ask: Ask) -> None:
    """Until it is answered without the tables (the first answers may come before the server listens)."""

    def is_known() -> bool:
        if ask().status_code != 200:
            return False
        with psycopg.connect(url_of_the_tests_database()) as other:
            other.execute("LOCK accounts_user, accounts_apitoken, django_session IN ACCESS EXCLUSIVE MODE")
            return ask().status_code == 200

    wait_until(is_known)


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("how", ["by_token", "by_session"])
def test_who_is_known_is_not_looked_up_again(how: str, request: pytest.FixtureRequest) -> None:
    wait_until_known(request.getfixturevalue(how))


CHANGES: dict[str, Callable[[], object]] = {
    "revoked": lambda: ApiToken.objects.filter(user__username="ann").delete(),
    "expired": lambda: ApiToken.objects.filter(user__username="ann").update(expires_at=timezone.now()),
    "shut out": lambda: User.objects.filter(username="ann").update(is_active=False),
    "deleted": lambda: User.objects.filter(username="ann").delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_token_that_is_worth_nothing_any_more_is_refused_at_once(by_token: Ask, change: str) -> None:
    wait_until_known(by_token)

    CHANGES[change]()

    wait_until(lambda: by_token().status_code == 401)


def test_a_session_that_has_ended_is_refused_at_once(by_session: Ask) -> None:
    wait_until_known(by_session)

    Session.objects.all().delete()

    wait_until(lambda: by_session().status_code == 401)


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("how", ["by_token", "by_session"])
def test_a_new_role_counts_at_once(how: str, request: pytest.FixtureRequest) -> None:
    ask = request.getfixturevalue(how)
    wait_until_known(ask)

    User.objects.filter(username="ann").update(role="viewer")

    wait_until(lambda: ask().json()["role"] == "viewer")


def test_signing_out_counts_for_the_next_request(server: WebServer, ann: User) -> None:
    with httpx.Client(base_url=server.url, headers={"Origin": server.origin}) as browser:
        me = browser.post("/api/auth/signin/", json={"code": make_code(ann)}).json()
        for _ in range(3):
            assert browser.get("/api/me/").status_code == 200
        cookies = dict(browser.cookies)
        signed_out = browser.post("/api/auth/signout/", headers={"X-CSRFToken": me["csrf_token"]})
        assert signed_out.status_code == 204

        assert httpx.get(f"{server.url}/api/me/", cookies=cookies).status_code == 401


def test_when_the_server_is_cut_off_what_changes_meanwhile_counts_all_the_same(by_token: Ask) -> None:
    wait_until_known(by_token)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'jobdeck-live' AND datname = current_database()"
        )
        assert cursor.fetchone() != (0,)
        cursor.execute("DELETE FROM accounts_apitoken")

    wait_until(lambda: by_token().status_code == 401)


def test_that_a_token_was_used_makes_nobody_forget(by_token: Ask) -> None:
    wait_until_known(by_token)

    ApiToken.objects.update(last_used_at=timezone.now())

    with psycopg.connect(url_of_the_tests_database()) as other:
        other.execute("LOCK accounts_user, accounts_apitoken IN ACCESS EXCLUSIVE MODE")
        assert by_token().status_code == 200

"""From the link to the session and out again."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.codes import make_code, redeem_code
from accounts.models import SignInCode
from accounts.roles import Role
from accounts.tests.factories import admin, user

pytestmark = pytest.mark.django_db
ORIGIN = "http://testserver"
PATIENCE_SECONDS = 20.0


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"Origin": ORIGIN})


def sign_in(browser: Client, code: str) -> Any:
    return browser.post("/api/auth/signin/", json.dumps({"code": code}), content_type="application/json")


def sign_out(browser: Client, **headers: str) -> int:
    answer = browser.post("/api/auth/signout/", content_type="application/json", headers=headers)
    return answer.status_code


def test_a_code_signs_in_once(browser: Client) -> None:
    code = make_code(admin())

    first = sign_in(browser, code)
    assert first.status_code == 200
    assert first.json()["username"] == "owner"
    assert browser.get("/api/me/").json()["role"] == "admin"

    again = sign_in(Client(), code)
    assert again.status_code == 400
    assert again.json()["errors"][0]["field"] == "code"


def test_a_code_works_for_ten_minutes(browser: Client) -> None:
    code = make_code(admin())

    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert sign_in(browser, code).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=50)):
        assert sign_in(browser, code).status_code == 200


def test_a_code_is_stored_as_a_hash_only() -> None:
    code = make_code(admin())

    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_signincode::text FROM accounts_signincode")
        assert code not in cursor.fetchone()[0]


def test_old_codes_are_cleared_away() -> None:
    owner = admin()
    make_code(owner)

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        make_code(owner)

    assert SignInCode.objects.count() == 1


def test_a_code_of_someone_who_was_shut_out_is_worth_nothing(browser: Client) -> None:
    ann = user()
    code = make_code(ann)
    ann.is_active = False
    ann.save()

    assert sign_in(browser, code).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_two_who_redeem_at_once_one_gets_in() -> None:
    code = make_code(admin())

    def redeem() -> object:
        try:
            return redeem_code(code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert redeem_code(code) is not None
            second = pool.submit(redeem)
            _wait_until_someone_waits_for_a_lock()
        assert second.result(PATIENCE_SECONDS) is None


def _wait_until_someone_waits_for_a_lock() -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            # Within a transaction the view is a snapshot of its first reading.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits for a lock")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "code"),
        ({"code": ""}, "code"),
        ({"code": None}, "code"),
        ({"code": 7}, "code"),
        ({"code": ["x"]}, "code"),
        ({"code": "x" * 201}, "code"),
        ([], ""),
        ("x", ""),
    ],
)
def test_bad_input_is_told_by_field(browser: Client, body: object, field: str) -> None:
    response = browser.post("/api/auth/signin/", json.dumps(body), content_type="application/json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == field
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_forms_are_refused(browser: Client, kind: str) -> None:
    response = browser.post("/api/auth/signin/", "code=x", content_type=kind)

    assert response.status_code == 415
    assert response["Content-Type"] == "application/problem+json"


def test_guessing_is_slowed_down(browser: Client) -> None:
    answers = [sign_in(browser, "guess") for _ in range(11)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_writing_a_forwarded_address_does_not_help_guessing(browser: Client) -> None:
    for turn in range(11):
        answer = browser.post(
            "/api/auth/signin/",
            json.dumps({"code": "guess"}),
            content_type="application/json",
            headers={"X-Forwarded-For": f"10.0.0.{turn}"},
        )

    assert answer.status_code == 429


def test_the_cookie_carries_the_port_and_is_out_of_reach_for_scripts_and_other_sites(browser: Client) -> None:
    cookie = sign_in(browser, make_code(admin())).cookies[settings.SESSION_COOKIE_NAME]

    assert settings.SESSION_COOKIE_NAME.endswith(f"_{settings.ENV.port}")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"


def test_a_session_needs_the_csrf_token_to_change_something(browser: Client) -> None:
    token = sign_in(browser, make_code(admin())).json()["csrf_token"]

    assert sign_out(browser) == 403
    assert sign_out(browser, **{"X-CSRFToken": "x" * len(token)}) == 403
    assert browser.get("/api/me/").status_code == 200

    assert sign_out(browser, **{"X-CSRFToken": token}) == 204
    assert browser.get("/api/me/").status_code == 401


def test_me_gives_a_csrf_token_that_works(browser: Client) -> None:
    sign_in(browser, make_code(admin()))

    token = browser.get("/api/me/").json()["csrf_token"]

    assert sign_out(browser, **{"X-CSRFToken": token}) == 204


def test_signing_in_changes_the_session_id(browser: Client) -> None:
    sign_in(browser, make_code(admin()))
    before = browser.cookies[settings.SESSION_COOKIE_NAME].value
    sign_in(browser, make_code(user("ann")))

    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert browser.get("/api/me/").json()["username"] == "ann"


def test_only_the_owner_is_told_where_the_token_lies(browser: Client) -> None:
    told = sign_in(browser, make_code(admin())).json()["token_file"]
    assert told == str(settings.ENV.home.token)

    for role in (Role.ADMIN, Role.SUBMITTER):
        other = Client(headers={"Origin": ORIGIN})
        assert sign_in(other, make_code(user(f"other-{role.value}", role))).json()["token_file"] == ""

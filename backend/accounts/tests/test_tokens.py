"""Programs that come with a bearer token."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.roles import Role
from accounts.tests.factories import admin, bearer, user
from accounts.tokens import make_token, user_of_token

pytestmark = pytest.mark.django_db


def me(client: Client, authorization: str) -> int:
    return client.get("/api/me/", headers={"Authorization": authorization}).status_code


def test_a_token_stands_for_its_user(client: Client) -> None:
    answer = client.get("/api/me/", headers=bearer(user("ann", Role.SUBMITTER)))

    assert answer.status_code == 200
    assert answer.json() | {"version": ""} == {
        "authenticated": True,
        "username": "ann",
        "role": "submitter",
        "can_submit": True,
        "csrf_token": "",
        "version": "",
        "prefix": "",
        "auth": "on",
        "token_file": "",
    }


def test_a_viewer_may_not_submit(client: Client) -> None:
    assert client.get("/api/me/", headers=bearer(user("eve", Role.VIEWER))).json()["can_submit"] is False


def test_a_token_is_random_prefixed_and_stored_as_a_hash_only() -> None:
    ann = user()
    first, second = make_token(ann, "a"), make_token(ann, "b")

    assert first != second
    assert first.startswith("jd_")
    assert len(first) >= 45
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(accounts_apitoken::text, '') FROM accounts_apitoken")
        assert first not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer jd_wrong",
        "Bearer  a b",
        "bearer x",
        "Bearer " + "x" * 5000,
        "Bearer \xff\xe9",
    ],
)
def test_a_token_that_is_none_is_401(client: Client, authorization: str) -> None:
    response = client.get("/api/me/", headers={"Authorization": authorization})

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("authorization", ["", "Basic YTpi", "Token x"])
def test_other_schemes_are_not_signed_in(client: Client, authorization: str) -> None:
    assert me(client, authorization) == 401


def test_a_token_expires(client: Client) -> None:
    token = make_token(user(), "short", timezone.now() + timedelta(hours=1))

    assert me(client, f"Bearer {token}") == 200
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert me(client, f"Bearer {token}") == 401


def test_a_token_of_someone_who_was_shut_out_is_worth_nothing(client: Client) -> None:
    ann = user()
    token = make_token(ann, "a")
    ann.is_active = False
    ann.save()

    assert me(client, f"Bearer {token}") == 401


def test_the_last_use_is_noted_at_most_once_a_minute() -> None:
    token = make_token(user(), "a")
    now = timezone.now()
    seen = []
    for seconds in (0, 30, 90):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            user_of_token(token)
            seen.append(ApiToken.objects.get().last_used_at)

    assert seen == [now, now, now + timedelta(seconds=90)]


def test_a_foreign_origin_is_refused_with_a_good_token_too(client: Client) -> None:
    headers = bearer(admin()) | {"Origin": "http://evil.example"}

    assert client.get("/api/me/", headers=headers).status_code == 403


def test_a_token_needs_no_csrf() -> None:
    program = Client(enforce_csrf_checks=True)

    answer = program.post("/api/me/", headers=bearer(admin()))

    assert answer.status_code == 405

"""JOBDECK_AUTH=off: whoever reaches the loopback port is the owner."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks
from django.test import Client

from accounts.tests.factories import admin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def accounts_off(settings: LazySettings) -> None:
    settings.AUTH_ON = False


def test_everybody_is_the_owner(client: Client) -> None:
    admin("ann")

    answer = client.get("/api/me/").json()

    assert (answer["username"], answer["auth"], answer["csrf_token"]) == ("ann", "off", "")


def test_without_an_owner_nobody_is_let_in(client: Client) -> None:
    assert client.get("/api/me/").status_code == 401


def test_other_pages_are_still_refused(client: Client) -> None:
    admin()

    assert client.get("/api/me/", headers={"Origin": "http://evil.example"}).status_code == 403


def test_a_bad_token_is_still_refused(client: Client) -> None:
    admin()

    assert client.get("/api/me/", headers={"Authorization": "Bearer jd_no"}).status_code == 401


@pytest.mark.parametrize(("host", "wrong"), [("127.0.0.1", 0), ("::1", 0), ("::", 1), ("10.0.0.1", 1)])
def test_it_is_refused_off_loopback(settings: LazySettings, host: str, wrong: int) -> None:
    settings.ENV = replace(settings.ENV, host=host, auth=False)

    assert len([found for found in run_checks(tags=["security"]) if found.id == "accounts.E001"]) == wrong

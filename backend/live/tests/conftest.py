"""A web server for the tests of this folder, over the tests' database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from accounts.models import User
    from web.tests.web_server import WebServer


@pytest.fixture(scope="module", autouse=True)
def announcer_lets_go(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Its connection would keep the tests' database from being dropped."""
    yield
    from jobs import events

    with django_db_blocker.unblock():
        events.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> "Iterator[WebServer]":
    from web.tests.web_server import web_server

    with web_server() as running:
        yield running


@pytest.fixture(scope="session")
def impatient(server: "WebServer") -> "Iterator[WebServer]":
    """A server with little patience; `server` keeps the database up around it."""
    from web.tests.web_server import web_server

    with web_server(app="live.tests.impatient:application") as running:
        yield running


@pytest.fixture
def owner(transactional_db: None) -> "User":
    from accounts.tests.factories import admin

    return admin()

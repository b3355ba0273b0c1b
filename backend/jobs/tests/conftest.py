"""What the tests of the domain share: rows that are really committed, and two threads to race with.

Models are imported inside the fixtures: this file may be loaded before Django is configured.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from .threads import Side


@pytest.fixture(scope="session")
def committing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database, reachable without a transaction around the test; the announcer lets go of it."""
    from jobs import events

    yield
    with django_db_blocker.unblock():
        events.close()


@pytest.fixture
def transactional_db(committing: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a test commit, from any thread, and take away what it left. In place of pytest-django's, which
    truncates every table and takes ten times as long."""
    from .rows import clean

    with django_db_blocker.unblock():
        clean()
        yield
        clean()


@pytest.fixture(scope="session")
def sides(committing: None, django_db_blocker: DjangoDbBlocker) -> "Iterator[tuple[Side, Side]]":
    """Two threads with a database connection each."""
    from .threads import Side

    with django_db_blocker.unblock():
        first, second = Side(), Side()
    yield first, second
    with django_db_blocker.unblock():
        first.close()
        second.close()

"""Machines for tests with real processes. A shared one is much cheaper than one for each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from engine.tests.harness import Machine  # at run time only once Django is set up


@pytest.fixture(scope="module", autouse=True)
def announcer_lets_go() -> Iterator[None]:
    """Its connection would keep the tests' database from being dropped."""
    yield
    from jobs import events

    events.close()


@pytest.fixture(scope="module")
def shared_machine(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> Iterator["Machine"]:
    from engine.tests.harness import Machine

    with django_db_blocker.unblock(), Machine() as machine:
        yield machine


@pytest.fixture
def machine(shared_machine: "Machine", transactional_db: None) -> Iterator["Machine"]:
    """A machine that may have served others before; for tests that kill nothing."""
    yield shared_machine
    shared_machine.wait_until_at_rest()


@pytest.fixture
def own_machine(transactional_db: None) -> Iterator["Machine"]:
    """A machine for this test alone."""
    from engine.tests.harness import Machine

    with Machine() as machine:
        yield machine


@pytest.fixture
def machine_without_agent(transactional_db: None) -> Iterator["Machine"]:
    """A machine for this test alone, whose agent the test starts as it likes."""
    from engine.tests.harness import Machine

    machine = Machine()
    try:
        machine.start_runner()
        yield machine
    finally:
        machine.close()

"""Every executor, for the contract. A new one adds itself to the parameters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from engine.executors.base import Executor


@contextmanager
def local() -> Iterator["Executor"]:
    """The local executor with a real runner behind it."""
    from engine.executors.local import LocalExecutor
    from engine.tests.harness import Machine, wait_for

    machine = Machine()
    try:
        machine.start_runner()
        wait_for(machine.home.runner_socket.exists, "the runner listens")
        executor = LocalExecutor(machine.home.runner_socket, agent="contract")
        executor.connect()
        yield executor
        executor.close()
    finally:
        machine.close()


EXECUTORS = [local]


@pytest.fixture(scope="module", params=EXECUTORS, ids=lambda make: make.__name__)
def executor(request: pytest.FixtureRequest) -> Iterator["Executor"]:
    with request.param() as made:
        yield made

"""Every executor, for the contract. A new one adds itself to the parameters."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
        wait_for(machine.runner_listens, "the runner listens")
        executor = LocalExecutor(machine.home.runner_socket, machine.home.spool, agent="contract")
        executor.connect()
        yield executor
        executor.close()
    finally:
        machine.close()


@contextmanager
def thread() -> Iterator["Executor"]:
    """One without a runner: processes of this very process."""
    from engine.executors.tests.thread_executor import ThreadExecutor

    with tempfile.TemporaryDirectory(prefix="jobdeck-thread-") as folder:
        executor = ThreadExecutor(Path(folder))
        executor.connect()
        try:
            yield executor
        finally:
            executor.end_all()


EXECUTORS = [local, thread]


@pytest.fixture(scope="module", params=EXECUTORS, ids=lambda make: make.__name__)
def executor(request: pytest.FixtureRequest) -> Iterator["Executor"]:
    with request.param() as made:
        yield made

import os
from collections.abc import Iterator

import pytest

from engine.runner.tests.harness import Runner, running, ways

# A small file system to fill up can be mounted by root alone.
collect_ignore = [] if os.getuid() == 0 else ["test_full_disk.py"]


@pytest.fixture(scope="module", params=ways())
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """One for all tests of a file, in each way of holding jobs together."""
    yield from running(request.param)


@pytest.fixture(params=ways())
def own_runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """For tests that stop, kill or confuse it."""
    yield from running(request.param)


@pytest.fixture(scope="module")
def shared_runner() -> Iterator[Runner]:
    """One for all tests of a file, for what does not depend on how jobs are held together."""
    yield from running(ways()[0])


@pytest.fixture
def one_runner() -> Iterator[Runner]:
    """As `shared_runner`, for tests that stop, kill or confuse it."""
    yield from running(ways()[0])

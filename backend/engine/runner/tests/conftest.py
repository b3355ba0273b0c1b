from collections.abc import Iterator

import pytest

from engine.runner.tests.harness import Runner, running, ways


@pytest.fixture(scope="module", params=ways())
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """One for all tests of a file, in each way of holding jobs together."""
    yield from running(request.param)


@pytest.fixture(params=ways())
def own_runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """For tests that stop, kill or confuse it."""
    yield from running(request.param)


@pytest.fixture
def one_runner() -> Iterator[Runner]:
    """For what does not depend on how jobs are held together."""
    yield from running(ways()[0])

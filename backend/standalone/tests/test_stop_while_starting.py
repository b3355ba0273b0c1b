"""A stop at any moment of a start leaves no process: 30 moments, spread over an old and a new home's."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from standalone.commands import BACKEND
from standalone.tests.conftest import open_folder
from standalone.tests.jobdeck import PATIENCE, Jobdeck, wait_for

OLD_HOME = [moment / 24 for moment in range(24)]
NEW_HOME = [moment / 6 for moment in range(6)]


@dataclass(frozen=True, slots=True)
class Starts:
    """A home that was started twice, and the seconds that both took."""

    jobdeck: Jobdeck
    first: float
    later: float


@pytest.fixture(scope="module")
def starts() -> Iterator[Starts]:
    with open_folder() as folder:
        made = Jobdeck(folder / "home")
        try:
            seconds = [seconds_to_start(made) for _ in range(2)]
            yield Starts(made, *seconds)
        finally:
            made.clean_up()


def seconds_to_start(jobdeck: Jobdeck) -> float:
    began = time.monotonic()
    jobdeck.start()
    took = time.monotonic() - began
    assert jobdeck.stop() == 0
    return took


def stop_after(jobdeck: Jobdeck, seconds: float, number: int) -> None:
    """Start it and stop it so many seconds later; nothing may be left, whatever it was about to do."""
    jobdeck.launch()
    try:
        time.sleep(seconds)
        code = jobdeck.stop(number)
        # Before Python has got to our code, the signal itself ends it.
        assert code in (0, -number, 128 + number), jobdeck.output
        assert_nothing_is_left(jobdeck)
    finally:
        jobdeck.clean_up()


def assert_nothing_is_left(jobdeck: Jobdeck) -> None:
    # What watches over the runner ends by itself, a moment after it.
    wait_for(lambda: not jobdeck.left(), f"nothing to be left, and there is {jobdeck.left()}")


@pytest.mark.parametrize("moment", range(len(OLD_HOME)))
def test_of_a_home_that_was_used_before(starts: Starts, moment: int) -> None:
    number = (signal.SIGTERM, signal.SIGINT)[moment % 2]
    stop_after(starts.jobdeck, OLD_HOME[moment] * starts.later, number)


def test_of_a_management_command(starts: Starts) -> None:
    jobdeck = starts.jobdeck
    wait_for_ever = "print('here', flush=True); import time; time.sleep(1000)"
    command = [sys.executable, "-m", "standalone", "manage", "shell", "-c", wait_for_ever]
    with subprocess.Popen(command, cwd=BACKEND, env=jobdeck.environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = iter(process.stdout.readline, b"")
        assert any(line == b"here\n" for line in said)
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert_nothing_is_left(jobdeck)


@pytest.mark.parametrize("moment", range(len(NEW_HOME)))
def test_of_a_new_home(starts: Starts, folder: Path, moment: int) -> None:
    number = (signal.SIGTERM, signal.SIGINT)[moment % 2]
    stop_after(Jobdeck(folder / "new"), NEW_HOME[moment] * starts.first, number)

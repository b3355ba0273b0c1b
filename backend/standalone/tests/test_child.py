"""A child is started again, later each time it dies; nothing of a dead one stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from standalone import child as child_module
from standalone.child import Child
from standalone.process_log import ProcessLog


def python(code: str) -> child_module.Spawn:
    def spawn(log: ProcessLog) -> "subprocess.Popen[bytes]":
        with log.open() as file:
            return subprocess.Popen(
                [sys.executable, "-c", code], stdout=file, stderr=file, start_new_session=True
            )

    return spawn


def child_that(code: str, folder: Path) -> Child:
    made = Child("child", ProcessLog(folder, "child"), python(code))
    made.start()
    return made


@pytest.fixture
def sleeping(tmp_path: Path) -> Iterator[Child]:
    made = child_that("import time; time.sleep(60)", tmp_path)
    yield made
    made.kill()


def ended(child: Child) -> str:
    """What the child says of its end, once it has come."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        said = child.look()
        if said is not None:
            return said
        time.sleep(0.01)
    raise AssertionError("it did not end")


def test_an_end_is_told_with_its_exit_code_and_last_words(tmp_path: Path) -> None:
    said = ended(child_that("import sys; sys.exit('no room')", tmp_path))
    assert "child ended (exit code 1)" in said
    assert "no room" in said


def test_a_signal_is_told_by_name(tmp_path: Path) -> None:
    said = ended(child_that("import os; os.kill(os.getpid(), 9)", tmp_path))
    assert "by SIGKILL" in said


def test_each_death_makes_the_next_wait_longer_up_to_a_limit(tmp_path: Path) -> None:
    child = child_that("", tmp_path)
    waits = [child.postpone() for _ in range(10)]
    assert waits[:4] == [0.5, 1, 2, 4]
    assert waits[-1] == child_module.LONGEST_WAIT
    child.wait(10)


def test_after_a_long_life_the_waits_begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = child_that("", tmp_path)
    for _ in range(5):
        child.postpone()
    monkeypatch.setattr(child_module, "STEADY_SECONDS", -1)
    assert "starts again in 0.5 s" in ended(child)


def test_a_running_child_is_not_due(sleeping: Child) -> None:
    assert sleeping.look() is None
    assert not sleeping.due


def test_a_child_that_was_never_started_is_not_due(tmp_path: Path) -> None:
    assert not Child("child", ProcessLog(tmp_path, "child"), python("")).due


def test_what_a_dead_child_left_in_its_group_goes_too(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(left.pid, flush=True)\n"
        "os._exit(1)\n"
    )
    child = child_that(code, tmp_path)
    ended(child)
    left = int(child.log.tail(1))
    assert not psutil.pid_exists(left) or psutil.Process(left).wait(timeout=5) is None


def test_an_end_that_nobody_has_seen_yet_does_not_hinder_a_stop(tmp_path: Path) -> None:
    child = child_that("", tmp_path)
    assert child.process is not None
    os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOWAIT)
    child.signal(signal.SIGTERM)
    assert child.wait(10)


def test_wait_says_whether_it_ended(sleeping: Child) -> None:
    assert not sleeping.wait(0.05)
    sleeping.kill()
    assert sleeping.wait(0)
    assert not sleeping.running

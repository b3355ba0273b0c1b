"""What a killed supervisor left is known by its mark alone, and strangers and jobs are left alone."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from standalone import orphans

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes that do nothing but carry a mark."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, home: Path, *, session: bool = True) -> "subprocess.Popen[bytes]":
        code = "import time; print(flush=True); time.sleep(60)"
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=os.environ | orphans.mark(name, home),
            stdout=subprocess.PIPE,
            start_new_session=session,
        )
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()  # only now does it carry its own environment
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_they_are_ended_in_the_order_of_a_stop(tmp_path: Path, start: Start) -> None:
    for name in ("runner", "agent", "web"):
        start(name, tmp_path)
    assert orphans.end(tmp_path) == ["web", "agent", "runner"]
    assert orphans.find(tmp_path) == {}
    assert orphans.end(tmp_path) == []


def test_what_a_dead_server_had_started_goes_too(tmp_path: Path, start: Start) -> None:
    start("web", tmp_path, session=False)
    assert orphans.end(tmp_path) == ["web"]
    assert orphans.find(tmp_path) == {}


def test_another_home_is_left_alone(tmp_path: Path, start: Start) -> None:
    other = start("web", tmp_path / "other")
    assert orphans.end(tmp_path) == []
    assert other.poll() is None


def test_what_a_runner_started_is_left_to_end_the_jobs(tmp_path: Path, start: Start) -> None:
    guard = start("runner", tmp_path, session=False)
    assert orphans.end(tmp_path) == []
    assert guard.poll() is None


def test_a_home_is_known_by_every_way_to_it(tmp_path: Path, start: Start) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    start("web", tmp_path / "link")
    assert orphans.end(tmp_path / "home") == ["web"]

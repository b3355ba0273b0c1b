import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runner import processes
from engine.runner.tests.harness import PATIENCE


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "1000"]) as process:
        yield process
        process.kill()


def test_a_signal_reaches_the_process_that_was_meant(sleeper: subprocess.Popen[bytes]) -> None:
    process = processes.read(sleeper.pid)
    assert process is not None

    assert processes.send(process, signal.SIGTERM)
    assert sleeper.wait(60) == -signal.SIGTERM


def test_a_signal_never_reaches_one_that_only_has_its_number(sleeper: subprocess.Popen[bytes]) -> None:
    process = processes.read(sleeper.pid)
    assert process is not None
    earlier = dataclasses.replace(process, start_time=process.start_time - 1)

    assert not processes.send(earlier, signal.SIGKILL)
    assert not processes.send(process, signal.SIGKILL, still=lambda: False)
    assert sleeper.poll() is None


def test_without_pidfds_the_start_time_is_the_proof(
    sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for a kernel or sandbox that refuses pidfd_open."""

    def refuse(_pid: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    process = processes.read(sleeper.pid)
    assert process is not None

    earlier = dataclasses.replace(process, start_time=process.start_time - 1)
    assert not processes.send(earlier, signal.SIGKILL)
    assert processes.send(process, signal.SIGTERM)
    assert sleeper.wait(60) == -signal.SIGTERM


def test_zombies_do_not_count(sleeper: subprocess.Popen[bytes]) -> None:
    process = processes.read(sleeper.pid)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)

    assert process is not None
    assert processes.read(sleeper.pid) is None
    assert not processes.send(process, signal.SIGKILL)


def test_a_process_whose_main_thread_has_left_counts() -> None:
    program = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        "print('ready', flush=True)\n"
        "ctypes.CDLL(None).pthread_exit(None)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        until = time.monotonic() + PATIENCE
        while b") Z " not in Path(f"/proc/{process.pid}/stat").read_bytes() and time.monotonic() < until:
            time.sleep(0.01)

        found = processes.read(process.pid)
        process.kill()
    assert found is not None

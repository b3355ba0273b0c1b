"""A signal reaches only the very process that was meant."""

import signal
import subprocess
from collections.abc import Callable

from standalone import processes

Sleeper = Callable[[], "subprocess.Popen[bytes]"]


def test_a_process_is_found_by_pid_and_start_time(sleeper: Sleeper) -> None:
    process = sleeper()
    started = processes.start_time(process.pid)
    found = processes.find(process.pid, started)
    assert found is not None
    assert found.pid == process.pid


def test_a_stranger_with_that_pid_is_not_found(sleeper: Sleeper) -> None:
    process = sleeper()
    assert processes.find(process.pid, processes.start_time(process.pid) - 60) is None


def test_a_zombie_is_not_alive(sleeper: Sleeper) -> None:
    process = sleeper()
    found = processes.find(process.pid, processes.start_time(process.pid))
    assert found is not None
    process.kill()
    processes.end([found], (signal.SIGKILL, 5))
    assert not processes.alive(found)


def test_ending_goes_on_to_the_next_signal() -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    with subprocess.Popen(["python3", "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = processes.find(process.pid, processes.start_time(process.pid))
        assert found is not None
        assert not processes.end([found], (signal.SIGTERM, 0.2))
        assert processes.end([found], (signal.SIGTERM, 0.2), (signal.SIGKILL, 5))

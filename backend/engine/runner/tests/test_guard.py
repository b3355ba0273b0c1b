"""What the runner can no longer end, its guard ends: after its death, and past a moment that it let pass."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.protocol import Spec
from engine.runner.tests.harness import Runner, alive, lasting, ways

STUBBORN = """
    trap "" TERM HUP
    (env -i setsid sh -c 'trap "" TERM HUP; {0}; {0}' </dev/null >/dev/null 2>&1 &)
    {0}; {0}
"""
"""Silent, so that its pipes tell it nothing; deaf; and half of it hidden."""


def run_stubborn(runner: Runner, token: str, **fields: object) -> Spec:
    spec = runner.run(STUBBORN.format(f"sleep {token}"), **fields)
    runner.await_true(lambda: len(alive(token)) >= 3, "both halves run")
    return spec


def guards(runner: Runner) -> list[int]:
    """Those of this runner, which are its children."""
    children = [process for process in processes.everyone() if process.parent == runner.process.pid]
    return [process.pid for process in children if process.pid in alive("engine.runner.guard")]


def freeze(runner: Runner) -> None:
    runner.process.send_signal(signal.SIGSTOP)


def thaw(runner: Runner) -> None:
    runner.process.send_signal(signal.SIGCONT)


def test_a_silent_job_ends_with_a_runner_that_is_killed(own_runner: Runner) -> None:
    _, token = lasting()
    run_stubborn(own_runner, token)
    (guard,) = guards(own_runner)

    own_runner.kill()

    own_runner.await_true(lambda: not alive(token), "nothing of it is left")
    own_runner.await_true(lambda: processes.read(guard) is None, "the guard is gone too")


def test_a_job_is_over_by_its_deadline_when_the_runner_is_stopped(own_runner: Runner) -> None:
    _, token = lasting()
    spec = run_stubborn(own_runner, token, deadline=boottime() + 4, grace=0.5)
    neighbour = own_runner.run("while [ ! -e go ]; do sleep 0.05; done; exit 3")

    freeze(own_runner)
    own_runner.await_true(lambda: not alive(token), "nothing of it is left")
    assert boottime() >= spec.deadline
    thaw(own_runner)

    ended = own_runner.exit(spec)
    assert (ended["reason"], ended["stop_requested"]) == ("fenced", "fenced")
    assert ended["receipt"] is not None and ended["receipt"]["verified_empty"]
    own_runner.work(neighbour, "go").touch()
    assert own_runner.exit(neighbour)["exit_code"] == 3


def test_a_job_is_over_by_its_timeout_when_the_runner_is_stopped(own_runner: Runner) -> None:
    _, token = lasting()
    spec = run_stubborn(own_runner, token, timeout=4, grace=0.2)

    freeze(own_runner)
    own_runner.await_true(lambda: not alive(token), "nothing of it is left")
    thaw(own_runner)

    assert own_runner.exit(spec)["reason"] == "timeout"


def test_an_end_that_a_stopped_runner_has_not_seen_is_the_result(own_runner: Runner) -> None:
    spec = own_runner.run(
        "while [ ! -e go ]; do sleep 0.05; done; exit 3", deadline=boottime() + 4, grace=0.5
    )
    record = own_runner.record(spec)
    assert record is not None and record["started"] is not None
    pid = record["started"]["pid"]

    freeze(own_runner)
    own_runner.work(spec, "go").touch()
    own_runner.await_true(lambda: processes.read(pid) is None, "only its zombie is left")
    own_runner.await_true(lambda: boottime() > spec.deadline, "its deadline is past")
    thaw(own_runner)

    ended = own_runner.exit(spec)
    assert (ended["reason"], ended["exit_code"], ended["receipt"]) == ("exit_code", 3, None)


def test_the_guard_knows_the_newest_deadline(own_runner: Runner) -> None:
    sleep, token = lasting()
    first = boottime() + 4
    spec = own_runner.run(sleep, deadline=first, grace=0.5)
    own_runner.client.extend(
        [{"attempt_id": spec.attempt_id, "lease": spec.lease, "deadline": boottime() + 900}]
    )

    freeze(own_runner)
    own_runner.await_true(lambda: boottime() > first + 0.5, "the first deadline is past")
    assert alive(token)
    thaw(own_runner)

    own_runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    assert own_runner.exit(spec)["reason"] == "cancelled"


@pytest.fixture
def frozen_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, which `fsfreeze` lets hang."""
    image, mounted = tmp_path / "image", tmp_path / "mounted"
    with image.open("wb") as file:
        file.truncate(16 << 20)
    mounted.mkdir()
    if not all(shutil.which(tool) for tool in ("fsfreeze", "mkfs.ext4")):
        pytest.skip("fsfreeze or mkfs.ext4 is not there")
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    if subprocess.run(["mount", "-o", "loop", image, mounted], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount and freeze a file system")
def test_a_job_is_over_by_its_deadline_when_the_runner_hangs_in_a_write(frozen_disk: Path) -> None:
    _, token = lasting()
    with Runner(ways()[0], spool=frozen_disk / "spool") as runner:
        spec = run_stubborn(runner, token, deadline=boottime() + 4, grace=0.5)
        writer = runner.run("while :; do echo line; sleep 0.05; done")
        runner.await_output(writer, "line")
        subprocess.run(["fsfreeze", "--freeze", frozen_disk], check=True)
        try:
            runner.await_true(lambda: _hangs(runner.process.pid), "the runner hangs")
            runner.await_true(lambda: not alive(token), "nothing of the job is left")
        finally:
            subprocess.run(["fsfreeze", "--unfreeze", frozen_disk], check=True)

        assert runner.exit(spec)["reason"] == "fenced"
        runner.client.stop(writer.attempt_id, writer.lease, reason="cancelled", grace=5)
        assert runner.exit(writer)["reason"] == "cancelled"


def _hangs(pid: int) -> bool:
    return b") D " in Path(f"/proc/{pid}/stat").read_bytes()


def test_a_guard_that_is_killed_is_replaced_and_its_successor_knows_all(own_runner: Runner) -> None:
    _, token = lasting()
    run_stubborn(own_runner, token, deadline=boottime() + 6, grace=0.5)
    (first,) = guards(own_runner)

    os.kill(first, signal.SIGKILL)
    own_runner.await_true(
        lambda: bool(guards(own_runner)) and first not in guards(own_runner), "there is another"
    )
    freeze(own_runner)

    own_runner.await_true(lambda: not alive(token), "nothing of the job is left")
    thaw(own_runner)


def test_where_both_are_killed_the_next_runner_ends_what_they_left(own_runner: Runner) -> None:
    _, token = lasting()
    spec = run_stubborn(own_runner, token)
    (guard,) = guards(own_runner)

    freeze(own_runner)
    os.kill(guard, signal.SIGKILL)
    own_runner.kill()
    assert alive(token)
    own_runner.start()

    assert alive(token) == []
    assert own_runner.exit(spec)["reason"] == "worker_lost"


def test_a_guard_that_is_stuck_does_not_hold_up_the_next_runner(one_runner: Runner) -> None:
    _, token = lasting()
    spec = run_stubborn(one_runner, token)
    (stuck,) = guards(one_runner)

    os.kill(stuck, signal.SIGSTOP)
    one_runner.kill()
    one_runner.start()

    assert processes.read(stuck) is None
    assert alive(token) == []
    assert one_runner.exit(spec)["reason"] == "worker_lost"
    assert one_runner.ended("exit 3")[1]["exit_code"] == 3


def test_a_guard_that_hears_nothing_holds_up_nobody(one_runner: Runner) -> None:
    (stuck,) = guards(one_runner)
    spec = one_runner.run("sleep 1000")

    os.kill(stuck, signal.SIGSTOP)
    lease = {"attempt_id": spec.attempt_id, "lease": spec.lease}
    for _ in range(5000):
        one_runner.client.extend([{**lease, "deadline": boottime() + 900}])  # type: ignore[typeddict-item]
    os.kill(stuck, signal.SIGCONT)

    one_runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    assert one_runner.exit(spec)["reason"] == "cancelled"


def test_an_ordinary_stop_leaves_no_guard(one_runner: Runner) -> None:
    (guard,) = guards(one_runner)
    one_runner.ended("true")

    assert one_runner.stop() == 0

    assert processes.read(guard) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_runner_alone_decides_when_its_guard_ends(one_runner: Runner, number: signal.Signals) -> None:
    (guard,) = guards(one_runner)
    one_runner.await_true(lambda: _listens(guard), "it has begun to listen")

    os.kill(guard, number)
    one_runner.ended("true")

    assert guards(one_runner) == [guard]


def _listens(pid: int) -> bool:
    """It ignores what asks it to end: bit 14 of the mask in proc_pid_status(5)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    ignored = next(int(line.split()[1], 16) for line in lines if line.startswith("SigIgn"))
    return bool(ignored >> (signal.SIGTERM - 1) & 1)

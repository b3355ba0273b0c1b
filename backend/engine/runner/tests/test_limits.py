import os
from pathlib import Path

import pytest

from engine.runner import limits
from engine.runner.cgroup import MOST_PROCESSES
from engine.runner.limits import Hierarchy
from engine.runner.tests.harness import Runner


def test_more_memory_than_asked_for_is_told_apart(runner: Runner) -> None:
    command = "#!/usr/bin/env python3\nx = bytearray(200 << 20)\nprint(len(x))"

    spec, ended = runner.ended(command, memory_mb=64)

    if runner.client.hello["limits"]["memory"]:
        assert ended["reason"] == "out_of_memory"
        assert "64 MB" in ended["message"]
        assert runner.output(spec) == ""
    else:
        assert ended["reason"] == ""


def test_a_job_within_its_limits_runs_as_any(runner: Runner) -> None:
    spec, ended = runner.ended("seq 200; exit 2", memory_mb=256, cpus=0.5)

    assert (ended["exit_code"], ended["reason"]) == (2, "exit_code")
    assert runner.output(spec).split()[-1] == "200"


def test_an_end_of_its_own_is_no_want_of_memory(runner: Runner) -> None:
    _, ended = runner.ended("kill -KILL $$", memory_mb=64)

    assert ended["reason"] == "signal"


def test_processor_time_and_processes_are_limited(runner: Runner) -> None:
    spec = runner.run("echo ready; while :; do :; done", cpus=0.1)
    runner.await_output(spec, "ready")
    groups = [base / str(spec.attempt_id) for base in runner.cgroups()]

    for group in groups:
        if (group / "pids.max").exists():
            assert (group / "pids.max").read_text().strip() == str(MOST_PROCESSES)
        if runner.client.hello["limits"]["cpu"] and "nr_throttled" in _contents(group / "cpu.stat"):
            runner.await_true(lambda group=group: _throttled(group) > 0, "it is held back")  # type: ignore[misc]
    runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=1)
    ended = runner.exit(spec)

    assert bool(groups) == (runner.way == "cgroup")
    assert ended["reason"] == "cancelled"
    assert not any(group.exists() for group in groups)


def test_a_group_that_the_job_made_itself_goes_too(runner: Runner) -> None:
    command = """
        own=$(sed -n 's/^0:://p' /proc/self/cgroup)
        group=/sys/fs/cgroup/unified$own
        [ -d "$group" ] || group=/sys/fs/cgroup$own
        case $own in
            *jobdeck-*) mkdir "$group/mine"; sleep 1000 & echo $! > "$group/mine/cgroup.procs" ;;
        esac
        exit 3"""

    _, ended = runner.ended(command)

    assert ended["exit_code"] == 3
    assert [
        list(base.iterdir()) for base in runner.cgroups() if any(p.is_dir() for p in base.iterdir())
    ] == []


def _contents(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _throttled(group: Path) -> int:
    words = (group / "cpu.stat").read_text().split()
    return int(words[words.index("nr_throttled") + 1])


def test_a_hierarchy_where_we_may_not_write_is_passed_over(tmp_path: Path) -> None:
    nowhere = Hierarchy(2, frozenset({"memory"}), tmp_path / "missing")

    assert limits.detect("jobdeck-x", [nowhere]) is None


def test_capacity_is_that_of_this_machine() -> None:
    cpus, memory_mb = limits.capacity()

    assert 1 <= cpus <= len(os.sched_getaffinity(0))
    assert 0 < memory_mb <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000", "memory.max": "1073741824"}, (1, 1024)),
        ({"cpu.max": "max 100000", "memory.max": "max"}, None),
        ({"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "100000"}, (1, None)),
        (
            {"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000", "memory.limit_in_bytes": "2097152"},
            (None, 2),
        ),
    ],
)
def test_limits_on_the_runner_are_limits_on_its_capacity(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    expected: tuple[int | None, int | None] | None,
) -> None:
    machine = limits.capacity()
    for name, contents in files.items():
        (tmp_path / name).write_text(contents + "\n")
    monkeypatch.setattr(limits, "own_hierarchies", lambda: [Hierarchy(2, frozenset(), tmp_path)])

    cpus, memory_mb = expected or (None, None)
    assert limits.capacity() == (cpus or machine[0], memory_mb or machine[1])

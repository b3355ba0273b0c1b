"""Jobs that move processes of theirs into other control groups, as root and a privileged user can."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runner.tests.harness import Runner, alive, lasting, running, ways

pytestmark = pytest.mark.skipif("cgroup" not in ways() or os.getuid() != 0, reason="only root can move away")

UNIFIED = Path("/sys/fs/cgroup/unified")
WITHOUT_V2 = ["unshare", "--mount", "sh", "-c", f'umount {UNIFIED} && exec "$@"', "sh"]

LEAVE = (
    "for group in /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/cgroup.procs; do echo $$ > $group; done 2>&-"
)
ESCAPES = {
    "a child in a session of its own": "sh -c '{leave}; exec setsid {sleep}' &",
    "a daemon": "(sh -c '{leave}; exec setsid {sleep}' </dev/null >/dev/null 2>&1 &)",
    "a daemon without our environment": (
        "(env -i PATH=$PATH sh -c '{leave}; exec setsid {sleep}' </dev/null >/dev/null 2>&1 &)"
    ),
}


@pytest.fixture(scope="module", params=["v2", "v1"])
def cgroup_runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Jobs are tracked in a hierarchy of version 2, and where there is none, of version 1."""
    if request.param == "v1" and not UNIFIED.is_dir():
        pytest.skip("here is only version 2")
    yield from running("cgroup", started_by=WITHOUT_V2 if request.param == "v1" else [])


@pytest.fixture(params=ESCAPES)
def escape(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The command that leaves, and the text by which `alive` finds who did."""
    sleep, token = lasting()
    yield ESCAPES[request.param].format(leave=LEAVE, sleep=sleep), token
    assert alive(token) == []


def is_outside(token: str, attempt_id: int) -> bool:
    """Whether the process runs, in none of the job's groups."""
    return any(_has_left(pid, attempt_id) for pid in alive(token))


def _has_left(pid: int, attempt_id: int) -> bool:
    with contextlib.suppress(OSError):
        is_sleeping = Path(f"/proc/{pid}/comm").read_text() == "sleep\n"
        return is_sleeping and str(attempt_id) not in Path(f"/proc/{pid}/cgroup").read_text()
    return False


def test_a_cancel_ends_what_left_the_cgroup(cgroup_runner: Runner, escape: tuple[str, str]) -> None:
    command, token = escape
    spec = cgroup_runner.run(f"{command}\nsleep 1000")
    cgroup_runner.await_true(lambda: is_outside(token, spec.attempt_id), "it has left")

    cgroup_runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    ended = cgroup_runner.exit(spec)

    assert alive(token) == []
    receipt = ended["receipt"]
    assert receipt is not None
    assert (ended["reason"], receipt["by"], receipt["verified_empty"]) == ("cancelled", "cgroup", True)


def test_an_end_of_its_own_leaves_nothing_either(cgroup_runner: Runner, escape: tuple[str, str]) -> None:
    command, token = escape
    spec = cgroup_runner.run(f"{command}\nwhile [ ! -e go ]; do sleep 0.05; done; exit 3")
    cgroup_runner.await_true(lambda: is_outside(token, spec.attempt_id), "it has left")

    cgroup_runner.work(spec, "go").touch()
    ended = cgroup_runner.exit(spec)

    assert alive(token) == []
    assert ended["exit_code"] == 3
    assert "What it left running was ended" in ended["message"]


def test_what_left_the_cgroup_of_another_job_is_not_touched(
    cgroup_runner: Runner, escape: tuple[str, str]
) -> None:
    command, token = escape
    spec = cgroup_runner.run(f"{command}\nsleep 1000")
    cgroup_runner.await_true(lambda: is_outside(token, spec.attempt_id), "it has left")

    assert cgroup_runner.ended("sleep 1000 & exit 3")[1]["exit_code"] == 3
    other = cgroup_runner.run("sleep 1000")
    cgroup_runner.client.stop(other.attempt_id, other.lease, reason="cancelled", grace=5)
    receipt = cgroup_runner.exit(other)["receipt"]

    assert receipt is not None and receipt["verified_empty"]
    assert alive(token)
    cgroup_runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    cgroup_runner.exit(spec)

"""A home is copied with its worker's id: the copy takes nothing of the other's, and the other keeps its own.

Another machine is a mount namespace with a boot id and a machine id of its own.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from config.paths import Home
from engine.tests.harness import Machine, attempt_of, log_of, story, wait_for
from jobs.models import Attempt, Job, Worker
from jobs.states import Status

WAIT = "echo begun >> $LEDGER; echo begun; while [ ! -e $GO ]; do sleep 0.02; done; echo done"


def can_be_another_machine() -> bool:
    mount = ["unshare", "--mount", "mount", "--bind", "/etc/hostname", "/proc/sys/kernel/random/boot_id"]
    return os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0


needs_another_machine = pytest.mark.skipif(
    not can_be_another_machine(), reason="needs root and mount namespaces"
)


class Copy(Machine):
    """A machine whose home is a copy of another's; on another machine where a boot id is given."""

    def __init__(self, original: Machine, *, boot_id: str = "", machine_id: str = "") -> None:
        super().__init__()
        shutil.rmtree(self.home.root)
        shutil.copytree(original.home.root, self.home.root, ignore=shutil.ignore_patterns("*.sock"))
        move_to_another_machine(self, boot_id, machine_id)


def move_to_another_machine(machine: Machine, boot_id: str, machine_id: str) -> None:
    """What it starts from now on finds these ids, where they are given."""
    mounts = ""
    for name, value, target in (
        ("boot_id", boot_id, "/proc/sys/kernel/random/boot_id"),
        ("machine_id", machine_id, "/etc/machine-id"),
    ):
        if value:
            (machine.root / name).write_text(f"{value}\n")
            mounts += f"mount --bind {machine.root / name} {target}; "
    machine.prefix = ["unshare", "--mount", "sh", "-ec", f'{mounts}exec "$@"', "sh"] if mounts else []


def submit(machine: Machine, folder: Path, **fields: object) -> Job:
    environment = {"GO": str(folder / "go"), "LEDGER": str(folder / "ledger")}
    job = machine.submit(WAIT, environment=environment, max_attempts=3, **fields)
    wait_for(lambda: Attempt.objects.filter(job_id=job.pk, shipped_stdout__gt=0).exists(), "it runs")
    return job


def worker_of(machine: Machine) -> UUID:
    return UUID(machine.home.worker_id.read_text().strip())


def says_that_it_is_a_copy(machine: Machine) -> bool:
    return "this home is a copy" in (machine.root / "agent.log").read_text()


def check_that_nothing_was_taken(original: Machine, copy: Machine, job: Job, folder: Path) -> None:
    """`copy` has got an id of its own and works under it; the job ends where it began."""
    wait_for(lambda: says_that_it_is_a_copy(copy), "the copy has noticed")
    wait_for(lambda: Worker.objects.filter(pk=worker_of(copy)).exists(), "it has registered")
    assert worker_of(copy) != worker_of(original)
    wait_for(lambda: not copy.spooled(), "it has let go of what is the other's")
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.RUNNING, 1), story(job)
    (folder / "go").touch()
    wait_for(lambda: Job.objects.get(pk=job.pk).status == Status.COMPLETED, "the job ends")
    original.wait_until_at_rest()
    assert attempt_of(job).worker_id == worker_of(original)
    assert attempt_of(job).log_complete
    assert log_of(job) == b"begun\ndone\n"
    assert (folder / "ledger").read_text() == "begun\n"
    assert [status for status, _ in story(job)] == [Status.PENDING, Status.RUNNING, Status.COMPLETED]


@pytest.fixture
def copies() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start_copy(copies: ExitStack, original: Machine, **ids: str) -> Machine:
    copy = Copy(original, **ids)
    copies.callback(copy.close)
    copy.start_runner()
    copy.start_agent()
    return copy


def test_a_copy_beside_the_living_original(own_machine: Machine, copies: ExitStack, tmp_path: Path) -> None:
    job = submit(own_machine, tmp_path)
    copy = start_copy(copies, own_machine)
    check_that_nothing_was_taken(own_machine, copy, job, tmp_path)


def test_a_copy_while_the_originals_agent_is_away(
    own_machine: Machine, copies: ExitStack, tmp_path: Path
) -> None:
    job = submit(own_machine, tmp_path)
    own_machine.kill_agent()
    copy = start_copy(copies, own_machine)
    wait_for(lambda: says_that_it_is_a_copy(copy), "the copy has noticed")
    own_machine.start_agent()
    check_that_nothing_was_taken(own_machine, copy, job, tmp_path)


@needs_another_machine
@pytest.mark.parametrize("agent_is_away", [False, True])
def test_a_cloned_machine(
    own_machine: Machine, copies: ExitStack, tmp_path: Path, agent_is_away: bool
) -> None:
    """Its disk is the original's, with all that the spool knew when it was copied."""
    job = submit(own_machine, tmp_path)
    if agent_is_away:
        own_machine.kill_agent()
    copy = start_copy(copies, own_machine, boot_id=str(uuid4()), machine_id=uuid4().hex)
    wait_for(lambda: says_that_it_is_a_copy(copy), "the copy has noticed")
    if agent_is_away:
        own_machine.start_agent()
    check_that_nothing_was_taken(own_machine, copy, job, tmp_path)


@needs_another_machine
def test_the_same_machine_after_a_reboot_takes_up_its_own_at_once(
    own_machine: Machine, tmp_path: Path
) -> None:
    """Nothing waits for the end of a lease of a quarter of an hour."""
    job = submit(own_machine, tmp_path)
    former = worker_of(own_machine)
    own_machine.kill_agent()
    own_machine.kill_runner()
    move_to_another_machine(own_machine, str(uuid4()), "")
    own_machine.start_runner()
    own_machine.start_agent()
    wait_for(
        lambda: Attempt.objects.filter(job_id=job.pk, number=2, shipped_stdout__gt=0).exists(), "it runs anew"
    )
    (tmp_path / "go").touch()
    own_machine.wait_for_ends([job])
    assert worker_of(own_machine) == former
    assert not says_that_it_is_a_copy(own_machine)
    assert {attempt_of(job, number).worker_id for number in (1, 2)} == {former}


def test_a_home_that_was_moved_is_no_copy(own_machine: Machine, tmp_path: Path) -> None:
    """What ended while it was away is still settled with its true result."""
    job = submit(own_machine, tmp_path)
    former = worker_of(own_machine)
    own_machine.kill_agent()
    (tmp_path / "go").touch()
    wait_for(own_machine.exit_record(attempt_of(job)).exists, "it has exited")
    own_machine.stop_runner()
    own_machine.home = Home(own_machine.home.root.rename(own_machine.root / "moved"))
    own_machine.start_runner()
    own_machine.start_agent()
    own_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt, attempt_of(job).worker_id) == (Status.COMPLETED, 1, former)
    assert worker_of(own_machine) == former


@pytest.mark.parametrize("state", ["missing", "empty", "torn", "not text", "a folder"])
def test_an_id_that_cannot_be_read_is_what_the_database_knows(
    own_machine: Machine, tmp_path: Path, state: str
) -> None:
    job = submit(own_machine, tmp_path)
    former, file = worker_of(own_machine), own_machine.home.worker_id
    own_machine.kill_agent()
    spoil(file, state)
    own_machine.start_agent()
    (tmp_path / "go").touch()
    own_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt, attempt_of(job).worker_id) == (Status.COMPLETED, 1, former)
    assert worker_of(own_machine) == former
    if state != "missing":
        assert "holds no worker id that can be read" in (own_machine.root / "agent.log").read_text()


def spoil(file: Path, state: str) -> None:
    whole = file.read_bytes()
    file.unlink()
    if state == "a folder":
        file.mkdir()
    elif state != "missing":
        file.write_bytes({"empty": b"", "torn": whole[:17], "not text": b"\xff\xfe\0"}[state])

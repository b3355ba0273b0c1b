import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.runner.client import RefusedError
from engine.runner.tests.harness import Runner, running, ways

PAGE = 4096


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "jobdeck-test", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


@pytest.fixture
def cramped(small: Path) -> Iterator[Runner]:
    yield from running(ways()[0], spool=small / "spool")


def fill(runner: Runner, *, leave_pages: int = 0) -> Path:
    filler = runner.spool.parent / "filler"
    status = os.statvfs(runner.spool)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, (status.f_bavail - leave_pages) * PAGE)
    return filler


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_nothing_starts_that_cannot_be_recorded(cramped: Runner, pages: int) -> None:
    """Two pages have room for the exit, the third for the spec; then `started` finds none."""
    witness = cramped.home / "ran"
    filler = fill(cramped, leave_pages=pages)

    with pytest.raises(RefusedError) as refused:
        cramped.run(f"touch {witness}; sleep 1000")

    assert refused.value.code == "disk_full"
    assert cramped.client.attempts() == []
    assert not witness.exists()
    filler.unlink()
    assert cramped.ended("exit 3")[1]["exit_code"] == 3


def test_an_exit_is_recorded_on_a_full_disk(cramped: Runner) -> None:
    spec = cramped.run("echo ready; while [ ! -e go ]; do sleep 0.05; done; seq 100000; exit 3")
    cramped.await_output(spec, "ready")
    fill(cramped)
    cramped.work(spec, "go").touch()

    ended = cramped.exit(spec)

    assert ended["exit_code"] == 3
    written = len("ready\n") + sum(len(f"{number}\n") for number in range(1, 100001))
    size = ended["streams"]["stdout"]
    assert size["size"] == len(cramped.output(spec))
    assert size["size"] + size["dropped"] == written
    assert (
        f"The last {size['dropped']} bytes of its output were not kept: the disk is full." in ended["message"]
    )
    assert cramped.output(spec).startswith("ready\n1\n2\n")


def test_output_goes_on_when_there_is_room_again(cramped: Runner) -> None:
    command = (
        "echo ready; while [ ! -e go ]; do sleep 0.05; done; seq 2000; "
        "while [ -e go ]; do sleep 0.05; done; echo after"
    )
    spec = cramped.run(command)
    cramped.await_output(spec, "ready")
    filler = fill(cramped)
    room = PAGE - len("ready\n")

    cramped.work(spec, "go").touch()
    cramped.await_true(lambda: len(cramped.output(spec)) == PAGE, "its page is full")
    # The runner answers only when it has done with what it was writing.
    assert cramped.client.attempts()
    filler.unlink()
    cramped.work(spec, "go").unlink()

    ended = cramped.exit(spec)
    dropped = ended["streams"]["stdout"]["dropped"]
    assert dropped == len("".join(f"{number}\n" for number in range(1, 2001))) - room
    assert cramped.output(spec).endswith(
        f"\n[jobdeck: {dropped} bytes left out here; the disk was full]\nafter\n"
    )

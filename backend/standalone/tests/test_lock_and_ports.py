"""What is in the way is named, and the way out with it."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from standalone import processes, roster
from standalone.child import Child
from standalone.errors import CannotStart
from standalone.lock import Holder, SupervisorLock, holder
from standalone.logs import ProcessLog
from standalone.ports import address, check_free, next_free

ME = Holder(os.getpid(), processes.start_time(os.getpid()), "http://127.0.0.1:8000")
HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_second_one_is_told_who_holds_the_home(tmp_path: Path) -> None:
    lock = SupervisorLock(tmp_path / "lock")
    lock.take(ME)
    with pytest.raises(CannotStart, match=rf"process {ME.pid}, since {ME.since()}, at {ME.url}"):
        SupervisorLock(tmp_path / "lock").take(ME)
    lock.release()


def test_a_lock_can_be_taken_again_after_its_release(tmp_path: Path) -> None:
    lock = SupervisorLock(tmp_path / "lock")
    lock.take(ME)
    assert holder(tmp_path / "lock") == ME
    lock.release()
    assert holder(tmp_path / "lock") is None
    lock.take(ME)
    lock.release()


def test_a_taken_port_is_named_with_the_next_free_one(taken: int) -> None:
    free = next_free(HOST, taken)
    with pytest.raises(CannotStart, match=rf"Port {taken} .* taken .*PORT={free} make run"):
        check_free(HOST, taken)


def test_a_free_port_is_fine(taken: int) -> None:
    free = next_free(HOST, taken)
    assert free is not None
    check_free(HOST, free)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"192\.0\.2\.1"):
        check_free("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "addresses"),
    [("localhost", {"127.0.0.1", "::1"}), ("127.0.0.1", {"127.0.0.1"}), ("::1", {"::1"})],
)
def test_a_host_name_becomes_an_address_to_listen_on(host: str, addresses: set[str]) -> None:
    assert address(host) in addresses


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"jobs\.invalid"):
        check_free("jobs.invalid", 8000)


def test_the_former_children_are_ended_and_strangers_are_not(
    tmp_path: Path, sleeper: Callable[[], "Popen[bytes]"]
) -> None:
    former, stranger = sleeper(), sleeper()
    children = [Child(name, ProcessLog(tmp_path, name), lambda log: former) for name in ("web", "agent")]
    for child, process in zip(children, (former, stranger), strict=True):
        child.process, child.started = process, processes.start_time(process.pid)
    children[1].started -= 60
    roster.write(tmp_path / "children.json", children)
    assert roster.end_former(tmp_path / "children.json") == ["web"]
    assert processes.find(former.pid, processes.start_time(former.pid)) is None
    assert stranger.poll() is None
    assert roster.end_former(tmp_path / "children.json") == []

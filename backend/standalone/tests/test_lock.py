"""One supervisor per home; a second one is told who is there, and nobody gets in over a damaged lock."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from standalone.errors import CannotStart
from standalone.lock import Holder, SupervisorLock, holder

ME = Holder.this_process("http://127.0.0.1:8000")


def to_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_a_second_one_is_told_who_holds_the_home(path: Path) -> None:
    said = re.escape(f"process {ME.pid}, since {ME.since()}, at {ME.url}")
    with SupervisorLock(path, ME), pytest.raises(CannotStart, match=said), SupervisorLock(path, ME):
        pass


def test_a_lock_can_be_taken_again_after_its_release(path: Path) -> None:
    with SupervisorLock(path, ME):
        assert holder(path) == ME
    assert holder(path) is None
    with SupervisorLock(path, ME):
        assert holder(path) == ME


@pytest.mark.parametrize("torn", ["", '{"pid": 1', '{"pid": 1}', "[]", "\x00" * 50])
def test_a_torn_record_of_nobody_is_no_obstacle(path: Path, torn: str) -> None:
    path.write_text(torn)
    assert holder(path) is None
    with SupervisorLock(path, ME):
        assert holder(path) == ME


@pytest.mark.parametrize("make", [Path.mkdir, to_loop], ids=["folder", "loop"])
def test_a_lock_that_cannot_be_opened_is_named_with_the_way_out(
    path: Path, make: Callable[[Path], None]
) -> None:
    make(path)
    said = f"lock {path} cannot be used: .*remove it: rm -r {path}"
    with pytest.raises(CannotStart, match=said):
        holder(path)
    with pytest.raises(CannotStart, match=said), SupervisorLock(path, ME):
        pass

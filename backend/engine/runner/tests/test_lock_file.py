"""A lock of the home that cannot be used: said in a sentence with the way out."""

import os
from pathlib import Path

import pytest

from engine.runner.lock_file import LockFile, LockFileError
from engine.runner.tests.harness import Runner


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_named_with_the_way_out(tmp_path: Path, make: object) -> None:
    path = tmp_path / "run" / "some.lock"
    path.parent.mkdir()
    make(path)  # type: ignore[operator]  # either takes a path

    with pytest.raises(LockFileError, match=f"The lock {path} cannot be used: .* rm -r {path}$"):
        LockFile(path)


def test_one_at_a_time_holds_it_and_signs(tmp_path: Path) -> None:
    first, second = LockFile(tmp_path / "a.lock"), LockFile(tmp_path / "a.lock")
    assert first.take()
    first.sign("1234")
    assert (second.take(), second.holder()) == (False, "1234")
    first.close()
    assert (second.take(), second.holder()) == (True, "")
    second.close()


def test_the_runner_says_that_its_lock_is_a_folder(one_runner: Runner) -> None:
    one_runner.stop()
    path = one_runner.home / "run" / "runner.lock"
    path.unlink()
    path.mkdir()
    log = one_runner.home / "runner.log"

    one_runner.launch(log=log)

    assert one_runner.process.wait(60) == 1
    assert "Traceback" not in log.read_text()
    assert log.read_text().rstrip().endswith(f"rm -r {path}")
    path.rmdir()
    one_runner.start()


def test_jobs_run_while_the_guards_lock_is_a_folder_and_the_guard_comes_once_it_is_gone(
    one_runner: Runner,
) -> None:
    one_runner.stop()
    path = one_runner.home / "run" / "guard.lock"
    path.unlink()
    path.mkdir()
    log = one_runner.home / "runner.log"

    one_runner.start(log=log)

    _, ended = one_runner.ended("exit 3")
    assert ended["exit_code"] == 3
    assert f"rm -r {path}" in log.read_text()
    path.rmdir()
    one_runner.await_true(path.is_file, "there is a guard")

import os
import shutil
from pathlib import Path

import pytest

from engine.executors.base import LARGEST_RESULT
from engine.executors.folder import AttemptFolder
from engine.runner.spool import Entry


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    entry = Entry(tmp_path, 7)
    entry.create()
    return AttemptFolder(entry)


def test_nothing_written_is_nothing_read(tmp_path: Path) -> None:
    gone = AttemptFolder(Entry(tmp_path, 7))
    assert (gone.size("stdout"), gone.read("stdout", 0, 10), gone.exit()) == (0, b"", None)
    assert (gone.progress(), gone.result()) == (None, None)


def test_a_stream_is_read_by_offset(folder: AttemptFolder) -> None:
    (folder.entry.records / "stdout").write_bytes(b"0123456789")
    assert folder.size("stdout") == 10
    assert folder.read("stdout", 3, 4) == b"3456"
    assert folder.read("stdout", 10, 4) == b""


def test_only_so_much_is_read(folder: AttemptFolder) -> None:
    (folder.entry.work / "result.json").write_bytes(b"x" * (2 * LARGEST_RESULT))
    result = folder.result()
    assert result is not None
    assert len(result) == LARGEST_RESULT + 1


def test_links_are_not_followed(folder: AttemptFolder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("42")
    (folder.entry.work / "progress").symlink_to(secret)
    assert folder.progress() is None


@pytest.mark.parametrize("levels", [0, 1])
def test_a_link_in_place_of_the_work_folder_is_not_followed(
    folder: AttemptFolder, tmp_path: Path, levels: int
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "job").mkdir(parents=True)
    for path in (elsewhere, elsewhere / "job"):
        (path / "result.json").write_text("42")
    replaced = (folder.entry.work, folder.entry.work.parent)[levels]
    shutil.rmtree(replaced)
    replaced.symlink_to(elsewhere)
    assert folder.result() is None


def test_records_that_nobody_can_read_are_as_if_they_were_not_there(folder: AttemptFolder) -> None:
    (folder.entry.records / "exit.json").touch()
    (folder.entry.records / "stdout").mkdir()
    assert folder.exit() is None
    assert folder.size("stdout") == 0
    assert folder.read("stdout", 0, 10) == b""


def test_what_is_no_regular_file_is_not_waited_for(folder: AttemptFolder) -> None:
    os.mkfifo(folder.entry.work / "progress")
    (folder.entry.work / "result.json").mkdir()
    assert folder.progress() is None
    assert folder.result() is None

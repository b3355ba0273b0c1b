import os
from pathlib import Path

import pytest

from engine.executors.folder import AttemptFolder
from engine.results import MOST_BYTES


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    (tmp_path / "work").mkdir()
    return AttemptFolder(tmp_path)


def test_nothing_written_is_nothing_read(tmp_path: Path) -> None:
    gone = AttemptFolder(tmp_path / "gone")
    assert (gone.size("stdout"), gone.read("stdout", 0, 10), gone.exit()) == (0, b"", None)
    assert (gone.progress(), gone.result()) == (None, None)


def test_a_stream_is_read_by_offset(folder: AttemptFolder) -> None:
    (folder.path / "stdout").write_bytes(b"0123456789")
    assert folder.size("stdout") == 10
    assert folder.read("stdout", 3, 4) == b"3456"
    assert folder.read("stdout", 10, 4) == b""


def test_only_so_much_is_read(folder: AttemptFolder) -> None:
    (folder.path / "work" / "result.json").write_bytes(b"x" * (2 * MOST_BYTES))
    result = folder.result()
    assert result is not None
    assert len(result) == MOST_BYTES + 1


def test_links_are_not_followed(folder: AttemptFolder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("42")
    (folder.path / "work" / "progress").symlink_to(secret)
    assert folder.progress() is None


def test_a_link_in_place_of_the_work_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "result.json").write_text("42")
    (tmp_path / "work").symlink_to(elsewhere)
    assert AttemptFolder(tmp_path).result() is None


def test_what_is_no_regular_file_is_not_waited_for(folder: AttemptFolder) -> None:
    os.mkfifo(folder.path / "work" / "progress")
    (folder.path / "work" / "result.json").mkdir()
    assert folder.progress() is None
    assert folder.result() is None

"""The folders of a home: private, short enough for sockets, and never somebody else's."""

import os
import stat
from pathlib import Path

import pytest

from config.paths import FolderRefused, Home, make_private, socket_dir


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_inside_a_home_is_closed_to_others(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        home = Home(tmp_path / "made" / "here")
        home.make()
    finally:
        os.umask(old)
    assert mode(home.root) == (0o711 if os.geteuid() == 0 else 0o700)
    assert {mode(folder) for folder in home.root.iterdir()} == {0o700}


def test_a_home_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    root.chmod(0o750)
    Home(root).make()
    assert mode(root) == 0o750


def test_sockets_of_a_deep_home_are_in_a_short_folder(tmp_path: Path) -> None:
    home = Home(tmp_path / ("d" * 120))
    folder = socket_dir(home)
    try:
        assert not folder.is_relative_to(tmp_path)
        assert len(str(home.runner_socket)) < 108
        assert len(str(home.postgres_socket_dir / ".s.PGSQL.5432.lock")) < 108
        assert mode(folder) == 0o700
        assert folder != socket_dir_of(tmp_path / ("e" * 120))
    finally:
        folder.rmdir()


def socket_dir_of(root: Path) -> Path:
    return Home(root).runner_socket.parent


def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(FolderRefused, match="chmod 700"):
        make_private(folder)


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(FolderRefused, match="not a folder"):
        make_private(tmp_path / "link")


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="belongs to user id"):
        make_private(tmp_path, owner=os.geteuid() + 1)

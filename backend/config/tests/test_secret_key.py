import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.paths import Home
from config.secret_key import read_or_make_secret


def test_the_secret_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    first = read_or_make_secret(home)

    assert len(first) >= 50
    assert read_or_make_secret(home) == first
    assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600
    assert [file.name for file in home.root.iterdir() if file.is_file()] == ["secret_key"]


def to_folder(path: Path) -> None:
    path.mkdir()
    (path / "something").write_text("of somebody's")


def to_closed(path: Path) -> None:
    path.write_text("x" * 64)
    path.chmod(0)
    if os.geteuid() == 0:  # who may read everything
        path.unlink()
        path.symlink_to(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text(""),
        lambda path: path.write_text("x" * 30),
        lambda path: path.write_bytes(b"\0" * 64),
        lambda path: path.write_bytes(b"\xff" * 64),
        to_folder,
        to_closed,
    ],
    ids=["empty", "torn", "zeros", "no text", "a folder", "unreadable"],
)
def test_a_secret_that_cannot_be_used_is_put_aside_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Callable[[Path], object]
) -> None:
    home = Home(tmp_path)
    spoil(home.secret_key)

    with ThreadPoolExecutor(8) as pool:
        (made,) = set(pool.map(lambda _: read_or_make_secret(home), range(16)))

    assert len(made) >= 64
    assert made != "x" * 64
    assert read_or_make_secret(home) == made
    assert stat.S_IMODE(home.secret_key.stat().st_mode) == 0o600
    assert len(list(tmp_path.glob("secret_key.unusable-*"))) == 1
    assert caplog.text.count("sign in again") == 1


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: read_or_make_secret(home), range(32)))

    assert len(secrets) == 1

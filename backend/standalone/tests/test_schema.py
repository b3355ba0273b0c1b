"""The web process may start beside a migration that has nothing to do, and only then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from standalone.schema import Prepared, fingerprint

URL = "postgresql://jobdeck@/jobdeck"


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    migrations = tmp_path / "jobs" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("first")
    return tmp_path


def test_a_new_migration_changes_the_fingerprint(backend: Path) -> None:
    before = fingerprint(URL, backend)
    assert fingerprint(URL, backend) == before
    (backend / "jobs" / "migrations" / "0002_more.py").write_text("second")
    assert fingerprint(URL, backend) != before


def test_an_edited_migration_changes_the_fingerprint(backend: Path) -> None:
    before = fingerprint(URL, backend)
    (backend / "jobs" / "migrations" / "0001_initial.py").write_text("edited")
    assert fingerprint(URL, backend) != before


def to_folder(stamp: Path) -> None:
    stamp.unlink()
    stamp.mkdir()


def to_loop(stamp: Path) -> None:
    stamp.unlink()
    stamp.symlink_to(stamp)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda stamp: stamp.write_text(""),
        lambda stamp: stamp.write_text(fingerprint(URL)[:30]),
        lambda stamp: stamp.write_bytes(b"\xff"),
        to_folder,
        to_loop,
    ],
    ids=["empty", "torn", "no text", "a folder", "a loop"],
)
def test_a_damaged_note_counts_as_none(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    stamp = tmp_path / "prepared"
    Prepared(stamp, URL).remember()
    spoil(stamp)
    assert not Prepared(stamp, URL).is_current()


def test_another_database_is_not_prepared(tmp_path: Path) -> None:
    stamp = tmp_path / "prepared"
    assert not Prepared(stamp, URL).is_current()
    Prepared(stamp, URL).remember()
    assert Prepared(stamp, URL).is_current()
    assert not Prepared(stamp, f"{URL}-2").is_current()

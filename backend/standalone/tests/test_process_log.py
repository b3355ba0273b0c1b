"""Process logs: all in the file, what worries on the terminal, and the file's size bounded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from standalone import process_log
from standalone.process_log import ProcessLog


@pytest.fixture
def log(tmp_path: Path) -> ProcessLog:
    return ProcessLog(tmp_path, "agent")


def write(log: ProcessLog, text: str) -> None:
    with log.open() as file:
        file.write(text.encode())


def test_plain_news_stay_in_the_file(log: ProcessLog) -> None:
    write(log, "2026-01-02 03:04:05 [info     ] claimed\n")
    assert log.news() == []
    assert "claimed" in log.path.read_text()


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-02 03:04:05 [warning  ] spool is nearly full",
        '{"log.level":"error","message":"no"}',
        "Traceback (most recent call last):",
    ],
)
def test_a_worrying_line_is_shown_once(log: ProcessLog, line: str) -> None:
    write(log, line + "\n")
    assert log.news() == [line]
    assert log.news() == []


def test_the_lines_of_a_traceback_belong_to_it(log: ProcessLog) -> None:
    write(log, "Traceback (most recent call last):\n  File x\nValueError: no\n2026-01-02 [info] on\n")
    assert log.news() == ["Traceback (most recent call last):", "  File x", "ValueError: no"]


def test_half_a_line_waits_for_its_end(log: ProcessLog) -> None:
    write(log, "2026-01-02 [warn")
    assert log.news() == []
    write(log, "ing] low\n")
    assert log.news() == ["2026-01-02 [warning] low"]


def test_what_was_there_before_is_not_news(tmp_path: Path, log: ProcessLog) -> None:
    write(log, "2026-01-02 [error] old\n")
    assert ProcessLog(tmp_path, "agent").news() == []


def test_a_clients_error_in_the_database_is_the_clients_to_report(tmp_path: Path) -> None:
    log = ProcessLog(tmp_path, "postgres")
    write(log, "2026-01-02 UTC [1] jobdeck-web ERROR:  duplicate key\n2026-01-02 UTC [1] PANIC:  no disk\n")
    assert log.news() == ["2026-01-02 UTC [1] PANIC:  no disk"]


def test_a_big_file_is_put_aside_and_writers_go_on(log: ProcessLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_log, "MOST_BYTES", 1000)
    with log.open() as file:
        file.write(b"2026-01-02 [info] first\n" * 100)
        log.news()
        file.write(b"2026-01-02 [warning] second\n")
    assert log.path.read_text() == "2026-01-02 [warning] second\n"
    assert log.news() == ["2026-01-02 [warning] second"]
    assert (log.path.parent / "agent.log.1").read_text().count("first") == 100


def test_of_a_flood_only_the_end_is_read(log: ProcessLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_log, "MOST_READ", 60)
    write(log, "2026-01-02 [error] first\n" * 100 + "2026-01-02 [error] last\n")
    assert log.news()[-1] == "2026-01-02 [error] last"
    assert len(log.news()) == 0


def to_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("spoil", [Path.mkdir, to_loop])
def test_a_log_that_cannot_be_written_to_is_put_aside_and_said(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "agent.log")
    log = ProcessLog(tmp_path, "agent")
    assert log.news() == []
    assert log.tail(1) == ""
    write(log, "2026-01-02 [info] claimed\n")
    assert "could not be written to" in log.news()[0]
    assert log.tail(1) == "2026-01-02 [info] claimed"
    assert len(list(tmp_path.glob("agent.log.unusable-*"))) == 1


def test_logs_are_closed_to_others(log: ProcessLog) -> None:
    write(log, "x")
    assert log.path.stat().st_mode & 0o077 == 0


def test_a_big_file_is_emptied_even_without_room_for_its_copy(
    log: ProcessLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(process_log, "MOST_BYTES", 10)
    monkeypatch.setattr("shutil.copyfile", full)
    write(log, "2026-01-02 [info] first\n")
    log.news()
    assert log.path.stat().st_size == 0

import os
import re
from pathlib import Path

import pytest

from engine.runner.output import READ_SIZE, Capture
from engine.runner.tests.harness import Runner
from jobs.attempts import StreamSize


def finish(capture: Capture, *, after_a_kill: bool = False) -> StreamSize:
    for _ in capture.finish(after_a_kill=after_a_kill):
        pass
    size = capture.size()
    capture.close()
    return size


def numbered(count: int) -> bytes:
    return b"".join(b"%07d\n" % number for number in range(count))


@pytest.mark.parametrize("piece", [1, 7, 100, 999, 5000])
@pytest.mark.parametrize("count", [0, 10, 125, 126, 1000, 1250])
def test_head_and_tail_are_exact_whatever_the_pieces(tmp_path: Path, piece: int, count: int) -> None:
    data = numbered(count)
    capture = Capture(tmp_path, "stdout", 1001)
    for start in range(0, len(data), piece):
        capture.write(data[start : start + piece])

    size = finish(capture)

    kept = (tmp_path / "stdout").read_bytes()
    left_out = max(0, len(data) - 1001)
    if left_out:
        marker = b"\n[jobdeck: %d bytes left out here; the log is capped at 1001 bytes]\n" % left_out
        assert kept == data[:500] + marker + data[-501:]
    else:
        assert kept == data
    assert size == {"size": len(kept), "dropped": left_out}
    assert [path.name for path in tmp_path.iterdir()] == ["stdout"]


def test_the_file_only_grows_until_the_end(tmp_path: Path) -> None:
    capture = Capture(tmp_path, "stdout", 2000)
    capture.write(numbered(1000))

    assert (tmp_path / "stdout").read_bytes() == numbered(1000)[:1000]
    finish(capture)
    assert (tmp_path / "stdout").read_bytes().startswith(numbered(1000)[:1000])


def test_the_next_runner_finishes_what_a_killed_one_left(tmp_path: Path) -> None:
    cap = 4 * READ_SIZE
    data = numbered(cap)
    Capture(tmp_path, "stdout", cap).write(data)

    size = finish(Capture(tmp_path, "stdout", cap), after_a_kill=True)

    kept = (tmp_path / "stdout").read_bytes()
    head, marker, rest = kept.partition(b"\n[jobdeck: ")
    left_out = int(rest.split()[0])
    tail = rest.partition(b"]\n")[2].partition(b"\n[jobdeck: the runner was killed here")[0]
    assert marker
    assert head + tail == data[: cap // 2] + data[-len(tail) :]
    assert len(tail) == cap // 2 - READ_SIZE
    assert left_out == size["dropped"] == len(data) - len(head) - len(tail)


class FullDisk:
    """Stands in for a file system: takes `room` bytes, then none."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._write = os.write

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        if self.room <= 0:
            raise OSError(28, "No space left on device")
        written = self._write(descriptor, data[: self.room])
        self.room -= written
        return written


def test_a_full_disk_loses_bytes_and_says_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(room=10)
    capture = Capture(tmp_path, "stdout", 100_000)
    monkeypatch.setattr("os.write", disk.write)

    capture.write(b"0123456789abcdef")
    capture.write(b"lost")
    disk.room = 1000
    capture.write(b"again\n")
    size = finish(capture)

    marker = "\n[jobdeck: 10 bytes left out here; the disk was full]\n"
    assert (tmp_path / "stdout").read_text() == f"0123456789{marker}again\n"
    assert size["dropped"] == 10


def test_a_flood_without_a_newline_is_bounded_and_harms_nobody(runner: Runner) -> None:
    cap = 1 << 20
    flood = runner.run("head -c 300M /dev/zero; printf end", log_cap=cap)
    neighbours = [runner.run("for i in $(seq 200); do echo line $i; done; exit 2") for _ in range(3)]

    for neighbour in neighbours:
        assert runner.exit(neighbour)["exit_code"] == 2
        assert runner.output(neighbour).splitlines() == [f"line {i}" for i in range(1, 201)]
    ended = runner.exit(flood)
    text = runner.file(flood, "stdout").read_bytes()
    dropped = (300 << 20) + 3 - cap
    assert f"\n[jobdeck: {dropped} bytes left out here; the log is capped at {cap} bytes]\n".encode() in text
    assert text.endswith(b"\0end")
    assert ended["streams"]["stdout"] == {"size": len(text), "dropped": dropped}
    assert ended["exit_code"] == 0


def test_a_gigabyte_costs_the_runner_no_memory(one_runner: Runner) -> None:
    spec, ended = one_runner.ended("head -c 1G /dev/zero")

    status = Path(f"/proc/{one_runner.process.pid}/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak is not None and int(peak[1]) < 100_000
    assert one_runner.file(spec, "stdout").stat().st_size < (64 << 20) + 200
    assert ended["streams"]["stdout"]["dropped"] == (1 << 30) - (64 << 20)
    assert not list(one_runner.file(spec, "").glob("*.tail"))


def test_a_flood_of_one_job_does_not_keep_the_agent_waiting(one_runner: Runner) -> None:
    flood = one_runner.run("exec cat /dev/zero", log_cap=100_000)

    for _ in range(20):
        _, ended = one_runner.ended("exit 1")
        assert ended["exit_code"] == 1

    one_runner.client.stop(flood.attempt_id, flood.lease, reason="cancelled", grace=5)
    assert one_runner.exit(flood)["signal"] == 15

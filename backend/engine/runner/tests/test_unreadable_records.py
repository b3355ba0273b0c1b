"""What a loss of power, or somebody's hand, can leave where a record should be."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.runner.protocol import Spec
from engine.runner.tests.harness import Runner, alive, lasting
from jobs.attempts import Exit


def empty(path: Path) -> None:
    path.write_bytes(b"")


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def garbled(path: Path) -> None:
    path.write_bytes(b"\0" * 200)


def of_another_shape(path: Path) -> None:
    path.write_text("[1, 2]")


def unreadable(path: Path) -> None:
    """For an ordinary user; root reads it, and finds it empty."""
    path.write_bytes(b"")
    path.chmod(0)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").write_text("in it")


def a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


Damage = Callable[[Path], None]
damages = pytest.mark.parametrize(
    "damage", [empty, torn, garbled, of_another_shape, unreadable, a_folder, a_fifo], ids=lambda d: d.__name__
)


def end_of(runner: Runner, spec: Spec) -> Exit:
    record = runner.record(spec)
    assert record is not None and record["state"] == "ended"
    assert record["exit"] is not None
    return record["exit"]


def restart_with(runner: Runner, damage: Damage, path: Path) -> str:
    """Damage a record while no runner is there; what the next one says in its log."""
    runner.kill()
    damage(path)
    log = runner.home / "runner.log"
    runner.start(log=log)
    return log.read_text()


@damages
@pytest.mark.parametrize("name", ["started.json", "exit.json"])
def test_an_end_that_nobody_can_read_is_lost_and_said(one_runner: Runner, damage: Damage, name: str) -> None:
    spec, _ = one_runner.ended("echo kept")
    other, _ = one_runner.ended("exit 3")

    log = restart_with(one_runner, damage, one_runner.file(spec, name))

    lost = end_of(one_runner, spec)
    assert (lost["reason"], lost["exit_code"]) == ("worker_lost", None)
    assert lost["message"].endswith("cannot be read, so nobody knows how it ended.")
    assert f"Attempt {spec.attempt_id} is lost" in log
    assert one_runner.output(spec).startswith("kept\n")
    assert end_of(one_runner, other)["exit_code"] == 3
    assert one_runner.ended("exit 4")[1]["exit_code"] == 4

    one_runner.kill()
    one_runner.start()
    assert end_of(one_runner, spec)["reason"] == "worker_lost"
    one_runner.forget(spec)
    assert one_runner.record(spec) is None


@damages
def test_an_attempt_whose_spec_nobody_can_read_is_lost_and_said(one_runner: Runner, damage: Damage) -> None:
    spec, _ = one_runner.ended("echo kept")
    other, _ = one_runner.ended("exit 3")

    log = restart_with(one_runner, damage, one_runner.file(spec, "spec.json"))

    assert one_runner.record(spec) is None
    assert f"Attempt {spec.attempt_id} is lost: spec.json" in log
    assert end_of(one_runner, other)["exit_code"] == 3
    # Its log can be shipped until it is forgotten.
    assert one_runner.output(spec).startswith("kept\n")
    one_runner.forget(spec)
    assert not one_runner.file(spec, "").exists()
    assert not one_runner.work(spec).exists()


@pytest.mark.parametrize("name", ["spec.json", "started.json"])
def test_what_runs_on_behind_an_unreadable_record_is_ended(own_runner: Runner, name: str) -> None:
    sleep, token = lasting()
    spec = own_runner.run(
        f"""trap "" TERM HUP; (env -i setsid {sleep} >/dev/null 2>&1 &); echo ready; {sleep}"""
    )
    own_runner.await_true(lambda: len(alive(token)) >= 2, "both run")

    restart_with(own_runner, torn, own_runner.file(spec, name))

    assert alive(token) == []


@damages
def test_a_stream_that_nobody_can_read_stops_nothing(one_runner: Runner, damage: Damage) -> None:
    sleep, _ = lasting()
    spec = one_runner.run(f"echo ready; {sleep}")
    one_runner.await_output(spec, "ready")

    restart_with(one_runner, damage, one_runner.file(spec, "stdout"))

    assert end_of(one_runner, spec)["reason"] == "worker_lost"


def test_a_folder_without_any_record_is_cleared_away(one_runner: Runner) -> None:
    folder = one_runner.spool / "records" / "78"
    folder.mkdir()

    one_runner.kill()
    one_runner.start()

    assert one_runner.client.attempts() == []
    assert not folder.exists()

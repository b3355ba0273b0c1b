"""`make run`'s supervisor, whole: it starts, keeps running what dies, and stops all of it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from standalone import processes
from standalone.commands import BACKEND
from standalone.tests.jobdeck import Jobdeck, wait_for

NAMES = {"postgres", "runner", "agent", "web"}


@pytest.fixture
def jobdeck(folder: Path) -> Iterator[Jobdeck]:
    made = Jobdeck(folder / "home")
    yield made.start()
    made.clean_up()


def all_gone(running: dict[str, psutil.Process]) -> bool:
    return not any(processes.alive(process) for process in running.values())


def refused(environ: dict[str, str]) -> str:
    """What a Jobdeck that cannot start says."""
    done = run(environ)
    assert done.returncode == 1
    return done.stderr


def run(environ: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "standalone", *arguments]
    return subprocess.run(command, cwd=BACKEND, env=environ, capture_output=True, text=True, check=False)


def test_it_says_how_to_go_on_and_who_is_in_the_way(jobdeck: Jobdeck, folder: Path) -> None:
    assert jobdeck.process is not None
    assert jobdeck.ready()
    assert re.search(rf"http://127\.0\.0\.1:{jobdeck.port}/signin#code=\S{{20,}}", jobdeck.output)
    assert str(jobdeck.home.root) in jobdeck.output
    assert set(jobdeck.children()) == NAMES

    said = refused(jobdeck.environ)
    assert f"process {jobdeck.process.pid}, since " in said
    assert f"http://127.0.0.1:{jobdeck.port}" in said

    said = refused(Jobdeck(folder / "other", jobdeck.port).environ)
    assert re.search(rf"Port {jobdeck.port} .* taken .*PORT=\d+ make run", said)


def test_the_sign_in_code_is_in_no_log(jobdeck: Jobdeck) -> None:
    found = re.search(r"#code=(\S+)", jobdeck.output)
    assert found is not None
    assert [log.name for log in jobdeck.home.logs.iterdir() if found[1] in log.read_text()] == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_dies_is_started_again(jobdeck: Jobdeck, name: str) -> None:
    before = jobdeck.children()
    before[name].kill()
    wait_for(lambda: jobdeck.children().get(name, before[name]).pid != before[name].pid, f"{name} to be back")
    wait_for(jobdeck.ready, "Jobdeck to be ready again")
    after = jobdeck.children()
    assert {other: after[other].pid for other in NAMES - {name}} == {
        other: before[other].pid for other in NAMES - {name}
    }
    assert f"{name} ended (by SIGKILL)" in jobdeck.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_and_keeps_the_data(jobdeck: Jobdeck, number: int) -> None:
    with psycopg.connect(jobdeck.database_url) as connection:
        connection.execute("CREATE TABLE kept ()")
    running = jobdeck.children()
    assert jobdeck.stop(number) == 0
    assert all_gone(running)
    assert not jobdeck.home.children.exists()
    jobdeck.start()
    with psycopg.connect(jobdeck.database_url) as connection:
        connection.execute("SELECT FROM kept")


def test_after_kill_9_the_next_one_ends_the_orphans_and_starts(jobdeck: Jobdeck) -> None:
    orphans = jobdeck.children()
    assert jobdeck.stop(signal.SIGKILL) < 0
    assert not all_gone(orphans)
    jobdeck.start()
    assert jobdeck.ready()
    assert all_gone(orphans)


def test_stop_from_another_terminal(jobdeck: Jobdeck) -> None:
    running = jobdeck.children()
    done = run(jobdeck.environ, "stop")
    assert "Stopped" in done.stdout
    assert all_gone(running)
    assert jobdeck.process is not None
    assert jobdeck.process.wait(10) == 0


def test_bad_settings_are_all_reported(folder: Path) -> None:
    said = refused(Jobdeck(folder / "home").environ | {"PORT": "x", "JOBDECK_AUTH": "maybe"})
    assert "PORT=x" in said
    assert "JOBDECK_AUTH=maybe" in said
    assert not (folder / "home").exists()

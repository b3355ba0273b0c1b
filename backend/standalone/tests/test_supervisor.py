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
from standalone.tests.conftest import Server, open_folder
from standalone.tests.jobdeck import Jobdeck, wait_for

NAMES = {"postgres", "runner", "agent", "web"}


@pytest.fixture
def jobdeck(folder: Path) -> Iterator[Jobdeck]:
    made = Jobdeck(folder / "home")
    yield made.start()
    made.clean_up()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Jobdeck]:
    """One that no test here stops."""
    with open_folder() as folder:
        made = Jobdeck(folder / "home")
        yield made.start()
        made.clean_up()


def alive(running: dict[str, psutil.Process]) -> set[str]:
    return {name for name, process in running.items() if processes.alive(process)}


def first_line(jobdeck: Jobdeck, job: int) -> str:
    """What the job wrote, once it has written a line."""

    def text() -> str:
        return str(jobdeck.api(f"jobs/{job}/logs/")["text"])

    wait_for(lambda: "\n" in text(), "the job to say something")
    return text().splitlines()[0]


def refused(environ: dict[str, str]) -> str:
    """What a Jobdeck that cannot start says."""
    done = run(environ)
    assert done.returncode == 1
    return done.stderr


def run(environ: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "standalone", *arguments]
    return subprocess.run(command, cwd=BACKEND, env=environ, capture_output=True, text=True, check=False)


def test_it_says_how_to_go_on_and_who_is_in_the_way(lasting: Jobdeck, folder: Path) -> None:
    assert lasting.process is not None
    assert lasting.ready()
    assert re.search(rf"http://127\.0\.0\.1:{lasting.port}/signin#code=\S{{20,}}", lasting.output)
    assert str(lasting.home.root) in lasting.output
    assert set(lasting.children()) == NAMES

    said = refused(lasting.environ)
    assert f"process {lasting.process.pid}, since " in said
    assert f"http://127.0.0.1:{lasting.port}" in said

    said = refused(Jobdeck(folder / "other", lasting.port).environ)
    assert re.search(rf"Port {lasting.port} .* taken .*PORT=\d+ make run", said)


def test_another_sign_in_link_leads_to_the_one_that_runs(lasting: Jobdeck) -> None:
    environ = {name: value for name, value in lasting.environ.items() if name != "PORT"}
    assert f"http://127.0.0.1:{lasting.port}/signin#code=" in run(environ, "manage", "signin").stdout


def test_the_sign_in_code_is_in_no_log(lasting: Jobdeck) -> None:
    found = re.search(r"#code=(\S+)", lasting.output)
    assert found is not None
    assert [log.name for log in lasting.home.logs.iterdir() if found[1] in log.read_text()] == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_dies_is_started_again(lasting: Jobdeck, name: str) -> None:
    before = lasting.children()
    before[name].kill()
    # Until then a child of its own, which carries its mark, could be taken for its successor.
    wait_for(lambda: f"{name} ended (by SIGKILL)" in lasting.output, f"the end of {name} to be seen")
    wait_for(lambda: lasting.children().get(name, before[name]).pid != before[name].pid, f"{name} to be back")
    wait_for(lasting.ready, "Jobdeck to be ready again")
    after = lasting.children()
    assert {other: after[other].pid for other in NAMES - {name}} == {
        other: before[other].pid for other in NAMES - {name}
    }


def test_a_stop_interrupts_what_runs_and_keeps_the_data(jobdeck: Jobdeck) -> None:
    job = jobdeck.api("jobs/", {"name": "long", "command": "echo $$; exec sleep 1000"})["id"]
    work = psutil.Process(int(first_line(jobdeck, job)))
    running = jobdeck.children()
    assert jobdeck.process is not None
    jobdeck.process.send_signal(signal.SIGINT)
    wait_for(lambda: "Stopping" in jobdeck.output, "the stop to begin")
    wait_for(lambda: "web" not in alive(running), "web to go first")
    assert processes.alive(work)

    assert jobdeck.stop(signal.SIGINT) == 0  # the second one does not wait for the job
    assert alive(running) == set()
    assert not processes.alive(work)
    assert jobdeck.children() == {}

    jobdeck.start()
    again = jobdeck.api(f"jobs/{job}/")
    assert (again["attempt"], again["attempts_used"]) == (2, 0)
    assert again["attempts"][0]["reason"] == "interrupted"


def test_damaged_files_of_the_home_are_said_and_the_rest_goes_on(jobdeck: Jobdeck) -> None:
    assert jobdeck.stop() == 0
    home = jobdeck.home
    home.token.write_text("")
    home.secret_key.write_text("torn")
    home.supervisor_lock.write_text('{"pid": 1')
    for name in (home.prepared, home.logs / "web.log"):
        name.unlink()
        name.mkdir()

    jobdeck.start()
    wait_for(lambda: "web.log.unusable" in jobdeck.output, "the log's loss to be said")
    assert jobdeck.api("me/")["username"]
    assert f"token file {home.token} could not be used" in jobdeck.output
    assert f"secret key {home.secret_key} could not be used" in jobdeck.output
    assert f"{home.prepared} cannot be written" in jobdeck.output
    assert "Traceback" not in jobdeck.output


def test_stop_from_another_terminal(jobdeck: Jobdeck) -> None:
    running = jobdeck.children()
    done = run(jobdeck.environ, "stop")
    assert "Stopped" in done.stdout, done.stderr + jobdeck.output
    assert alive(running) == set()
    assert jobdeck.process is not None
    assert jobdeck.process.wait(10) == 0


def test_after_a_hard_kill_the_next_one_starts_and_a_stop_ends_what_is_left(jobdeck: Jobdeck) -> None:
    orphans = jobdeck.children()
    assert jobdeck.stop(signal.SIGKILL) < 0
    assert alive(orphans) == NAMES
    assert "#code=" in run(jobdeck.environ, "manage", "signin").stdout
    assert alive(orphans) == NAMES
    # What the server's first process had started still has the port, and what postgres' had, the data.
    orphans["web"].kill()
    orphans["postgres"].kill()
    wait_for(lambda: alive(orphans) == {"runner", "agent"}, "the two to be gone")
    assert "web" in jobdeck.children()

    jobdeck.start()
    assert jobdeck.ready()
    assert "Ended what a former supervisor left running: web, agent, runner" in jobdeck.output
    assert alive(orphans) == set()

    orphans = jobdeck.children()
    assert jobdeck.stop(signal.SIGKILL) < 0
    orphans["web"].kill()
    said = run(jobdeck.environ, "stop").stdout
    assert "Ended what it left running: web, agent, runner, postgres." in said
    assert jobdeck.children() == {}
    assert "No Jobdeck runs" in run(jobdeck.environ, "stop").stdout


def test_ready_with_a_database_of_ones_own_means_that_a_first_job_runs(folder: Path, server: Server) -> None:
    server.start()
    made = Jobdeck(folder / "beside", DATABASE_URL=server.postgres.url, JOBDECK_PREFIX="/lab")
    try:
        made.launch()
        wait_for(made.ready, "it to be ready")
        job = made.api("jobs/", {"name": "first", "command": "echo done"})["id"]  # with the owner's token
        assert first_line(made, job) == "done"
        assert "postgres" not in made.children()
        assert not made.home.postgres.exists()
        with psycopg.connect(server.postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM jobs_job").fetchone() == (1,)
    finally:
        made.clean_up()


def test_bad_settings_are_all_reported(folder: Path) -> None:
    said = refused(Jobdeck(folder / "home").environ | {"PORT": "x", "JOBDECK_AUTH": "maybe"})
    assert "PORT=x" in said
    assert "JOBDECK_AUTH=maybe" in said
    assert not (folder / "home").exists()

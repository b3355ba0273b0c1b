import json
import signal
import subprocess

import pytest

from engine.runner.client import RefusedError, RunnerGoneError
from engine.runner.tests.harness import Runner, alive, lasting


def test_sigterm_ends_all_jobs_and_records_them(own_runner: Runner) -> None:
    sleep, token = lasting()
    polite = own_runner.run("trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done")
    stubborn = own_runner.run(f"trap '' TERM; echo ready; {sleep}", grace=0.2)
    for spec in (polite, stubborn):
        own_runner.await_output(spec, "ready")

    assert own_runner.stop() == 0

    assert alive(token) == []
    ends = [json.loads(own_runner.file(spec, "exit.json").read_text()) for spec in (polite, stubborn)]
    assert [ended["reason"] for ended in ends] == ["interrupted", "interrupted"]
    assert [(ended["exit_code"], ended["signal"]) for ended in ends] == [(4, None), (None, 9)]
    assert not own_runner.socket.exists()


def test_while_it_stops_it_answers_but_starts_nothing(one_runner: Runner) -> None:
    spec = one_runner.run("trap '' TERM; echo ready; while :; do sleep 0.05; done", grace=5)
    one_runner.await_output(spec, "ready")
    one_runner.process.terminate()

    def refused() -> bool:
        try:
            one_runner.run("true")
        except RefusedError as error:
            return error.code == "stopping"
        return False

    one_runner.await_true(refused, "starts are refused")
    assert one_runner.record(spec) is not None
    one_runner.process.terminate()
    assert one_runner.process.wait(60) == 0
    assert json.loads(one_runner.file(spec, "exit.json").read_text())["signal"] == 9


def test_ctrl_c_and_a_closed_terminal_do_not_reach_the_jobs(one_runner: Runner) -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        one_runner.process.send_signal(number)
    spec, ended = one_runner.ended("kill -INT $$")

    assert ended["signal"] == signal.SIGINT
    assert one_runner.record(spec) is not None


def test_a_home_has_one_runner(one_runner: Runner) -> None:
    first = one_runner.process
    log = one_runner.home / "second.log"

    one_runner.launch(log=log)
    second, one_runner.process = one_runner.process, first

    assert second.wait(60) == 3
    assert f"The runner with pid {first.pid} holds" in log.read_text()
    assert one_runner.client.attempts() == []


def test_its_log_can_be_json(one_runner: Runner) -> None:
    one_runner.stop()
    log = one_runner.home / "runner.log"

    one_runner.launch({"LOG_FORMAT": "ecs"}, log=log)
    one_runner.await_true(lambda: "Ready" in log.read_text(), "it is ready")

    line = json.loads(log.read_text().splitlines()[-1])
    assert (line["log.level"], line["service.name"]) == ("info", "jobdeck-runner")
    assert "@timestamp" in line


def test_without_a_runner_the_client_says_so(one_runner: Runner) -> None:
    one_runner.stop()

    with pytest.raises(RunnerGoneError, match="No runner answers at"):
        one_runner.connect()


def test_the_help_names_every_option(one_runner: Runner) -> None:
    command = [*one_runner.process.args[:3], "--help"]  # type: ignore[index]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)

    for option in ("--home", "--socket", "--spool", "--log-cap", "--no-cgroup"):
        assert option in shown.stdout

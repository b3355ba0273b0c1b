import os
import signal

import pytest

from engine.runner import processes
from engine.runner.client import RefusedError
from engine.runner.protocol import Spec, encode
from engine.runner.tests.harness import Runner, alive, lasting
from jobs.attempts import Exit, Receipt


def cancel(runner: Runner, spec: Spec, *, grace: float) -> Exit:
    runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=grace)
    return runner.exit(spec)


def receipt_of(ended: Exit) -> Receipt:
    assert ended["receipt"] is not None
    return ended["receipt"]


def test_a_job_that_listens_ends_on_sigterm(runner: Runner) -> None:
    spec = runner.run("trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done")
    runner.await_output(spec, "ready")

    ended = cancel(runner, spec, grace=30)

    assert (ended["reason"], ended["exit_code"], ended["stop_requested"]) == ("cancelled", 5, "cancelled")
    assert runner.output(spec) == "ready\nbye\n"
    receipt = receipt_of(ended)
    assert receipt["by"] == ("cgroup" if runner.way == "cgroup" else "environment mark")
    assert receipt["kill_at"] is None
    assert receipt["verified_empty"]


def test_a_job_that_ignores_sigterm_and_hides_leaves_no_process(runner: Runner) -> None:
    sleep, token = lasting()
    spec = runner.run(f"""trap "" TERM; setsid sh -c 'trap "" TERM; echo ready; {sleep}' & wait""")
    runner.await_output(spec, "ready")

    ended = cancel(runner, spec, grace=0.2)

    assert alive(token) == []
    assert (ended["reason"], ended["signal"]) == ("cancelled", 9)
    receipt = receipt_of(ended)
    assert receipt["verified_empty"]
    assert receipt["kill_at"] is not None
    assert receipt["kill_at"] >= receipt["term_at"]
    assert receipt["processes_killed"] >= 2


def test_a_daemon_without_our_environment_is_found(runner: Runner) -> None:
    sleep, token = lasting()
    daemon = f"""trap "" TERM; echo ready; exec </dev/null >/dev/null 2>&1; {sleep}"""
    spec = runner.run(f"""(env -i setsid sh -c '{daemon}' &) & trap "" TERM; sleep 1000""")
    runner.await_output(spec, "ready")

    ended = cancel(runner, spec, grace=0.2)

    assert alive(token) == []
    assert receipt_of(ended)["verified_empty"]


def test_a_script_does_not_go_on_to_its_next_command(runner: Runner) -> None:
    specs = [runner.run("echo ready; sleep 1000; touch went-on; sleep 1000") for _ in range(10)]
    for spec in specs:
        runner.await_output(spec, "ready")

    assert {cancel(runner, spec, grace=30)["signal"] for spec in specs} == {15}
    assert not any(runner.work(spec, "went-on").exists() for spec in specs)


def test_a_child_keeps_the_rest_of_the_grace_when_its_shell_is_gone(runner: Runner) -> None:
    child = "trap 'sleep 0.3; echo saved; exit' TERM; echo ready; while :; do sleep 0.05; done"
    spec = runner.run(f"""sh -c "{child}"; exit 1""")
    runner.await_output(spec, "ready")

    ended = cancel(runner, spec, grace=30)

    assert "saved" in runner.output(spec)
    assert receipt_of(ended)["kill_at"] is None


def test_a_stopped_job_hears_of_it(runner: Runner) -> None:
    spec = runner.run("trap 'exit 6' TERM; echo ready; kill -STOP $$; while :; do sleep 0.05; done")
    runner.await_output(spec, "ready")

    ended = cancel(runner, spec, grace=30)

    assert ended["exit_code"] == 6


def test_a_job_that_ended_first_keeps_its_result(runner: Runner) -> None:
    spec, _ = runner.ended("exit 3")

    ended = cancel(runner, spec, grace=1)

    assert (ended["reason"], ended["exit_code"], ended["receipt"]) == ("exit_code", 3, None)


def test_an_exit_that_was_not_yet_seen_came_first_too(own_runner: Runner) -> None:
    spec = own_runner.run("while [ ! -e go ]; do sleep 0.05; done; exit 3")
    record = own_runner.record(spec)
    assert record is not None and record["started"] is not None
    pid = record["started"]["pid"]
    fields = {"attempt_id": spec.attempt_id, "lease": spec.lease, "reason": "cancelled", "grace": 5}

    own_runner.process.send_signal(signal.SIGSTOP)
    own_runner.work(spec, "go").touch()
    own_runner.await_true(lambda: processes.read(pid) is None, "only its zombie is left")
    os.write(own_runner.client.fileno(), encode({"id": 0, "do": "stop", **fields}))
    own_runner.process.send_signal(signal.SIGCONT)
    ended = own_runner.exit(spec)

    assert (ended["reason"], ended["exit_code"], ended["receipt"]) == ("exit_code", 3, None)


def test_a_second_request_can_shorten_the_grace(runner: Runner) -> None:
    spec = runner.run("trap '' TERM; echo ready; while :; do sleep 0.05; done")
    runner.await_output(spec, "ready")

    runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=3600)
    ended = cancel(runner, spec, grace=0)

    assert (ended["reason"], ended["signal"]) == ("cancelled", 9)


def test_a_stranger_cannot_stop_it(runner: Runner) -> None:
    spec = runner.run("sleep 1000")

    with pytest.raises(RefusedError) as refused:
        runner.client.stop(spec.attempt_id, "another lease", reason="cancelled", grace=0)

    assert refused.value.code == "unknown_attempt"
    assert cancel(runner, spec, grace=5)["reason"] == "cancelled"


def test_many_can_be_cancelled_at_once(runner: Runner) -> None:
    sleep, token = lasting()
    specs = [runner.run(f"trap '' TERM; {sleep} & wait; wait; {sleep}") for _ in range(10)]

    for spec in specs:
        runner.client.stop(spec.attempt_id, spec.lease, reason="interrupted", grace=0.1)
    ends = [runner.exit(spec) for spec in specs]

    assert {ended["reason"] for ended in ends} == {"interrupted"}
    assert alive(token) == []

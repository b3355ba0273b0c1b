import resource
import shutil
import subprocess

import pytest

from engine.runner import processes
from engine.runner.launch import RLIMIT_LOCKS
from engine.runner.mark import Mark, home_tag
from engine.runner.protocol import Spec
from engine.runner.tests.harness import Runner, alive, lasting, make_spec, ways
from jobs.attempts import Exit


def exit_of(runner: Runner, spec: Spec) -> Exit:
    record = runner.record(spec)
    assert record is not None and record["state"] == "ended"
    assert record["exit"] is not None
    return record["exit"]


def test_the_next_runner_declares_its_jobs_lost_and_ends_them(own_runner: Runner) -> None:
    sleep, token = lasting()
    hidden = f"""(env -i setsid sh -c 'trap "" TERM HUP; {sleep}' </dev/null >/dev/null 2>&1 &)"""
    spec = own_runner.run(f"""trap "" TERM; {hidden}; echo ready; {sleep}""")
    done, _ = own_runner.ended("exit 3")
    own_runner.await_output(spec, "ready")
    own_runner.await_true(lambda: len(alive(token)) >= 2, "both run")

    own_runner.kill()
    own_runner.start()

    assert alive(token) == []
    lost = exit_of(own_runner, spec)
    assert (lost["reason"], lost["exit_code"], lost["signal"]) == ("worker_lost", None, None)
    assert lost["message"] == "The runner ended while this was running, so nobody saw how it ended."
    assert own_runner.output(spec).startswith("ready\n\n[jobdeck: the runner was killed here")
    assert exit_of(own_runner, done)["exit_code"] == 3
    own_runner.forget(spec)
    assert own_runner.record(spec) is None


def test_a_process_that_only_has_the_same_number_is_left_alone(own_runner: Runner) -> None:
    """As if the job's pid had come again: the start time tells them apart."""
    spec, _ = own_runner.ended("true")
    record = own_runner.record(spec)
    assert record is not None and record["started"] is not None
    with subprocess.Popen(["sleep", "1000"], start_new_session=True) as stranger:
        found = processes.read(stranger.pid)
        assert found is not None
        started = {**record["started"], "pid": stranger.pid, "start_time": found.start_time - 100}
        own_runner.write(spec, "started.json", started)
        own_runner.file(spec, "exit.json").unlink()

        own_runner.kill()
        own_runner.start()

        assert exit_of(own_runner, spec)["reason"] == "worker_lost"
        assert stranger.poll() is None
        stranger.kill()


def test_a_job_whose_records_are_gone_is_ended_all_the_same(own_runner: Runner) -> None:
    sleep, token = lasting()
    hidden = f"""(env -i setsid sh -c 'trap "" HUP; {sleep}; {sleep}' </dev/null >/dev/null 2>&1 &)"""
    spec = own_runner.run(f"{hidden}; {sleep}")
    own_runner.await_true(lambda: len(alive(token)) >= 2, "it runs")

    shutil.rmtree(own_runner.file(spec, ""))
    own_runner.kill()
    own_runner.start()

    assert alive(token) == []
    assert own_runner.client.attempts() == []


def test_after_a_reboot_all_are_lost(one_runner: Runner) -> None:
    spec, ended = one_runner.ended("true")
    record = one_runner.record(spec)
    assert record is not None and record["started"] is not None
    one_runner.write(spec, "started.json", {**record["started"], "boot_id": "another"})
    one_runner.file(spec, "exit.json").unlink()

    one_runner.kill()
    one_runner.start()

    lost = exit_of(one_runner, spec)
    assert lost["reason"] == "worker_lost"
    assert lost["message"].startswith("The machine was restarted")
    assert lost["started_at"] == ended["started_at"]


@pytest.mark.parametrize("step", ["spec", "launched"])
def test_killed_before_started_nothing_ran(own_runner: Runner, step: str) -> None:
    own_runner.stop()
    own_runner.start({"JOBDECK_FAILPOINTS": f"runner.{step}=kill"})
    witness = own_runner.spool / "ran"
    spec = make_spec(f"touch {witness}; sleep 1000")

    with pytest.raises(Exception, match=r"clos|lost"):
        own_runner.submit(spec)
    own_runner.process.wait(60)
    own_runner.start()

    record = own_runner.record(spec)
    assert record is not None
    assert (record["state"], record["started"], record["exit"]) == ("starting", None, None)
    assert not witness.exists()
    own_runner.submit(spec)
    own_runner.await_true(witness.exists, "the job that never ran could be started after all")
    own_runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=1)
    own_runner.exit(spec)


@pytest.mark.parametrize("step", ["started", "released", "exit"])
def test_killed_after_started_the_job_is_lost(own_runner: Runner, step: str) -> None:
    own_runner.stop()
    own_runner.start({"JOBDECK_FAILPOINTS": f"runner.{step}=kill"})
    sleep, token = lasting()
    spec = make_spec("true" if step == "exit" else sleep)

    with pytest.raises(Exception, match=r"clos|lost"):
        own_runner.submit(spec)
        own_runner.exit(spec)
    own_runner.process.wait(60)
    own_runner.start()

    lost = exit_of(own_runner, spec)
    assert (lost["reason"], lost["usage"]) == ("worker_lost", None)
    assert alive(token) == []


def test_killed_after_the_exit_record_the_true_end_stands(own_runner: Runner) -> None:
    own_runner.stop()
    own_runner.start({"JOBDECK_FAILPOINTS": "runner.ended=kill"})
    spec = make_spec("exit 5")

    with pytest.raises(Exception, match=r"clos|lost"):
        own_runner.submit(spec)
        own_runner.exit(spec)
    own_runner.process.wait(60)
    own_runner.start()

    assert exit_of(own_runner, spec)["exit_code"] == 5


@pytest.mark.skipif(
    "unprivileged" not in ways(), reason="only root can have what an ordinary user cannot end"
)
def test_what_the_next_runner_cannot_end_is_said() -> None:
    with Runner("unprivileged") as runner:
        spec = runner.run("sleep 1000")
        with subprocess.Popen(["sleep", "1000"]) as anothers:
            seal = Mark(home_tag(runner.home), spec.attempt_id).seal
            resource.prlimit(anothers.pid, RLIMIT_LOCKS, (seal, seal))

            runner.kill()
            runner.start()

            lost = exit_of(runner, spec)
            anothers.kill()
    assert lost["reason"] == "worker_lost"
    assert lost["receipt"] is not None and not lost["receipt"]["verified_empty"]
    assert lost["message"].endswith("Some of its processes could not be ended.")

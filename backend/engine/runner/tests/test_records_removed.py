"""Jobs that remove or overwrite what lies around the folder in which they run."""

import json

from engine.runner.tests.harness import Runner, alive, lasting


def test_a_job_that_removes_the_folder_above_its_own_ends_as_it_does(runner: Runner) -> None:
    neighbour = runner.run("echo mine > file; while [ ! -e go ]; do sleep 0.05; done; cat file; exit 4")
    runner.await_true((runner.work(neighbour, "file")).exists, "the neighbour is at work")

    spec, ended = runner.ended("""echo before; rm -rf "$(dirname "$PWD")"; echo after; exit 3""")

    assert (ended["reason"], ended["exit_code"]) == ("exit_code", 3)
    assert runner.output(spec) == "before\nafter\n"
    assert json.loads(runner.file(spec, "exit.json").read_text()) == ended
    runner.work(neighbour, "go").touch()
    assert runner.exit(neighbour)["exit_code"] == 4
    assert runner.output(neighbour) == "mine\n"


def test_nothing_of_ours_lies_beside_its_folder(runner: Runner) -> None:
    spec, ended = runner.ended("ls -A ..; echo '{}' > ../exit.json; echo forged > ../stdout; exit 3")

    assert ended["exit_code"] == 3
    assert runner.output(spec) == "job\n"
    assert json.loads(runner.file(spec, "exit.json").read_text()) == ended
    runner.forget(spec)
    assert not runner.work(spec).parent.exists()


def test_records_that_were_removed_are_written_anew(runner: Runner) -> None:
    """A job that runs as our own user can reach them, if it looks for them."""
    spec, ended = runner.ended(
        """echo before; rm -rf "../../../records/$(basename "$(dirname "$PWD")")"; echo after; exit 3"""
    )

    assert ended["exit_code"] == 3
    assert runner.output(spec) == "before\nafter\n"
    assert json.loads(runner.file(spec, "exit.json").read_text()) == ended


def test_a_job_that_removes_the_whole_spool_ends_and_others_can_start(own_runner: Runner) -> None:
    sleep, token = lasting()
    stopped = own_runner.run(f"echo ready; {sleep}")
    own_runner.await_output(stopped, "ready")

    _, ended = own_runner.ended("rm -rf ../../../records ../../../work ../../../.trash; exit 3")

    assert ended["exit_code"] == 3
    assert own_runner.ended("exit 5")[1]["exit_code"] == 5
    own_runner.client.stop(stopped.attempt_id, stopped.lease, reason="cancelled", grace=5)
    assert own_runner.exit(stopped)["reason"] == "cancelled"
    assert alive(token) == []


def test_an_exit_that_no_disk_takes_is_known_all_the_same(own_runner: Runner) -> None:
    """A file where the folder of all records should be stands in for a disk that takes nothing."""
    spec = own_runner.run("while [ ! -e go ]; do sleep 0.05; done; exit 3")
    records = own_runner.spool / "records"

    records.rename(own_runner.home / "aside")
    records.touch()
    own_runner.work(spec, "go").touch()

    assert own_runner.exit(spec)["exit_code"] == 3
    assert own_runner.stop() == 0
    records.unlink()
    (own_runner.home / "aside").rename(records)

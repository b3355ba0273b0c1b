import pwd
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from engine.runner import processes
from engine.runner.client import RefusedError
from engine.runner.clock import boot_id
from engine.runner.tests.harness import Runner, make_spec


@pytest.mark.parametrize("code", [0, 1, 3, 125, 255])
def test_the_exit_code_is_the_commands(runner: Runner, code: int) -> None:
    _, ended = runner.ended(f"exit {code}")

    assert (ended["exit_code"], ended["signal"]) == (code, None)
    assert ended["reason"] == ("exit_code" if code else "")


@pytest.mark.parametrize(("name", "number"), [("SEGV", 11), ("KILL", 9), ("TERM", 15)])
def test_a_signal_is_told_apart_from_an_exit_code(runner: Runner, name: str, number: int) -> None:
    _, ended = runner.ended(f"kill -{name} $$")

    assert (ended["exit_code"], ended["signal"], ended["reason"]) == (None, number, "signal")
    assert f"SIG{name}" in ended["message"]


def test_both_streams_are_whole_and_apart(runner: Runner) -> None:
    spec, ended = runner.ended("for i in $(seq 200); do echo out $i; echo err $i >&2; done")

    assert runner.output(spec).splitlines() == [f"out {i}" for i in range(1, 201)]
    assert runner.output(spec, "stderr").splitlines() == [f"err {i}" for i in range(1, 201)]
    assert ended["streams"]["stdout"] == {"size": len(runner.output(spec)), "dropped": 0}


def test_writing_to_dev_stdout_loses_nothing(runner: Runner) -> None:
    spec, _ = runner.ended("echo one; echo two > /dev/stdout; echo three; echo four > /dev/stderr; echo five")

    assert runner.output(spec) == "one\ntwo\nthree\nfive\n"
    assert runner.output(spec, "stderr") == "four\n"


def test_a_script_runs_under_its_interpreter(runner: Runner) -> None:
    script = "#!/usr/bin/env python3\nimport sys\nprint(sys.version_info >= (3,))\nsys.exit(7)\n"

    spec, ended = runner.ended(script)

    assert (runner.output(spec), ended["exit_code"]) == ("True\n", 7)


def test_a_command_longer_than_an_argument_may_be_runs(runner: Runner) -> None:
    spec, ended = runner.ended(": " + "x" * 200_000 + "\necho done")

    assert (runner.output(spec), ended["exit_code"]) == ("done\n", 0)


def test_the_environment_is_clean(runner: Runner) -> None:
    spec, _ = runner.ended("env", environment={"COLOUR": "blue", "JOBDECK_JOB_ID": "forged"})

    variables = dict(line.split("=", 1) for line in runner.output(spec).splitlines())
    work = str(runner.work(spec))
    mark = variables.pop("JOBDECK_MARK")
    assert mark.endswith(f"-{spec.attempt_id}")
    assert (
        variables.items()
        >= {
            "COLOUR": "blue",
            "JOBDECK_JOB_ID": str(spec.ref.job_id),
            "JOBDECK_ATTEMPT": "1",
            "JOBDECK_PROGRESS": f"{work}/progress",
            "JOBDECK_RESULT": f"{work}/result.json",
            "JOBDECK_ARTIFACTS": f"{work}/artifacts",
            "TMPDIR": str(runner.work(spec, "tmp")),
            "PYTHONUNBUFFERED": "1",
        }.items()
    )
    expected = {"PATH", "HOME", "LANG", "USER", "SHELL"}
    assert expected <= variables.keys()
    assert not {name for name in variables if not name.startswith("JOBDECK_")} - expected - {
        "COLOUR", "TMPDIR", "PYTHONUNBUFFERED", "PWD", "OLDPWD", "SHLVL", "_"
    }  # fmt: skip
    assert variables["USER"] == pwd.getpwuid(runner.spool.stat().st_uid).pw_name


def test_nothing_of_the_runner_is_open_in_the_job(runner: Runner) -> None:
    spec, _ = runner.ended("ls -l /proc/self/fd; ulimit -n; umask")

    listing = runner.output(spec)
    assert "socket" not in listing
    assert "runner.lock" not in listing
    assert "0 -> /dev/null" in listing
    assert listing.endswith("1024\n0022\n")


def test_a_job_works_in_its_own_folder_or_the_one_it_names(runner: Runner) -> None:
    own, _ = runner.ended("pwd; echo 1 > $JOBDECK_PROGRESS; touch $JOBDECK_ARTIFACTS/a $TMPDIR/b")
    named, _ = runner.ended("pwd", working_directory="/usr/bin")

    assert runner.output(own).strip() == str(runner.work(own))
    assert runner.work(own, "progress").read_text() == "1\n"
    assert runner.output(named) == "/usr/bin\n"


def test_started_names_the_process_for_good(runner: Runner) -> None:
    spec = runner.run("read -r stat < /proc/self/stat; echo $$ $stat")
    runner.exit(spec)

    record = runner.record(spec)
    assert record is not None and record["started"] is not None
    pid, *stat = runner.output(spec).split()
    assert record["started"]["pid"] == int(pid)
    assert record["started"]["start_time"] == int(stat[21])
    assert record["started"]["boot_id"] == boot_id()


def test_starting_the_same_attempt_again_runs_it_once(runner: Runner) -> None:
    spec = runner.run("echo run")
    runner.submit(spec)
    runner.exit(spec)
    runner.submit(spec)

    assert runner.output(spec) == "run\n"


def test_an_attempt_under_another_lease_is_refused(runner: Runner) -> None:
    spec = runner.run("true")

    with pytest.raises(RefusedError) as refused:
        runner.submit(make_spec("true", ref=replace(spec.ref, lease=uuid4())))

    assert refused.value.code == "conflict"


def test_what_is_left_running_ends_with_the_main_process(runner: Runner) -> None:
    _, ended = runner.ended("sleep 1000 & setsid sleep 1000 & echo started; exit 4")

    assert ended["exit_code"] == 4
    assert ended["receipt"] is None
    assert "left running" in ended["message"]


def test_orphans_come_to_the_runner(runner: Runner) -> None:
    spec = runner.run("(sleep 1000 & echo $!); sleep 1000")
    runner.await_output(spec, "\n")
    pid = int(runner.output(spec))

    def is_its_child() -> bool:
        orphan = processes.read(pid)
        return orphan is not None and orphan.parent == runner.process.pid

    runner.await_true(is_its_child, "the orphan is the runner's child")
    runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    runner.exit(spec)
    runner.await_true(lambda: not Path(f"/proc/{pid}").exists(), "it is reaped")


def test_a_job_that_closes_its_output_runs_on(runner: Runner) -> None:
    spec, ended = runner.ended("exec >&- 2>&-; sleep 0.2; exit 9")

    assert (runner.output(spec), ended["exit_code"]) == ("", 9)


def test_usage_counts_memory_and_time(runner: Runner) -> None:
    command = (
        "#!/usr/bin/env python3\nimport time\nx = bytearray(150 << 20)\nsum(range(10**6))\ntime.sleep(0.3)"
    )

    _, ended = runner.ended(command)

    assert ended["usage"] is not None
    assert 150 < ended["usage"]["max_rss_mb"] < 300
    assert ended["usage"]["cpu_seconds"] > 0


def test_many_jobs_at_once_keep_their_own_ends(runner: Runner) -> None:
    specs = [runner.run(f"seq 200; exit {i}") for i in range(10)]

    assert [runner.exit(spec)["exit_code"] for spec in specs] == list(range(10))
    assert all(runner.output(spec).split() == [str(n) for n in range(1, 201)] for spec in specs)


def test_forgotten_attempts_are_gone(runner: Runner) -> None:
    spec, _ = runner.ended("mkdir -p a/b; touch a/b/c; ln -s /usr a/l; chmod 500 a/b; chmod 0 a")

    runner.forget(spec)
    runner.forget(spec)

    assert runner.record(spec) is None
    assert not runner.file(spec, "").exists()
    trash = runner.spool / ".trash"
    runner.await_true(lambda: not list(trash.iterdir()), "the trash is empty")


def test_a_running_attempt_cannot_be_forgotten(runner: Runner) -> None:
    spec = runner.run("sleep 1000")

    with pytest.raises(RefusedError) as refused:
        runner.forget(spec)

    assert refused.value.code == "running"
    runner.client.stop(spec.attempt_id, spec.lease, reason="cancelled", grace=5)
    runner.exit(spec)

"""From the submit to the end: what a command does is what the job's record says."""

import signal
from pathlib import Path

import pytest

from engine.tests.harness import Machine, attempt_of, log_of, story
from jobs.models import Job
from jobs.states import Reason, Status


def test_exit_code_zero_completes(machine: Machine) -> None:
    job = machine.run("echo out; echo err >&2")
    assert (job.status, job.exit_code, job.reason, job.error_message) == (Status.COMPLETED, 0, "", "")
    assert (log_of(job), log_of(job, "stderr")) == (b"out\n", b"err\n")
    attempt = attempt_of(job)
    assert attempt.log_complete
    assert attempt.started_at is not None
    assert attempt.ended_at is not None
    assert attempt.started_at <= attempt.ended_at
    assert attempt.usage["max_rss_mb"] >= 0


def test_every_move_is_in_the_history(machine: Machine) -> None:
    job = machine.run("exit 3")
    assert [status for status, _ in story(job)] == [Status.PENDING, Status.RUNNING, Status.FAILED]
    assert story(job)[1][1] == f"Claimed by {machine.root.name}"
    assert story(job)[2][1].startswith("Ended with exit code 3 after ")
    assert (job.exit_code, job.reason) == (3, Reason.EXIT_CODE)
    assert job.error_message == "It ended with exit code 3."


def test_a_signal_is_told_from_an_exit_code(machine: Machine) -> None:
    job = machine.run("kill -9 $$")
    assert (job.status, job.reason, job.exit_code) == (Status.FAILED, Reason.SIGNAL, None)
    assert attempt_of(job).signal == signal.SIGKILL


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("#!/usr/bin/env python3\nimport sys\nprint('python', len(sys.argv))\n", b"python 1\n"),
        ("#!/bin/bash\nset -o pipefail\nwords=(a b)\necho bash ${#words[@]}\n", b"bash 2\n"),
        ('#!/usr/bin/awk -f\nBEGIN { print "awk", 6 * 7 }\n', b"awk 42\n"),
    ],
    ids=["python", "bash", "awk"],
)
def test_a_script_runs_under_its_shebang(machine: Machine, script: str, says: bytes) -> None:
    job = machine.run(script)
    assert (job.status, log_of(job)) == (Status.COMPLETED, says)


def test_the_environment_is_clean_and_names_the_job(machine: Machine) -> None:
    job = machine.run("env", environment={"GREETING": "hi", "DATABASE_URL": "mine"})
    found = dict(line.split("=", 1) for line in log_of(job).decode().splitlines())
    assert found["GREETING"] == "hi"
    assert found["DATABASE_URL"] == "mine"
    assert found["JOBDECK_JOB_ID"] == str(job.pk)
    assert found["JOBDECK_ATTEMPT"] == "1"
    assert {name for name in found if "JOBDECK" in name} == {
        "JOBDECK_JOB_ID",
        "JOBDECK_ATTEMPT",
        "JOBDECK_PROGRESS",
        "JOBDECK_RESULT",
        "JOBDECK_ARTIFACTS",
        "JOBDECK_MARK",
    }


def test_it_runs_in_its_working_directory(machine: Machine, tmp_path: Path) -> None:
    job = machine.run("pwd", working_directory=str(tmp_path))
    assert log_of(job).decode() == f"{tmp_path}\n"


@pytest.mark.parametrize(
    ("command", "fields", "missing"),
    [
        ("#!/no/such/interpreter\n", {}, "/no/such/interpreter"),
        ("#!/usr/bin/env no-such-language\n", {}, "no-such-language"),
        ("no-such-program --flag", {}, "no-such-program"),
        ("true", {"working_directory": "/no/such/folder"}, "/no/such/folder"),
    ],
    ids=["interpreter", "interpreter in the path", "program", "folder"],
)
def test_what_cannot_start_says_what_is_missing(
    machine: Machine, command: str, fields: dict[str, str], missing: str
) -> None:
    job = machine.run(command, **fields)
    assert (job.status, job.reason) == (Status.FAILED, Reason.START_FAILED)
    assert missing in job.error_message
    assert missing in story(job)[-1][1]


def test_writing_to_dev_stdout_loses_nothing(machine: Machine) -> None:
    job = machine.run("echo one; echo two > /dev/stdout; echo three; echo four > /dev/stderr; echo five >&2")
    assert log_of(job) == b"one\ntwo\nthree\n"
    assert log_of(job, "stderr") == b"four\nfive\n"


def test_bytes_that_are_no_text_are_kept_as_they_are(machine: Machine) -> None:
    job = machine.run(r"printf 'a\000b\377\n'")
    assert log_of(job) == b"a\x00b\xff\n"


def test_a_log_of_many_pieces_is_whole(machine: Machine) -> None:
    job = machine.run("seq 300000")
    assert log_of(job) == b"".join(b"%d\n" % number for number in range(1, 300_001))


def test_the_result_is_stored(machine: Machine) -> None:
    job = machine.run("""echo '{"pi": 3.14, "name": "\\u0000x", "list": [1, null]}' > "$JOBDECK_RESULT" """)
    assert job.status == Status.COMPLETED
    assert job.result_data == {"pi": 3.14, "name": "\N{REPLACEMENT CHARACTER}x", "list": [1, None]}
    assert attempt_of(job).result_data == job.result_data


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("echo '{broken' > $JOBDECK_RESULT", "it is not JSON"),
        ("echo '[NaN]' > $JOBDECK_RESULT", "NaN"),
        ("head -c 1100000 /dev/zero | tr '\\0' 1 > $JOBDECK_RESULT", "more than 1048576 bytes"),
    ],
    ids=["broken", "NaN", "too large"],
)
def test_a_bad_result_does_not_fail_the_job(machine: Machine, command: str, why: str) -> None:
    job = machine.run(command)
    assert (job.status, job.result_data) == (Status.COMPLETED, None)
    assert why in story(job)[-1][1]


@pytest.mark.parametrize("trick", ["ln -s /etc/hostname", "mkfifo", "mkdir"])
def test_a_result_that_is_no_regular_file_is_not_read(machine: Machine, trick: str) -> None:
    job = machine.run(f"{trick} $JOBDECK_RESULT")
    assert (job.status, job.result_data) == (Status.COMPLETED, None)


def test_priority_decides_who_is_first(machine: Machine, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    blocker = machine.submit(
        "while [ ! -e $GO ]; do sleep 0.02; done",
        environment={"GO": str(tmp_path / "go")},
        resource_requirements={"cpus": 4},
    )
    names = {1: "low", 10: "high", 5: "middle"}
    jobs = [
        machine.submit(f"echo {name} >> {ledger}", priority=priority, resource_requirements={"cpus": 4})
        for priority, name in names.items()
    ]
    (tmp_path / "go").touch()
    machine.wait_for_ends([blocker, *jobs])
    assert ledger.read_text().split() == ["high", "middle", "low"]


def test_a_deleted_job_leaves_nothing_in_the_spool(machine: Machine) -> None:
    from jobs import transitions

    job = machine.run("echo gone")
    transitions.delete(job.pk)
    assert not Job.objects.filter(pk=job.pk).exists()
    assert machine.spooled() == []


def test_a_job_that_removes_the_folder_above_its_own_ends_as_it_does(machine: Machine) -> None:
    job = machine.run("""echo before; rm -rf "$(dirname "$PWD")"; echo after; exit 3""")
    assert (job.status, job.exit_code, job.reason) == (Status.FAILED, 3, Reason.EXIT_CODE)
    assert log_of(job) == b"before\nafter\n"
    assert machine.spooled() == []

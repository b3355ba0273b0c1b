from pathlib import Path

import pytest

from engine.runner.client import RefusedError
from engine.runner.tests.harness import Runner, make_spec


@pytest.mark.parametrize(
    ("command", "fields", "sentence"),
    [
        ("#!/no/such/interpreter\n", {}, "The interpreter /no/such/interpreter is not there."),
        ("#!/usr/bin/env no-such-program\n", {}, "The interpreter no-such-program is not there in the PATH"),
        ("#!/bin/sh\r\necho hi\r\n", {}, "CR LF"),
        ("#!\n", {}, "names no interpreter"),
        (
            "true",
            {"working_directory": "/no/such/folder"},
            "The working directory /no/such/folder is not there.",
        ),
        ("true", {"working_directory": "/etc/passwd"}, "is not a directory"),
        ("true", {"working_directory": "somewhere"}, "is not an absolute path"),
        ("  ", {}, "empty"),
        ("echo \0", {}, "NUL"),
        ("echo \ud800", {}, "surrogate"),
        ("true", {"environment": {"A": "\0"}}, "null byte"),
        ("true", {"environment": {"A": "x" * 3_000_000}}, "Argument list too long"),
    ],
)
def test_what_is_not_there_is_named(
    runner: Runner, command: str, fields: dict[str, object], sentence: str
) -> None:
    spec = make_spec(command, **fields)

    with pytest.raises(RefusedError) as refused:
        runner.submit(spec)

    assert refused.value.code == "start_failed"
    assert sentence in str(refused.value)
    assert runner.record(spec) is None
    assert not runner.file(spec, "").exists()


def test_a_program_that_is_not_there_is_a_failed_start(runner: Runner) -> None:
    _, ended = runner.ended("A=1 no-such-program --now")

    assert (ended["reason"], ended["exit_code"]) == ("start_failed", 127)
    assert ended["message"].startswith("The program no-such-program is not there")


def test_a_program_that_cannot_be_executed_is_a_failed_start(runner: Runner) -> None:
    _, ended = runner.ended("/etc/passwd")

    assert (ended["reason"], ended["exit_code"]) == ("start_failed", 126)
    assert ended["message"] == "The program /etc/passwd may not be executed."


@pytest.mark.parametrize(
    "command", ["exit 127", "true; no-such-program", "sh -c 'exit 127'", "f() { return 127; }\nf"]
)
def test_a_127_of_the_commands_own_stays_one(runner: Runner, command: str) -> None:
    _, ended = runner.ended(command)

    assert (ended["reason"], ended["exit_code"]) == ("exit_code", 127)


def test_failed_starts_leave_no_descriptor_open(one_runner: Runner) -> None:
    def descriptors() -> int:
        return len(list(Path(f"/proc/{one_runner.process.pid}/fd").iterdir()))

    before = descriptors()
    for _ in range(5):
        with pytest.raises(RefusedError):
            one_runner.run("#!/no/such/interpreter")
        with pytest.raises(RefusedError):
            one_runner.run("true", environment={"A": "\0"})

    one_runner.await_true(lambda: descriptors() == before, "the removed folders are closed too")

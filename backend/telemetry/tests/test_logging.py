import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from telemetry.logging import logging_config, mask_secrets


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level


def write(log_format: str, capsys: pytest.CaptureFixture[str], *message: Any) -> str:
    logging.config.dictConfig(logging_config(log_format, "jobdeck-web"))
    logging.getLogger("jobs.events").warning(*message)
    return capsys.readouterr().err.strip()


def test_ecs_is_one_json_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.loads(write("ecs", capsys, "lost %d hints", 3))

    assert line["message"] == "lost 3 hints"
    assert line["log.level"] == "warning"
    assert line["service"]["name"] == "jobdeck-web"
    assert line["@timestamp"]


def test_text_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    line = write("text", capsys, "lost %d hints", 3)

    assert "lost 3 hints" in line
    assert "jobs.events" in line


@pytest.mark.parametrize("log_format", ["text", "ecs"])
def test_tokens_are_masked_wherever_they_come_from(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    line = write(log_format, capsys, "refused %s", "jd_0123456789abcdef0123456789abcdef")

    assert "0123456789" not in line
    assert "jd_" in line


@pytest.mark.parametrize("log_format", ["text", "ecs"])
def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    logging.config.dictConfig(logging_config(log_format, "jobdeck-web"))
    code = "-".join(["hidden", "code"])  # noqa: F841  (what must not be shown)
    try:
        raise ValueError("broken")  # noqa: TRY301
    except ValueError:
        logging.getLogger("jobs").exception("it failed")

    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "hidden-code" not in said


def test_masking_leaves_other_text_alone() -> None:
    assert mask_secrets(None, "", {"event": "jd_ is the prefix", "n": 1}) == {
        "event": "jd_ is the prefix",
        "n": 1,
    }


HOSTILE = "/a\n2026-01-01 00:00:00 [error    ] forged\r\x1b[31m\x9b2J\u202e\u2028"


@pytest.mark.parametrize("log_format", ["text", "ecs"])
def test_nobody_writes_a_line_of_ours_or_commands_the_terminal(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    line = write(log_format, capsys, "nothing at %s", HOSTILE)

    assert line.isprintable()
    assert "forged" in line


@pytest.mark.parametrize("log_format", ["text", "ecs"])
def test_what_an_exception_brings_along_is_no_line_of_ours(
    capsys: pytest.CaptureFixture[str], log_format: str
) -> None:
    logging.config.dictConfig(logging_config(log_format, "jobdeck-web"))
    try:
        raise ValueError(HOSTILE)  # noqa: TRY301
    except ValueError:
        logging.getLogger("jobs").exception("it failed")

    first, *rest = capsys.readouterr().err.strip("\n").split("\n")
    assert all(line.isprintable() for line in (first, *rest))
    assert all(line.startswith("  ") for line in rest)


def test_a_logger_of_structlog_writes_alike(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(logging_config("text", "jobdeck-web"))
    structlog.get_logger("jobdeck.request").warning("request", path=HOSTILE, method="GET")

    assert capsys.readouterr().err.strip("\n").isprintable()

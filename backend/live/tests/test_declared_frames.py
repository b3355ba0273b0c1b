"""Each message that is declared is understood, and each frame and message is on the reference page."""

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from live.frames import Frame, Message
from live.messages import read_message

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "live.md"
EXAMPLES: dict[str, Any] = {"id": 7, "ids": [7], "attempt": 1, "stream": "stdout", "offset": 0}


def example(declared: type) -> dict[str, Any]:
    return {
        name: get_args(hint)[0] if name not in EXAMPLES else EXAMPLES[name]
        for name, hint in get_type_hints(declared).items()
    }


@pytest.mark.parametrize("message", get_args(Message), ids=lambda message: message.__name__)
def test_a_message_that_is_declared_is_understood(message: type) -> None:
    command = read_message(json.dumps(example(message)))

    assert command is None or command.do in example(message)


@pytest.mark.parametrize("declared", get_args(Message) + get_args(Frame), ids=lambda one: one.__name__)
def test_the_reference_page_names_all_that_is_declared(declared: type) -> None:
    fields = get_type_hints(declared)
    [key] = fields.keys() & {"type", "subscribe", "unsubscribe", "ping"}
    [value] = get_args(fields[key])
    rows = [
        line
        for line in PAGE.read_text().splitlines()
        if line.startswith(f"| `{json.dumps({key: value})[1:-1]}")
    ]

    assert len(rows) == 1, f"{key}: {value}"
    for name in fields:
        assert f"`{name}`" in rows[0] or f'"{name}"' in rows[0]

"""What the description says a job may have is what the API takes, to the last one, and refuses past it."""

import json
from typing import Any

import pytest
from django.conf import settings

from .api import Api

DESCRIPTION = settings.BACKEND.parent / "docs" / "reference" / "openapi.json"
SCHEMAS = json.loads(DESCRIPTION.read_bytes())["components"]["schemas"]
NEW_JOB = SCHEMAS["JobWrite"]["properties"]

LARGEST = {
    "name": ("n" * NEW_JOB["name"]["maxLength"], "n" * (NEW_JOB["name"]["maxLength"] + 1)),
    "description": tuple("d" * (NEW_JOB["description"]["maxLength"] + more) for more in (0, 1)),
    "command": tuple(":" + " " * (NEW_JOB["command"]["x-maxBytes"] - 1 + more) for more in (0, 1)),
    "tags": tuple([str(n) for n in range(NEW_JOB["tags"]["maxItems"] + more)] for more in (0, 1)),
    "working_directory": tuple(
        "/" * (NEW_JOB["working_directory"]["oneOf"][0]["maxLength"] + more) for more in (0, 1)
    ),
    "environment": tuple(
        {f"V{n}": "" for n in range(NEW_JOB["environment"]["maxProperties"] + more)} for more in (0, 1)
    ),
}
NUMBERS = {name: NEW_JOB[name] for name in ("priority", "timeout", "max_attempts", "retry_delay")}


@pytest.mark.parametrize("field", LARGEST)
def test_the_largest_is_taken_and_a_larger_one_refused(field: str, api: Api) -> None:
    fits, too_large = LARGEST[field]
    assert api.post("jobs/", {"name": "n", field: fits}).status == 201
    refused = api.post("jobs/", {"name": "n", field: too_large})
    assert (refused.status, list(refused.errors())) == (400, [field])


@pytest.mark.parametrize("field", NUMBERS)
def test_numbers_reach_from_the_least_to_the_most(field: str, api: Api) -> None:
    least, most = NUMBERS[field]["minimum"], NUMBERS[field]["maximum"]
    answers = [
        api.post("jobs/", {"name": "n", field: value}).status for value in (least - 1, least, most, most + 1)
    ]
    assert answers == [400, 201, 201, 400]


def test_a_command_is_measured_in_bytes(api: Api) -> None:
    most = NEW_JOB["command"]["x-maxBytes"]
    assert api.post("jobs/", {"name": "n", "command": ":" + "é" * (most // 2)}).status == 400


def test_variables_are_measured_together(api: Api) -> None:
    each = "v" * NEW_JOB["environment"]["additionalProperties"]["maxLength"]
    answer = api.post("jobs/", {"name": "n", "environment": dict.fromkeys("ABCDE", each)})
    assert list(answer.errors()) == ["environment"]
    assert 5 * len(each) > NEW_JOB["environment"]["x-maxBytes"]


def test_a_field_left_out_is_what_the_description_says(api: Api) -> None:
    said: dict[str, Any] = {name: field["default"] for name, field in NEW_JOB.items() if "default" in field}
    job = api.post("jobs/", {"name": "n"}).body
    assert said == {name: job[name] for name in said}
    assert {"priority", "queue", "executor", "max_attempts", "retry_delay", "retry_on_lost"} <= set(said)

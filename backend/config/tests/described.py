"""Holds what is answered to the OpenAPI document: all that it says, and nothing that it does not name."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

OPENAPI = Path(__file__).resolve().parents[3] / "docs" / "reference" / "openapi.json"
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def _is_a_time(value: object) -> bool:
    return not isinstance(value, str) or bool(_UTC.fullmatch(value))


_formats = FormatChecker()
_formats.checks("date-time")(_is_a_time)


@cache
def described(component: str) -> Draft202012Validator:
    """A validator of what the document calls by this name."""
    document = json.loads(OPENAPI.read_text())
    schemas = {name: _closed(schema) for name, schema in document["components"]["schemas"].items()}
    schema = {"$ref": f"#/components/schemas/{component}", "components": {"schemas": schemas}}
    return Draft202012Validator(schema, format_checker=_formats)


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    return {"additionalProperties": False, **schema} if "properties" in schema else schema

"""The result of a job: one JSON value that its command left in the file `$JOBDECK_RESULT` names. Pure.

A result that cannot be taken does not fail the job; its history says why there is none.
"""

import json
import math
from typing import NoReturn

from engine.cleaning import clean_json
from engine.executors.base import LARGEST_RESULT

DEEPEST = 100


class BadResult(Exception):
    """The result cannot be taken, and the message says why."""


def parse_result(data: bytes) -> object:
    """The value in the file's bytes. Raises BadResult."""
    if len(data) > LARGEST_RESULT:
        raise BadResult(f"it has more than {LARGEST_RESULT} bytes")
    try:
        value: object = json.loads(data, parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError:
        raise BadResult("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadResult(f"it is not JSON ({error.msg} in line {error.lineno})") from None
    except RecursionError:
        raise BadResult(f"it is nested more than {DEEPEST} deep") from None
    except ValueError as error:
        raise BadResult(f"it is not JSON ({error})") from None
    _check_depth(value, DEEPEST)
    return clean_json(value)


def _refuse(constant: str) -> NoReturn:
    raise BadResult(f"JSON has no {constant}")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadResult(f"the number {text[:40]} is too large")
    return value


def _check_depth(value: object, left: int) -> None:
    if not isinstance(value, list | dict):
        return
    if not left:
        raise BadResult(f"it is nested more than {DEEPEST} deep")
    for item in value.values() if isinstance(value, dict) else value:
        _check_depth(item, left - 1)

"""Many new jobs at once: all are checked by the rules of a single one, and all are good or none is taken."""

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import ValidationError

from jobs.errors import FieldError, Invalid

from . import bounds
from .problems import field_errors
from .serializers import JobWriteSerializer
from .serializers.fast import FastSerializer

MOST_TOLD = 100
"""Errors in one answer."""
MOST_REFUSED = 500
"""Jobs after which it is plain that something is wrong with all; saying what takes a millisecond each."""


def check_jobs(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The values of jobs, for `transitions.submit_many`.

    :raises Invalid: some are not valid, or they are too many. `errors` has each field by the job's index.
    """
    _require_some(len(rows))
    jobs = FastSerializer(JobWriteSerializer())
    found: list[dict[str, Any]] = []
    errors: list[FieldError] = []
    refused = 0
    for index, row in enumerate(rows):
        try:
            found.append(jobs.run_validation(row))
        except ValidationError as error:
            refused += 1
            errors += field_errors(error.detail, str(index))
            if refused == MOST_REFUSED:
                break
    if refused:
        raise _invalid(errors, refused, len(rows))
    return found


def _require_some(number: int) -> None:
    if not number:
        raise Invalid("There are no jobs in the body.", hint="Send at least one.")
    if number > bounds.MOST_SUBMITTED:
        raise Invalid(
            f"There are {number:,} jobs in the body; one request takes {bounds.MOST_SUBMITTED:,}.",
            hint="Send them in several requests.",
        )


def _invalid(errors: Sequence[FieldError], refused: int, of: int) -> Invalid:
    least = "At least " if refused == MOST_REFUSED else ""
    are = "is" if refused == 1 else "are"
    said = f"{least}{refused:,} of {of:,} jobs {are} not valid. Nothing was submitted."
    if len(errors) > MOST_TOLD:
        said += f" The first {MOST_TOLD} of {least.lower()}{len(errors):,} errors are listed."
    return Invalid(said, errors=errors[:MOST_TOLD])

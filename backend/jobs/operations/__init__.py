"""Operations: one thing done to many jobs, in the background.

A person previews one (`preview`), begins it (`begin`), watches it, aborts or undoes it. The scheduler carries
it out (`Operations`) by the moves of `jobs.transitions` and the edits of `jobs.editing`, and notes what came
of each job. What is to come of a job is decided in one place, `rules`.
"""

from .batch import Operations
from .commands import GRACE, UNDO, abort, begin, can_undo, undo
from .members import OperationRequest
from .preview import Preview, preview
from .reading import (
    OperationJSON,
    OutcomePlace,
    as_json,
    find,
    forget,
    list_operations,
    outcome_page,
    split_json,
)
from .rules import ACTING, SENTENCES, UNDONE_FROM, Doing, JobOutcome

__all__ = [
    "ACTING",
    "GRACE",
    "SENTENCES",
    "UNDO",
    "UNDONE_FROM",
    "Doing",
    "JobOutcome",
    "OperationJSON",
    "OperationRequest",
    "Operations",
    "OutcomePlace",
    "Preview",
    "abort",
    "as_json",
    "begin",
    "can_undo",
    "find",
    "forget",
    "list_operations",
    "outcome_page",
    "preview",
    "split_json",
    "undo",
]

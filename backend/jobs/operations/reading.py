"""Operations as JSON, their outcomes job by job, and how long they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import User

from .. import errors
from ..models import Operation
from ..permissions import ACT_ON_ANY
from ..sql import fetch
from .commands import can_undo
from .rules import ACTING, SENTENCES, JobOutcome

OperationJSON = dict[str, Any]

KEPT = timedelta(days=14)
MOST_FORGOTTEN = 10


def find(operation_id: int, user: User) -> Operation:
    """An operation that this person may see: their own, and an operator any.

    :raises errors.OperationNotFound: there is none.
    """
    found = (
        Operation.objects.select_related("owner")
        .prefetch_related("undone_by")
        .filter(pk=operation_id)
        .first()
    )
    if found is None or not (found.owner_id == user.pk or user.may(ACT_ON_ANY)):
        raise errors.OperationNotFound
    return found


def list_operations(
    user: User, *, size: int, before: int | None = None, running: bool = False
) -> list[OperationJSON]:
    """The newest first; from the one before `before` on."""
    found = Operation.objects.select_related("owner").prefetch_related("undone_by").order_by("-pk")
    if not user.may(ACT_ON_ANY):
        found = found.filter(owner=user)
    if before is not None:
        found = found.filter(pk__lt=before)
    if running:
        found = found.filter(state=Operation.State.RUNNING)
    return [as_json(one) for one in found[:size]]


def as_json(operation: Operation) -> OperationJSON:
    """What it is, how far it has come, and what can be done with it."""
    counts: dict[str, int] = operation.outcomes
    handled = sum(counts.values())
    total = None if operation.expected is None else sum(operation.expected.values())
    running = operation.state == Operation.State.RUNNING
    undone_by = next((one.pk for one in operation.undone_by.all()), None)
    return {
        "id": operation.pk,
        "action": operation.action,
        "arguments": operation.arguments,
        "owner": operation.owner.username,
        "state": operation.state,
        "error": operation.error,
        "as_of": operation.as_of,
        "selection": operation.selection,
        "ids": None if operation.ids is None else len(operation.ids),
        "undoes": operation.undoes_id,
        "undone_by": undone_by,
        "expected": None if operation.expected is None else split_json(operation.expected),
        "total": total,
        "handled": handled,
        "outcomes": split_json(counts),
        "jobs_per_second": operation.jobs_per_second,
        "created_at": operation.created_at,
        "starts_at": operation.starts_at,
        "updated_at": operation.updated_at,
        "ended_at": operation.ended_at,
        "rate": _rate(operation, handled),
        "left": max(0, total - handled) if running and total is not None else None,
        "can_abort": running,
        "can_undo": undone_by is None and can_undo(operation) > 0,
    }


def split_json(counts: dict[Any, int]) -> list[dict[str, Any]]:
    """Jobs by outcome, what is done to some first, then what is skipped; each with a sentence."""
    named = [(one, counts[one]) for one in JobOutcome if counts.get(one)]
    return [
        {"outcome": one.value, "jobs": jobs, "acts": one in ACTING, "says": SENTENCES[one]}
        for one, jobs in named
    ]


def _rate(operation: Operation, handled: int) -> float | None:
    took = (operation.updated_at - operation.starts_at).total_seconds()
    return round(handled / took, 1) if handled and took > 0 else None


# --- job by job ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutcomePlace:
    """Where a page of outcomes begins: after so many jobs of this row."""

    row: int
    offset: int


_PAGE = """
SELECT noted.id AS row, noted.outcome, noted.before::text AS before, member.job_id, member.place::int AS place
FROM jobs_operationoutcome AS noted
CROSS JOIN LATERAL unnest(noted.ids) WITH ORDINALITY AS member (job_id, place)
WHERE noted.operation_id = %(operation)s AND (%(outcome)s::text IS NULL OR noted.outcome = %(outcome)s)
  AND noted.id >= %(row)s AND (noted.id, member.place) > (%(row)s, %(offset)s)
ORDER BY noted.id, member.place LIMIT %(size)s"""


def outcome_page(
    operation: Operation, *, outcome: JobOutcome | None, size: int, place: OutcomePlace
) -> tuple[Sequence[dict[str, Any]], OutcomePlace | None]:
    """What came of each job, in the order of the visits; and where to go on, if there is more."""
    params = {"operation": operation.pk, "outcome": outcome, "row": place.row, "offset": place.offset}
    rows = fetch(_PAGE, {**params, "size": size + 1})
    shown = rows[:size]
    following = OutcomePlace(shown[-1]["row"], shown[-1]["place"]) if len(rows) > size else None
    return shown, following


def forget() -> None:
    """Forget operations that ended longer ago than `KEPT`, some at a time."""
    fetch(
        "DELETE FROM jobs_operationoutcome WHERE operation_id IN (SELECT id FROM jobs_operation"
        " WHERE ended_at < clock_timestamp() - %(kept)s ORDER BY id LIMIT %(most)s) RETURNING 1",
        {"kept": KEPT, "most": MOST_FORGOTTEN},
    )
    fetch(
        "DELETE FROM jobs_operation WHERE ended_at < clock_timestamp() - %(kept)s AND NOT EXISTS"
        " (SELECT FROM jobs_operationoutcome WHERE operation_id = jobs_operation.id) RETURNING 1",
        {"kept": KEPT},
    )

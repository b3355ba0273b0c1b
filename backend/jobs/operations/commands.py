"""What a person can ask of operations: begin one, abort it, undo it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User

from .. import errors
from ..models import Operation
from ..sql import fetch
from .members import OperationRequest
from .preview import Preview
from .rules import UNDONE_FROM, Doing, JobOutcome

UNDO = "undo"
GRACE = timedelta(seconds=10)
"""What cannot be undone begins so much later: until then an abort leaves everything as it was."""


def begin(
    request: OperationRequest, user: User, previewed: Preview, *, jobs_per_second: int | None = None
) -> Operation:
    """Have it carried out: on the jobs that were there at the preview and still are what was asked for."""
    now = _now()
    starts_at = now + GRACE if request.doing is Doing.DELETE else now
    return Operation.objects.create(
        owner=user,
        action=request.doing.value,
        arguments=dict(request.arguments),
        selection=None if request.selection is None else request.selection.plain(),
        ids=None if request.ids is None else list(request.ids),
        as_of=previewed.as_of,
        newest_id=previewed.newest_id,
        position=previewed.after_id,
        expected=previewed.split,
        jobs_per_second=jobs_per_second,
        created_at=now,
        starts_at=starts_at,
        next_at=starts_at,
        updated_at=now,
    )


def abort(operation: Operation) -> None:
    """Stop it after the batch that is being carried out, if one is. What was done stays done.

    :raises errors.OperationEnded: there is nothing left to stop.
    """
    now = _now()
    running = Operation.objects.filter(pk=operation.pk, state=Operation.State.RUNNING)
    if not running.update(state=Operation.State.ABORTED, ended_at=now, updated_at=now):
        raise errors.OperationEnded


def undo(operation: Operation, user: User) -> Operation:
    """Have those jobs put back that have not changed since.

    :raises errors.NotUndoable: it cannot be undone, has been, or still runs.
    """
    restorable = can_undo(operation)
    if not restorable:
        raise errors.NotUndoable
    now = _now()
    try:
        with transaction.atomic():
            return Operation.objects.create(
                owner=user,
                action=UNDO,
                undoes=operation,
                as_of=now,
                newest_id=operation.newest_id,
                expected={JobOutcome.RESTORED: restorable},
                created_at=now,
                starts_at=now,
                next_at=now,
                updated_at=now,
            )
    except IntegrityError:
        raise errors.NotUndoable("It has been undone already.") from None


def can_undo(operation: Operation) -> int:
    """How many jobs an undo would try to put back; 0 where there is none."""
    if operation.state == Operation.State.RUNNING or operation.action == UNDO:
        return 0
    outcome = UNDONE_FROM.get(Doing(operation.action))
    counted: Mapping[str, Any] = operation.outcomes
    return int(counted.get(outcome, 0)) if outcome else 0


def _now() -> datetime:
    """The database's time, by which the engine finds what is due."""
    now: datetime = fetch("SELECT clock_timestamp() AS now")[0]["now"]
    return now

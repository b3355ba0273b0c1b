"""Puts the jobs of an operation back as they were, unless they have changed since."""

from collections.abc import Callable, Sequence
from typing import Any

from .. import editing, transitions
from ..models import Operation, OperationOutcome
from ..permissions import may_act_on
from ..sql import fetch
from .rules import UNDONE_FROM, Doing, JobOutcome

Outcomes = list[tuple[JobOutcome, Any, list[int]]]


def undo_batch(operation: Operation, most: int) -> tuple[int | None, Outcomes]:
    """Undo what the next outcomes say, of about `most` jobs; up to which (None: all is undone)."""
    undone = operation.undoes
    if undone is None:
        return None, []
    doing = Doing(undone.action)
    noted = OperationOutcome.objects.filter(
        operation=undone, outcome=UNDONE_FROM[doing].value, pk__gt=operation.position
    ).order_by("pk")
    position, found, jobs = None, Outcomes(), 0
    for one in noted[:most]:
        found += _put_back(operation, undone, doing, one)
        position, jobs = one.pk, jobs + len(one.ids)
        if jobs >= most:
            break
    return position, found


def _put_back(operation: Operation, undone: Operation, doing: Doing, noted: OperationOutcome) -> Outcomes:
    mine = may_act_on(operation.owner)
    sql = f"""
SELECT job.id, job.status, {mine.sql} AS mine, job.priority, job.tags,
       job.cancel_requested_by = %(by)s AND job.cancel_requested_at BETWEEN %(since)s AND %(upto)s AS ours
FROM jobs_job AS job WHERE job.id = ANY(%(ids)s) ORDER BY job.id FOR NO KEY UPDATE OF job"""  # noqa: S608
    params = {"ids": noted.ids, "since": undone.starts_at, "upto": undone.updated_at}
    rows = fetch(sql, {**mine.params, **params, "by": undone.owner.username})
    groups: dict[JobOutcome, list[int]] = {
        JobOutcome.GONE: sorted(set(noted.ids) - {row["id"] for row in rows})
    }
    untouched = _untouched(doing, undone, noted.before)
    for row in rows:
        if not row["mine"]:
            outcome = JobOutcome.NOT_YOURS
        else:
            outcome = JobOutcome.RESTORED if untouched(row) else JobOutcome.CHANGED_SINCE
        groups.setdefault(outcome, []).append(row["id"])
    restored = groups.get(JobOutcome.RESTORED, [])
    done = _restore(doing, restored, noted.before, by=operation.owner.username)
    groups[JobOutcome.RESTORED] = sorted(done)
    groups.setdefault(JobOutcome.CHANGED_SINCE, []).extend(sorted(set(restored) - done))
    return [(outcome, None, ids) for outcome, ids in groups.items() if ids]


def _untouched(doing: Doing, undone: Operation, before: Any) -> Callable[[dict[str, Any]], bool]:
    """Whether a job still is as the operation left it."""
    said = undone.arguments
    if doing is Doing.CANCEL:
        return lambda row: row["status"] == "CANCELLED" and row["ours"]
    if doing is Doing.SET_PRIORITY:
        return lambda row: row["priority"] == said["priority"]
    if doing is Doing.ADD_TAGS:
        left = [*before, *(tag for tag in said["tags"] if tag not in before)]
    else:
        left = [tag for tag in before if tag not in said["tags"]]
    return lambda row: row["tags"] == left


def _restore(doing: Doing, ids: Sequence[int], before: Any, *, by: str) -> set[int]:
    if not ids:
        return set()
    if doing is Doing.CANCEL:
        return transitions.uncancel_many(ids, by=by)
    return editing.edit_many(ids, "priority" if doing is Doing.SET_PRIORITY else "tags", before)

"""Carries operations out, a bounded batch in each transaction.

A batch locks its operation's row, so that of several schedulers each takes another operation, an abort waits
for one batch at most, and what a killed scheduler had begun is rolled back and done by the next. The jobs'
moves, their outcomes and the place from which to go on are committed together: nothing is done twice.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import Error, OperationalError, connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import User

from .. import editing, failpoints, transitions
from ..models import Operation, OperationOutcome
from ..queries import Selection
from ..sql import fetch
from .commands import UNDO
from .members import OperationRequest, fact_columns, members
from .rules import ACTING, Doing, JobOutcome
from .undo import undo_batch

MOST_JOBS = 500
TARGET_SECONDS = 0.1
"""How long a batch should take: so long others wait for its jobs, and an abort for it."""
LOCK_MILLISECONDS = 500
"""A job that somebody else holds for longer holds the operation up, and nobody else."""
RETRY_SECONDS = 2.0
MOST_FAILURES = 5
REST = 0.5
"""Rest after a batch, in parts of the time that it took: a core is for others too."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pace:
    """How much to take at once: `jobs`, and `ids` of the table to look through for them."""

    jobs: int = 50
    ids: int = 10_000

    def learn(self, seconds: float) -> None:
        """Take half as much after a slow batch, twice as much after a quick one."""
        if seconds > TARGET_SECONDS:
            self.jobs, self.ids = max(10, self.jobs // 2), max(1_000, self.ids // 2)
        elif seconds < TARGET_SECONDS / 2:
            self.jobs, self.ids = min(MOST_JOBS, self.jobs * 2), min(1_000_000, self.ids * 2)


Noted = tuple[JobOutcome, Any, list[int]]
"""What came of the jobs of these ids, which had this value before."""


@dataclass(slots=True)
class BatchResult:
    """What came of some jobs, and up to where everything has been visited now."""

    position: int
    finished: bool
    outcomes: list[Noted] = field(default_factory=list)

    def counts(self) -> dict[JobOutcome, int]:
        """How many jobs of each outcome."""
        found: dict[JobOutcome, int] = {}
        for outcome, _, ids in self.outcomes:
            found[outcome] = found.get(outcome, 0) + len(ids)
        return found


class Operations:
    """Carries out what is due. Keeps nothing that matters: another may go on at any moment.

    `is_away` says of an error that the database cannot be asked anything now; such a one is raised.
    """

    def __init__(self, is_away: Callable[[Error], bool]) -> None:
        self._is_away = is_away
        self._pace = Pace()

    def carry_on(self, seconds: float, stop: Callable[[], bool] = lambda: False) -> float | None:
        """Carry out batches of all running operations by turns, for about so long.

        Gives the seconds until the next batch may be carried out, None where nothing runs.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end and not stop():
            if not self._next_batch():
                return _seconds_until_due()
        return 0.0

    def _next_batch(self) -> bool:
        began = time.monotonic()
        operation_id = None
        try:
            with transaction.atomic():
                operation = _take()
                if operation is None:
                    return False
                operation_id = operation.pk
                batch = _carry_out(operation, self._pace)
                _note(operation, batch)
                failpoints.reach("operations.batch")
        except Error as error:
            if operation_id is None or self._is_away(error):
                raise
            _postpone(operation_id, error)
            self._pace.learn(TARGET_SECONDS * 2)
        else:
            took = time.monotonic() - began
            self._pace.learn(took)
            time.sleep(took * REST)
        return True


def _take() -> Operation | None:
    """The running operation that has waited longest since its last batch, unless somebody is at it."""
    found = fetch(
        "SELECT id FROM jobs_operation WHERE state = 'running' AND next_at <= clock_timestamp()"
        " ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED"
    )
    return Operation.objects.select_related("owner").get(pk=found[0]["id"]) if found else None


def _carry_out(operation: Operation, pace: Pace) -> BatchResult:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_MILLISECONDS}ms"])
    most = min(pace.jobs, operation.jobs_per_second or MOST_JOBS)
    if operation.action == UNDO:
        position, outcomes = undo_batch(operation, most)
        return BatchResult(position or operation.position, position is None, outcomes)
    request = OperationRequest(
        Doing(operation.action),
        operation.arguments,
        None if operation.ids is None else tuple(operation.ids),
        None if operation.selection is None else Selection.read(operation.selection),
    )
    batch, rows = _visit(operation, request, most, pace.ids)
    for outcome, before, ids in _grouped(request, rows):
        done = _do(request, outcome, ids, by=operation.owner.username)
        if done is not None and done != set(ids):
            raise AssertionError(f"{request.doing}: {set(ids) - done} were locked and have changed")
        batch.outcomes.append((outcome, before, ids))
    return batch


def _visit(
    operation: Operation, request: OperationRequest, most: int, span: int
) -> tuple[BatchResult, list[dict[str, Any]]]:
    """Lock the next jobs, in the order of their ids; those of a list that are not there are gone."""
    if request.ids is None:
        upto = min(operation.position + span, operation.newest_id)
        rows = _lock(request, operation, upto, most)
        position = rows[-1]["id"] if len(rows) == most else upto
        return BatchResult(position, position >= operation.newest_id), rows
    listed = [one for one in request.ids if one > operation.position][:most]
    if not listed:
        return BatchResult(operation.position, finished=True), []
    rows = _lock(request, operation, listed[-1], most)
    gone = sorted(set(listed) - {row["id"] for row in rows})
    batch = BatchResult(listed[-1], finished=listed[-1] == request.ids[-1])
    if gone:
        batch.outcomes.append((JobOutcome.GONE, None, gone))
    return batch, rows


_BEFORE = {
    Doing.SET_PRIORITY: "to_jsonb(job.priority)",
    Doing.ADD_TAGS: "to_jsonb(job.tags)",
    Doing.REMOVE_TAGS: "to_jsonb(job.tags)",
}


def _lock(request: OperationRequest, operation: Operation, upto: int, most: int) -> list[dict[str, Any]]:
    owner: User = operation.owner
    facts, chosen = fact_columns(request, owner), members(request, owner, operation.as_of)
    mode = "UPDATE" if request.doing is Doing.DELETE else "NO KEY UPDATE"
    sql = f"""
SELECT job.id, {facts.sql}, {_BEFORE.get(request.doing, "NULL")} AS before
FROM jobs_job AS job
WHERE job.id > %(_position)s AND job.id <= %(_upto)s AND {chosen.sql}
ORDER BY job.id LIMIT %(_most)s FOR {mode} OF job"""  # noqa: S608  (constants only)
    place = {"_position": operation.position, "_upto": upto, "_most": most}
    return fetch(sql, {**facts.params, **chosen.params, **place})


def _grouped(
    request: OperationRequest, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[JobOutcome, Any, list[int]]]:
    """Ids by outcome and, of what is changed, by the value before."""
    groups: dict[tuple[JobOutcome, str], Noted] = {}
    for row in rows:
        outcome = request.outcome_of(row)
        before = row["before"] if outcome is JobOutcome.CHANGED else None
        groups.setdefault((outcome, str(before)), (outcome, _read(before), []))[2].append(row["id"])
    return list(groups.values())


def _read(before: str | None) -> Any:
    """A JSON value as the driver gives it: text."""
    return None if before is None else orjson.loads(before)


def _do(request: OperationRequest, outcome: JobOutcome, ids: Sequence[int], *, by: str) -> set[int] | None:
    """Do what makes this outcome true of the jobs; those of which it is. None: there is nothing to do."""
    if outcome not in ACTING:
        return None
    return _DO[request.doing](request, ids, by)


def _report(request: OperationRequest, ids: Sequence[int]) -> set[int]:
    said = request.arguments
    news = transitions.Report(
        status=request.reported, message=said.get("message"), error_message=said.get("error_message")
    )
    return transitions.report_many(ids, news)


def _edit(request: OperationRequest, ids: Sequence[int]) -> set[int]:
    if request.doing is Doing.SET_PRIORITY:
        return editing.edit_many(ids, "priority", request.arguments["priority"])
    return editing.edit_many(ids, request.doing.value, request.arguments["tags"])


_DO: dict[Doing, Callable[[OperationRequest, Sequence[int], str], set[int]]] = {
    Doing.CANCEL: lambda _, ids, by: set(transitions.cancel_many(ids, by=by)),
    Doing.RETRY: lambda _, ids, by: transitions.retry_many(ids, by=by),
    Doing.DELETE: lambda _, ids, by: transitions.delete_many(ids),
    Doing.SET_PRIORITY: lambda request, ids, _: _edit(request, ids),
    Doing.ADD_TAGS: lambda request, ids, _: _edit(request, ids),
    Doing.REMOVE_TAGS: lambda request, ids, _: _edit(request, ids),
    Doing.REPORT: lambda request, ids, _: _report(request, ids),
}


_NOTE = """
UPDATE jobs_operation SET
    position = %(position)s, outcomes = %(outcomes)s, failures = 0, updated_at = clock_timestamp(),
    next_at = clock_timestamp() + %(wait)s * interval '1 second',
    state = CASE WHEN %(finished)s THEN 'done' ELSE state END,
    ended_at = CASE WHEN %(finished)s THEN clock_timestamp() END
WHERE id = %(id)s"""


def _note(operation: Operation, batch: BatchResult) -> None:
    """Keep what came of each job, and the place from which to go on."""
    OperationOutcome.objects.bulk_create(
        OperationOutcome(operation=operation, outcome=outcome.value, ids=ids, before=before)
        for outcome, before, ids in batch.outcomes
    )
    totals: dict[str, int] = dict(operation.outcomes)
    counts = batch.counts()
    for outcome, jobs in counts.items():
        totals[outcome.value] = totals.get(outcome.value, 0) + jobs
    rate = operation.jobs_per_second
    params: dict[str, Any] = {
        "id": operation.pk,
        "position": batch.position,
        "outcomes": Jsonb(totals),
        "finished": batch.finished,
        "wait": sum(counts.values()) / rate if rate else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, params)


_POSTPONE = """
UPDATE jobs_operation SET
    next_at = clock_timestamp() + %(wait)s * interval '1 second', failures = failures + %(failed)s::int,
    state = CASE WHEN failures + %(failed)s::int >= %(most)s THEN 'failed' ELSE state END,
    error = CASE WHEN failures + %(failed)s::int >= %(most)s THEN %(error)s ELSE '' END,
    ended_at = CASE WHEN failures + %(failed)s::int >= %(most)s THEN clock_timestamp() END
WHERE id = %(id)s AND state = 'running'"""


def _postpone(operation_id: int, error: Error) -> None:
    """Try again soon. What fails time after time ends the operation; a job that somebody holds does not."""
    failed = not isinstance(error, OperationalError)  # those are: a lock not had in time, a deadlock
    if failed:
        log.error("A batch of operation %d failed: %s", operation_id, error)
    said = str(error).partition("\n")[0]
    params = {"id": operation_id, "wait": RETRY_SECONDS, "failed": failed, "most": MOST_FAILURES}
    with connection.cursor() as cursor:
        cursor.execute(_POSTPONE, {**params, "error": said})


def _seconds_until_due() -> float | None:
    rows = fetch(
        "SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float8 AS seconds"
        " FROM jobs_operation WHERE state = 'running'"
    )
    seconds = rows[0]["seconds"]
    return None if seconds is None else max(0.0, float(seconds))

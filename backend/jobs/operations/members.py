"""Which jobs an operation is about, and what decides of each: the SQL that previews and batches share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User

from .. import limits
from ..permissions import may_act_on, visible_to
from ..queries import Condition, Selection, all_of
from ..queries.criteria import TEXT
from ..states import Status
from .rules import Doing, Facts, JobOutcome, decide

# What changes as a job lives. Of a selection by these only jobs are taken that had come to it by the preview.
CHANGING = frozenset(
    {"status", "worker", "reason", "exit_code", "started_at", "completed_at", "duration", TEXT}
)

# Since when a job has been in its status; what a tracked one reports while it runs moves the other time.
_SINCE = "CASE WHEN job.status = 'RUNNING' THEN job.started_at ELSE job.status_changed_at END"

_SAME = {
    Doing.SET_PRIORITY: "job.priority = %(priority)s",
    Doing.ADD_TAGS: "job.tags @> %(tags)s::varchar[]",
    Doing.REMOVE_TAGS: "NOT job.tags && %(tags)s::varchar[]",
}
_UNION = "ARRAY(SELECT unnest(job.tags) UNION SELECT unnest(%(tags)s::varchar[]))"
_FULL = {Doing.ADD_TAGS: f"cardinality({_UNION}) > {limits.MOST_TAGS}"}


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """What a person asks for: to do something with the jobs of these ids, or of a selection.

    `arguments` are those of `doing`: `priority`, `tags`, or what is reported (`status_type`, `message`,
    `error_message`). `ids` are in their order, each once.
    """

    doing: Doing
    arguments: Mapping[str, Any]
    ids: tuple[int, ...] | None = None
    selection: Selection | None = None

    @property
    def reported(self) -> Status | None:
        """The status that a report sets."""
        return Status(self.arguments["status_type"]) if self.doing is Doing.REPORT else None

    def outcome_of(self, row: Mapping[str, Any]) -> JobOutcome:
        """What is to come of a job with these `fact_columns`."""
        facts = Facts(Status(row["status"]), *(row[name] for name in _FLAGS))
        return decide(self.doing, facts, self.reported)


_FLAGS = ("tracked", "asked", "leased", "dispatched", "mine", "same", "full")


def members(request: OperationRequest, user: User, as_of: datetime | None) -> Condition:
    """The jobs that it is about, of those that a person may see.

    :param as_of: the moment of the preview; None: now.
    """
    return all_of([visible_to(user), *_chosen(request, as_of)])


def fact_columns(request: OperationRequest, user: User) -> Condition:
    """What decides of the row `job`, as columns, with the values they speak of."""
    mine = may_act_on(user)
    columns = (
        "job.status, job.command = '' AS tracked, job.cancel_requested_at IS NOT NULL AS asked,"
        f" job.lease IS NOT NULL AS leased, job.dispatched_at IS NOT NULL AS dispatched, {mine.sql} AS mine,"
        f" {_SAME.get(request.doing, 'false')} AS same, {_FULL.get(request.doing, 'false')} AS full"
    )
    values = {name: request.arguments.get(name) for name in ("priority", "tags")}
    return Condition(columns, {**mine.params, **values})


def _chosen(request: OperationRequest, as_of: datetime | None) -> list[Condition]:
    if request.selection is None:
        return [Condition("job.id = ANY(%(ids)s::bigint[])", {"ids": list(request.ids or ())})]
    chosen = [request.selection.condition()]
    if as_of is not None and any(one.field in CHANGING for one in request.selection.criteria):
        chosen.append(Condition(f"{_SINCE} <= %(as_of)s", {"as_of": as_of}))
    return chosen

"""SQL that reads and moves share: how a statement is run, and which jobs are in the queue."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper

from . import limits
from .reading import ask, read_transaction
from .states import Kind

# Of run and of tracked jobs separately: each has an index of its own.
QUEUED = {
    Kind.RUN: "status = 'PENDING' AND unmet = 0 AND command <> '' AND dispatched_at IS NULL",
    Kind.TRACKED: "status = 'PENDING' AND unmet = 0 AND command = '' AND dispatched_at IS NULL",
}
# By the start of the statement: a clock that moves on meanwhile could not be a bound of the index.
CLAIMABLE = {kind: f"{queued} AND available_at <= statement_timestamp()" for kind, queued in QUEUED.items()}
QUEUE_ORDER = "priority DESC, available_at, id"
# Of the queue, the most urgent first. Within a level the queue is in the order of `available_at`, so whoever
# goes level by level comes past nothing that is not available yet.
LEVELS = "generate_series({1}, {0}, -1)".format(*limits.PRIORITY)

ARCHIVE = "jobdeck_archive"
"""The schema with the archive's tables, which have the names and columns of those of live jobs."""

_LOOK_IN = "SELECT set_config('search_path', %(path)s, true)"


def fetch_tuples(sql: str, params: Mapping[str, Any] | Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a statement."""

    def query(cursor: CursorWrapper) -> list[tuple[Any, ...]]:
        cursor.execute(sql, params)
        return list(cursor.fetchall())

    return ask(query)


def fetch(sql: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a statement, as dictionaries by column name."""

    def query(cursor: CursorWrapper) -> list[dict[str, Any]]:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return ask(query)


@contextmanager
def in_archive() -> Iterator[None]:
    """Within it, what reads jobs, history, attempts and logs reads those of the archive. Only for reading."""
    with read_transaction():
        before = fetch("SELECT current_setting('search_path') AS path")[0]["path"]
        fetch(_LOOK_IN, {"path": f"{ARCHIVE}, {before}"})
        yield
        # A transaction around this one goes on with it. (What fails takes the setting back by itself.)
        fetch(_LOOK_IN, {"path": before})

"""SQL that reads and moves share: how a statement is run, and which jobs are in the queue."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from .states import Kind

# Of run and of tracked jobs separately: each has an index of its own.
QUEUED = {
    Kind.RUN: "status = 'PENDING' AND command <> '' AND dispatched_at IS NULL",
    Kind.TRACKED: "status = 'PENDING' AND command = '' AND dispatched_at IS NULL",
}
CLAIMABLE = {kind: f"{queued} AND available_at <= clock_timestamp()" for kind, queued in QUEUED.items()}
QUEUE_ORDER = "priority DESC, available_at, id"


def fetch_tuples(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def fetch(sql: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of a statement, as dictionaries by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

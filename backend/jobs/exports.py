"""Every job that meets a condition, however many, in the order of their ids: read in batches of bounded size.

No transaction lasts longer than a batch, so a long export holds up nobody's vacuum; each row is as it was
when its batch was read. What came after the export's beginning is left out, so that it ends. It can go on
after any id, because nothing but the id says where it is.

A batch looks at a window of ids, however few jobs in it meet the condition, so that each statement takes
about as long as the last; it ends early where its rows or their bytes are enough.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from psycopg.abc import Buffer
from psycopg.adapt import Loader

from .queries import FIELDS, PLAIN, Condition
from .queries.rows import LARGE_RESULT_BYTES
from .reading import ask
from .sql import fetch

ROWS = 1000
LARGEST_BATCH = 2 * 1024 * 1024  # bytes of the long columns, and at most one job more
NARROWEST, WIDEST = 1000, 500_000  # windows, in ids
SECONDS = 0.1  # that a window should take
GROW, SHRINK = 4, 10  # at most by this, from one window to the next

_SMALL_RESULT = f"pg_column_size(job.result_data) <= {LARGE_RESULT_BYTES}"

# name -> SQL about the row `job` and its `owner`. Names and values are those of a job in a list.
COLUMNS = {
    **{name: f"job.{name}" for name in PLAIN},
    "owner": "owner.username",
    "kind": FIELDS["kind"].sql,
    "resource_requirements": "job.resource_requirements",
    "result_data": f"CASE WHEN {_SMALL_RESULT} THEN job.result_data END",
    "result_omitted": f"coalesce(NOT {_SMALL_RESULT}, false)",
    "status_history_count": "job.status_count",
    "execution_time": "CASE WHEN job.started_at IS NOT NULL THEN round(greatest(0, extract(epoch FROM "
    "coalesce(job.completed_at, clock_timestamp()) - job.started_at)), 3)::float8 END",
}
JSON_COLUMNS = frozenset({"resource_requirements", "result_data"})

_BYTES = """
    octet_length(job.command) + octet_length(job.description) + octet_length(job.error_message)
    + octet_length(job.status_message) + least(coalesce(pg_column_size(job.result_data), 0), {largest})"""

_BATCH = """
SELECT {columns}, job.id, job.bytes_until
FROM (
    SELECT job.*, sum({bytes}) OVER (ORDER BY job.id) AS bytes_until, {bytes} AS bytes
    FROM {table} AS job
    WHERE job.id > %(_after)s AND job.id <= %(_last)s AND ({condition})
    ORDER BY job.id LIMIT %(_rows)s
) AS job LEFT JOIN accounts_user AS owner ON owner.id = job.owner_id
WHERE job.bytes_until - job.bytes < %(_bytes)s
ORDER BY job.id"""


@dataclass(frozen=True, slots=True)
class Export:
    """These columns of the jobs that meet a condition, with ids above `after` and up to `until`.

    `table` is where they are: a constant of ours, as the condition's SQL is.
    """

    table: str
    condition: Condition
    columns: Sequence[str]
    until: int
    after: int = 0

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, one value for each column; times as RFC 3339, JSON as its text. A batch may be empty."""
        sql, after, width = self._sql(), self.after, NARROWEST
        while after < self.until:
            last = min(after + width, self.until)
            started = time.monotonic()
            try:
                rows = _read(sql, self._params(after, last))
            except OperationalError as error:
                if width == NARROWEST or not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                    raise
                width = max(width // SHRINK, NARROWEST)
                continue
            full = bool(rows) and (len(rows) == ROWS or rows[-1][-1] >= LARGEST_BATCH)
            if not full:
                width = _next_width(width, time.monotonic() - started)
            after = rows[-1][-2] if full else last
            yield [row[:-2] for row in rows]

    def _sql(self) -> str:
        columns = ", ".join(COLUMNS[name] for name in self.columns)
        size = _BYTES.format(largest=LARGE_RESULT_BYTES)
        return _BATCH.format(table=self.table, columns=columns, bytes=size, condition=self.condition.sql)

    def _params(self, after: int, last: int) -> dict[str, Any]:
        bounds = {"_after": after, "_last": last, "_rows": ROWS, "_bytes": LARGEST_BATCH}
        return {**self.condition.params, **bounds}


def newest_id(table: str) -> int:
    """Of all jobs that are there now; 0 where there is none."""
    return int(fetch(f"SELECT coalesce(max(id), 0) AS newest FROM {table}")[0]["newest"])  # noqa: S608  a constant


def _next_width(width: int, took: float) -> int:
    """How many ids to look at where the last window took so many seconds."""
    fitting = int(width * SECONDS / max(took, SECONDS / GROW))
    return min(max(fitting, width // SHRINK, NARROWEST), WIDEST)


def _read(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    def query(cursor: CursorWrapper) -> list[tuple[Any, ...]]:
        cursor.adapters.register_loader("timestamptz", _RFC3339)
        cursor.execute(sql, params)
        return list(cursor.fetchall())

    return ask(query)


class _RFC3339(Loader):
    """Times as text, without a detour by `datetime`: sessions of ours are in UTC."""

    def load(self, data: Buffer) -> str:
        """`2026-01-31 12:00:00.5+00` becomes `2026-01-31T12:00:00.5Z`."""
        text = bytes(data).decode()
        return f"{text[:10]}T{text[11:-3]}Z"

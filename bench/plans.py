#!/usr/bin/env python3
"""Writes docs/reference/query-plans.md: how PostgreSQL carries out lists and figures, on the data that there are.

`bench/plans.py`, with JOBDECK_HOME (or DATABASE_URL) of a Jobdeck that is running and has been filled by
`manage.py seed`. The statements are those that a request runs; nothing is changed.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs/reference/query-plans.md"
sys.path.insert(0, str(CHECKOUT / "backend"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection

from jobs.counters import Slice
from jobs.queries import ORDERS, Condition, Criterion, Place, Selection, list_jobs
from jobs.sql import fetch
from jobs.stats import stats
from jobs.timeline import Bucket, Timeline

LISTS: list[tuple[str, tuple[Criterion, ...], str]] = [
    *((f"ordering={name}", (), name) for name in ORDERS),
    ("status=FAILED", (Criterion("status", ("FAILED",)),), "-created_at"),
    ("status=FAILED,RUNNING", (Criterion("status", ("FAILED", "RUNNING")),), "-created_at"),
    ("queue=gpu", (Criterion("queue", ("gpu",)),), "-created_at"),
    ("owner=…", (Criterion("owner", ("seed-ada",)),), "-created_at"),
    ("worker=…", (Criterion("worker", ("seed-node-1",)),), "-created_at"),
    ("reason=timeout", (Criterion("reason", ("timeout",)),), "-created_at"),
    ("exit_code=2", (Criterion("exit_code", (2,)),), "-created_at"),
    ("priority=9", (Criterion("priority", (9,)),), "-created_at"),
    ("priority_min=8, ordering=priority", (Criterion("priority", least=8),), "priority"),
    ("queue=gpu, status=FAILED", (Criterion("queue", ("gpu",)), Criterion("status", ("FAILED",))), "-created_at"),
    ("tag=prod, ordering=-id", (Criterion("tag", ("prod",)),), "-id"),
    ("status=RUNNING, ordering=name", (Criterion("status", ("RUNNING",)),), "name"),
]  # fmt: skip
SIZE = 50
UNASKED = Condition("0")  # how many there are does not matter

MONTH = timedelta(days=30)
_TOTALS, _CHART = ("SELECT queue AS name", "SELECT (SELECT username"), ("SELECT coalesce(bucket",)
FIGURES = [
    ("totals by queue and by owner", _TOTALS, Slice(), Bucket.DAY, "UTC"),
    ("a month by the day", _CHART, Slice(), Bucket.DAY, "UTC"),
    ("a month by the hour", _CHART, Slice(), Bucket.HOUR, "UTC"),
    ("a month of a queue and an owner", _CHART, Slice(queue="gpu", owner="seed-ada"), Bucket.DAY, "UTC"),
    ("a month by the day of Rome", _CHART, Slice(), Bucket.DAY, "Europe/Rome"),
]

_HEAD = """# Query plans of lists and figures

Written by `bench/plans.py` on {jobs:,} jobs with PostgreSQL {version}: the statements that find the keys of a page of {size} rows, and where it
differs of the next one ([how a list is found](../explanation/lists.md)). Shown is what reads the table; of it a page at most
is kept. No plan reads a table whole. None sorts: where several values are merged, their indexes are in the order already. The one exception is a selection of few
jobs in an order that no index of its has: those are gathered (20,000 at most) and the sort keeps a page of them.
"""

_FIGURES_HEAD = """## Figures

[Figures](../adr/0007-counters-by-triggers.md) read no jobs, but sums, of which there are {sums:,} here, of {jobs:,} jobs: one row for
each hour or day, and what has been appended since the last fold. They sort the queues and owners that they name.
"""


def main() -> None:
    jobs = fetch("SELECT reltuples::bigint AS jobs FROM pg_class WHERE oid = 'jobs_job'::regclass")[0]["jobs"]
    version = fetch("SHOW server_version")[0]["server_version"].split()[0]
    parts = [_HEAD.format(jobs=jobs, version=version, size=SIZE)]
    parts += [f"## {name}\n\n{_of(Selection(criteria), ordering)}" for name, criteria, ordering in LISTS]
    sums = fetch("SELECT reltuples::bigint AS sums FROM pg_class WHERE oid = 'jobs_activity'::regclass")[0][
        "sums"
    ]
    parts.append(_FIGURES_HEAD.format(sums=sums, jobs=jobs))
    parts += [
        f"### {name}\n\n{_of_figures(begins, part, bucket, zone)}"
        for name, begins, part, bucket, zone in FIGURES
    ]
    PAGE.write_text("\n".join(parts))


def _of(selection: Selection, ordering: str) -> str:
    """The plans of the first page, and of the next where they differ."""
    plans = _Plans("WITH")
    with connection.execute_wrapper(plans):
        page = list_jobs(selection, ORDERS[ordering], SIZE, count=UNASKED)
        if page.after is not None:
            list_jobs(selection, ORDERS[ordering], SIZE, place=Place(page.after), count=UNASKED)
    return _blocks(_reading(plan) for plan in plans.explained())


def _of_figures(begins: tuple[str, ...], part: Slice, bucket: Bucket, zone: str) -> str:
    """The plans of what is asked so for the figures of the last month."""
    plans, now = _Plans(*begins), datetime.now(UTC)
    with connection.execute_wrapper(plans):
        stats(Timeline.covering(now - MONTH, now, bucket, zone), part)
    return _blocks("\n".join(plan) for plan in plans.explained())


def _blocks(plans: Iterable[str]) -> str:
    """Each shape of plan once."""
    shapes = {_shape(plan): plan for plan in reversed([*plans])}
    return "".join(f"```\n{plan}\n```\n" for plan in reversed(shapes.values()))


class _Plans:
    """Explains the statements that begin so."""

    def __init__(self, *beginnings: str) -> None:
        self.beginnings = beginnings
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(self.beginnings):
            self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def explained(self) -> Iterator[list[str]]:
        with connection.cursor() as cursor:
            for sql, params in self.statements:
                cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sql}", params)
                yield [line for (line,) in cursor.fetchall()]


def _reading(plan: list[str]) -> str:
    """The part of a plan that reads the table: the first of its common table expressions."""
    first = next(number for number, line in enumerate(plan) if line.strip().startswith("CTE "))
    depth = len(plan[first]) - len(plan[first].lstrip())
    rest = plan[first + 1 :]
    end = next((n for n, line in enumerate(rest) if len(line) - len(line.lstrip()) <= depth), len(rest))
    return "\n".join(line[depth + 2 :] for line in rest[:end])


def _shape(plan: str) -> str:
    return re.sub(r"\(actual.*?\)|'[^']*'|[0-9]+", "", plan)


if __name__ == "__main__":
    main()

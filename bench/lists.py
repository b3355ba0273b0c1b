"""Lists: every order and filter of the page beside the same SQL alone, deep pages, and 10,000 random filters."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from figures import Figure, in_parallel, main, milliseconds, percentile
from jobdeck import Jobdeck

ROUNDS = 60
LITERAL_ROUNDS = 3
DEEP_PAGES = 150  # of 100 rows, before the page that is measured
RANDOM = 10_000
CLIENTS = 2  # as many as the machine that is aimed at has cores
BUDGET = 150  # milliseconds
SHARE = 0.95

_SQL = """
SELECT job.*, owner.username FROM jobs_job AS job LEFT JOIN accounts_user AS owner ON owner.id = job.owner_id
WHERE {where} ORDER BY {order} LIMIT 51"""


@dataclass(frozen=True)
class Listing:
    """A list that the page offers, and the same as SQL."""

    name: str
    query: str
    where: str = "true"
    order: str = "job.created_at DESC, job.id DESC"


LISTS = [
    Listing("newest first", ""),
    Listing("oldest first", "ordering=created_at", order="job.created_at, job.id"),
    Listing("by status", "ordering=status", order="job.status, job.created_at, job.id"),
    Listing("by priority", "ordering=-priority", order="job.priority DESC, job.created_at DESC, job.id DESC"),
    Listing("by name", "ordering=name", order="job.name, job.id"),
    Listing("failed", "status=FAILED", "job.status = 'FAILED'"),
    Listing("failed or running", "status=FAILED,RUNNING", "job.status IN ('FAILED', 'RUNNING')"),
    Listing("a queue", "queue=gpu", "job.queue = 'gpu'"),
    Listing("failed in a queue", "queue=gpu&status=FAILED", "job.queue = 'gpu' AND job.status = 'FAILED'"),
    Listing("a tag", "tag=prod", "job.tags @> ARRAY['prod']::varchar[]"),
    Listing("high priority", "priority_min=8", "job.priority >= 8"),
]
DEEP = [LISTS[0], LISTS[4], LISTS[5], LISTS[7]]


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Milliseconds at the 95th percentile, less those of an empty view that knows who asks."""
    jobdeck_connection = jobdeck.connect()
    database = jobdeck.database()
    for one in LISTS * 10:  # what a server reads and learns in its first second is not what is measured
        ask(jobdeck_connection, jobdeck, f"/api/jobs/?size=50&{one.query}")
    nothing = p95(lambda: ask(jobdeck_connection, jobdeck, "/api/empty/"))
    figures = []
    for one in LISTS:
        path = f"/api/jobs/?size=50&{one.query}"
        statement = _SQL.format(where=one.where, order=one.order)
        ours = p95(lambda path=path: ask(jobdeck_connection, jobdeck, path)) - nothing
        alone = p95(lambda statement=statement: database.execute(statement).fetchall())
        figures.append(Figure(one.name, [ours], "ms", [alone], "≤ 2", "floor: the same SQL alone"))
    figures += [deep(one, jobdeck, jobdeck_connection, nothing) for one in DEEP]
    figures += against_literal(jobdeck, jobdeck_connection, nothing)
    return [*figures, *random_filters(jobdeck)]


def p95(work: Callable[[], object]) -> float:
    """Milliseconds that 95 of 100 take at most, after a warm-up."""
    took = []
    for number in range(ROUNDS + 5):
        began = time.perf_counter()
        work()
        if number >= 5:
            took.append((time.perf_counter() - began) * 1000)
    return percentile(took, SHARE)


def ask(connection: HTTPConnection, jobdeck: Jobdeck, path: str) -> Any:
    """An answer's body."""
    connection.request("GET", path, headers=jobdeck.headers())
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}: {text[:300]!r}")
    return text


def deep(one: Listing, jobdeck: Jobdeck, connection: HTTPConnection, nothing: float) -> Figure:
    """A page some 15,000 rows on beside the first one."""
    path = f"/api/jobs/?size=100&{one.query}"
    cursor = None
    for _ in range(DEEP_PAGES):
        found = json.loads(ask(connection, jobdeck, path + (f"&cursor={quote(cursor)}" if cursor else "")))
        if found["next_cursor"] is None:
            break
        cursor = found["next_cursor"]
    size = path.replace("size=100", "size=50")
    further = p95(lambda: ask(connection, jobdeck, f"{size}&cursor={quote(cursor)}")) - nothing
    first = p95(lambda: ask(connection, jobdeck, size)) - nothing
    return Figure(f"{one.name}, deep", [further], "ms", [first], "≤ 1.2", "floor: its first page")


def against_literal(jobdeck: Jobdeck, connection: HTTPConnection, nothing: float) -> list[Figure]:
    """The same lists beside the one that a tutorial would write; how many times quicker."""

    def literal(query: str) -> float:
        return milliseconds(lambda: ask(connection, jobdeck, f"/api/literal/?{query}")) - nothing

    figures = []
    deep = f"page={jobdeck.json('/api/jobs/stats/')['total'] // 50 // 10 + 1}"  # a tenth of the way
    for name, query, theirs in (
        ("newest", "", ""),
        ("failed", "status=FAILED", "status=FAILED"),
        ("a deep page", "", deep),
    ):
        ours = p95(lambda query=query: ask(connection, jobdeck, f"/api/jobs/?size=50&{query}")) - nothing
        literal(theirs)
        times = [literal(theirs) / ours for _ in range(LITERAL_ROUNDS)]
        note = "ModelSerializer, OFFSET and count(*) by the same server; ours at its 95th percentile"
        figures.append(
            Figure(f"{name}, times quicker than the literal list", times, "×", bar="≥ 100", note=note)
        )
    return figures


def random_filters(jobdeck: Jobdeck) -> list[Figure]:
    """Random filters in random orders, first and following pages, by two clients."""
    queries = list(_queries(jobdeck, Random(6)))
    took, partial = [], []

    def measure(number: int) -> None:
        connection = jobdeck.connect()
        try:
            began = time.perf_counter()
            found = json.loads(ask(connection, jobdeck, f"/api/jobs/?{queries[number]}"))
            took.append((time.perf_counter() - began) * 1000)
            partial.append(found["searched_until"] is not None)
        finally:
            connection.close()

    in_parallel(len(queries), measure, CLIENTS)
    over = sum(one > BUDGET for one in took)
    note = f"{len(queries):,} random filters, orders and sizes; {sum(partial) / len(partial):.1%} say how far they came"
    return [
        Figure("random filters, half of them within", [percentile(took, 0.5)], "ms", note=note),
        Figure("random filters, 95 % within", [percentile(took, SHARE)], "ms", note=note),
        Figure("random filters, the slowest", [max(took)], "ms", note=note),
        Figure(f"random filters over {BUDGET} ms", [over], "requests", bar="≤ 0", note=note),
    ]


def _queries(jobdeck: Jobdeck, chance: Random) -> list[str]:
    """Filters out of what jobs really have, and out of what none has."""
    rows = [row for order in ("", "-") for row in _rows(jobdeck, order)]

    def value(name: str) -> str:
        return str(chance.choice(rows)[name])

    def several(name: str) -> list[tuple[str, str]]:
        return [(name, value(name)) for _ in range(chance.choice([1, 1, 2]))]

    def ends(name: str, lower: str, upper: str, read: Callable[[Any], str] = str) -> list[tuple[str, str]]:
        known = sorted(
            row[name] for row in (chance.choice(rows), chance.choice(rows)) if row[name] is not None
        )
        return list(zip((lower, upper), map(read, known), strict=False))

    makers = [
        lambda: several("status"),
        lambda: several("queue"),
        lambda: [("tag", chance.choice(chance.choice(rows)["tags"] or ["nope"]))],
        lambda: [("owner", value("owner"))],
        lambda: [("executor", value("executor"))],
        lambda: [("kind", value("kind"))],
        lambda: [("worker", chance.choice(["seed-node-1", "gone"]))],
        lambda: [("reason", chance.choice(["timeout", "signal", "cancelled", "poisonous"]))],
        lambda: [("exit_code", str(chance.choice([0, 1, 2, 99])))],
        lambda: [("name", value("name")[:4])],
        lambda: [("q", value("name").split()[0])],
        lambda: ends("id", "id", "id"),
        lambda: ends("priority", "priority_min", "priority_max"),
        lambda: ends("execution_time", "duration_min", "duration_max", "{:.3f}".format),
        lambda: ends("created_at", "created_after", "created_before"),
        lambda: ends("started_at", "started_after", "started_before"),
        lambda: ends("completed_at", "completed_after", "completed_before"),
    ]
    orders = ["id", "created_at", "priority", "name", "status", "started_at", "completed_at", "duration"]
    return [
        urlencode(
            [
                *(pair for make in chance.sample(makers, chance.choice([0, 1, 1, 2, 3])) for pair in make()),
                ("ordering", chance.choice(["", "-"]) + chance.choice(orders)),
                ("size", chance.choice([20, 50, 100])),
            ]
        )
        for _ in range(RANDOM)
    ]


def _rows(jobdeck: Jobdeck, order: str) -> list[dict[str, Any]]:
    """Jobs from both ends of several orders, to take values from."""
    found = []
    for name in ("created_at", "name", "completed_at"):
        found += jobdeck.json(f"/api/jobs/?size=100&ordering={order}{name}")["results"]
    return found


if __name__ == "__main__":
    main(bench, __doc__)

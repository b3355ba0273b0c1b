"""Totals and charts from counters beside count(*) over the jobs, in the same run."""

import statistics
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from figures import Figure, main, milliseconds
from jobdeck import Jobdeck

ROUNDS = 5
REQUESTS = 20
EMPTY = "/api/me/"
WEEK, MONTH, YEAR = (timedelta(days=days) for days in (7, 30, 365))

TOTALS = "SELECT status, queue, owner_id, count(*) FROM jobs_job GROUP BY 1, 2, 3"
CHART = """
SELECT date_trunc('{bucket}', completed_at, '{zone}'), status, count(*),
       percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY completed_at - started_at)
FROM jobs_job WHERE completed_at >= %s AND {which} GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for figures, and what a database without counters would be asked."""

    name: str
    path: str
    naive: str
    params: tuple[object, ...] = ()


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Milliseconds over HTTP, less those of an answer that reads next to nothing."""
    with jobdeck.database() as database:
        asks = list(questions(jobdeck))
        ours: dict[str, list[float]] = {ask.name: [] for ask in asks}
        naive: dict[str, list[float]] = {ask.name: [] for ask in asks}
        count: list[float] = []
        for _ in range(ROUNDS):
            nothing = middle(jobdeck, database, EMPTY)
            count.append(milliseconds(lambda: database.execute("SELECT count(*) FROM jobs_job").fetchall()))
            for ask in asks:
                ours[ask.name].append(max(middle(jobdeck, database, ask.path) - nothing, 0.01))
                naive[ask.name].append(milliseconds(lambda one=ask: run(database, one)))  # type: ignore[misc]
    return [
        figure
        for ask in asks
        for figure in (
            Figure(ask.name, ours[ask.name], "ms", bar="≤ 5", note=ask.path.partition("?")[2]),
            Figure(ask.name, ours[ask.name], "ms", count, "≤ 0.0033", "floor: count(*)"),
            Figure(
                ask.name, ours[ask.name], "ms", naive[ask.name], note="peer: the same figures from the jobs"
            ),
        )
    ]


def questions(jobdeck: Jobdeck) -> "list[Ask]":
    """The totals, and charts of all, of a queue and of a person."""
    now = datetime.now(UTC)
    stats = jobdeck.json("/api/jobs/stats/")
    queue, owner = stats["by_queue"][0]["queue"], stats["by_owner"][0]["owner"]
    since = {span: f"from={now - span:%Y-%m-%dT%H:%M:%SZ}" for span in (WEEK, MONTH, YEAR)}

    def chart(
        name: str, span: timedelta, bucket: str, zone: str = "UTC", rest: str = "", which: str = "true"
    ) -> Ask:
        path = f"/api/jobs/stats/?{since[span]}&bucket={bucket}&zone={zone}{rest}"
        return Ask(name, path, CHART.format(bucket=bucket, zone=zone, which=which), (now - span,))

    of_owner = f"owner_id = (SELECT id FROM accounts_user WHERE username = '{owner}')"
    return [
        Ask("totals by status, queue and owner; the last day", "/api/jobs/stats/", TOTALS),
        chart("a month by the day", MONTH, "day"),
        chart("a month by the day of Rome", MONTH, "day", "Europe/Rome"),
        chart("a month of a queue", MONTH, "day", rest=f"&queue={queue}", which=f"queue = '{queue}'"),
        chart("a month of a person", MONTH, "day", rest=f"&owner={owner}", which=of_owner),
        chart("a week by the hour", WEEK, "hour"),
        chart("a month by the hour", MONTH, "hour"),
        chart("a year by the week", YEAR, "week"),
    ]


def middle(jobdeck: Jobdeck, database: "psycopg.Connection[Any]", path: str) -> float:
    """The median of some requests, one after the other, on a connection that is kept.

    Before each of them the database changes, so that no answer is given again that was made before.
    """
    connection, headers = jobdeck.connect(), jobdeck.headers()

    def ask() -> None:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered {answer.status}")

    ask()
    took = []
    for _ in range(REQUESTS):
        database.execute("SELECT pg_current_xact_id()")
        took.append(milliseconds(ask))
    connection.close()
    return statistics.median(took)


def run(database: "psycopg.Connection[Any]", ask: Ask) -> None:
    """Ask the jobs themselves."""
    database.execute(ask.naive, ask.params or None).fetchall()


if __name__ == "__main__":
    main(bench, __doc__)

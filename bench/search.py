#!/usr/bin/env python3
"""Searches: what people type, rare and common, alone and with filters; beside the same rows by their ids.

Each search is sent ROUNDS times over HTTP. Its floor is the list of the jobs that it found, asked for by id
in the same run: what is above that is the search. The index's size and its time to build are printed too.
"""

import random
import time
from urllib.parse import quote

from figures import Figure, main, milliseconds, percentile
from jobdeck import Jobdeck

ROUNDS = 7
SIZE = 50
P95_BAR, BUDGET_BAR = "≤ 25", "≤ 150"
AS_MANY_MORE = 40  # of random searches, for the slowest


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Measure a Jobdeck that holds its data already. Leaves it as it was, its index up to date."""
    built = milliseconds(lambda: jobdeck.manage("search", "--rebuild")) / 1000
    kinds = searches(jobdeck)
    above: list[float] = []
    figures = []
    for kind, queries in kinds.items():
        ours, floor = measure(jobdeck, queries)
        above += [max(0.0, one - percentile(floor, 0.5)) for one in ours]
        figures.append(Figure(kind, ours, "ms", floor, note=", ".join(f"`{one}`" for one in queries[:3])))
    slowest = [ask(jobdeck, query)[0] for query in mixed(kinds)]
    return [
        *figures,
        Figure("all of these, above the floor, 95 %", [percentile(above, 0.95)], "ms", bar=P95_BAR),
        Figure(f"{AS_MANY_MORE} random ones, the slowest", [max(slowest)], "ms", bar=BUDGET_BAR),
        *index_figures(jobdeck, built),
    ]


def searches(jobdeck: Jobdeck) -> dict[str, list[str]]:
    """What to search for, by kind; rare words are taken out of jobs of any age."""
    chance = random.Random(1)
    with jobdeck.database() as database:
        first, last = database.execute("SELECT min(id), max(id) FROM jobs_job").fetchone() or (1, 1)
        rows = [
            database.execute(
                "SELECT name FROM jobs_job WHERE id >= %s ORDER BY id LIMIT 1", [chance.randint(first, last)]
            )
            for _ in range(30)
        ]
        names = [str(row[0]) for row in (found.fetchone() for found in rows) if row]
    tokens = [word for name in names for word in name.split()[-1:] if word[:1].isdigit() and len(word) == 8]
    return {
        "a common word": ["train", "resnet", "genome"],
        "a word that few have": ["velvelvelvel", "tormiquazen", "brabrabrabra"],
        "a word that one has": tokens[:3] or ["3f73a525"],
        "an unknown word": ["nothingiscalledso", "qqqq", "zzzz9"],
        "the beginning of a word": ["resn", "gen", "tur"],
        "a phrase": ['"train resnet"', '"evaluate protein"', '"resize galaxy"'],
        "words and filters": [
            "train status:failed",
            "resnet queue:gpu -tag:prod",
            "genome priority:>=8 owner:ada",
        ],
        "filters alone": [
            "tag:urgent status:failed",
            "queue:gpu duration:>1h",
            "-status:completed -status:failed",
        ],
        "words and filters that none has": [
            "train resnet genome galaxy",
            "tag:urgent qqqq",
            "velvelvelvel queue:gpu status:running",
        ],
        "old jobs": [f"train id:{first}-{first + 2000}", f"resnet created:<{oldest_day(jobdeck)}"],
    }


def oldest_day(jobdeck: Jobdeck) -> str:
    """A week after the first job."""
    with jobdeck.database() as database:
        row = database.execute("SELECT (min(created_at) + interval '7 days')::date FROM jobs_job").fetchone()
    return str(row[0]) if row else "2026-01-01"


def mixed(kinds: dict[str, list[str]]) -> list[str]:
    """Two searches of different kinds put together, again and again."""
    chance = random.Random(2)
    every = [query for queries in kinds.values() for query in queries]
    return [" ".join(chance.sample(every, 2)) for _ in range(AS_MANY_MORE)]


def measure(jobdeck: Jobdeck, queries: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of each search, and of the lists of what they found by id."""
    ours, floor = [], []
    for query in queries:
        ask(jobdeck, query)  # the first one warms up
        for _ in range(ROUNDS):
            took, ids = ask(jobdeck, query)
            ours.append(took)
            floor.append(list_by_ids(jobdeck, ids))
    return ours, floor


def ask(jobdeck: Jobdeck, query: str) -> tuple[float, list[int]]:
    """Milliseconds of one search, and the ids that it found."""
    began = time.perf_counter()
    answer = jobdeck.json(f"/api/jobs/?size={SIZE}&q={quote(query)}")
    return (time.perf_counter() - began) * 1000, [job["id"] for job in answer["results"]]


def list_by_ids(jobdeck: Jobdeck, ids: list[int]) -> float:
    """Milliseconds of the list of these jobs."""
    wanted = ",".join(map(str, ids)) or "1"
    return milliseconds(lambda: jobdeck.json(f"/api/jobs/?size={SIZE}&ordering=-id&id={wanted}"))


def index_figures(jobdeck: Jobdeck, built: float) -> list[Figure]:
    """What the index costs: bytes a job and in all, and the time to build it."""
    with jobdeck.database() as database:
        row = database.execute(
            "SELECT pg_total_relation_size('jobs_searchblock') + pg_total_relation_size('jobs_searchsegment')"
            ", coalesce(sum(jobs), 0) FROM jobs_searchsegment"
        ).fetchone()
    size, jobs = row or (0, 0)
    return [
        Figure(
            "the index",
            [size / 2**20],
            "MB",
            note=f"{size / max(1, jobs):.0f} bytes for each of {jobs:,} jobs",
        ),
        Figure("building it anew", [built], "s", note="by `manage.py search --rebuild`, its start included"),
        Figure("jobs indexed so, a minute", [jobs / built * 60], "jobs"),
    ]


if __name__ == "__main__":
    main(bench, __doc__)

#!/usr/bin/env python3
"""Compares two checkouts of Jobdeck in one run: `bench/compare.py BEFORE AFTER`.

Each checkout is set up already (`make run` once). Both are started on a new home, take turns in every round,
and are stopped again. Printed: the medians with their range, and the ratio after / before. A run in which a
job did not complete exactly once is void. Bounded: ROUNDS rounds, JOBS jobs and REQUESTS requests each.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import CLIENTS, Figure, in_parallel, machine, requests_per_second, table
from jobdeck import Jobdeck

ROUNDS = 5
JOBS = 400
LISTED = 200
REQUESTS = 400
DRAIN_SECONDS = 180.0


def submit(jobdeck: Jobdeck, number: int, **fields: object) -> None:
    """One job by its own request."""
    jobdeck.json("/api/jobs/", {"name": f"bench {number}", **fields})


def jobs_per_second(jobdeck: Jobdeck) -> float:
    """JOBS jobs of `true` from the first submit to the last end, each ended exactly once."""
    before = completed(jobdeck)
    began = time.monotonic()
    in_parallel(JOBS, lambda number: submit(jobdeck, number, command="true"))
    while completed(jobdeck) - before < JOBS and time.monotonic() - began < DRAIN_SECONDS:
        time.sleep(0.05)
    took = time.monotonic() - began
    if completed(jobdeck) - before != JOBS:
        sys.exit(f"Void: {completed(jobdeck) - before} of {JOBS} jobs of {jobdeck.name} completed.")
    return JOBS / took


def completed(jobdeck: Jobdeck) -> int:
    """How many jobs of it are COMPLETED."""
    return int(jobdeck.json("/api/jobs/stats/")["by_status"]["COMPLETED"])


FIGURES: dict[str, Callable[[Jobdeck], float]] = {
    "GET /api/me/": lambda jobdeck: requests_per_second(jobdeck, "/api/me/", REQUESTS),
    "GET /api/jobs/?size=50": lambda jobdeck: requests_per_second(jobdeck, "/api/jobs/?size=50", REQUESTS),
    f"{JOBS} jobs of `true`": jobs_per_second,
}


def measure(before: Jobdeck, after: Jobdeck) -> list[Figure]:
    """Figure by figure, the checkouts taking turns, the first to go changing from round to round."""
    found: dict[str, dict[str, list[float]]] = {name: {"before": [], "after": []} for name in FIGURES}
    for jobdeck in (before, after):
        in_parallel(LISTED, lambda number, to=jobdeck: submit(to, number))
    for number in range(ROUNDS + 1):
        for name, ask in FIGURES.items():
            for jobdeck in (before, after) if number % 2 else (after, before):
                value = ask(jobdeck)
                if number:  # the first round warms up
                    found[name][jobdeck.name].append(value)
    return [Figure(name, one["after"], "a second", one["before"]) for name, one in found.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", type=Path, help="a checkout that is set up")
    parser.add_argument("after", type=Path, help="another one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jobdeck-bench-") as folder:
        before = Jobdeck(Path(folder) / "before", chosen.before.resolve())
        after = Jobdeck(Path(folder) / "after", chosen.after.resolve())
        with before, after:
            found = measure(before, after)
    print(f"{machine()}; {CLIENTS} clients, {ROUNDS} rounds. Ours is after, the floor is before.\n")
    print(table(found))


if __name__ == "__main__":
    main()

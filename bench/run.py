#!/usr/bin/env python3
"""Measures what the docs quote and writes bench/RESULTS.md: `bench/run.py [--jobs N …] [--only NAME …] [--resume]`.

For each number of jobs a home is filled once under .bench/ and kept for the next time. Each bench then
measures a Jobdeck that is started on it. The figures stand side by side, a column for each number of jobs. What
was measured is kept beside the home, so that a run that was broken off can be gone on with.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from figures import Figure, fill, machine, spread, table
from jobdeck import CHECKOUT, Jobdeck

HOMES = CHECKOUT / ".bench"
RESULTS = Path(__file__).with_name("RESULTS.md")
# What is measured at every number of jobs, in the order of the goals; a module each, with `bench`.
BENCHES = ("lists", "search", "counts", "floor", "submit", "export", "bulk", "archive")
SIZES = (100_000, 1_000_000, 10_000_000)


def measure(jobs: int, names: Sequence[str], *, resume: bool) -> dict[str, list[Figure]]:
    """The figures of each bench at so many jobs; with `resume` those that are kept are not measured again."""
    home = HOMES / f"jobs-{jobs}"
    HOMES.mkdir(exist_ok=True)
    filled = HOMES / f"jobs-{jobs}.filled"
    if not filled.exists():
        fill(home, jobs)
        filled.touch()
    kept = HOMES / f"jobs-{jobs}.figures.json"
    found = _kept(kept) if resume else {}
    if all(name in found for name in names):
        return found
    with Jobdeck(home) as jobdeck:
        for name in names:
            if name in found:
                continue
            print(f"{jobs:,} jobs: {name}", flush=True)
            found[name] = importlib.import_module(name).bench(jobdeck)
            print(table(found[name]), flush=True)
            kept.write_text(json.dumps({name: [asdict(one) for one in found[name]] for name in found}))
    return found


def _kept(path: Path) -> dict[str, list[Figure]]:
    if not path.exists():
        return {}
    kept = json.loads(path.read_text())
    return {name: [Figure(**one) for one in figures] for name, figures in kept.items()}


def report(by_size: dict[int, dict[str, list[Figure]]], names: Sequence[str]) -> str:
    """RESULTS.md: a table for each bench, a column for each number of jobs."""
    lines = ["# What was measured", "", f"By `make bench`. {machine()}.", ""]
    lines += ["Ours, then in brackets the floor or peer and the ratio to it; ✓ or ✗ where there is a goal."]
    sizes = sorted(by_size)
    for name in names:
        lines += ["", f"## {name.capitalize()}", ""]
        lines += [f"| figure | goal | {' | '.join(f'{size:,} jobs' for size in sizes)} | |"]
        lines += [f"|---|--:|{'--:|' * len(sizes)}---|"]
        for row, first in enumerate(by_size[sizes[0]][name]):
            cells = [_cell(by_size[size][name][row]) for size in sizes]
            lines.append(f"| {first.name}, {first.unit} | {first.bar} | {' | '.join(cells)} | {first.note} |")
    return "\n".join(lines) + "\n"


def _cell(figure: Figure) -> str:
    against = "" if figure.ratio is None else f" [{spread(figure.floor)}; {figure.ratio:.2f}]"
    return f"{spread(figure.ours)}{against}{ {None: '', True: ' ✓', False: ' ✗'}[figure.met] }"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, nargs="+", default=SIZES, help="the numbers of jobs")
    parser.add_argument("--only", nargs="+", default=BENCHES, choices=BENCHES, help="these benches only")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was broken off")
    chosen = parser.parse_args()
    by_size = {}
    for jobs in chosen.jobs:
        by_size[jobs] = measure(jobs, chosen.only, resume=chosen.resume)
        if set(chosen.only) == set(BENCHES):
            RESULTS.write_text(report(by_size, chosen.only))
    sys.stdout.write(report(by_size, chosen.only))


if __name__ == "__main__":
    main()

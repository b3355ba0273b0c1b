"""What a bench finds, and how it is told: figures with their floor or peer, measured in the same run."""

import argparse
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jobdeck import Jobdeck

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One thing that was measured: `ours` beside `floor`, several times each, in `unit`.

    `ratio` is ours / floor where there is a floor. `bar` is the goal in words ("≤ 2", "≥ 0.7"); `met` says
    whether it was reached, None where there is no bar. `note` says what the floor is, and what was counted.
    """

    name: str
    ours: Sequence[float]
    unit: str
    floor: Sequence[float] = ()
    bar: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The medians' ratio."""
        return statistics.median(self.ours) / statistics.median(self.floor) if self.floor else None

    @property
    def met(self) -> bool | None:
        """Whether the ratio (without a floor: the figure itself) keeps to the bar."""
        if not self.bar:
            return None
        sign, _, limit = self.bar.partition(" ")
        value = self.ratio if self.ratio is not None else statistics.median(self.ours)
        return value <= float(limit) if sign == "≤" else value >= float(limit)


Bench = Callable[[Jobdeck], list[Figure]]
"""Measures a running Jobdeck that holds its data already."""


def spread(values: Sequence[float]) -> str:
    """The median with the range around it."""
    if not values:
        return ""
    middle = statistics.median(values)
    if len(values) == 1:
        return _short(middle)
    return f"{_short(middle)} ({_short(min(values))} to {_short(max(values))})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def in_parallel(total: int, work: Callable[[int], None], clients: int = CLIENTS) -> float:
    """Do `work` for 0 … total - 1 by so many threads; how many a second. Raises what any of them raised."""
    numbers = iter(range(total))
    lock = threading.Lock()
    failed: list[BaseException] = []

    def client() -> None:
        try:
            while not failed:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                work(number)
        except BaseException as error:  # noqa: BLE001  (told below, by the thread that asked)
            failed.append(error)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return total / (time.monotonic() - began)


def requests_per_second(jobdeck: Jobdeck, path: str, requests: int, **headers: str) -> float:
    """So many GETs of the owner's by CLIENTS clients that keep their connections."""
    local = threading.local()
    sent = {**jobdeck.headers(), **headers}

    def ask(_: int) -> None:
        if not hasattr(local, "connection"):
            local.connection = jobdeck.connect()
        local.connection.request("GET", path, headers=sent)
        answer = local.connection.getresponse()
        answer.read()
        if answer.status not in (200, 304):
            raise RuntimeError(f"{jobdeck.name}: {path} was answered {answer.status}")

    return in_parallel(requests, ask)


def milliseconds(work: Callable[[], object]) -> float:
    """How long that takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | ours | floor or peer | ratio | goal | |", "|---|--:|--:|--:|--:|---|"]
    for one in figures:
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        goal = "" if one.met is None else f"{one.bar} {'✓' if one.met else '✗'}"
        cells = (f"{one.name}, {one.unit}", spread(one.ours), spread(one.floor), ratio, goal, one.note)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def machine() -> str:
    """What was measured on, in a line."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.machine()
    now = datetime.now(UTC)
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {now:%Y-%m-%d %H:%M} UTC"


def main(bench: Bench, description: str | None) -> None:
    """The command line of one bench: `bench/NAME.py [--jobs N] [--home HOME]`, which prints its table."""
    parser = argparse.ArgumentParser(description=(description or "").strip().partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=100_000, help="how many jobs there are to be (100,000)")
    parser.add_argument("--home", type=Path, help="a home that `bench/run.py` or an earlier run has filled")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jobdeck-bench-") as folder:
        home = chosen.home.resolve() if chosen.home else Path(folder) / "home"
        if not chosen.home:
            fill(home, chosen.jobs)
        with Jobdeck(home) as jobdeck:
            print(f"{machine()}; {jobdeck.json('/api/jobs/stats/')['total']:,} jobs\n")
            print(table(bench(jobdeck)))


def fill(home: Path, jobs: int) -> None:
    """Give a home so many jobs to begin with; all of it is on the disk when this returns."""
    with Jobdeck(home) as jobdeck:
        jobdeck.manage("seed", "--jobs", str(jobs), "--yes")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

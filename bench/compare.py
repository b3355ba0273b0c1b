#!/usr/bin/env python3
"""Compares two checkouts of Jobdeck in one run: `bench/compare.py BEFORE AFTER`.

Each checkout is set up already (`make run` once). Both are started on a new home and a free port, take turns
in every round, and are stopped again. Printed: the medians with their range, and the ratio after / before.
A run in which a job did not complete exactly once is void. Bounded: ROUNDS rounds, JOBS jobs and REQUESTS
requests each, loopback only.
"""

import argparse
import http.client
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 5
JOBS = 400
LISTED = 200
REQUESTS = 400
CLIENTS = 8
START_SECONDS = 120.0
DRAIN_SECONDS = 180.0


class Jobdeck:
    """One running checkout."""

    def __init__(self, name: str, checkout: Path, folder: Path) -> None:
        self.name = name
        self.home = folder / name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = (folder / f"{name}.log").open("w")
        self._process = subprocess.Popen(
            [checkout / ".venv/bin/python", "-m", "standalone"],
            cwd=checkout / "backend",
            env={**os.environ, "PORT": str(self.port), "JOBDECK_HOME": str(self.home)},
            stdout=self._log,
            stderr=self._log,
        )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.get("/readyz") == 200 and (self.home / "token").exists():
                    return
            except OSError:
                pass
            if self._process.poll() is not None:
                break
            time.sleep(0.2)
        sys.exit(f"{self.name} did not start:\n{Path(self._log.name).read_text()}")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(90)
        self._log.close()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def headers(self) -> dict[str, str]:
        token = (self.home / "token").read_text().strip()
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> int:
        connection = self.connect()
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def json(self, path: str) -> dict:
        connection = self.connect()
        connection.request("GET", path, headers=self.headers())
        answer = json.load(connection.getresponse())
        connection.close()
        return answer


def in_parallel(total: int, work: Callable[[int], None]) -> float:
    """Do `work` for 0 … total - 1 with CLIENTS threads; how many a second."""
    numbers = iter(range(total))
    lock = threading.Lock()
    failed: list[BaseException] = []

    def client() -> None:
        try:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                work(number)
        except BaseException as error:  # noqa: BLE001  (told below, by the thread that asked)
            failed.append(error)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return total / (time.monotonic() - began)


def requests_per_second(jobdeck: Jobdeck, path: str) -> float:
    """REQUESTS times GET by CLIENTS clients that keep their connections."""
    local = threading.local()
    headers = jobdeck.headers()

    def ask(_: int) -> None:
        if not hasattr(local, "connection"):
            local.connection = jobdeck.connect()
        local.connection.request("GET", path, headers=headers)
        answer = local.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{jobdeck.name}: {path} answered {answer.status}")

    return in_parallel(REQUESTS, ask)


def submit(jobdeck: Jobdeck, number: int, **fields: object) -> None:
    local = jobdeck.connect()
    body = json.dumps({"name": f"bench {number}", **fields})
    local.request("POST", "/api/jobs/", body, jobdeck.headers())
    answer = local.getresponse()
    answer.read()
    local.close()
    if answer.status != 201:
        raise RuntimeError(f"{jobdeck.name}: a job was answered {answer.status}")


def jobs_per_second(jobdeck: Jobdeck) -> float:
    """JOBS jobs of `true` from the first submit to the last end, each ended exactly once."""
    before = jobdeck.json("/api/jobs/stats/")["by_status"]
    began = time.monotonic()
    in_parallel(JOBS, lambda number: submit(jobdeck, number, command="true"))
    while time.monotonic() - began < DRAIN_SECONDS:
        now = jobdeck.json("/api/jobs/stats/")["by_status"]
        if completed(now) - completed(before) >= JOBS:
            break
        time.sleep(0.05)
    took = time.monotonic() - began
    now = jobdeck.json("/api/jobs/stats/")["by_status"]
    if completed(now) - completed(before) != JOBS:
        sys.exit(f"Void: {completed(now) - completed(before)} of {JOBS} jobs of {jobdeck.name} completed.")
    return JOBS / took


def completed(by_status: dict[str, int]) -> int:
    return by_status.get("COMPLETED", by_status.get("completed", 0))


FIGURES: dict[str, Callable[[Jobdeck], float]] = {
    "GET /api/me/, requests/s": lambda jobdeck: requests_per_second(jobdeck, "/api/me/"),
    "GET /api/jobs/?size=50, requests/s": lambda jobdeck: requests_per_second(jobdeck, "/api/jobs/?size=50"),
    f"{JOBS} jobs of `true`, jobs/s": jobs_per_second,
}


def measure(jobdecks: list[Jobdeck]) -> dict[str, dict[str, list[float]]]:
    """Figure by figure, the checkouts taking turns, the first to go changing from round to round."""
    found: dict[str, dict[str, list[float]]] = {figure: {} for figure in FIGURES}
    for jobdeck in jobdecks:
        in_parallel(LISTED, lambda number, to=jobdeck: submit(to, number))
    for number in range(ROUNDS + 1):
        for figure, ask in FIGURES.items():
            for jobdeck in jobdecks if number % 2 else jobdecks[::-1]:
                value = ask(jobdeck)
                if number:  # the first round warms up
                    found[figure].setdefault(jobdeck.name, []).append(value)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("before", type=Path, help="a checkout that is set up")
    parser.add_argument("after", type=Path, help="another one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jobdeck-bench-") as folder:
        Path(folder).chmod(0o711)
        both = [
            Jobdeck("before", chosen.before.resolve(), Path(folder)),
            Jobdeck("after", chosen.after.resolve(), Path(folder)),
        ]
        try:
            for jobdeck in both:
                jobdeck.wait_until_ready()
            found = measure(both)
        finally:
            for jobdeck in both:
                jobdeck.stop()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, {CLIENTS} clients, {ROUNDS} rounds: median (range)\n"
    )
    print(f"| {'figure':36} | {'before':>20} | {'after':>20} | after / before |")
    print(f"|{'-' * 38}|{'-' * 22}|{'-' * 22}|{'-' * 16}|")
    for figure, by_name in found.items():
        before, after = by_name["before"], by_name["after"]
        ratio = statistics.median(new / old for old, new in zip(before, after, strict=True))
        print(f"| {figure:36} | {spread(before):>20} | {spread(after):>20} | {ratio:14.2f} |")


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()

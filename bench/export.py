#!/usr/bin/env python3
"""Exports up to a million jobs: rows a second, the web process's memory, and whether the file is the rows.

The floor is PostgreSQL's own COPY of the same rows to this process. Every row that comes is compared with the
database; a run with one missing, doubled or different ends in an error. Changes nothing.
"""

import csv
import gzip
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from itertools import zip_longest
from typing import Any, cast

from figures import Figure, main, milliseconds, percentile
from jobdeck import Jobdeck

MOST_ROWS = 1_000_000
PIECE = 1 << 18
LOOK_SECONDS = 0.05
ROUNDS = 2
LIST = "/api/jobs/?size=50"
COMPARED = ("id", "name", "status", "version", "command", "exit_code")
Row = tuple[str, ...]


@dataclass
class Memory:
    """Of the web process, in MB: when the watch began, and at most since."""

    before: float
    most: float


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """The figures; ends the program if a file is not the rows."""
    with jobdeck.database() as database:
        last, rows = _extent(database)
        copied = [rows / _seconds_to_copy(database, last) for _ in range(ROUNDS)]
        figures = []
        for kind in ("csv", "ndjson", "json"):
            query = f"format={kind}&until={last}"
            with _watched(jobdeck) as memory:
                rates = [rows / _seconds_to_export(jobdeck, query) for _ in range(ROUNDS)]
            note = f"{rows:,} rows; floor: COPY of them to this process"
            figures.append(Figure(f"{kind}, whole rows", rates, "rows/s", copied, "", note))
            note = f"{memory.before:.0f} MB before, {memory.most:.0f} MB at most"
            grown = [max(memory.most - memory.before, 0.0)]
            figures.append(Figure(f"{kind}, what the web process grows by", grown, "MB", (), "≤ 100", note))
            _compare(jobdeck, query, kind, database, last)
    return [*figures, _compressed(jobdeck, last, rows), _meanwhile(jobdeck, last)]


def _compressed(jobdeck: Jobdeck, last: int, rows: int) -> Figure:
    query = f"format=csv&until={last}"
    packed, plain = _size(jobdeck, query, "gzip"), _size(jobdeck, query, "")
    rates = [rows / _seconds_to_export(jobdeck, query, "gzip") for _ in range(ROUNDS)]
    return Figure("csv, compressed", rates, "rows/s", (), "", f"{packed / plain:.2f} of the bytes")


def _meanwhile(jobdeck: Jobdeck, last: int) -> Figure:
    """A page of a list while an export goes on, beside one without."""
    alone = [milliseconds(lambda: jobdeck.json(LIST)) for _ in range(100)]
    exporting = threading.Thread(target=_seconds_to_export, args=(jobdeck, f"format=csv&until={last}"))
    exporting.start()
    beside = []
    while exporting.is_alive() or not beside:
        beside.append(milliseconds(lambda: jobdeck.json(LIST)))
    exporting.join()
    note = f"{len(beside)} pages of 50 jobs; floor: without an export"
    return Figure(
        "a page meanwhile, p95", [percentile(beside, 0.95)], "ms", [percentile(alone, 0.95)], "", note
    )


def _extent(database: Any) -> tuple[int, int]:
    """The last id of the first million jobs, and how many those are."""
    first = "SELECT max(id), count(*) FROM (SELECT id FROM jobs_job ORDER BY id LIMIT %s) AS first"
    last, rows = database.execute(first, [MOST_ROWS]).fetchone()
    return last, rows


def _seconds_to_copy(database: Any, last: int) -> float:
    began = time.monotonic()
    chosen = f"SELECT * FROM jobs_job WHERE id <= {last} ORDER BY id"
    with database.cursor().copy(f"COPY ({chosen}) TO STDOUT (FORMAT csv)") as copy:
        for _ in copy:
            pass
    return time.monotonic() - began


def _seconds_to_export(jobdeck: Jobdeck, query: str, encoding: str = "") -> float:
    began = time.monotonic()
    _size(jobdeck, query, encoding)
    return time.monotonic() - began


def _size(jobdeck: Jobdeck, query: str, encoding: str) -> int:
    """Bytes of the whole answer."""
    with _exported(jobdeck, query, encoding) as answer:
        return sum(len(piece) for piece in iter(lambda: answer.read(PIECE), b""))


@contextmanager
def _exported(jobdeck: Jobdeck, query: str, encoding: str = "") -> Iterator[HTTPResponse]:
    connection = jobdeck.connect()
    headers = {**jobdeck.headers(), "Accept-Encoding": encoding}
    try:
        connection.request("GET", f"/api/jobs/export/?{query}", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"the export was answered {answer.status}: {answer.read()!r}")
        yield answer
    finally:
        connection.close()


@contextmanager
def _watched(jobdeck: Jobdeck) -> Iterator[Memory]:
    """Looks at the memory until the block ends."""
    jobdeck.json(LIST)
    memory = Memory(jobdeck.web_megabytes(), 0.0)
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            memory.most = max(memory.most, jobdeck.web_megabytes())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield memory
    finally:
        over.set()
        looking.join()


def _compare(jobdeck: Jobdeck, query: str, kind: str, database: Any, last: int) -> None:
    """End the program unless the rows of the compressed file are those of the database, in order."""
    columns = ",".join(COMPARED[1:])
    stored = database.cursor("stored", withhold=True)
    stored.itersize = 5000
    stored.execute(f"SELECT {','.join(COMPARED)} FROM jobs_job WHERE id <= {last} ORDER BY id")
    with _exported(jobdeck, f"{query}&columns={columns}", "gzip") as answer, stored:
        text = io.TextIOWrapper(gzip.GzipFile(fileobj=cast(Any, answer)), "utf-8", newline="")
        found = _csv_rows(text) if kind == "csv" else _json_rows(text)
        for ours, theirs in zip_longest(found, stored):
            if ours != tuple("" if value is None else str(value) for value in theirs or ()):
                raise SystemExit(f"the {kind} file has {ours}, the database {theirs}")


def _csv_rows(text: io.TextIOWrapper) -> Iterator[Row]:
    reader = csv.reader(text)
    if next(reader) != list(COMPARED):
        raise SystemExit("the CSV file has no line of names")
    row: list[str] = []
    for row in reader:
        if len(row) > 1:
            yield tuple(cell[1:] if cell.startswith("'") else cell for cell in row)
    if not row[0].startswith("# complete"):
        raise SystemExit("the CSV file is not whole")


def _json_rows(text: io.TextIOWrapper) -> Iterator[Row]:
    for line in text:
        if len(line) > len("[\n"):
            said = json.loads(line.lstrip(","))
            if "id" in said:
                yield tuple("" if said[name] is None else str(said[name]) for name in COMPARED)
    if line != "]\n" and "complete" not in said:
        raise SystemExit("the JSON file is not whole")


if __name__ == "__main__":
    main(bench, __doc__)

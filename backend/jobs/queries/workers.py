"""The workers as they last described themselves, and what they could take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from ..waiting import Room
from .sql import fetch

UNREACHABLE_AFTER = timedelta(seconds=30)
MOST_WORKERS = 500

_WORKERS = """
SELECT id, name, host, state, capacity, limits, labels, executors, version, started_at, heartbeat_at,
       clock_timestamp() AS now
FROM jobs_worker ORDER BY name, id LIMIT %(most)s"""

_RUNNING = """
SELECT worker_id, count(*) AS running FROM jobs_attempt
WHERE ended_at IS NULL AND worker_id IS NOT NULL GROUP BY worker_id"""


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What matters of a worker for placing a job. A kind of resource that it does not name is not there."""

    name: str
    state: str
    capacity: Mapping[str, float]
    executors: tuple[str, ...]

    def fits(self, wanted: Mapping[str, float]) -> bool:
        """Whether it could ever hold that much at once."""
        return all(amount <= self.capacity.get(resource, 0) for resource, amount in wanted.items())


@dataclass(frozen=True, slots=True)
class Fleet:
    """All the workers that have not been stopped."""

    workers: tuple[WorkerFacts, ...]

    def room_for(self, cpus: float, memory_mb: int) -> Room:
        """Whether a job of this size could run."""
        if not self.workers:
            return Room.NONE_KNOWN
        reachable = [worker for worker in self.workers if worker.state == "active"]
        if not reachable:
            return Room.NOBODY
        wanted = {"cpus": cpus, "memory_mb": memory_mb}
        return Room.YES if any(worker.fits(wanted) for worker in reachable) else Room.TOO_LARGE


def fleet() -> Fleet:
    """The workers that have not been stopped, with their present state."""
    return Fleet(tuple(_facts(row) for row in _rows() if row["state"] != "stopped"))


def list_workers() -> list[dict[str, Any]]:
    """Every worker as JSON, by name, with how many attempts it runs."""
    running = {row["worker_id"]: row["running"] for row in fetch(_RUNNING)}
    return [{**row, "running": running.get(row["id"], 0)} for row in _rows()]


def _rows() -> list[dict[str, Any]]:
    rows = fetch(_WORKERS, {"most": MOST_WORKERS})
    for row in rows:
        silent = row.pop("now") - row["heartbeat_at"]
        if row["state"] != "stopped" and silent > UNREACHABLE_AFTER:
            row["state"] = "unreachable"
        for name in ("capacity", "limits", "labels", "executors"):
            row[name] = orjson.loads(row[name])
    return rows


def _facts(row: Mapping[str, Any]) -> WorkerFacts:
    capacity = {key: value for key, value in row["capacity"].items() if isinstance(value, int | float)}
    return WorkerFacts(row["name"], row["state"], capacity, tuple(row["executors"]))

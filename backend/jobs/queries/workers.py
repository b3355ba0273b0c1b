"""The workers as they last described themselves, and what they could take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

from ..sql import fetch
from ..waiting import WaitCode, WouldFit

UNREACHABLE_AFTER = timedelta(seconds=30)
MOST_WORKERS = 500

# What a worker holds: the attempts that are open there, and all that their jobs ask for.
_WORKERS = """
SELECT worker.id, worker.name, host, state, capacity, limits, labels, executors, version, worker.started_at,
       heartbeat_at, clock_timestamp() AS now, coalesce(held.running, 0) AS running,
       coalesce(held.cpus, 0)::float8 AS used_cpus, coalesce(held.memory_mb, 0)::float8 AS used_memory_mb
FROM jobs_worker AS worker LEFT JOIN (
    SELECT attempt.worker_id, count(*) AS running, sum(job.cpus) AS cpus, sum(job.memory_mb) AS memory_mb
    FROM jobs_attempt AS attempt JOIN jobs_job AS job ON job.id = attempt.job_id
    WHERE attempt.ended_at IS NULL AND attempt.lease IS NOT NULL AND attempt.worker_id IS NOT NULL
    GROUP BY attempt.worker_id
) AS held ON held.worker_id = worker.id
ORDER BY worker.name, worker.id LIMIT %(most)s"""

_USE = ("used_cpus", "used_memory_mb")
_EPSILON = 1e-9  # sums of tenths of a core are not exact


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What matters of a worker for placing a job. A kind of resource that it does not name is not there.

    `used` is what the attempts ask for that are open there.
    """

    name: str
    state: str
    capacity: Mapping[str, float]
    executors: tuple[str, ...]
    used: Mapping[str, float] = field(default_factory=dict)

    def fits(self, wanted: Mapping[str, float]) -> bool:
        """Whether it could ever hold that much at once."""
        return self.fits_of(wanted) == len(wanted)

    def fits_of(self, wanted: Mapping[str, float]) -> int:
        """How many of the resources it could ever hold that much of."""
        return sum(amount <= self.capacity.get(resource, 0) for resource, amount in wanted.items())

    def has_room(self, wanted: Mapping[str, float]) -> bool:
        """Whether it could hold that much besides what it holds now."""
        return all(
            amount <= self.capacity.get(resource, 0) - self.used.get(resource, 0) + _EPSILON
            for resource, amount in wanted.items()
        )


@dataclass(frozen=True, slots=True)
class Fleet:
    """All the workers that have not been stopped."""

    workers: tuple[WorkerFacts, ...]

    def declares(self, resource: str) -> bool:
        """Whether any worker says that it has some of it."""
        return any(worker.capacity.get(resource) for worker in self.workers)

    def waits_for(self, executor: str, wanted: Mapping[str, float]) -> WaitCode:
        """What a job of this size waits for that may be claimed now."""
        able = [worker for worker in self.workers if executor in worker.executors]
        if not able:
            return WaitCode.NO_WORKER
        large = [worker for worker in able if worker.fits(wanted)]
        if not large:
            return WaitCode.TOO_LARGE
        active = [worker for worker in large if worker.state == "active"]
        if not active:
            drained = any(worker.state == "draining" for worker in large)
            return WaitCode.WORKERS_DRAINING if drained else WaitCode.WORKERS_UNREACHABLE
        free = any(worker.has_room(wanted) for worker in active)
        return WaitCode.QUEUED if free else WaitCode.WORKERS_BUSY

    def nearest(self, executor: str, wanted: Mapping[str, float]) -> WouldFit | None:
        """The most that could be had of the worker that has most of what is wanted; None where there is no
        worker."""
        able = [worker for worker in self.workers if executor in worker.executors]
        best = max(able, key=lambda worker: worker.fits_of(wanted), default=None)
        if best is None:
            return None
        return {
            "worker": best.name,
            "cpus": best.capacity.get("cpus", 0),
            "memory_mb": best.capacity.get("memory_mb", 0),
        }


def fleet() -> Fleet:
    """The workers that have not been stopped, with their present state and use."""
    return Fleet(tuple(_facts(row) for row in _rows() if row["state"] != "stopped"))


def list_workers() -> list[dict[str, Any]]:
    """Every worker as JSON, by name, with how many attempts it runs."""
    return [{name: value for name, value in row.items() if name not in _USE} for row in _rows()]


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
    return WorkerFacts(
        name=row["name"],
        state=row["state"],
        capacity={key: value for key, value in row["capacity"].items() if isinstance(value, int | float)},
        executors=tuple(row["executors"]),
        used={"cpus": row["used_cpus"], "memory_mb": row["used_memory_mb"]},
    )

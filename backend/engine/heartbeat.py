"""The worker's row: what this machine can do, and a heartbeat that tells people that it is there."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from engine import database_clock
from engine.database_clock import DatabaseClock
from engine.executors.base import Capabilities
from engine.identity import WorkerIdentity
from engine.in_flight import now
from jobs.models import Worker

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerDescription:
    """What the worker publishes; `boot_id` changes with every reboot of the machine."""

    name: str
    boot_id: str
    executors: Mapping[str, Capabilities]

    def capacity(self) -> dict[str, float]:
        """The most that one job may ask for, whichever executor it goes to."""
        known = [one["capacity"] for one in self.executors.values() if one["capacity"] is not None]
        return {
            "cpus": max((capacity["cpus"] for capacity in known), default=0.0),
            "memory_mb": max((capacity["memory_mb"] for capacity in known), default=0),
        }

    def limits(self) -> dict[str, Any]:
        """What is enforced, by the first executor that enforces anything."""
        first = next(iter(self.executors.values()), None)
        return {} if first is None else {**first["limits"], "kill_by": first["kill_by"]}


class Heartbeat:
    """Heartbeats change nothing but what people see; leases decide."""

    def __init__(self, identity: WorkerIdentity, heartbeat_seconds: float) -> None:
        self._identity = identity
        self._every = heartbeat_seconds
        self._beat_at = 0.0
        self.state = Worker.State.ACTIVE
        self.registered = False
        self._clock = DatabaseClock()
        self._clock_was_set = False

    def due_at(self) -> float | None:
        return self._beat_at if self.registered else None

    def former_boot_id(self) -> str:
        """The boot under which this worker last reconciled; "" where it never has."""
        return self._row().values_list("boot_id", flat=True).first() or ""

    def register(self, description: WorkerDescription) -> None:
        """Describe this worker. To be called once its open attempts are reconciled: `boot_id` says so."""
        described = {
            "name": description.name,
            "host": self._identity.place.host,
            "machine": self._identity.place.machine,
            "home": str(self._identity.place.home),
            "state": self.state,
            "capacity": description.capacity(),
            "limits": description.limits(),
            "executors": {**description.executors},
            "version": settings.VERSION,
            "boot_id": description.boot_id,
            "heartbeat_at": Now(),
        }
        Worker.objects.update_or_create(
            id=self._identity.known(), defaults=described, create_defaults={**described, "started_at": Now()}
        )
        self.registered = True
        self._beat_at = now() + self._every

    def beat(self) -> bool:
        """Say that we are here, when it is time. False: the row is gone, so register again."""
        if now() < self._beat_at:
            return True
        self._clock_was_set |= self._clock.jump(database_clock.read) != 0
        self._beat_at = now() + self._every
        return self._update()

    def clock_was_set(self) -> bool:
        """Whether the database's clock was set, as the last beats found. It moves the ends of leases."""
        was_set, self._clock_was_set = self._clock_was_set, False
        return was_set

    def become(self, state: Worker.State) -> None:
        """Draining or stopped."""
        self.state = state
        self._update()

    def _update(self) -> bool:
        return bool(self._row().update(heartbeat_at=Now(), state=self.state))

    def _row(self) -> QuerySet[Worker]:
        return Worker.objects.filter(pk=self._identity.known())

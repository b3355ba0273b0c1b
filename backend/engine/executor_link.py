"""One executor as the agent meets it: connected or not, in agreement with the database or not."""

import logging
import math
from uuid import UUID

from engine.capacity import UNBOUNDED, Resources
from engine.claiming import Claims
from engine.executors.base import Capabilities, Executor, ExecutorGone
from engine.in_flight import InFlight, now
from engine.reconcile import Reconciler

SECONDS_BETWEEN_CONNECTS = 0.5
SECONDS_BETWEEN_RECONCILES = 2.0

log = logging.getLogger(__name__)


class ExecutorLink:
    """Times are of time.monotonic(). `capabilities` are known from the first agreement on."""

    def __init__(self, executor: Executor, in_flight: InFlight) -> None:
        self.executor = executor
        self.claims = Claims(in_flight, executor)
        self.capabilities: Capabilities | None = None
        self.connect_at = 0.0
        self._reconciler = Reconciler(in_flight, executor)
        self._reconcile_at = 0.0

    def connect(self) -> None:
        """Reach the executor, where it is not connected and it is time to try."""
        if self.executor.connected or now() < self.connect_at:
            return
        self.connect_at = now() + SECONDS_BETWEEN_CONNECTS
        self.reconcile_now()
        try:
            self.executor.connect()
        except ExecutorGone as error:
            log.debug("The executor %s is not there yet: %s", self.executor.name, error)

    def reconcile_now(self) -> None:
        """Something was interrupted: agree anew."""
        self._reconcile_at = 0.0

    def reconcile(self, worker_id: UUID, grace: float, *, rebooted: bool) -> bool:
        """Agree with executor and database on what is ours, if that is due; whether it was.

        :param rebooted: the machine was, since this worker was last in agreement.
        """
        if now() < self._reconcile_at:
            return False
        complete = self._reconciler.reconcile(worker_id, grace, rebooted=rebooted and not self.capabilities)
        self.capabilities = self.executor.capabilities()
        self._reconcile_at = math.inf if complete else now() + SECONDS_BETWEEN_RECONCILES
        self.claims.look_now()
        return True

    def capacity(self) -> Resources:
        """What jobs may use there; boundless where it has a queue of its own."""
        capacity = self.executor.capabilities()["capacity"]
        return UNBOUNDED if capacity is None else Resources(**capacity)

    def due_at(self, *, claims: bool) -> float:
        """When there is something to do. `claims`: whether jobs are to be claimed."""
        if not self.executor.connected:
            return self.connect_at
        return min(self._reconcile_at, self.claims.due_at() if claims else math.inf)

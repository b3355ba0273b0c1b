"""Makes agent, executor and database agree on who holds what: after a start, and after every interruption.

What the executor runs and is still ours in the database is adopted; what it saw end is settled with its true
exit; what it does not know goes back to the queue where it never ran, and is lost where it did; what is not
ours any more is ended.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from engine import endings, lookups
from engine.executors.base import Executor, Refused
from engine.folder import AttemptFolder
from engine.in_flight import AttemptInFlight, InFlight, Phase
from engine.leases import stop
from engine.lookups import StoredAttempt
from engine.runner.protocol import Record
from engine.throttle import Throttle

NEVER_RAN = "The worker was interrupted before it could start this."
UNKNOWN = "The worker has no trace of it any more, so nobody knows how it ended."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the adopted attempts stand. `rebooted`: since the claim, so that the spool proves nothing."""

    worker_id: UUID
    spool: Path
    grace: float
    rebooted: bool


class Reconciler:
    def __init__(self, in_flight: InFlight, executor: Executor) -> None:
        self._in_flight = in_flight
        self._executor = executor

    def reconcile(self, ground: Ground) -> bool:
        """Compare all three and bring what is in flight up to date. Nothing is written to the database.

        False where strangers are still being ended: reconcile again, soon.
        """
        records = {record["attempt_id"]: record for record in self._executor.poll()}
        ids = records.keys() | {attempt.id for attempt in self._in_flight}
        stored = lookups.stored_attempts(ground.worker_id, sorted(ids))
        strangers = [record for record in records.values() if not _is_stored(record, stored)]
        for attempt_id in sorted((ids | stored.keys()) - {record["attempt_id"] for record in strangers}):
            attempt = self._in_flight.get(attempt_id) or _newly_found(stored[attempt_id], ground)
            self._in_flight.take(attempt)
            _judge(attempt, records.get(attempt_id), stored.get(attempt_id), ground)
            if not attempt.ours and attempt.phase is Phase.RUNNING and not attempt.stop_sent:
                log.warning("Attempt %d runs here, but is not ours any more; it is ended.", attempt_id)
                stop(self._executor, attempt, "fenced", ground.grace)
        if records or stored:
            log.info("Reconciled: %d attempts here, %d open in the database.", len(records), _open(stored))
        return self._remove(strangers, ground.grace)

    def _remove(self, strangers: Iterable[Record], grace: float) -> bool:
        """Get rid of what the database does not know: there is nowhere to put its log and its end."""
        done = True
        for record in strangers:
            if attempt := self._in_flight.get(record["attempt_id"]):
                self._in_flight.drop(attempt)
            done &= self._remove_stranger(record, grace)
        return done

    def _remove_stranger(self, record: Record, grace: float) -> bool:
        attempt_id, lease = record["attempt_id"], record["lease"]
        try:
            if record["state"] == "running":
                log.warning(
                    "Attempt %d runs here, and the database does not know it; it is ended.", attempt_id
                )
                self._executor.cancel(attempt_id, lease, reason="fenced", grace=grace)
                return False
            self._executor.forget(attempt_id, lease)
        except Refused as error:
            log.info("Attempt %d, which the database does not know, is still here: %s", attempt_id, error)
            return False
        return True


def _judge(
    attempt: AttemptInFlight, record: Record | None, stored: StoredAttempt | None, ground: Ground
) -> None:
    """Decide what an attempt in flight is now."""
    is_ours = stored is not None and stored.open
    if stored is not None:
        attempt.shipped = dict(stored.shipped)
    if not is_ours:
        attempt.ours = False
    if attempt.phase >= Phase.ENDED:
        if not is_ours:
            attempt.close()
    elif record is not None and record["state"] == "running":
        attempt.phase = Phase.RUNNING
        attempt.stop_sent = False
    elif record is not None and record["exit"] is not None:
        attempt.ended_with(record["exit"])
    elif not is_ours:
        attempt.close()
    elif record is None and _may_have_run(attempt, stored, ground):
        attempt.ends_as(endings.lost(attempt.claimed, UNKNOWN))
    else:
        attempt.ends_as(endings.released(attempt.claimed, NEVER_RAN))


def _may_have_run(attempt: AttemptInFlight, stored: StoredAttempt | None, ground: Ground) -> bool:
    was_started = stored is not None and stored.started_at is not None
    return attempt.phase is Phase.RUNNING or was_started or ground.rebooted


def _newly_found(stored: StoredAttempt, ground: Ground) -> AttemptInFlight:
    folder = AttemptFolder(ground.spool / str(stored.claimed.ref.attempt_id))
    return AttemptInFlight(stored.claimed, folder, Phase.CLAIMED, throttle=Throttle(stored.notes))


def _is_stored(record: Record, stored: Mapping[int, StoredAttempt]) -> bool:
    found = stored.get(record["attempt_id"])
    return found is not None and found.claimed.ref.lease == UUID(record["lease"])


def _open(stored: Mapping[int, StoredAttempt]) -> int:
    return sum(attempt.open for attempt in stored.values())

"""Makes agent, executor and database agree on who holds what: after a start, and after every interruption.

What the executor runs and is still ours in the database is adopted; what it saw end is settled with its true
exit; what it does not know goes back to the queue where it never ran, and is lost where it did; what is not
ours any more is ended.
"""

import logging
from collections.abc import Iterable, Mapping
from uuid import UUID

from engine import endings, lookups
from engine.executors.base import AttemptRecord, Executor, Refused
from engine.in_flight import AttemptInFlight, InFlight, Phase
from engine.leases import stop
from engine.lookups import StoredAttempt
from engine.throttle import Throttle

NEVER_RAN = "The worker was interrupted before it could start this."
UNKNOWN = "The worker has no trace of it any more, so nobody knows how it ended."

log = logging.getLogger(__name__)


class Reconciler:
    def __init__(self, in_flight: InFlight, executor: Executor) -> None:
        self._in_flight = in_flight
        self._executor = executor

    def reconcile(self, worker_id: UUID, grace: float, *, rebooted: bool) -> bool:
        """Compare all three and bring what is in flight up to date. Nothing is written to the database.

        False where strangers are still being ended: reconcile again, soon.

        :param rebooted: the machine was, since the claims: that there is no record of a start proves nothing.
        """
        records = {record.ref.attempt_id: record for record in self._executor.poll()}
        mine = {attempt.id for attempt in self._in_flight if attempt.executor is self._executor}
        stored = lookups.stored_attempts(worker_id, self._executor.name, sorted(records.keys() | mine))
        strangers = [record for record in records.values() if not _is_stored(record, stored)]
        ids = (records.keys() | mine | stored.keys()) - {record.ref.attempt_id for record in strangers}
        for attempt_id in sorted(ids):
            attempt = self._in_flight.get(attempt_id) or self._newly_found(stored[attempt_id])
            self._in_flight.take(attempt)
            _judge(attempt, records.get(attempt_id), stored.get(attempt_id), rebooted=rebooted)
            if not attempt.ours and attempt.phase is Phase.RUNNING and not attempt.stop_sent:
                log.warning("Attempt %d runs here, but is not ours any more; it is ended.", attempt_id)
                stop(attempt, "fenced", grace)
        if records or stored:
            log.info(
                "Reconciled with %s: %d attempts there, %d open in the database.",
                self._executor.name,
                len(records),
                sum(one.open for one in stored.values()),
            )
        return self._remove(strangers, grace)

    def _newly_found(self, stored: StoredAttempt) -> AttemptInFlight:
        return AttemptInFlight(stored.claimed, self._executor, Phase.CLAIMED, throttle=Throttle(stored.notes))

    def _remove(self, strangers: Iterable[AttemptRecord], grace: float) -> bool:
        """Get rid of what the database does not know: there is nowhere to put its log and its end."""
        done = True
        for record in strangers:
            if attempt := self._in_flight.get(record.ref.attempt_id):
                self._in_flight.drop(attempt)
            done &= self._remove_stranger(record, grace)
        return done

    def _remove_stranger(self, record: AttemptRecord, grace: float) -> bool:
        try:
            if record.running:
                log.warning("Attempt %d is unknown to the database; it is ended.", record.ref.attempt_id)
                self._executor.cancel(record.ref, reason="fenced", grace=grace)
                return False
        except Refused as error:
            log.info("The unknown attempt %d is still here: %s", record.ref.attempt_id, error)
            return False
        return not self._executor.forget_many([record.ref])


def _judge(
    attempt: AttemptInFlight,
    record: AttemptRecord | None,
    stored: StoredAttempt | None,
    *,
    rebooted: bool,
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
    elif record is not None and record.running:
        attempt.phase = Phase.RUNNING
        attempt.stop_sent = False
        attempt.lingers = record.lingers
    elif record is not None and record.exit is not None:
        attempt.ended_with(record.exit)
    elif not is_ours:
        attempt.close()
    elif attempt.phase is Phase.QUEUED:
        pass  # it is ours, and waits here
    elif record is None and (rebooted or _has_run(attempt, stored)):
        attempt.ends_as(endings.lost(attempt.claimed, UNKNOWN))
    else:
        attempt.ends_as(endings.released(attempt.claimed, NEVER_RAN))


def _has_run(attempt: AttemptInFlight, stored: StoredAttempt | None) -> bool:
    return attempt.phase is Phase.RUNNING or (stored is not None and stored.started_at is not None)


def _is_stored(record: AttemptRecord, stored: Mapping[int, StoredAttempt]) -> bool:
    found = stored.get(record.ref.attempt_id)
    return found is not None and found.claimed.ref == record.ref

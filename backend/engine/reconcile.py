"""Makes agent, executor and database agree on who holds what: after a start, and after every interruption.

What the executor runs and is still ours in the database is adopted; what it saw end is settled with its true
exit; what it does not know goes back to the queue where it never ran, and is lost where it did; what is not
ours any more is ended.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from engine import endings, lookups
from engine.endings import Facts
from engine.executors.base import Executor
from engine.folder import AttemptFolder
from engine.in_flight import AttemptInFlight, InFlight, Phase
from engine.leases import stop
from engine.lookups import Known
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

    def reconcile(self, ground: Ground) -> None:
        """Compare all three and bring what is in flight up to date. Nothing is written to the database."""
        records = {record["attempt_id"]: record for record in self._executor.poll()}
        ids = records.keys() | {attempt.attempt_id for attempt in self._in_flight}
        known = lookups.known_attempts(ground.worker_id, sorted(ids))
        for attempt_id in sorted(ids | known.keys()):
            attempt = self._in_flight.get(attempt_id) or _newly_found(attempt_id, records, known, ground)
            self._in_flight.take(attempt)
            _judge(attempt, records.get(attempt_id), known.get(attempt_id), ground)
            if not attempt.ours and attempt.phase is Phase.RUNNING and not attempt.stop_sent:
                log.warning("Attempt %d runs here, but is not ours any more; it is ended.", attempt_id)
                stop(self._executor, attempt, "fenced", ground.grace)
        if records or known:
            log.info("Reconciled: %d attempts here, %d open in the database.", len(records), _open(known))


def _judge(attempt: AttemptInFlight, record: Record | None, known: Known | None, ground: Ground) -> None:
    """Decide what an attempt in flight is now."""
    is_ours = known is not None and known.open and known.facts.lease == attempt.lease
    if known is not None and known.facts.lease == attempt.lease:
        attempt.shipped = dict(known.shipped)
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
    elif record is None and _may_have_run(attempt, known, ground):
        attempt.ends_as(endings.lost(attempt.facts, UNKNOWN))
    else:
        attempt.ends_as(endings.released(attempt.facts, NEVER_RAN))


def _may_have_run(attempt: AttemptInFlight, known: Known | None, ground: Ground) -> bool:
    was_started = known is not None and known.started_at is not None
    return attempt.phase is Phase.RUNNING or was_started or ground.rebooted


def _newly_found(
    attempt_id: int, records: Mapping[int, Record], known: Mapping[int, Known], ground: Ground
) -> AttemptInFlight:
    found, record = known.get(attempt_id), records.get(attempt_id)
    folder = AttemptFolder(ground.spool / str(attempt_id))
    if record is not None and (found is None or found.facts.lease != UUID(record["lease"])):
        # Not in the database under this lease: there is nowhere to put what it left.
        attempt = AttemptInFlight(_facts_of_stranger(record), folder, Phase.CLAIMED, ours=False)
        attempt.shipped = {stream: folder.size(stream) for stream in attempt.shipped}
        return attempt
    if found is None:
        raise RuntimeError(f"Attempt {attempt_id} is known to nobody.")
    return AttemptInFlight(found.facts, folder, Phase.CLAIMED, throttle=Throttle(found.notes))


def _facts_of_stranger(record: Record) -> Facts:
    return Facts(
        job_id=record["job_id"],
        attempt_id=record["attempt_id"],
        attempt=record["attempt"],
        lease=UUID(record["lease"]),
        timeout=None,
        cpus=0.0,
        memory_mb=0,
        max_attempts=1,
        attempts_used=0,
        retry_delay=0,
        retry_on_lost=False,
    )


def _open(known: Mapping[int, Known]) -> int:
    return sum(attempt.open for attempt in known.values())

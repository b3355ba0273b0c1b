"""Makes agent, executor and database agree on who holds what: after a start, and after every interruption.

What the executor runs and the database still gives us is adopted; what it saw end is settled with its true
exit; what it does not know goes back to the queue where it never ran, and is lost where it did; what the
database has given away is ended.
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
from engine.held import Hands, Held, Phase
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


class Adoption:
    def __init__(self, hands: Hands, executor: Executor) -> None:
        self._hands = hands
        self._executor = executor

    def reconcile(self, ground: Ground) -> None:
        """Compare all three and bring the attempts in hand up to date. Nothing is written to the database."""
        records = {record["attempt_id"]: record for record in self._executor.poll()}
        ids = records.keys() | {held.attempt_id for held in self._hands}
        known = lookups.known_attempts(ground.worker_id, sorted(ids))
        for attempt_id in sorted(ids | known.keys()):
            held = self._hands.get(attempt_id) or _newly_held(attempt_id, records, known, ground)
            self._hands.take(held)
            _judge(held, records.get(attempt_id), known.get(attempt_id), ground)
            if not held.ours and held.phase is Phase.RUNNING and not held.stop_sent:
                log.warning("Attempt %d runs here, but is not ours any more; it is ended.", attempt_id)
                stop(self._executor, held, "fenced", ground.grace)
        if records or known:
            log.info("Took stock: %d attempts here, %d open in the database.", len(records), _open(known))


def _judge(held: Held, record: Record | None, known: Known | None, ground: Ground) -> None:
    """Decide what an attempt in hand is now."""
    is_ours = known is not None and known.open and known.facts.lease == held.lease
    if known is not None and known.facts.lease == held.lease:
        held.shipped = dict(known.shipped)
    if not is_ours:
        held.ours = False
    if held.phase >= Phase.ENDED:
        if not is_ours:
            held.close()
    elif record is not None and record["state"] == "running":
        held.phase = Phase.RUNNING
        held.stop_sent = False
    elif record is not None and record["exit"] is not None:
        held.ended_with(record["exit"])
    elif not is_ours:
        held.close()
    elif record is None and _may_have_run(held, known, ground):
        held.ends_as(endings.lost(held.facts, UNKNOWN))
    else:
        held.ends_as(endings.released(held.facts, NEVER_RAN))


def _may_have_run(held: Held, known: Known | None, ground: Ground) -> bool:
    was_started = known is not None and known.started_at is not None
    return held.phase is Phase.RUNNING or was_started or ground.rebooted


def _newly_held(
    attempt_id: int, records: Mapping[int, Record], known: Mapping[int, Known], ground: Ground
) -> Held:
    found, record = known.get(attempt_id), records.get(attempt_id)
    folder = AttemptFolder(ground.spool / str(attempt_id))
    if record is not None and (found is None or found.facts.lease != UUID(record["lease"])):
        # Not in the database under this lease: there is nowhere to put what it left.
        held = Held(_facts_of_stranger(record), folder, Phase.CLAIMED, ours=False)
        held.shipped = {stream: folder.size(stream) for stream in held.shipped}
        return held
    if found is None:
        raise RuntimeError(f"Attempt {attempt_id} is known to nobody.")
    return Held(found.facts, folder, Phase.CLAIMED, throttle=Throttle(found.notes))


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

"""Brings ends into the database, then forgets what is left of the attempts."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import Error

from engine import endings, lookups
from engine.database import all_or_each, is_bad_data
from engine.in_flight import AttemptInFlight, InFlight, Phase, now
from engine.results import BadResult, parse_result
from jobs import failpoints, logs, transitions
from jobs.transitions import Ending, Settled

MOST_AT_ONCE = 200
UNSTORABLE = "It ended; what it said about that could not be stored."

log = logging.getLogger(__name__)


class Settler:
    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight

    def settle(self, moment: float | None = None) -> list[AttemptInFlight]:
        """Write the ends that are known here and due by `moment` (now); the attempts that ended."""
        ended = self._in_flight.to_settle(now() if moment is None else moment)[:MOST_AT_ONCE]
        if not ended:
            return []
        cancels = lookups.cancel_requests(attempt.id for attempt in ended)
        for attempt in ended:
            attempt.cancel = cancels.get(attempt.id, attempt.cancel)
        items = [(attempt, _ending(attempt)) for attempt in ended]
        all_or_each(items, self._write, self._refused)
        return ended

    def due_at(self) -> float | None:
        """When to try again what failed."""
        waiting = [
            attempt.back_off_until
            for attempt in self._in_flight.within_reach()
            if attempt.phase >= Phase.ENDED
        ]
        return min(waiting, default=None)

    def finish(self) -> None:
        """Forget attempts whose end and whole log are in the database."""
        moment = now()
        closed = self._in_flight.closed(moment)
        for attempt in closed:
            attempt.has_news |= attempt.has_more_log()
        whole = [attempt for attempt in closed if not attempt.has_news]
        all_or_each(
            [attempt for attempt in whole if not attempt.log_complete],
            _finish_logs,
            lambda attempt, _: attempt.give_way(moment),
        )
        self._forget([attempt for attempt in whole if attempt.log_complete])

    def _forget(self, attempts: Sequence[AttemptInFlight]) -> None:
        for executor in {one.executor for one in attempts}:
            mine = [one for one in attempts if one.executor is executor]
            kept = executor.forget_many(one.ref for one in mine)
            failpoints.reach("agent.forgotten")
            for attempt in mine:
                if attempt.id in kept:
                    # It has ended, and its processes are still being swept up.
                    log.info("Attempt %d is not forgotten yet.", attempt.id)
                    attempt.back_off(now())
                else:
                    self._in_flight.drop(attempt)

    def _write(self, items: Sequence[tuple[AttemptInFlight, Ending]]) -> None:
        outcome = transitions.settle([ending for _, ending in items])
        failpoints.reach("agent.settled")
        for attempt, ending in items:
            if outcome[attempt.id] is Settled.BUSY:
                attempt.give_way(now())
                continue
            if outcome[attempt.id] is Settled.FENCED:
                log.warning("Attempt %d was not ours any more when its end was known.", attempt.id)
            log.debug("Job %d: %s", attempt.ref.job_id, ending.message)
            attempt.log_complete = outcome[attempt.id] is Settled.NOW and ending.log_complete
            attempt.close()

    def _refused(self, item: tuple[AttemptInFlight, Ending], error: Error) -> None:
        """Bad data is most likely what the job itself wrote, so the rest is stored without that."""
        attempt, ending = item
        if not is_bad_data(error):
            attempt.back_off(now())
            return
        bare = replace(
            ending,
            message=UNSTORABLE,
            error_message=UNSTORABLE if ending.reason else "",
            result_data=None,
            usage={},
            receipt=None,
        )
        all_or_each([(attempt, bare)], self._write, lambda refused, _: refused[0].back_off(now()))


def _ending(attempt: AttemptInFlight) -> Ending:
    if attempt.ending is not None:
        return attempt.ending
    if attempt.exit is None:
        raise RuntimeError(f"Attempt {attempt.id} has ended, and nothing says how.")
    result, remark = _result(attempt)
    ended = endings.ended(attempt.claimed, attempt.exit, result=result, remark=remark, cancel=attempt.cancel)
    return replace(ended, log_complete=not (attempt.has_news or attempt.has_more_log()))


def _finish_logs(attempts: Sequence[AttemptInFlight]) -> None:
    locked = logs.finish([attempt.ref for attempt in attempts])
    failpoints.reach("agent.finished")
    moment = now()
    for attempt in attempts:
        if attempt.id in locked:
            attempt.give_way(moment)
        else:
            attempt.log_complete = True


def _result(attempt: AttemptInFlight) -> tuple[object, str]:
    """What the job left as its result, or the sentence that says why that was not taken."""
    try:
        data = attempt.executor.result(attempt.ref)
        return (None if data is None else parse_result(data)), ""
    except BadResult as error:
        return None, f"Its result was not taken: {error}."
    except OSError as error:
        return None, f"Its result could not be read: {error.strerror}."

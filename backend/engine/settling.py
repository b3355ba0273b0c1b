"""Brings ends into the database, then lets go of what is left of the attempts."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import Error

from engine import endings, lookups
from engine.database import all_or_each, is_away
from engine.executors.base import Executor, Refused
from engine.held import Hands, Held, Phase, now
from engine.results import BadResult, parse_result
from jobs import failpoints, logs, transitions
from jobs.logs import STREAMS
from jobs.transitions import Ending, Settled

MOST_AT_ONCE = 200
UNSTORABLE = "It ended; what it said about that could not be stored."

log = logging.getLogger(__name__)


class Settler:
    def __init__(self, hands: Hands, executor: Executor) -> None:
        self._hands = hands
        self._executor = executor

    def settle(self) -> bool:
        """Write the ends that are known here; whether there were any."""
        ended = self._hands.to_settle(now())[:MOST_AT_ONCE]
        if not ended:
            return False
        cancels = lookups.cancel_requests(held.attempt_id for held in ended)
        for held in ended:
            held.cancel = cancels.get(held.attempt_id, held.cancel)
        items = [(held, _ending(held)) for held in ended]
        all_or_each(items, self._write, self._write_bare)
        return True

    def due_at(self) -> float | None:
        """When to try again what failed."""
        waiting = [held.left_alone_until for held in self._hands if held.phase >= Phase.ENDED]
        return min(waiting, default=None)

    def let_go(self) -> None:
        """Forget attempts whose end and whole log are in the database."""
        moment = now()
        for held in self._hands.closed(moment):
            if held.has_news or any(held.folder.size(s) > held.shipped[s] for s in STREAMS):
                held.has_news = True
                continue
            try:
                self._forget(held)
            except Error as error:
                if is_away(error):
                    raise
                log.exception("The log of attempt %d could not be closed.", held.attempt_id)
                held.leave_alone(moment)
            except Refused as error:
                # It has ended, and its processes are still being swept up.
                log.info("Attempt %d is not forgotten yet: %s", held.attempt_id, error)
                held.leave_alone(moment)

    def _forget(self, held: Held) -> None:
        logs.finish(held.attempt_id, held.lease)
        failpoints.reach("agent.finished")
        self._executor.forget(held.attempt_id, str(held.lease))
        failpoints.reach("agent.forgotten")
        self._hands.drop(held)

    def _write(self, items: Sequence[tuple[Held, Ending]]) -> None:
        outcome = transitions.settle([ending for _, ending in items])
        failpoints.reach("agent.settled")
        for held, ending in items:
            if outcome[held.attempt_id] is Settled.FENCED:
                log.warning("Attempt %d had been given away before its end was known.", held.attempt_id)
            log.debug("Job %d: %s", held.facts.job_id, ending.message)
            held.close()

    def _write_bare(self, item: tuple[Held, Ending]) -> None:
        """The database refuses this ending; what is likely at fault is what the job itself wrote."""
        held, ending = item
        bare = replace(
            ending,
            message=UNSTORABLE,
            error_message=UNSTORABLE if ending.reason else "",
            result_data=None,
            usage={},
            receipt=None,
        )
        all_or_each([(held, bare)], self._write, lambda refused: refused[0].leave_alone(now()))


def _ending(held: Held) -> Ending:
    if held.ending is not None:
        return held.ending
    if held.exit is None:
        raise RuntimeError(f"Attempt {held.attempt_id} has ended, and nothing says how.")
    result, remark = _result(held)
    return endings.ended(held.facts, held.exit, result=result, remark=remark, cancel=held.cancel)


def _result(held: Held) -> tuple[object, str]:
    """What the job left as its result, or the sentence that says why that was not taken."""
    try:
        data = held.folder.result()
        return (None if data is None else parse_result(data)), ""
    except BadResult as error:
        return None, f"Its result was not taken: {error}."
    except OSError as error:
        return None, f"Its result could not be read: {error.strerror}."

"""Claims jobs for all the room that is free, and has them started."""

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine import endings, lookups
from engine.capacity import Resources, choose, choose_ahead, total
from engine.executors.base import Executor, Refused
from engine.in_flight import AttemptInFlight, InFlight, Phase, now
from engine.runner.clock import boottime
from engine.throughput import Throughput
from jobs import failpoints, transitions
from jobs.transitions import Candidate, Claimer

MOST_AT_ONCE = 100
MOST_AHEAD = 400
MOST_SECONDS_AHEAD, MOST_SECONDS_ALONE = 2.0, 10.0
"""What has waited here for longer is given back: others may have room, where there are any."""

SECONDS_BETWEEN_LOOKS_AHEAD = 0.05
SECONDS_BETWEEN_LOOKS = 5.0
"""Notifications of new jobs can be lost."""

SECONDS_AFTER_A_REFUSAL = 10.0
SECONDS_BEFORE_A_START_IS_NOTED = 0.02
"""What is over by then needs no statement of its own. So long the spool alone knows that it ran."""

NO_ROOM = "It was claimed ahead, and no room has become free in time."

_PLACE_IS_FULL = frozenset({"disk_full", "full", "stopping"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which this worker takes jobs."""

    claimer: Claimer
    room: Resources
    grace: float
    log_cap: int


class Claims:
    """Knows when to look into the queue, and holds what is claimed until there is room for it.

    Where jobs are short, a second's worth of them is claimed ahead: then a statement claims many, and what
    ends makes room for what is here already. Times are of time.monotonic().
    """

    def __init__(self, in_flight: InFlight, executor: Executor) -> None:
        self._in_flight = in_flight
        self._executor = executor
        self._look_at = 0.0
        self._looked_at = 0.0
        self._not_before = 0.0
        self._obstacle = ""
        self._throughput = Throughput()
        self._workers = 1
        self._count_workers_at = 0.0

    def look_now(self) -> None:
        """There may be something to claim. With a stock it can only be more urgent, so not too often."""
        stocked = len(self._in_flight.queued(self._executor)) > self._throughput.per_second(now()) / 2
        soonest = self._looked_at + SECONDS_BETWEEN_LOOKS_AHEAD if stocked else 0.0
        self._look_at = min(self._look_at, soonest)

    def freed(self, ended: Sequence[AttemptInFlight]) -> None:
        """There is room for more: these have ended."""
        mine = [one.needs for one in ended if one.executor is self._executor and one.was_short]
        self._throughput.note(mine, now())
        self.look_now()

    def due_at(self) -> float:
        return max(self._look_at, self._not_before)

    def claim(self, terms: Terms) -> None:
        """Claim what there is room for, and ahead, and start it. Raises ExecutorGone."""
        if now() < self.due_at():
            return
        self._look_at = now() + SECONDS_BETWEEN_LOOKS
        self._looked_at = now()
        queued = self._in_flight.queued(self._executor)
        free = terms.room.less(self._in_flight.used(self._executor)).less(total(one.needs for one in queued))
        ahead = min(MOST_AHEAD, self._throughput.per_second(now())) - len(queued)
        if (free.cpus <= 0 and ahead <= 0 and not queued) or self._is_hindered():
            return
        before = boottime()
        claimed = self._claim(terms, free, max(0, ahead), queued)
        failpoints.reach("agent.claimed")
        if not claimed:
            self._wait_for_next_due()
            return
        for attempt in claimed:
            attempt.lease_ends = before + terms.claimer.lease_seconds
            attempt.give_back_at = before + (MOST_SECONDS_AHEAD if self._workers > 1 else MOST_SECONDS_ALONE)
            self._in_flight.take(attempt)
        self.start(terms)
        self.look_now()

    def start(self, terms: Terms) -> None:
        """Start what is held here and fits now; give back what has waited too long. Raises ExecutorGone."""
        queued = self._in_flight.queued(self._executor)
        if not queued:
            return
        free, moment = terms.room.less(self._in_flight.used(self._executor)), boottime()
        starting: list[AttemptInFlight] = []
        for attempt in queued:
            if moment >= attempt.give_back_at:
                self._give_back(attempt)
            elif len(starting) < MOST_AT_ONCE and free.holds(attempt.needs):
                starting.append(attempt)
                free = free.less(attempt.needs)
        if starting:
            self._start(starting, terms)

    def give_back(self) -> None:
        """Nothing more is to be started here."""
        for attempt in self._in_flight.queued(self._executor):
            self._give_back(attempt)

    def _claim(
        self, terms: Terms, free: Resources, ahead: int, queued: Sequence[AttemptInFlight]
    ) -> list[AttemptInFlight]:
        """The first look is at all that this machine can ever run, so that nobody big waits for ever.

        Where that finds nothing that fits, a second one looks past the big ones.
        """
        held_back = False
        priorities: dict[int, int] = {}
        workers = self._count_workers() if ahead else 1

        def fitting(candidates: Sequence[Candidate]) -> Iterable[int]:
            nonlocal held_back
            choice = choose(candidates, free, MOST_AT_ONCE)
            held_back |= choice.held_back
            priorities.update((one.id, one.priority) for one in candidates)
            if choice.held_back:
                return choice.ids
            rest = [one for one in candidates if one.id not in choice.ids]
            return [
                *choice.ids,
                *choose_ahead(
                    rest,
                    largest=self._throughput.largest(),
                    least_priority=min((one.priority for one in queued), default=math.inf),
                    most=min(ahead, len(rest) // workers),
                    most_urgent=math.ceil(min(MOST_AT_ONCE, terms.room.cpus)),
                ),
            ]

        look = 16 + 2 * math.ceil(min(MOST_AT_ONCE, free.cpus)) + ahead * workers
        claimed = transitions.claim(terms.claimer, fitting, look=look)
        if not claimed and not held_back:
            smaller = replace(terms.claimer, cpus=free.cpus, memory_mb=free.memory_mb)
            claimed = transitions.claim(smaller, fitting, look=look)
        return [
            AttemptInFlight(one, self._executor, Phase.QUEUED, priority=priorities[one.ref.job_id])
            for one in claimed
        ]

    def _count_workers(self) -> int:
        """Those who claim from the same queue."""
        if now() >= self._count_workers_at:
            self._count_workers_at = now() + SECONDS_BETWEEN_LOOKS
            self._workers = max(1, lookups.active_workers(self._executor.name))
        return self._workers

    def _start(self, attempts: Sequence[AttemptInFlight], terms: Terms) -> None:
        for attempt in attempts:
            attempt.phase = Phase.CLAIMED
        failpoints.reach("agent.starting")
        moment = datetime.now(UTC)
        outcome = self._executor.submit_many(
            [(attempt.ref, attempt.claimed.work) for attempt in attempts],
            deadline=min(attempt.lease_ends for attempt in attempts),
            grace=terms.grace,
            log_cap=terms.log_cap,
        )
        failpoints.reach("agent.started")
        for attempt in attempts:
            if (refused := outcome[attempt.id]) is not None:
                self._not_started(attempt, refused)
            else:
                attempt.phase = Phase.RUNNING
                attempt.started_at = moment
                attempt.note_start_at = now() + SECONDS_BEFORE_A_START_IS_NOTED

    def _give_back(self, attempt: AttemptInFlight) -> None:
        attempt.ends_as(endings.released(attempt.claimed, NO_ROOM))

    def _not_started(self, attempt: AttemptInFlight, refused: Refused) -> None:
        if refused.code in _PLACE_IS_FULL:
            log.warning("Job %d goes back to the queue: %s", attempt.ref.job_id, refused)
            self._not_before = now() + SECONDS_AFTER_A_REFUSAL
            attempt.ends_as(endings.released(attempt.claimed, f"Not started here: {refused}"))
        else:
            attempt.ends_as(endings.not_started(attempt.claimed, str(refused)))

    def _wait_for_next_due(self) -> None:
        seconds = lookups.seconds_to_next_due(self._executor.name)
        if seconds is not None:
            self._look_at = min(self._look_at, now() + max(0.0, seconds))

    def _is_hindered(self) -> bool:
        before, self._obstacle = self._obstacle, self._executor.obstacle()
        if self._obstacle and not before:
            log.error("Nothing is claimed for %s: %s", self._executor.name, self._obstacle)
        elif before and not self._obstacle:
            log.info("Jobs are claimed for %s again.", self._executor.name)
        return bool(self._obstacle)

"""The scheduler: what has to happen now and then, whichever machine does it.

Any number may run. One leads under an advisory lock, which only saves work: every duty is safe to be done by
two at once, and no promise rests on there being one.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psycopg
from django.db import Error, connection

from engine.database import is_away
from engine.database_clock import NOW, DatabaseClock
from engine.runner.clock import boottime
from jobs import counters, idempotency, operations, partitions, transitions
from jobs.archive import keeping
from jobs.search import indexing
from jobs.sessions import Session, open_session

LEADER_LOCK = 7_203_002
SECONDS_BETWEEN_TURNS = 1.0
KEEPING_SECONDS = 2.0
"""Of a turn, for archiving and deleting: the other duties wait for so long at most."""
OPERATIONS_SECONDS = 1.0
"""Of a turn, for what people do to many jobs."""
UNBROKEN_SECONDS = 45.0
"""After an outage, and when the database's clock was set, agents first get the time to renew leases."""
SECONDS_BEFORE_SOUNDNESS = 60.0
"""It reads all of the index, some hundred megabytes: not while people wait for the first pages."""
LONGEST_PAUSE = 15.0
"""Seconds between two turns; after a longer one this process was frozen, and maybe the agents too."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Duty:
    """Something to do every so many seconds."""

    name: str
    every: float
    do: Callable[[], object]
    due: float = 0.0


class Scheduler:
    """`unbroken_seconds`: for so long the database must have answered before a lease counts as lost."""

    def __init__(
        self,
        *,
        unbroken_seconds: float = UNBROKEN_SECONDS,
        lost_after_seconds: float = transitions.LOST_AFTER_SECONDS,
    ) -> None:
        self._unbroken_seconds = unbroken_seconds
        self._lost_after_seconds = lost_after_seconds
        self._session: Session | None = None
        self._clock = DatabaseClock()
        self._unbroken_since = 0.0
        self._turned_at = boottime()
        self._leads = False
        self._operations = operations.Operations(is_away)
        self._pause = SECONDS_BETWEEN_TURNS
        self._duties = [
            Duty("lost leases", 5, self.rescue_lost),
            Duty("dependencies", 15, transitions.depend),
            Duty("counters", 10, counters.catch_up),
            Duty("partitions", 10, make_partitions),
            Duty("empty partitions", 3600, drop_empty_partitions),
            Duty("keep times", 10, keep),
            Duty("search", 5, indexing.catch_up),
            Duty("search's soundness", 3600, indexing.mend, due=boottime() + SECONDS_BEFORE_SOUNDNESS),
            Duty("idempotency keys", 600, idempotency.prune),
            Duty("operations", 0, self.carry_on),
            Duty("old operations", 600, operations.forget),
        ]

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. The database may go away and come back."""
        while not stop.is_set():
            self.turn()
            stop.wait(self._pause)
        self._close()

    def turn(self) -> None:
        """Do what is due, if we lead."""
        if boottime() - self._turned_at > LONGEST_PAUSE:
            self._unbroken_since = boottime()
        try:
            if self._lead():
                self._do_duties()
        except (psycopg.Error, Error) as error:
            log.info("The scheduler waits for the database: %s", str(error).partition("\n")[0])
            self._close()
        except Exception:
            log.exception("The scheduler failed; it goes on at its next turn.")
        self._turned_at = boottime()

    def rescue_lost(self) -> None:
        """Bring the jobs of lost workers back."""
        if boottime() - self._unbroken_since < self._unbroken_seconds:
            return
        for lost in transitions.rescue(grace_seconds=self._lost_after_seconds, latest=self._clock.latest()):
            log.warning("Job %d: attempt %d was lost; it is %s now.", lost.job_id, lost.attempt, lost.status)

    def carry_on(self) -> None:
        """Go on with what people do to many jobs, and come back as soon as there is more of it."""
        due = self._operations.carry_on(OPERATIONS_SECONDS)
        self._pause = SECONDS_BETWEEN_TURNS if due is None else min(SECONDS_BETWEEN_TURNS, due)

    def _lead(self) -> bool:
        """Whether we lead. Also shows, at every turn, that the database has answered without a break."""
        if self._session is None or self._session.closed:
            self._session = open_session("jobdeck-scheduler")
            self._unbroken_since = boottime()
            self._leads = False
        if jump := self._clock.jump(partial(_ask, self._session, NOW)):
            log.warning(
                "The database's clock was set by %+.0f s; lost jobs wait until agents have renewed.", jump
            )
            self._unbroken_since = boottime()
        if not self._leads and _ask(self._session, f"SELECT pg_try_advisory_lock({LEADER_LOCK})::int"):
            self._leads = True
            log.info("This scheduler leads.")
        return self._leads

    def _do_duties(self) -> None:
        for duty in self._duties:
            if boottime() < duty.due:
                continue
            duty.due = boottime() + duty.every
            try:
                duty.do()
            except Error as error:
                if is_away(error):
                    duty.due = 0.0
                    raise
                log.exception("The scheduler's duty “%s” failed.", duty.name)

    def _close(self) -> None:
        self._leads = False
        if self._session is not None:
            self._session.close()
            self._session = None
        connection.close()


def _ask(session: Session, question: str) -> float:
    row = session.execute(question).fetchone()
    return float(row[0]) if row else 0.0


def drop_empty_partitions() -> None:
    """Drop those of the past that hold nothing any more."""
    for name in partitions.drop_empty():
        log.info("Dropped the partition %s: nothing is left in it.", name)


def keep() -> None:
    """Archive and delete what has been kept for long enough."""
    done = keeping.turn(KEEPING_SECONDS)
    if done:
        log.info("Archived %d jobs and deleted %d from the archive.", done.archived, done.deleted)
    for month in done.months:
        log.info("Dropped the archive of %s: its jobs have been kept for long enough.", f"{month:%Y-%m}")


def make_partitions() -> None:
    """Make the partitions of what comes next; raise the alarm if rows came before their partition."""
    strays = partitions.strays()
    for name in partitions.ensure():
        log.info("Made the partition %s.", name)
    if strays.statuses or strays.chunks:
        log.error(
            "%d statuses and %d log chunks came before their partition was made. Nothing is lost; they are "
            "moved into it as soon as nobody has to wait for that.",
            strays.statuses,
            strays.chunks,
        )

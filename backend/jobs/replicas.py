"""How old what the replicas show can be, and which of them may answer whom.

The measure is the primary's own log. We note how far it is, and when we asked; a replica that has replayed
that far shows everything that was committed before. So no clocks are compared, an idle primary makes nobody
late, and a replica that is away or frozen grows old by itself.
"""

import itertools
import logging
import math
import threading
import time
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from .sessions import Session, open_session

LONGEST_PAUSE = 1.0
MOST_POSITIONS = 4096
"""Of the primary, that wait to be reached."""

MOST_WRITERS = 10_000
NEVER = -math.inf

_PAGE = 8192
_PAGE_HEADERS = (24, 40)

_PRIMARY = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
_REPLICA = "SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)"
_IDENTITY = "SELECT system_identifier, current_database() FROM pg_control_system()"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """A replica as people may know it. `age`: what it shows is at most so many seconds old; None: unknown."""

    name: str
    usable: bool
    age: float | None
    trouble: str


class ReplicaWatch:
    """Looks at one replica, in a thread of its own: one that is frozen holds up no other."""

    def __init__(self, alias: str, max_lag: float) -> None:
        self.alias = alias
        self._max_lag = max_lag
        self._pause = min(LONGEST_PAUSE, max_lag / 4)
        self._positions: deque[tuple[float, int]] = deque(maxlen=MOST_POSITIONS)
        self._fresh_at = NEVER
        self._trouble = "it has not been looked at yet"

    def shows(self, moment: float) -> bool:
        """Whether all that was committed before that moment is to be seen, and it is not too old."""
        return self._fresh_at >= max(moment, now() - self._max_lag)

    def distrust(self) -> None:
        """It did not answer: it is not asked again before it has been looked at anew."""
        self._fresh_at = NEVER

    def state(self) -> ReplicaState:
        usable, age = self.shows(NEVER), now() - self._fresh_at
        late = f"it is more than {self._max_lag:g} s behind"
        trouble = "" if usable else self._trouble or late
        return ReplicaState(self.alias, usable, None if age == math.inf else round(age, 3), trouble)

    def run(self) -> None:
        """For good."""
        while True:
            try:
                with (
                    closing(open_session("jobdeck-replica-watch")) as primary,
                    closing(open_session("jobdeck-replica-watch", using=self.alias)) as replica,
                ):
                    self._watch(primary, replica)
            except _NoReplica as error:
                self._note(str(error))
            except psycopg.Error as error:
                self._note(f"it cannot be looked at: {str(error).strip() or type(error).__name__}")
            except Exception as error:
                log.exception("The watch over %s failed.", self.alias)
                self._note(f"it cannot be looked at: {type(error).__name__}")
            time.sleep(LONGEST_PAUSE)

    def _watch(self, primary: Session, replica: Session) -> None:
        """Until something fails."""
        if _row(primary, _IDENTITY) != _row(replica, _IDENTITY):
            raise _NoReplica("it is no copy of the database that DATABASE_URL names")
        self._positions.clear()
        while True:
            asked_at = now()
            self._positions.append((asked_at, _end_of_record(int(_row(primary, _PRIMARY)[0]))))
            recovering, replayed = _row(replica, _REPLICA)
            if not recovering:
                raise _NoReplica("it is a primary of its own")
            self._replayed(int(replayed))
            self._note("")
            time.sleep(self._pause)

    def _replayed(self, position: int) -> None:
        while self._positions and self._positions[0][1] <= position:
            self._fresh_at = self._positions.popleft()[0]

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.log(logging.WARNING if trouble else logging.INFO, "%s: %s", self.alias, trouble or "in use")
        self._trouble = trouble


class Replicas:
    """All of this process. Of what somebody wrote here they read after that only what shows it."""

    def __init__(self, aliases: list[str], max_lag: float) -> None:
        self.max_lag = max_lag
        self.reads: Counter[str] = Counter()
        """Requests that read, by alias of DATABASES."""
        self._watches = [ReplicaWatch(alias, max_lag) for alias in aliases]
        self._turns = itertools.count()
        self._wrote_at: dict[int | None, float] = {}
        self._browsers_told_at = NEVER
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def choose(self, since: float) -> str:
        """Where to read all that was committed before `since`: the replicas take turns, else the primary."""
        self.watch()
        fit = [watch.alias for watch in self._watches if watch.shows(since)]
        alias = fit[next(self._turns) % len(fit)] if fit else DEFAULT_DB_ALIAS
        with self._lock:
            self.reads[alias] += 1
        return alias

    def since(self, user_id: int | None, *, browser: bool) -> float:
        """What this person has to see: what they wrote last, and what their browser was told to look at."""
        return max(self._wrote_at.get(user_id, NEVER), self._browsers_told_at if browser else NEVER)

    def wrote(self, user_id: int | None) -> None:
        """This person may have changed something, which is committed by now."""
        with self._lock:
            if len(self._wrote_at) >= MOST_WRITERS:
                oldest = now() - self.max_lag
                self._wrote_at = {who: at for who, at in self._wrote_at.items() if at > oldest}
            self._wrote_at[user_id] = now()

    def browsers_told(self) -> None:
        """Browsers are about to hear that something has changed, and will read it."""
        self._browsers_told_at = now()

    def distrust(self, alias: str) -> None:
        """That replica did not answer a request."""
        for watch in self._watches:
            if watch.alias == alias:
                log.warning("%s did not answer; the primary was asked.", alias)
                watch.distrust()

    def states(self) -> list[ReplicaState]:
        self.watch()
        return [watch.state() for watch in self._watches]

    def watch(self) -> None:
        """Begin to look at them, unless that is done already. Threads do not outlive a fork."""
        if all(thread.is_alive() for thread in self._threads) and self._threads:
            return
        with self._lock:
            if not any(thread.is_alive() for thread in self._threads):
                self._threads = [
                    threading.Thread(target=watch.run, name=watch.alias, daemon=True)
                    for watch in self._watches
                ]
                for thread in self._threads:
                    thread.start()


@cache
def replicas() -> Replicas:
    """Those of this process, all but the primary of DATABASES."""
    aliases = [alias for alias in connections if alias != DEFAULT_DB_ALIAS]
    return Replicas(aliases, settings.REPLICA_MAX_LAG)


def now() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class _NoReplica(Exception):
    """It must not be asked."""


def _row(session: Session, sql: str) -> tuple[Any, ...]:
    row = session.execute(sql).fetchone()
    if row is None:
        raise psycopg.OperationalError("there was no answer")
    return row


def _end_of_record(position: int) -> int:
    """The next record may begin behind a page's header, where none ends and no replica ever arrives."""
    into_page = position % _PAGE
    return position - into_page if into_page in _PAGE_HEADERS else position

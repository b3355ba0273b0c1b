"""Which worker this is: an id that a file of the home keeps, and that the database knows to be this home's.

A home can be copied with its id: a machine is cloned, a backup restored. So the id belongs to one home on one
machine, which the worker's row names, and to one session at a time, which holds a lock. Whoever comes second
takes an id of its own and nothing of the other's.
"""

import logging
import os
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from engine.in_flight import now
from engine.worker_place import WorkerPlace
from jobs.models import Worker
from jobs.sessions import Session, open_session

SECONDS_BETWEEN_TRIES = 0.5
SECONDS_BETWEEN_CHECKS = 5.0
DEAD_AFTER_SECONDS = 60.0
"""A session that holds our id and whose worker shows no life for so long is ended."""

# A session whose machine has gone must not keep the lock for the two hours that TCP takes by itself.
_NOTICE_A_DEAD_PEER = """
SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
       set_config('tcp_keepalives_count', '3', false)"""
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_END_HOLDER = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (classid::bigint << 32) | objid::bigint = hashtextextended(%s, 0) AND objsubid = 1 AND granted"""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Wait:
    """For the lock that another session holds. Times of time.monotonic(); `beat` is its worker's last."""

    since: float
    beat: datetime | None


class WorkerIdentity:
    """Times are of time.monotonic(). `id` is None until it is held for the first time."""

    def __init__(self, file: Path, place: WorkerPlace) -> None:
        self.id: uuid.UUID | None = None
        self.place = place
        self._file = file
        self._wanted: uuid.UUID | None = None
        self._session: Session | None = None
        self._wait: _Wait | None = None
        self._look_at = 0.0

    def known(self) -> uuid.UUID:
        """The id, once it was held."""
        if self.id is None:
            raise RuntimeError("Nothing is done under an id that was never held.")
        return self.id

    def due_at(self) -> float | None:
        """When to try again; None while it is held."""
        return None if self._session is not None else self._look_at

    def hold(self) -> bool:
        """Hold the id against everybody else. False: that has to wait; until then nothing may be reconciled.

        Raises django.db.Error.
        """
        if now() < self._look_at:
            return self._session is not None
        try:
            if self._session is not None:
                self._session.execute("SELECT 1")
                self._look_at = now() + SECONDS_BETWEEN_CHECKS
                return True
            return self._try()
        except psycopg.Error as error:
            log.info("The worker's id cannot be held now: %s", str(error).partition("\n")[0])
            self.close()
            return False

    def close(self) -> None:
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.close()
            self._session = None
        self._look_at = now() + SECONDS_BETWEEN_TRIES

    def _try(self) -> bool:
        self._look_at = now() + SECONDS_BETWEEN_TRIES
        if self._wanted is None:
            self._wanted = self._known_id()
        session = open_session("jobdeck-worker-id")
        try:
            held = self._decide(session, self._wanted)
        except BaseException:
            session.close()
            raise
        if not held:
            session.close()
            return False
        self._session, self._wait = session, None
        self._look_at = now() + SECONDS_BETWEEN_CHECKS
        return True

    def _decide(self, session: Session, wanted: uuid.UUID) -> bool:
        session.execute(_NOTICE_A_DEAD_PEER)
        row = session.execute(_LOCK, [str(wanted)]).fetchone()
        locked = bool(row and row[0])
        holder = Worker.objects.filter(pk=wanted).first()
        if holder is not None and not self.place.is_of(holder):
            self._take_another(holder)
            return False
        if locked:
            self.id = wanted
            return True
        self._wait_for(session, wanted, holder)
        return False

    def _wait_for(self, session: Session, wanted: uuid.UUID, holder: Worker | None) -> None:
        """Our own session of before, which the database has not missed yet, or a twin that lives."""
        beat = holder.heartbeat_at if holder else None
        if self._wait is None:
            log.info("Another session holds the worker id %s; waiting until it ends.", wanted)
            self._wait = _Wait(now(), beat)
        elif holder is not None and beat != self._wait.beat:
            self._take_another(holder)
        elif now() > self._wait.since + DEAD_AFTER_SECONDS:
            session.execute(_END_HOLDER, [str(wanted)])

    def _take_another(self, holder: Worker) -> None:
        self._wanted, self._wait = uuid.uuid4(), None
        self._look_at = 0.0
        write_id(self._file, self._wanted)
        log.warning(
            "The id in %s is that of the worker %s on %s (%s), so this home is a copy. It goes on as %s, and "
            "takes nothing of what its spool lists: that is the other's.",
            *(self._file, holder.name, holder.host, holder.home.split(" ", 2)[-1], self._wanted),
        )

    def _known_id(self) -> uuid.UUID:
        """That of the file; where that says none, what the database knows of this home; else a new one."""
        found = read_id(self._file)
        if found is not None:
            return found
        known = Worker.objects.filter(machine=self.place.machine).order_by("-heartbeat_at")
        made = next((one.pk for one in known if self.place.is_of(one)), None) or uuid.uuid4()
        write_id(self._file, made)
        return made


def read_id(path: Path) -> uuid.UUID | None:
    """The id in the file; None where there is none, or none to read."""
    try:
        return uuid.UUID(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.error("%s holds no worker id that can be read, and is written anew: %s", path, error)  # noqa: TRY400  (a traceback says no more)
        return None


def write_id(path: Path, worker_id: uuid.UUID) -> None:
    """Replace whatever is there. Where that fails it is said; the database knows the id too."""
    coming = path.with_name(f".{path.name}.new")
    try:
        if path.is_dir():
            path.rename(path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}"))
        descriptor = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with closing(os.fdopen(descriptor, "w")) as file:
            file.write(f"{worker_id}\n")
            file.flush()
            os.fsync(file.fileno())
        coming.rename(path)
    except OSError as error:
        log.error("The worker's id cannot be written to %s: %s", path, error)  # noqa: TRY400  (a traceback says no more)

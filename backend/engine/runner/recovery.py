"""What a new runner does with a former one's attempts: what still lives is ended, and that is recorded.

Whatever the spool holds, the runner starts: what cannot be read is said and counts as lost.
"""

import logging
import time
from collections.abc import Sequence

from engine.runner.cgroup import Cgroup
from engine.runner.clock import boot_id, boottime, wall
from engine.runner.launch import STREAMS
from engine.runner.limits import Cgroups
from engine.runner.mark import Mark
from engine.runner.output import Capture
from engine.runner.process_group import ProcessGroup
from engine.runner.process_tree import HomeTree, ProcessTree
from engine.runner.processes import ProcessInfo
from engine.runner.protocol import Record, Spec, Started, identity
from engine.runner.snapshot import Snapshots
from engine.runner.spool import Entry, Spool, UnreadableError
from jobs.attempts import Exit, Receipt, StreamSize

PATIENCE = 10.0
PAUSE = 0.02

log = logging.getLogger(__name__)


class Recovery:
    """Done once, before anybody is answered."""

    def __init__(
        self, spool: Spool, cgroups: Cgroups | None, snapshots: Snapshots, home: str, log_cap: int
    ) -> None:
        self._spool = spool
        self._cgroups = cgroups
        self._snapshots = snapshots
        self._home = home
        self._log_cap = log_cap

    def run(self) -> dict[int, Record]:
        """The records of all attempts, by id: each `ended`, or `starting` where nothing of it ever ran."""
        groups: list[ProcessGroup] = [HomeTree(self._snapshots, self._home)]
        if self._cgroups is not None:
            groups += Cgroup.left_by_others(self._cgroups)
        _empty(groups)
        found: dict[int, Record] = {}
        for entry in self._spool.entries():
            try:
                record = self._recovered(entry)
            except (OSError, UnreadableError) as error:
                log.warning("Attempt %d is lost: %s", entry.attempt_id, error)
                self._finish_output(entry, self._log_cap)
            else:
                if record is not None:
                    found[entry.attempt_id] = record
        return found

    def _recovered(self, entry: Entry) -> Record | None:
        """None where it never began. Raises OSError and UnreadableError where nobody knows whose it is."""
        spec = entry.spec()
        if spec is None and (entry.records / "started.json").exists():
            raise UnreadableError("spec.json is gone.")
        if spec is None:
            self._spool.remove(entry)
            return None
        started, why_lost = _started(entry)
        ended = None
        if why_lost is None:
            ended, why_lost = _exit(entry, started)
        if why_lost is not None:
            ended = self._lose(entry, spec, started, why_lost)
        return {
            **identity(spec.ref),
            "state": "starting" if ended is None else "ended",
            "started": started,
            "exit": ended,
            "lingers": False,
        }

    def _lose(self, entry: Entry, spec: Spec, started: Started | None, why: str) -> Exit:
        log.warning("Attempt %d is lost: %s", spec.attempt_id, why)
        is_empty = self._end_what_runs(entry, started)
        lost = _lost(started, why, self._finish_output(entry, spec.log_cap or self._log_cap))
        if not is_empty:
            log.error("Attempt %d has processes that do not die.", spec.attempt_id)
            lost["message"] += " Some of its processes could not be ended."
            lost["receipt"] = _without_success(lost["ended_at"])
        try:
            entry.write_exit(lost)
        except OSError as error:
            log.warning("The end of attempt %d is known and cannot be written: %s", spec.attempt_id, error)
        return lost

    def _end_what_runs(self, entry: Entry, started: Started | None) -> bool:
        """Whether nothing is left. What carries our marks has ended already; of this one more is known."""
        if started is None or started["boot_id"] != boot_id():
            return True
        main = ProcessInfo(started["pid"], 0, started["pid"], started["start_time"], 0, 0)
        return _empty([ProcessTree(self._snapshots, main, Mark(self._home, entry.attempt_id), adopted=True)])

    def _finish_output(self, entry: Entry, cap: int) -> dict[str, StreamSize]:
        return {name: _finished(entry, name, cap) for name in STREAMS}


def _started(entry: Entry) -> tuple[Started | None, str | None]:
    """The record, and why the attempt is lost should it be."""
    try:
        return entry.started(), None
    except UnreadableError:
        return None, "The record of its start cannot be read, so nobody knows how it ended."


def _exit(entry: Entry, started: Started | None) -> tuple[Exit | None, str | None]:
    try:
        ended = entry.exit()
    except UnreadableError:
        return None, "The record of its end cannot be read, so nobody knows how it ended."
    if ended is not None or started is None:
        return ended, None
    rebooted = started["boot_id"] != boot_id()
    what = "The machine was restarted" if rebooted else "The runner ended"
    return None, f"{what} while this was running, so nobody saw how it ended."


def _empty(groups: Sequence[ProcessGroup]) -> bool:
    give_up = boottime() + PATIENCE
    while (groups := [group for group in groups if not _is_gone(group)]) and boottime() < give_up:
        time.sleep(PAUSE)
    return not groups


def _is_gone(group: ProcessGroup) -> bool:
    if group.is_empty():
        return group.remove()
    group.kill()
    return False


def _finished(entry: Entry, stream: str, cap: int) -> StreamSize:
    try:
        capture = Capture(entry.records, stream, cap)
        for _ in capture.finish(after_a_kill=True):
            pass
        size = capture.size()
        capture.close()
    except OSError as error:
        log.warning("The %s of attempt %d cannot be read: %s", stream, entry.attempt_id, error)
        return {"size": 0, "dropped": 0}
    return size


def _without_success(at: float) -> Receipt:
    return {
        "by": ProcessTree.by,
        "term_at": at,
        "kill_at": at,
        "verified_empty": False,
        "processes_killed": 0,
    }


def _lost(started: Started | None, why: str, streams: dict[str, StreamSize]) -> Exit:
    now = wall()
    return {
        "exit_code": None,
        "signal": None,
        "reason": "worker_lost",
        "message": why,
        "started_at": started["at"] if started else now,
        "ended_at": now,
        "stop_requested": None,
        "receipt": None,
        "usage": None,
        "streams": streams,
    }

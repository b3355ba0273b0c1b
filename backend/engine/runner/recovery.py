"""What a new runner does with a former one's attempts: what still lives is ended, and that is recorded."""

import logging
import time
from collections.abc import Sequence

from engine.runner.cgroup import Cgroup
from engine.runner.clock import boot_id, boottime, wall
from engine.runner.launch import STREAMS
from engine.runner.limits import Cgroups
from engine.runner.output import Capture
from engine.runner.process_group import ProcessGroup
from engine.runner.process_tree import ProcessTree
from engine.runner.processes import ProcessInfo
from engine.runner.protocol import Record, Spec, Started
from engine.runner.snapshot import Snapshots
from engine.runner.spool import Entry, Spool
from engine.runner.usage import unknown
from jobs.attempts import Exit, StreamSize

PATIENCE = 10.0
PAUSE = 0.02

log = logging.getLogger(__name__)


def recover(spool: Spool, cgroups: Cgroups | None, snapshots: Snapshots, log_cap: int) -> dict[int, Record]:
    """The records of all attempts in the spool, by id: each `ended`, or `starting` where nothing ever ran."""
    if cgroups is not None:
        _empty(Cgroup.left_by_others(cgroups))
    found: dict[int, tuple[Entry, Spec, str]] = {}
    for entry in spool.entries():
        try:
            found[entry.attempt_id] = (entry, *entry.spec())
        except FileNotFoundError:
            spool.remove(entry)
        except (OSError, ValueError) as error:
            log.warning("The folder %s is left alone, its spec cannot be read: %s", entry.path, error)
    _empty([group for entry, _, mark in found.values() if (group := _left_running(entry, mark, snapshots))])
    return {attempt_id: _record(*known, log_cap) for attempt_id, known in found.items()}


def _left_running(entry: Entry, mark: str, snapshots: Snapshots) -> ProcessGroup | None:
    started = entry.started()
    if started is None or entry.exit() is not None or started["boot_id"] != boot_id():
        return None
    main = ProcessInfo(started["pid"], 0, started["pid"], started["start_time"], 0, 0)
    return ProcessTree(snapshots, main, mark, adopted=True)


def _empty(groups: Sequence[ProcessGroup]) -> None:
    give_up = boottime() + PATIENCE
    while (groups := [group for group in groups if not _is_gone(group)]) and boottime() < give_up:
        time.sleep(PAUSE)


def _is_gone(group: ProcessGroup) -> bool:
    if group.is_empty():
        return group.remove()
    group.kill()
    return False


def _record(entry: Entry, spec: Spec, _: str, log_cap: int) -> Record:
    started, ended = entry.started(), entry.exit()
    if started is not None and ended is None:
        ended = _lost(started, _finish_output(entry, spec.log_cap or log_cap))
        entry.write_exit(ended)
        log.warning("Attempt %d is lost with the runner that ran it.", spec.attempt_id)
    return {
        "attempt_id": spec.attempt_id,
        "job_id": spec.job_id,
        "attempt": spec.attempt,
        "lease": spec.lease,
        "state": "starting" if started is None else "ended",
        "started": started,
        "exit": ended,
    }


def _finish_output(entry: Entry, cap: int) -> dict[str, StreamSize]:
    sizes: dict[str, StreamSize] = {}
    for name in STREAMS:
        capture = Capture(entry.path, name, cap)
        for _ in capture.finish(after_a_kill=True):
            pass
        sizes[name] = capture.size()
        capture.close()
    return sizes


def _lost(started: Started, streams: dict[str, StreamSize]) -> Exit:
    rebooted = started["boot_id"] != boot_id()
    what = "The machine was restarted" if rebooted else "The runner ended"
    return {
        "exit_code": None,
        "signal": None,
        "reason": "worker_lost",
        "message": f"{what} while this was running, so nobody saw how it ended.",
        "started_at": started["at"],
        "ended_at": wall(),
        "stop_requested": None,
        "receipt": None,
        "usage": unknown(),
        "streams": streams,
    }

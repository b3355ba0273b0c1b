"""The way from a spec to a running job: record, prepare, launch, hold, record again, let go."""

import logging
from pathlib import Path

from engine.runner import command, processes
from engine.runner.attempt import SupervisedAttempt
from engine.runner.cgroup import Cgroup
from engine.runner.clock import boot_id, wall
from engine.runner.command import StartFailedError
from engine.runner.guard_link import GuardLink
from engine.runner.launch import Launched, environment, launch
from engine.runner.limits import Cgroups
from engine.runner.mark import Mark
from engine.runner.output import Capture, Stream
from engine.runner.process_group import CgroupAndTree, ProcessGroup
from engine.runner.process_tree import ProcessTree
from engine.runner.processes import Offspring
from engine.runner.protocol import RequestError, Spec, Started
from engine.runner.snapshot import Snapshots
from engine.runner.spool import NO_SPACE, Entry, Spool
from jobs import failpoints

log = logging.getLogger(__name__)


class Starter:
    """Knows what all starts share: the spool, the machine's cgroups, the home's tag, the default cap."""

    def __init__(
        self,
        spool: Spool,
        cgroups: Cgroups | None,
        snapshots: Snapshots,
        offspring: Offspring,
        guard: GuardLink,
        *,
        home: str,
        log_cap: int,
    ) -> None:
        self._spool = spool
        self._home = home
        self._offspring = offspring
        self._guard = guard
        self._cgroups = cgroups
        self._snapshots = snapshots
        self._log_cap = log_cap

    def start(self, spec: Spec) -> SupervisedAttempt:
        """Return when `started` is on disk and the command may run. A start that fails leaves nothing behind.

        Raises RequestError: start_failed, disk_full.
        """
        entry = self._spool.entry(spec.attempt_id)
        try:
            return self._start(spec, entry)
        except OSError as error:
            self._spool.remove(entry)
            raise _refusal(error) from error
        except RequestError:
            self._spool.remove(entry)
            raise

    def _start(self, spec: Spec, entry: Entry) -> SupervisedAttempt:
        mark = Mark(self._home, spec.attempt_id)
        entry.create()
        entry.write_spec(spec)
        failpoints.reach("runner.spec")
        variables = environment(spec, entry, mark)
        search_path = variables["PATH"]
        words = command.prepare(spec.command, entry.work, search_path)
        if spec.working_directory:
            command.check_folder(spec.working_directory)
        folder = spec.working_directory or str(entry.work)
        launched = launch(words, Path(folder), variables, mark)
        failpoints.reach("runner.launched")
        try:
            group, started, streams = self._record(spec, entry, launched, mark)
        except BaseException:
            launched.give_up()
            raise
        failpoints.reach("runner.started")
        attempt = SupervisedAttempt(
            spec,
            entry,
            launched=launched,
            group=group,
            started=started,
            streams=streams,
            search_path=search_path,
            guard=self._guard,
        )
        launched.open_gate()
        failpoints.reach("runner.released")
        return attempt

    def _record(
        self, spec: Spec, entry: Entry, launched: Launched, mark: Mark
    ) -> tuple[ProcessGroup, Started, dict[str, Stream]]:
        main = processes.read(launched.pid)
        if main is None:
            raise StartFailedError("The shell that starts commands, /bin/sh, ended at once.")
        cap = spec.log_cap or self._log_cap
        streams = {
            name: Stream(pipe, Capture(entry.records, name, cap)) for name, pipe in launched.pipes.items()
        }
        group = self._hold(spec, main, mark)
        started: Started = {
            "pid": main.pid,
            "start_time": main.start_time,
            "boot_id": boot_id(),
            "at": wall(),
        }
        try:
            entry.write_started(started)
        except OSError:
            launched.give_up()
            group.remove()
            for stream in streams.values():
                stream.capture.close()
            raise
        return group, started, streams

    def _hold(self, spec: Spec, main: processes.ProcessInfo, mark: Mark) -> ProcessGroup:
        tree = ProcessTree(self._snapshots, main, mark)
        if self._cgroups is not None:
            group = Cgroup(self._cgroups, str(spec.attempt_id))
            try:
                group.enter(main.pid, memory_mb=spec.memory_mb, cpus=spec.cpus)
            except OSError as error:
                log.warning("Attempt %d runs without a cgroup: %s", spec.attempt_id, error)
                group.remove()
            else:
                return CgroupAndTree(group, tree, self._offspring)
        return tree


def _refusal(error: OSError) -> RequestError:
    if error.errno in NO_SPACE:
        return RequestError("disk_full", "The disk of the spool is full, so the job was not started.")
    return StartFailedError(f"The job could not be started: {error}.")

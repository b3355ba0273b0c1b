"""One running attempt: watched while its main process lives, wound up when that has ended.

A job is over when its main process is. What it left running is killed then; only when the job is being ended
against its will do the others keep the rest of their grace.
"""

import itertools
import logging
import math
import os
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass

from engine.runner.clock import boottime, wall
from engine.runner.command import missing_program
from engine.runner.guard import Watched
from engine.runner.guard_link import GuardLink
from engine.runner.launch import Launched
from engine.runner.output import Stream
from engine.runner.process_group import ProcessGroup
from engine.runner.protocol import Record, Spec, Started, identity
from engine.runner.spool import Entry
from engine.runner.termination import LONGEST_PAUSE, SHORTEST_PAUSE, Termination
from engine.runner.usage import SAMPLE_AGE, Meter
from engine.runner.verdict import Evidence, judge
from jobs import failpoints
from jobs.attempts import Exit, Receipt

GIVE_UP_AFTER = 30.0
"""Seconds after which processes that no signal ends (in the kernel's hands) are said to linger."""

PAUSE_WHILE_IT_LINGERS = 1.0

RETRY_RECORD_EVERY = 1.0
AHEAD_OF_THE_GUARD = 0.2
"""Seconds before the deadline by which the runner has done what it can."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MainExit:
    status: int
    counted: resource.struct_rusage
    at: float


class SupervisedAttempt:
    """`exit` is None until all that is to be known of the end is known."""

    def __init__(
        self,
        spec: Spec,
        entry: Entry,
        *,
        launched: Launched,
        group: ProcessGroup,
        started: Started,
        streams: dict[str, Stream],
        search_path: str,
        guard: GuardLink,
    ) -> None:
        now = boottime()
        self.spec = spec
        self.exit: Exit | None = None
        self.waits_for_the_disk = False
        self.lingers = False
        self.streams = streams
        self._entry = entry
        self._launched = launched
        self._group = group
        self._started = started
        self._search_path = search_path
        self._guard = guard
        self._deadline = spec.deadline
        self._timeout_due = None if spec.timeout is None else now + spec.timeout
        self._timeout_over_by = now + (math.inf if spec.timeout is None else spec.timeout + spec.grace + 1.0)
        self._meter = Meter(now)
        self._requested: str | None = None
        self._termination: Termination | None = None
        self._end: MainExit | None = None
        self._left_behind = 0
        self._pause = SHORTEST_PAUSE
        self._is_forgotten = False
        self._ended_by_guard: str | None = None
        self._winding_up = self._wind_up()
        self._tell_guard()

    @property
    def pid(self) -> int:
        return self._launched.pid

    def record(self) -> Record:
        return {
            **identity(self.spec.ref),
            "state": "running" if self.exit is None else "ended",
            "started": self._started,
            "exit": self.exit,
            "lingers": self.lingers,
        }

    def extend(self, deadline: float) -> None:
        self._deadline = deadline
        self._tell_guard()

    def stop(self, reason: str, grace: float, now: float) -> None:
        """Begin to end it. A second call can only shorten the grace; one after the end changes nothing."""
        self._requested = self._requested or reason
        self._begin_to_end(reason, grace, now)

    def forget(self) -> None:
        """Nobody wants its record any more."""
        self._is_forgotten = True

    def main_ended(self, status: int, counted: resource.struct_rusage) -> None:
        self._launched.ended(status)
        self._end = MainExit(status, counted, wall())
        self._group.refresh(boottime())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if killed and self._termination is None and boottime() >= self._over_by:
            self._ended_by_guard = "timeout" if self._timeout_over_by < self._deadline else "fenced"

    def tick(self) -> float | None:
        """Do what is due; returns the CLOCK_BOOTTIME second to come back at, None when the job is over."""
        now = boottime()
        if self._end is None:
            return self._watch(now)
        try:
            return next(self._winding_up, None)
        except Exception:
            self._winding_up = self._wind_up()
            raise

    def _watch(self, now: float) -> float:
        if self._timeout_due is not None and now >= self._timeout_due:
            self._timeout_due = None
            self._begin_to_end("timeout", self.spec.grace, now)
        ours_until = self._deadline - AHEAD_OF_THE_GUARD
        if now >= ours_until - self.spec.grace:
            self._begin_to_end("fenced", max(0.0, ours_until - now), now)
        if now >= self._meter.next_sample():
            self._group.refresh(max(self._meter.started, now - SAMPLE_AGE))
            self._meter.sample(self._group.members(), now)
        due = [self._meter.next_sample(), ours_until - self.spec.grace]
        if self._timeout_due is not None:
            due.append(self._timeout_due)
        if self._termination is not None:
            due.append(self._termination.advance(now))
        return min(moment for moment in due if moment > now)

    @property
    def _over_by(self) -> float:
        """All of it is over by then: where we do not see to it, the guard does."""
        return min(self._deadline, self._timeout_over_by)

    def _tell_guard(self) -> None:
        started = self._started
        self._guard.watch(self.spec.attempt_id, Watched(started["pid"], started["start_time"], self._over_by))

    def _begin_to_end(self, reason: str, grace: float, now: float) -> None:
        if self._end is not None:
            return
        if self._termination is None:
            log.info("Attempt %d is being ended: %s.", self.spec.attempt_id, reason)
            self._group.refresh(now)
            self._termination = Termination(self._group, reason, grace, now)
        else:
            self._termination.shorten(now + grace)

    def _wind_up(self) -> Iterator[float]:
        """The steps after the main process has ended; yields when to take the next."""
        yield from self._empty_the_group()
        self._guard.forget(self.spec.attempt_id)
        for stream in self.streams.values():
            stream.drain()
            stream.close_pipe()
        for _ in itertools.chain.from_iterable(s.capture.finish() for s in self.streams.values()):
            yield boottime()
        record = self._exit_record()
        failpoints.reach("runner.exit")
        written = self._written(record)
        # Known from here on, also where the disk does not take it.
        self.exit = record
        failpoints.reach("runner.ended")
        give_up_removing = boottime() + GIVE_UP_AFTER
        while not self._group.remove() and boottime() < give_up_removing:
            yield boottime() + self._next_pause()
        while not (written or self._is_forgotten):
            self.waits_for_the_disk = True
            yield boottime() + RETRY_RECORD_EVERY
            written = self._written(record)
        for stream in self.streams.values():
            stream.capture.close()

    def _empty_the_group(self) -> Iterator[float]:
        """It is not over before: another attempt must not meet what is left of this one."""
        lingers_from = boottime() + self.spec.grace + GIVE_UP_AFTER
        while not self._group.is_empty():
            now = boottime()
            if now >= lingers_from:
                if not self.lingers:
                    log.error("Attempt %d has processes that do not die.", self.spec.attempt_id)
                self.lingers = True
                self._group.kill()
                yield now + PAUSE_WHILE_IT_LINGERS
            elif self._termination is None:
                self._left_behind += self._group.kill()
                yield now + self._next_pause()
            elif self._termination.is_killing(now):
                yield self._termination.advance(now)
            else:
                yield self._termination.wait(now)
        self.lingers = False

    def _next_pause(self) -> float:
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause

    def _exit_record(self) -> Exit:
        end = self._end
        if end is None:
            raise RuntimeError("An exit is recorded only after the end of the main process.")
        verdict = judge(self._evidence(end))
        return {
            "exit_code": verdict.exit_code,
            "signal": verdict.signal,
            "reason": verdict.reason,
            "message": " ".join([verdict.message, *self._remarks()]).strip(),
            "started_at": self._started["at"],
            "ended_at": end.at,
            "stop_requested": self._requested or self._ended_for,
            "receipt": self._receipt(end),
            "usage": self._meter.total(end.counted, self._group.cpu_seconds()),
            "streams": {name: stream.capture.size() for name, stream in self.streams.items()},
        }

    @property
    def _ended_for(self) -> str | None:
        """Why it was ended against its will."""
        return self._termination.reason if self._termination else self._ended_by_guard

    def _receipt(self, end: MainExit) -> Receipt | None:
        if self._termination is not None:
            return self._termination.receipt(verified_empty=True)
        if self._ended_by_guard is None:
            return None
        # How many the guard ended, nobody has counted: the main process at least.
        return {
            "by": self._group.by,
            "term_at": end.at,
            "kill_at": end.at,
            "verified_empty": True,
            "processes_killed": 1,
        }

    def _evidence(self, end: MainExit) -> Evidence:
        code = end.status >> 8
        return Evidence(
            status=end.status,
            ended_for=self._ended_for,
            out_of_memory=self._group.oom_kills() > 0,
            missing_program=missing_program(self.spec.command, code, self._search_path),
            timeout=self.spec.timeout,
            memory_mb=self.spec.memory_mb,
        )

    def _remarks(self) -> Iterator[str]:
        if self._ended_by_guard:
            yield "The runner did not act in time; its guard ended it."
        if self._left_behind:
            yield f"What it left running was ended (processes: {self._left_behind})."
        if lost := sum(stream.capture.lost_to_the_disk for stream in self.streams.values()):
            yield f"The last {lost} bytes of its output were not kept: the disk is full."

    def _written(self, record: Exit) -> bool:
        if self._is_forgotten:
            return False
        try:
            if not self._entry.records.is_dir():
                self._restore_records()
            self._entry.write_exit(record)
        except OSError as error:
            log.warning("The exit of attempt %d cannot be written yet: %s", self.spec.attempt_id, error)
            return False
        return True

    def _restore_records(self) -> None:
        """Somebody has removed them, as a job can that runs as our own user."""
        log.warning("The records of attempt %d were removed; they are written anew.", self.spec.attempt_id)
        self._entry.restore(self.spec, self._started)
        for name, stream in self.streams.items():
            stream.capture.restore(self._entry.records, name)

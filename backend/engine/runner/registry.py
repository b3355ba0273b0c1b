"""All attempts that this runner knows: those it runs, and the records of those that are over."""

import contextlib
import heapq
import logging
import os
import selectors
from functools import partial

from engine.runner.attempt import SupervisedAttempt
from engine.runner.clock import boottime
from engine.runner.guard_link import GuardLink
from engine.runner.output import Stream
from engine.runner.processes import Offspring
from engine.runner.protocol import Record, RequestError, Spec
from engine.runner.spool import Spool
from engine.runner.start import Starter
from jobs.attempts import Exit

RETRY_AFTER = 1.0

log = logging.getLogger(__name__)


class AttemptRegistry:
    """Knows when each attempt has to be looked at. `ended` and `written` collect attempts that have news."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        spool: Spool,
        starter: Starter,
        offspring: Offspring,
        guard: GuardLink,
        *,
        former: dict[int, Record],
        most: int,
    ) -> None:
        self._selector = selector
        self._spool = spool
        self._starter = starter
        self._offspring = offspring
        self._guard = guard
        self._over = former
        self._most = most
        self._running: dict[int, SupervisedAttempt] = {}
        self._by_pid: dict[int, SupervisedAttempt] = {}
        self._due: list[tuple[float, int]] = []
        self._due_at: dict[int, float] = {}
        self._attended: dict[int, SupervisedAttempt] = {}
        self.ended: dict[int, Exit] = {}
        self.written: set[int] = set()
        self.lingering: set[int] = set()

    def start(self, spec: Spec) -> None:
        """Raises RequestError; starting the same attempt and lease again changes nothing."""
        known = self._find(spec.attempt_id)
        if known is not None and known["lease"] != spec.lease:
            raise RequestError("conflict", "This attempt is here already, under another lease.")
        if known is not None and known["state"] != "starting":
            return
        if len(self._running) >= self._most:
            raise RequestError("full", f"The runner has {self._most} jobs running, and that is its most.")
        if known is not None:
            self._drop(spec.attempt_id)
        attempt = self._starter.start(spec)
        self._running[spec.attempt_id] = attempt
        self._by_pid[attempt.pid] = attempt
        self._offspring.started.add(attempt.pid)
        self._attended[spec.attempt_id] = attempt
        for stream in attempt.streams.values():
            news = partial(self._read, spec.attempt_id, stream)
            self._selector.register(stream.pipe, selectors.EVENT_READ, news)
            stream.before_close = partial(self._selector.unregister, stream.pipe)
        self._look_after(attempt)

    def extend(self, attempt_id: int, lease: str, deadline: float) -> bool:
        """False when the attempt is not here under that lease."""
        known = self._find(attempt_id)
        if known is None or known["lease"] != lease:
            return False
        if attempt := self._running.get(attempt_id):
            attempt.extend(deadline)
            self._look_after(attempt)
        return True

    def stop(self, attempt_id: int, lease: str, reason: str, grace: float) -> None:
        self._checked(attempt_id, lease)
        # An exit that waits to be collected came before this request.
        self.reap()
        if attempt := self._running.get(attempt_id):
            attempt.stop(reason, grace, boottime())
            self._look_after(attempt)

    def stop_all(self, reason: str, longest_grace: float) -> None:
        self.reap()
        now = boottime()
        for attempt in list(self._running.values()):
            attempt.stop(reason, min(attempt.spec.grace, longest_grace), now)
            self._look_after(attempt)

    def forget(self, attempt_id: int, lease: str) -> None:
        if self._find(attempt_id) is None:
            # Where the records could not be read, their folder is still there.
            self._spool.remove(self._spool.entry(attempt_id))
            return
        if self._checked(attempt_id, lease)["state"] == "running":
            raise RequestError("running", "The attempt is still running.")
        self._drop(attempt_id)

    def records(self) -> list[Record]:
        return [*self._over.values(), *(attempt.record() for attempt in self._running.values())]

    @property
    def are_running(self) -> bool:
        """Whether anything is left to do for them but to wait: for a disk, or for what no signal ends."""
        return any(not (one.waits_for_the_disk or one.lingers) for one in self._attended.values())

    def reap(self) -> None:
        """Collect every child that has ended: main processes, and orphans that came to us."""
        over: list[SupervisedAttempt] = []
        with contextlib.suppress(ChildProcessError):
            while (child := os.wait4(-1, os.WNOHANG))[0]:
                pid, status, counted = child
                self._offspring.started.discard(pid)
                self._guard.child_ended(pid, status)
                if attempt := self._by_pid.pop(pid, None):
                    attempt.main_ended(status, counted)
                    over.append(attempt)
        for attempt in over:
            self._look_after(attempt)

    def next_due(self) -> float | None:
        """The CLOCK_BOOTTIME second at which `run_due` has something to do."""
        moments = [self._due[0][0] if self._due else None, self._guard.due_at()]
        return min((moment for moment in moments if moment is not None), default=None)

    def run_due(self) -> None:
        """Look once at every attempt whose time has come."""
        self._guard.tend()
        now = boottime()
        if self._due and self._due[0][0] <= now:
            # An end that waits to be collected came before what is due now.
            self.reap()
        coming: list[SupervisedAttempt] = []
        while self._due and self._due[0][0] <= now:
            moment, attempt_id = heapq.heappop(self._due)
            if self._due_at.get(attempt_id) == moment:
                coming.append(self._attended[attempt_id])
        for attempt in coming:
            self._look_after(attempt)

    def _look_after(self, attempt: SupervisedAttempt) -> None:
        was_over, lingered = attempt.exit is not None, attempt.lingers
        try:
            again = attempt.tick()
        except Exception:
            log.exception("Attempt %d could not be looked after.", attempt.spec.attempt_id)
            again = boottime() + RETRY_AFTER
        self._remind(attempt, again)
        if attempt.lingers and not lingered:
            self.lingering.add(attempt.spec.attempt_id)
        if attempt.exit is not None and not was_over:
            self._running.pop(attempt.spec.attempt_id)
            self._over[attempt.spec.attempt_id] = attempt.record()
            self.ended[attempt.spec.attempt_id] = attempt.exit

    def _remind(self, attempt: SupervisedAttempt, again: float | None) -> None:
        """The newest reminder counts; older ones are passed over when their time comes."""
        attempt_id = attempt.spec.attempt_id
        if again is None:
            self._due_at.pop(attempt_id, None)
            self._attended.pop(attempt_id, None)
        elif self._due_at.get(attempt_id) != again:
            self._due_at[attempt_id] = again
            heapq.heappush(self._due, (again, attempt_id))

    def _read(self, attempt_id: int, stream: Stream, _: int) -> None:
        if stream.read_some():
            self.written.add(attempt_id)

    def _find(self, attempt_id: int) -> Record | None:
        attempt = self._running.get(attempt_id)
        return attempt.record() if attempt else self._over.get(attempt_id)

    def _checked(self, attempt_id: int, lease: str) -> Record:
        known = self._find(attempt_id)
        if known is None or known["lease"] != lease:
            raise RequestError("unknown_attempt", "There is no such attempt under that lease here.")
        return known

    def _drop(self, attempt_id: int) -> None:
        del self._over[attempt_id]
        self.ended.pop(attempt_id, None)
        if attempt := self._attended.get(attempt_id):
            attempt.forget()
        self._spool.remove(self._spool.entry(attempt_id))

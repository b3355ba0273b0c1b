"""The agent: claims jobs for this machine, has them run, follows them, brings their ends into the database.

One thread that waits for the runner, for the database's notifications, for signals and for the next due time.
Whatever it holds can be found out anew from the database and the runner, so it may be killed at any moment.
"""

import logging
import math
import select
import signal
import time
from contextlib import closing

from django.conf import settings
from django.db import Error

from engine.agent_process import Signals, lock
from engine.claiming import Terms
from engine.database import Database, DatabaseAway
from engine.executor_link import ExecutorLink
from engine.executors.base import ExecutorGone, ExecutorNews
from engine.executors.registry import configured_executors
from engine.following import Follower
from engine.heartbeat import Heartbeat, WorkerDescription
from engine.identity import WorkerIdentity
from engine.in_flight import InFlight, Phase, now
from engine.leases import Cancels, Leases, stop
from engine.notifications import Notifications
from engine.runner.clock import boot_id
from engine.settling import Settler
from engine.stopping import Stage, Stopping
from engine.worker_place import WorkerPlace
from jobs.models import Worker
from jobs.transitions import Claimer

LONGEST_SLEEP = 5.0
SECONDS_AFTER_A_FAULT = 1.0

_LEAVE = (signal.SIGTERM, signal.SIGINT)
_STOP_ALL = signal.SIGUSR2

log = logging.getLogger(__name__)


class Agent:
    """`name` is what people see; the id is the home's."""

    def __init__(self, name: str) -> None:
        self._env = settings.ENV
        self._name = name
        self._signals = Signals((*_LEAVE, _STOP_ALL))
        self._leaving = False
        self._in_flight = InFlight()
        self._database = Database()
        self._notifications = Notifications()
        home = self._env.home
        self._identity = WorkerIdentity(home.worker_id, WorkerPlace.here(home.root))
        self._heartbeat = Heartbeat(self._identity, self._env.heartbeat_seconds)
        self._links = [ExecutorLink(one, self._in_flight) for one in configured_executors(name)]
        self._news: set[ExecutorNews] = set()
        self._former_boot_id: str | None = None
        self._follower = Follower(self._in_flight)
        self._settler = Settler(self._in_flight)
        self._leases = Leases(self._in_flight, self._env.lease_seconds)
        self._cancels = Cancels(self._in_flight)
        self._stopping = Stopping(self._env.grace_seconds)

    def run(self) -> None:
        """Serve until a signal says otherwise.

        SIGTERM or SIGINT: leave; the jobs run on and the next agent takes them over. SIGUSR2: the machine
        stops, so the jobs are ended and go back to the queue; again: without waiting for them first.
        Raises LockFileError.
        """
        held = lock(self._env.home.agent_lock, self._keep_waiting)
        if held is None:
            return
        with closing(held):
            while not self._over():
                self._turn()
                self._wait()
            self._leave()

    def _turn(self) -> None:
        """Everything that is due, once. What fails is tried again at a later turn."""
        try:
            for link in self._links:
                link.connect()
            self._stop_jobs()
            if now() >= self._database.retry_at:
                with self._database.use(now):
                    self._work()
        except ExecutorGone as error:
            log.warning("%s It is tried again.", error)
        except DatabaseAway:
            self._reconcile_all()
        except Exception:
            # Whatever it is, the jobs that run need somebody who looks after them.
            log.exception("Something went wrong; it is tried again.")
            self._reconcile_all()
            time.sleep(SECONDS_AFTER_A_FAULT)

    def _work(self) -> None:
        if self._notifications.listen(now()) or self._notifications.heard():
            self._cancels.look_now()
            for link in self._links:
                link.claims.look_now()
        if not self._identity.hold():
            return
        self._reconcile()
        self._beat()
        if not self._connected():
            return
        self._cancels.carry_out(self._env.grace_seconds)
        self._take_news()
        self._start_queued()
        self._follow()
        if self._stopping.stage is Stage.NONE:
            for link in self._connected():
                link.claims.claim(self._terms(link))
        if not self._leases.renew(self._env.grace_seconds):
            self._reconcile_all()

    def _start_queued(self) -> None:
        """First of all, for what has ended makes room that stands empty while the database is busy."""
        for link in self._connected():
            if self._stopping.stage is Stage.NONE:
                link.claims.start(self._terms(link))
            else:
                link.claims.give_back()

    def _follow(self) -> None:
        self._follower.poll(now())
        self._follower.note_starts()
        self._follower.ship()
        self._follower.report()
        if ended := self._settler.settle():
            for link in self._links:
                link.claims.freed(ended)
        self._settler.finish()

    def _reconcile(self) -> None:
        """Agree with executors and database on what is ours, after every interruption of either."""
        if self._former_boot_id is None:
            self._former_boot_id = self._heartbeat.former_boot_id()
        rebooted = self._former_boot_id not in ("", boot_id())
        for link in self._connected():
            if link.reconcile(self._identity.known(), self._env.grace_seconds, rebooted=rebooted):
                self._heartbeat.register(self._description())
                self._leases.renew_now()

    def _reconcile_all(self) -> None:
        for link in self._links:
            link.reconcile_now()

    def _beat(self) -> None:
        if not self._heartbeat.registered:
            return
        if not self._heartbeat.beat():
            self._heartbeat.register(self._description())
        if self._heartbeat.clock_was_set():
            log.warning("The database's clock was set; all leases are renewed by it.")
            self._leases.renew_now()
        if self._stopping.stage is not Stage.NONE and self._heartbeat.state != Worker.State.DRAINING:
            self._heartbeat.become(Worker.State.DRAINING)

    def _connected(self) -> list[ExecutorLink]:
        return [link for link in self._links if link.executor.connected]

    def _collect_news(self) -> bool:
        """Keep what the executors say by themselves for the next turn; whether there was any."""
        fresh = [one for link in self._connected() for one in link.executor.news()]
        self._news.update(fresh)
        return bool(fresh)

    def _take_news(self) -> None:
        self._collect_news()
        news, self._news = self._news, set()
        for name, attempt_id in news:
            if name == "ended":
                self._follower.ended(attempt_id)
            elif name == "lingers":
                self._follower.lingers(attempt_id)
            else:
                self._follower.output(attempt_id)

    def _stop_jobs(self) -> None:
        """On the way to a stop, end what still runs. Needs no database."""
        if self._stopping.stage is not Stage.ENDING:
            return
        for attempt in self._in_flight.running_within_reach():
            if attempt.phase is Phase.RUNNING and not attempt.stop_sent:
                stop(attempt, "interrupted", self._stopping.grace)

    def _over(self) -> bool:
        self._stopping.advance(now(), running=bool(self._in_flight.running()))
        return self._leaving or self._stopping.over(now(), in_flight=bool(len(self._in_flight)))

    def _leave(self) -> None:
        try:
            if self._heartbeat.registered:
                with self._database.use(now):
                    self._say_goodbye()
        except (DatabaseAway, Error) as error:
            log.warning("The database could not be told that the worker goes: %s", error)
        if not self._leaving:
            log.info("Stopped with %d attempts left in the spool.", len(self._in_flight))
        self._notifications.close()
        self._identity.close()
        for link in self._links:
            link.executor.close()

    def _say_goodbye(self) -> None:
        if not self._leaving:
            self._heartbeat.become(Worker.State.STOPPED)
            return
        for link in self._links:
            link.claims.give_back()
        self._settler.settle(math.inf)

    def _wait(self) -> None:
        """Until something happens or is due."""
        seconds = self._seconds_to_wait()
        waited_for: list[int] = [self._signals.fileno()]
        if (notifications := self._notifications.fileno()) is not None:
            waited_for.append(notifications)
        try:
            if self._collect_news():
                seconds = 0.0
            handles = [link.executor.fileno() for link in self._connected()]
            waited_for += [handle for handle in handles if handle is not None]
        except ExecutorGone as error:
            log.warning("%s It is tried again.", error)
        poll = select.poll()
        for descriptor in waited_for:
            poll.register(descriptor, select.POLLIN)
        poll.poll(seconds * 1000)
        self._take_signals()

    def _seconds_to_wait(self) -> float:
        moments = [self._stopping.due_at()]
        if self._database.away:
            moments.append(self._database.retry_at)
            moments += [link.connect_at for link in self._links if not link.executor.connected]
        elif (identity_due := self._identity.due_at()) is not None:
            moments.append(identity_due)
        else:
            claims = self._stopping.stage is Stage.NONE
            moments += [link.due_at(claims=claims) for link in self._links]
            moments += [self._heartbeat.due_at(), self._follower.due_at()]
            moments += [self._leases.due_at(), self._cancels.due_at(), self._settler.due_at()]
        soonest = min((moment for moment in moments if moment is not None), default=now() + LONGEST_SLEEP)
        return min(LONGEST_SLEEP, max(0.0, soonest - now()))

    def _take_signals(self) -> None:
        for number in self._signals.take():
            if number is _STOP_ALL:
                log.info("Stopping: jobs have a moment to end by themselves.")
                self._stopping.asked(now())
            else:
                log.info("Leaving; %d jobs run on.", len(self._in_flight.running()))
                self._leaving = True

    def _keep_waiting(self, seconds: float) -> bool:
        select.select([self._signals], [], [], seconds)
        self._leaving = bool(self._signals.take())
        return not self._leaving

    def _terms(self, link: ExecutorLink) -> Terms:
        room = link.capacity()
        claimer = Claimer(
            name=self._name,
            id=self._identity.known(),
            lease_seconds=self._env.lease_seconds,
            executor=link.executor.name,
            cpus=room.cpus,
            memory_mb=room.memory_mb,
        )
        return Terms(claimer, room, self._env.grace_seconds, self._env.log_cap_bytes)

    def _description(self) -> WorkerDescription:
        """The new boot's id only once everything is reconciled: until then a reboot must be remembered."""
        complete = all(link.capabilities for link in self._links)
        return WorkerDescription(
            name=self._name,
            boot_id=boot_id() if complete else self._former_boot_id or "",
            executors={link.executor.name: link.capabilities for link in self._links if link.capabilities},
        )

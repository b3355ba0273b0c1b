"""The agent: claims jobs for this machine, has them run, follows them, brings their ends into the database.

One thread that waits for the runner, for the database's notifications, for signals and for the next due time.
Whatever it holds can be found out anew from the database and the runner, so it may be killed at any moment.
"""

import logging
import math
import select
import signal
import time

from django.conf import settings
from django.db import Error

from engine.capacity import Resources
from engine.claiming import Claims, Terms
from engine.database import Database, DatabaseAway
from engine.executors.base import ExecutorGone
from engine.executors.local import LocalExecutor
from engine.following import Follower
from engine.heartbeat import Heartbeat, WorkerDescription
from engine.identity import lock, read_or_make_id
from engine.in_flight import InFlight, Phase, now
from engine.leases import Cancels, Leases, stop
from engine.notifications import Notifications
from engine.reconcile import Ground, Reconciler
from engine.runner.protocol import Hello
from engine.settling import Settler
from engine.signals import Signals
from engine.stopping import Stage, Stopping
from jobs.models import Worker
from jobs.transitions import Claimer

LONGEST_SLEEP = 5.0
SECONDS_BETWEEN_CONNECTS = 0.5
SECONDS_AFTER_A_FAULT = 1.0
SECONDS_BETWEEN_RECONCILES = 2.0

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
        self._executor = LocalExecutor(self._env.home.runner_socket, name)
        self._hello: Hello | None = None
        self._connect_at = 0.0
        self._reconcile_at = 0.0
        self._registered = False
        self._reconciler = Reconciler(self._in_flight, self._executor)
        self._follower = Follower(self._in_flight)
        self._settler = Settler(self._in_flight, self._executor)
        self._claims = Claims(self._in_flight, self._executor, self._env.home.spool)
        self._leases = Leases(self._in_flight, self._executor, self._env.lease_seconds)
        self._cancels = Cancels(self._in_flight, self._executor)
        self._stopping = Stopping(self._env.grace_seconds)

    def run(self) -> None:
        """Serve until a signal says otherwise.

        SIGTERM or SIGINT: leave; the jobs run on and the next agent takes them over. SIGUSR2: the machine
        stops, so the jobs are ended and go back to the queue; again: without waiting for them first.
        """
        held = lock(self._env.home.agent_lock, self._keep_waiting)
        if held is None:
            return
        with held:
            worker_id = read_or_make_id(self._env.home.worker_id)
            self._heartbeat = Heartbeat(worker_id, self._env.heartbeat_seconds)
            while not self._over():
                self._turn()
                self._wait()
            self._leave()

    def _turn(self) -> None:
        """Everything that is due, once. What fails is tried again at a later turn."""
        try:
            self._connect()
            self._stop_jobs()
            if now() >= self._database.retry_at:
                with self._database.use(now):
                    self._work()
        except ExecutorGone as error:
            self._lose_executor(str(error))
        except DatabaseAway:
            self._reconcile_at = 0.0
        except Exception:
            # Whatever it is, the jobs that run need somebody who looks after them.
            log.exception("Something went wrong; it is tried again.")
            self._reconcile_at = 0.0
            time.sleep(SECONDS_AFTER_A_FAULT)

    def _work(self) -> None:
        if self._notifications.listen(now()) or self._notifications.heard():
            self._claims.look_now()
            self._cancels.look_now()
        if self._hello is None:
            self._registered = self._registered and self._heartbeat.beat()
            return
        self._reconcile(self._hello)
        if not self._heartbeat.beat():
            self._heartbeat.register(self._description(self._hello))
        if self._stopping.stage is not Stage.NONE and self._heartbeat.state != Worker.State.DRAINING:
            self._heartbeat.become(Worker.State.DRAINING)
        self._cancels.carry_out(self._env.grace_seconds)
        self._follow()
        if self._stopping.stage is Stage.NONE:
            self._claims.claim(self._terms(self._hello))
        if not self._leases.renew(self._env.grace_seconds):
            self._reconcile_at = 0.0

    def _follow(self) -> None:
        self._hear()
        self._follower.poll(now())
        self._follower.ship()
        self._follower.report()
        if self._settler.settle():
            self._claims.look_now()
        self._settler.finish()

    def _reconcile(self, hello: Hello) -> None:
        """Agree with the runner and the database on what is ours, after every interruption of either."""
        if now() < self._reconcile_at:
            return
        former_boot = self._heartbeat.former_boot_id() if not self._registered else hello["boot_id"]
        rebooted = former_boot not in ("", hello["boot_id"])
        home = self._env.home
        complete = self._reconciler.reconcile(
            Ground(self._heartbeat.worker_id, home.spool, self._env.grace_seconds, rebooted)
        )
        self._heartbeat.register(self._description(hello))
        self._registered = True
        self._reconcile_at = math.inf if complete else now() + SECONDS_BETWEEN_RECONCILES
        self._leases.renew_now()
        self._claims.look_now()

    def _connect(self) -> None:
        if self._executor.connected or now() < self._connect_at:
            return
        self._connect_at = now() + SECONDS_BETWEEN_CONNECTS
        self._hello = self._executor.connect()
        self._reconcile_at = 0.0
        log.info(
            "Connected to the runner, pid %d; it ends jobs by %s.", self._hello["pid"], self._hello["kill_by"]
        )

    def _lose_executor(self, why: str) -> None:
        if self._hello is not None:
            log.warning("%s It is tried again.", why)
        self._hello = None
        self._executor.close()

    def _hear(self) -> bool:
        """Take in what the runner says; whether there was anything."""
        events = self._executor.events()
        for event in events:
            if event.name == "ended":
                self._follower.ended(event.attempt_id)
            else:
                self._follower.output(event.attempt_id)
        return bool(events)

    def _stop_jobs(self) -> None:
        """On the way to a stop, end what still runs. Needs no database."""
        if self._stopping.stage is not Stage.ENDING or not self._executor.connected:
            return
        for attempt in self._in_flight.running():
            if attempt.phase is Phase.RUNNING and not attempt.stop_sent:
                stop(self._executor, attempt, "interrupted", self._stopping.grace)

    def _over(self) -> bool:
        self._stopping.advance(now(), running=bool(self._in_flight.running()))
        return self._leaving or self._stopping.over(now(), in_flight=bool(len(self._in_flight)))

    def _leave(self) -> None:
        if not self._leaving:
            try:
                with self._database.use(now):
                    self._heartbeat.become(Worker.State.STOPPED)
            except (DatabaseAway, Error) as error:
                log.warning("The worker could not be marked as stopped: %s", error)
            log.info("Stopped with %d attempts left in the spool.", len(self._in_flight))
        self._notifications.close()
        self._executor.close()

    def _wait(self) -> None:
        """Until something happens or is due."""
        seconds = self._seconds_to_wait()
        waited_for: list[int] = [self._signals.fileno()]
        if (notifications := self._notifications.fileno()) is not None:
            waited_for.append(notifications)
        try:
            if self._executor.connected:
                if self._hear():
                    seconds = 0.0
                waited_for.append(self._executor.fileno())
        except ExecutorGone as error:
            self._lose_executor(str(error))
        poll = select.poll()
        for descriptor in waited_for:
            poll.register(descriptor, select.POLLIN)
        poll.poll(seconds * 1000)
        self._take_signals()

    def _seconds_to_wait(self) -> float:
        moments = [self._stopping.due_at()]
        if self._hello is None:
            moments.append(self._connect_at)
        if self._database.away:
            moments.append(self._database.retry_at)
        elif self._hello is None:
            moments.append(self._heartbeat.due_at())
        else:
            moments.append(self._reconcile_at)
            claim_at = self._claims.due_at() if self._stopping.stage is Stage.NONE else None
            moments += [claim_at, self._heartbeat.due_at(), self._follower.due_at()]
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

    def _terms(self, hello: Hello) -> Terms:
        room = self._room(hello)
        claimer = Claimer(
            name=self._name,
            id=self._heartbeat.worker_id,
            lease_seconds=self._env.lease_seconds,
            cpus=room.cpus,
            memory_mb=room.memory_mb,
        )
        return Terms(claimer, room, self._env.grace_seconds, self._env.log_cap_bytes)

    def _room(self, hello: Hello) -> Resources:
        return Resources(self._env.cpus or float(hello["cpus"]), self._env.memory_mb or hello["memory_mb"])

    def _description(self, hello: Hello) -> WorkerDescription:
        room = self._room(hello)
        return WorkerDescription(
            name=self._name,
            boot_id=hello["boot_id"],
            capacity={"cpus": room.cpus, "memory_mb": room.memory_mb},
            limits={**hello["limits"], "kill_by": hello["kill_by"]},
            executors={self._executor.name: {**self._executor.capabilities()}},
        )

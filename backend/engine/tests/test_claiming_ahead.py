"""Short jobs are claimed ahead of the room for them: held here, started when there is some, never lost."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from engine import throughput
from engine.capacity import Resources
from engine.claiming import NO_ROOM, Claims, Terms
from engine.executors.tests.thread_executor import ThreadExecutor
from engine.following import Follower
from engine.in_flight import InFlight, Phase
from engine.leases import Cancels, Leases
from engine.reconcile import NEVER_RAN, Reconciler
from engine.settling import Settler
from engine.tests.harness import Machine, attempt_of, story, wait_for
from jobs import transitions
from jobs.models import Attempt, Job, Worker
from jobs.states import Status
from jobs.transitions import Claimer

LONG = "sleep 1000"


class Worker1:
    """A worker with one CPU: what the agent has of it, beside a real executor."""

    def __init__(self, folder: Path) -> None:
        described = {"capacity": {}, "limits": {}, "labels": {}, "version": "1", "executors": {"thread": {}}}
        times = {"started_at": Now(), "heartbeat_at": Now()}
        self.row = Worker.objects.create(name="one", host="here", **described, **times)
        self.executor = ThreadExecutor(folder)
        self.executor.connect()
        self.in_flight = InFlight()
        self.claims = Claims(self.in_flight, self.executor)
        self.settler = Settler(self.in_flight)
        claimer = Claimer(name="one", id=self.row.id, lease_seconds=60, executor="thread", cpus=1)
        self.terms = Terms(claimer, Resources(1, 2**31 - 1), grace=0, log_cap=1000)

    def submit(self, command: str, count: int = 1, **fields: object) -> list[Job]:
        values = {"name": "test", "command": command, "executor": "thread", **fields}
        return [transitions.submit(dict(values), owner_id=None) for _ in range(count)]

    def get_through(self, count: int) -> None:
        """Run so many short jobs, which tells how many there may be in the next second."""
        jobs = self.submit("true", count)
        while Job.objects.filter(pk__in=[job.pk for job in jobs]).exclude(status=Status.COMPLETED).exists():
            self.turn()
            time.sleep(0.01)

    def turn(self) -> None:
        for attempt in self.in_flight.running():
            Follower(self.in_flight).ended(attempt.id)
        self.claims.start(self.terms)
        self.settle()
        self.claim()

    def claim(self) -> None:
        self.claims.look_now()
        for attempt in self.in_flight.running():
            attempt.ship_again_at = 0.0
        time.sleep(max(0.0, self.claims.due_at() - time.monotonic()))
        self.claims.claim(self.terms)

    def settle(self) -> None:
        """What has ended, without waiting for more."""
        for attempt in self.in_flight:
            attempt.back_off_until = 0.0
        Follower(self.in_flight).ship()
        self.claims.freed(self.settler.settle())

    def running(self) -> int:
        """How many processes there are."""
        return sum(record.running for record in self.executor.poll())

    def queued(self) -> list[int]:
        """The ids of the jobs that are held."""
        return [one.ref.job_id for one in self.in_flight.queued(self.executor)]


@pytest.fixture
def worker(tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker1]:
    monkeypatch.setattr(throughput, "WINDOW_SECONDS", 1000.0)  # however slow this machine is just now
    worker = Worker1(tmp_path)
    yield worker
    worker.executor.end_all()


def statuses(jobs: list[Job]) -> list[str]:
    found = dict(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("pk", "status"))
    return [found[job.pk] for job in jobs]


def hold_three(worker: Worker1) -> list[Job]:
    """One runs, and three are held; the jobs in this order."""
    worker.get_through(3)
    jobs = worker.submit(LONG, 6)
    worker.claim()
    assert worker.queued() == [job.pk for job in jobs[1:4]]
    return jobs[:4]


def test_as_many_as_a_second_gets_through_are_held(worker: Worker1) -> None:
    jobs = hold_three(worker)
    assert statuses(jobs) == [Status.RUNNING] * 4
    assert worker.running() == 1
    assert [attempt_of(job).started_at for job in jobs[1:]] == [None] * 3
    worker.claim()
    assert len(worker.queued()) == 3


def test_nothing_is_held_where_jobs_are_long(worker: Worker1) -> None:
    jobs = worker.submit(LONG, 3)
    worker.claim()
    assert statuses(jobs) == [Status.RUNNING, Status.PENDING, Status.PENDING]
    assert worker.queued() == []


def test_no_more_than_the_share_of_one_of_two_workers(worker: Worker1) -> None:
    described = {"capacity": {}, "limits": {}, "labels": {}, "version": "1", "executors": {"thread": {}}}
    Worker.objects.create(name="two", host="there", **described, started_at=Now(), heartbeat_at=Now())
    worker.get_through(3)
    worker.submit(LONG, 5)
    worker.claim()
    assert len(worker.queued()) == 2


def test_what_is_held_starts_as_soon_as_there_is_room(worker: Worker1) -> None:
    running, following, *_ = hold_three(worker)
    (attempt,) = worker.in_flight.running()
    worker.executor.cancel(attempt.ref, reason="cancelled", grace=0)
    wait_for(lambda: worker.executor.exit(attempt.ref), "it has ended")
    Follower(worker.in_flight).ended(attempt.id)
    worker.claims.start(worker.terms)
    assert [one.ref.job_id for one in worker.in_flight.running()] == [following.pk]
    assert statuses([running]) == [Status.RUNNING]  # its end is written with others


def test_what_has_waited_too_long_keeps_its_place_in_the_queue(worker: Worker1) -> None:
    jobs = hold_three(worker)
    places = dict(Job.objects.values_list("pk", "available_at"))
    for attempt in worker.in_flight.queued(worker.executor):
        attempt.give_back_at = 0.0
    worker.claims.start(worker.terms)
    worker.settle()
    assert statuses(jobs) == [Status.RUNNING] + [Status.PENDING] * 3
    for job in jobs[1:]:
        job.refresh_from_db()
        assert (job.attempts_used, job.started_at) == (0, None)
        assert job.available_at == places[job.pk]
        assert story(job)[-1] == (Status.PENDING, NO_ROOM)
    assert worker.running() == 1


def test_a_cancel_ends_what_is_held(worker: Worker1) -> None:
    _, job, *_ = hold_three(worker)
    transitions.cancel(job.pk, by="ana")
    Cancels(worker.in_flight).carry_out(grace=0)
    worker.settle()
    job.refresh_from_db()
    assert (job.status, job.started_at is None) == (Status.CANCELLED, False)
    assert attempt_of(job).started_at is None
    assert worker.running() == 1


def test_what_is_urgent_is_claimed_and_goes_first(worker: Worker1) -> None:
    hold_three(worker)
    (urgent,) = worker.submit(LONG, priority=9)
    worker.claim()
    assert worker.queued()[0] == urgent.pk


def test_leases_of_what_is_held_are_renewed(worker: Worker1) -> None:
    hold_three(worker)
    held = worker.in_flight.held_within_reach()
    before = {one.id: one.lease_ends for one in held}
    time.sleep(0.01)
    assert Leases(worker.in_flight, 60).renew(grace=0)
    assert len(held) == 4
    assert all(one.lease_ends > before[one.id] for one in held)


def test_what_another_worker_has_taken_meanwhile_is_not_started(worker: Worker1) -> None:
    _, taken, *_ = hold_three(worker)
    Attempt.objects.filter(job_id=taken.pk).update(lease_until=datetime(2020, 1, 1).astimezone())
    assert [one.job_id for one in transitions.rescue()] == [taken.pk]
    Leases(worker.in_flight, 60).renew(grace=0)
    assert taken.pk not in worker.queued()
    worker.settle()
    worker.settler.finish()
    assert all(one.ref.job_id != taken.pk for one in worker.in_flight)


def test_an_interruption_changes_nothing_about_what_is_held(worker: Worker1) -> None:
    hold_three(worker)
    held = worker.queued()
    Reconciler(worker.in_flight, worker.executor).reconcile(worker.row.id, 0, rebooted=False)
    assert worker.queued() == held


def test_the_next_agent_gives_back_what_the_one_before_it_held(worker: Worker1) -> None:
    jobs = hold_three(worker)
    worker.in_flight = InFlight()
    Reconciler(worker.in_flight, worker.executor).reconcile(worker.row.id, 0, rebooted=False)
    Settler(worker.in_flight).settle()
    assert statuses(jobs) == [Status.RUNNING] + [Status.PENDING] * 3
    assert all(story(job)[-1][1] == NEVER_RAN for job in jobs[1:])


def test_when_the_machine_stops_all_is_given_back(worker: Worker1) -> None:
    jobs = hold_three(worker)
    worker.claims.give_back()
    worker.settle()
    assert statuses(jobs) == [Status.RUNNING] + [Status.PENDING] * 3
    assert [one.phase for one in worker.in_flight.running()] == [Phase.RUNNING]


# --- with a whole machine ---------------------------------------------------------------------------


@pytest.fixture
def one_cpu(transactional_db: None) -> Iterator[Machine]:
    with Machine(JOBDECK_CPUS="1") as machine:
        yield machine


def at_least_completed(count: int) -> bool:
    return Job.objects.filter(status=Status.COMPLETED).count() >= count


def test_a_cpu_runs_one_at_a_time_and_the_times_are_those_of_the_run(one_cpu: Machine) -> None:
    jobs = [one_cpu.submit("true") for _ in range(150)]
    one_cpu.wait_for_ends(jobs)
    ran = Attempt.objects.filter(started_at__isnull=False).order_by("started_at")
    times: list[Any] = list(ran.values_list("job_id", "dispatched_at", "started_at", "ended_at"))
    assert len(times) == 150
    started: dict[int, Any] = dict(Job.objects.values_list("pk", "started_at"))
    assert all(abs(started[job_id] - began) < timedelta(seconds=0.01) for job_id, _, began, _ in times)
    assert all(ended <= began for (*_, ended), (_, _, began, _) in pairwise(times))
    assert any(claimed < began for (_, _, began, _), (_, claimed, _, _) in pairwise(times)), "none was ahead"


def test_killed_and_started_anew_each_job_has_run_once(one_cpu: Machine, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    jobs = [
        one_cpu.submit("echo $JOBDECK_JOB_ID >> $LEDGER", environment={"LEDGER": str(ledger)})
        for _ in range(120)
    ]
    for done in (30, 60):
        wait_for(partial(at_least_completed, done), "some are done")
        one_cpu.kill_agent()
        one_cpu.start_agent()
    one_cpu.wait_for_ends(jobs)
    assert sorted(map(int, ledger.read_text().split())) == [job.pk for job in jobs]
    assert set(Job.objects.values_list("status", "attempts_used")) == {(Status.COMPLETED, 1)}


def test_an_agent_that_leaves_leaves_nothing_held(one_cpu: Machine) -> None:
    jobs = [one_cpu.submit("sleep 0.01") for _ in range(120)]
    wait_for(partial(at_least_completed, 40), "some are done")
    assert one_cpu.stop_agent() == 0
    assert Attempt.objects.filter(ended_at=None).count() <= 1
    one_cpu.start_agent()
    one_cpu.wait_for_ends(jobs)
    assert set(Job.objects.values_list("status", "attempts_used")) == {(Status.COMPLETED, 1)}

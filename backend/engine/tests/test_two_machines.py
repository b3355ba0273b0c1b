"""Two machines, two homes, one database: whatever becomes of the first, no two attempts ever overlap.

The commands write a ledger themselves: a line twenty times a second, and nothing to stdout, so that no broken
pipe ends them.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.tests.harness import Machine, attempt_of, wait_for
from jobs import transitions
from jobs.models import Job, Worker
from jobs.states import Reason, Status

SHORT = {"JOBDECK_LEASE_SECONDS": "4", "JOBDECK_GRACE_SECONDS": "0.2", "JOBDECK_HEARTBEAT_SECONDS": "0.5"}
MARGIN_SECONDS = 2.0
"""Past the lease, in place of the half minute that a scheduler waits."""

SILENT = """
trap "" TERM HUP PIPE
while [ ! -e $GO.$JOBDECK_ATTEMPT ]; do echo $JOBDECK_ATTEMPT >> $LEDGER; sleep 0.05; done"""


@pytest.fixture
def machines(transactional_db: None) -> Iterator[tuple[Machine, Machine]]:
    """The second claims nothing until it is started."""
    with Machine(**SHORT) as first:
        second = Machine(**SHORT)
        try:
            second.start_runner()
            yield first, second
        finally:
            second.close()


def attempts_in(ledger: Path) -> list[str]:
    return ledger.read_text().split() if ledger.exists() else []


def start_silent_job(folder: Path, machine: Machine) -> Job:
    environment = {"GO": str(folder / "go"), "LEDGER": str(folder / "ledger")}
    job = machine.submit(SILENT, environment=environment, max_attempts=2)
    wait_for(lambda: "1" in attempts_in(folder / "ledger"), "it runs")
    return job


def check_that_the_second_takes_over(machines: tuple[Machine, Machine], job: Job, folder: Path) -> None:
    _, second = machines
    second.start_agent()
    wait_for(
        lambda: any(lost.job_id == job.pk for lost in transitions.rescue(grace_seconds=MARGIN_SECONDS)),
        "its lease has run out",
    )
    wait_for(lambda: "2" in attempts_in(folder / "ledger"), "it runs elsewhere")
    (folder / "go.2").touch()
    wait_for(lambda: Job.objects.get(pk=job.pk).status == Status.COMPLETED, "it ends there")
    second.wait_until_at_rest()
    ledger = attempts_in(folder / "ledger")
    assert ledger == sorted(ledger), "the two attempts ran at the same time"
    first, last = attempt_of(job, 1), attempt_of(job, 2)
    assert first.reason == Reason.WORKER_LOST
    assert first.worker_id != last.worker_id
    assert Worker.objects.count() == 2


@pytest.mark.parametrize("agent_too", [True, False])
def test_runner_and_agent_are_killed(
    machines: tuple[Machine, Machine], tmp_path: Path, agent_too: bool
) -> None:
    first, _ = machines
    job = start_silent_job(tmp_path, first)
    first.kill_runner()
    if agent_too:
        first.kill_agent()
    else:
        assert first.agent is not None
        first.agent.send_signal(signal.SIGSTOP)
    check_that_the_second_takes_over(machines, job, tmp_path)


def test_the_runner_is_frozen(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    """Its agent goes with it: whoever renews a lease lives, and then nothing is taken over."""
    first, _ = machines
    job = start_silent_job(tmp_path, first)
    assert first.runner is not None
    first.runner.send_signal(signal.SIGSTOP)
    first.kill_agent()
    try:
        check_that_the_second_takes_over(machines, job, tmp_path)
    finally:
        first.runner.send_signal(signal.SIGCONT)


def test_the_whole_machine_is_frozen_but_its_jobs(machines: tuple[Machine, Machine], tmp_path: Path) -> None:
    first, _ = machines
    job = start_silent_job(tmp_path, first)
    assert first.runner is not None
    assert first.agent is not None
    frozen = (first.runner, first.agent)
    for process in frozen:
        process.send_signal(signal.SIGSTOP)
    try:
        check_that_the_second_takes_over(machines, job, tmp_path)
    finally:
        for process in frozen:
            process.send_signal(signal.SIGCONT)
    first.wait_until_at_rest()
    assert attempts_in(tmp_path / "ledger")[-1] == "2"

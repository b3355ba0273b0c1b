"""Whatever fails while the agent waits or works, it goes on: the jobs that run need somebody."""

import errno
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from django.conf import settings

from config.paths import Home
from engine.agent import Agent
from engine.executors.base import ExecutorNews
from engine.executors.tests.thread_executor import ThreadExecutor
from engine.tests.harness import Machine
from jobs import transitions
from jobs.attempts import AttemptRef, Exit
from jobs.states import Status

pytestmark = pytest.mark.django_db(transaction=True)


class FailingDisk(ThreadExecutor):
    """Says at once and again and again that an attempt has ended; its record is read at the fourth try."""

    name: ClassVar[str] = "local"
    failures = 3

    def news(self) -> list[ExecutorNews]:
        return [ExecutorNews("ended", record.ref.attempt_id) for record in self.poll()]

    def exit(self, ref: AttemptRef) -> Exit | None:
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().exit(ref)

    def forget_many(self, refs: Iterable[AttemptRef]) -> set[int]:
        os.kill(os.getpid(), signal.SIGTERM)
        return super().forget_many(refs)


@pytest.fixture
def signals_as_before() -> Iterator[None]:
    """An agent in this process takes them over."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR2)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals_as_before")
def test_a_record_that_cannot_be_read_is_read_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    disk = FailingDisk(tmp_path / "jobs")
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, home=home))
    monkeypatch.setattr("engine.agent.configured_executors", lambda _: [disk])
    monkeypatch.setattr("engine.agent.SECONDS_AFTER_A_FAULT", 0.0)
    job = transitions.submit({"name": "test", "command": "exit 3"}, owner_id=None)
    Agent("test").run()
    job.refresh_from_db()
    assert (job.status, job.exit_code, disk.failures) == (Status.FAILED, 3, 0)


def test_a_lock_that_is_a_folder_is_named_with_the_way_out(machine_without_agent: Machine) -> None:
    path = machine_without_agent.home.agent_lock
    path.mkdir()

    machine_without_agent.start_agent()

    assert machine_without_agent.agent is not None
    assert machine_without_agent.agent.wait(60) == 1
    log = (machine_without_agent.root / "agent.log").read_text()
    assert "Traceback" not in log
    assert log.rstrip().endswith(f"rm -r {path}")

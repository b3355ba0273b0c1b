"""An agent and a runner of different versions: they say so, and what runs is looked after all the same."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine.executors.base import Refused
from engine.executors.tests.contract import end_of, new, record, submit
from engine.runner import protocol

if TYPE_CHECKING:
    from engine.tests.harness import Machine


@pytest.fixture
def machine() -> Iterator["Machine"]:
    """With a runner, and without agent and database."""
    from engine.tests.harness import Machine, wait_for

    made = Machine()
    try:
        made.start_runner()
        wait_for(made.runner_listens, "the runner listens")
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(("difference", "older"), [(1, "runner"), (-1, "agent")])
def test_they_say_so_and_what_runs_is_adopted(
    machine: "Machine", monkeypatch: pytest.MonkeyPatch, difference: int, older: str
) -> None:
    """Stands in for an agent that was upgraded or set back: it names another version than the runner."""
    from engine.executors.local import LocalExecutor

    executor = LocalExecutor(machine.home.runner_socket, machine.home.spool, agent="one")
    executor.connect()
    runs, other = submit(executor, "sleep 1000", lasts=60), submit(executor, "sleep 1000")
    monkeypatch.setattr(protocol, "VERSION", protocol.VERSION + difference)
    executor.connect()

    assert f"until the {older} is restarted" in executor.obstacle()
    assert f"until the {older} is restarted" in (machine.root / "runner.log").read_text()
    with pytest.raises(Refused, match="version") as refusal:
        submit(executor, "true", ref=new())
    assert refusal.value.code == "stopping"
    found = record(executor, runs)
    assert found is not None and found.running
    deadline = time.clock_gettime(time.CLOCK_BOOTTIME) + 900
    assert executor.extend([runs, other], deadline) == []
    for ref in (runs, other):
        executor.cancel(ref, reason="cancelled", grace=5)
        assert end_of(executor, ref)["reason"] == "cancelled"
        assert not executor.forget_many([ref])
        assert record(executor, ref) is None
    executor.close()

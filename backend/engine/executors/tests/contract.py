"""What the agent relies on, whichever executor it is. Runs against each of them."""

import itertools
import select
import uuid
from dataclasses import replace
from typing import Any

import pytest

from engine.executors.base import LARGEST_PROGRESS, LARGEST_RESULT, AttemptRecord, Executor, Refused
from engine.runner.clock import boottime
from engine.tests.harness import wait_for
from jobs.attempts import AttemptRef, Exit, Workload

_ids = itertools.count(1)


def new() -> AttemptRef:
    number = next(_ids)
    return AttemptRef(job_id=number, attempt_id=number, number=1, lease=uuid.uuid4())


def submit(
    executor: Executor, command: str, *, ref: AttemptRef | None = None, lasts: float = 600, **work: Any
) -> AttemptRef:
    """Submit under a lease of so many seconds. Raises Refused."""
    ref = ref or new()
    refused = submit_all(executor, {ref: workload(command, **work)}, lasts=lasts)[ref.attempt_id]
    if refused is not None:
        raise refused
    return ref


def submit_all(
    executor: Executor, works: dict[AttemptRef, Workload], *, lasts: float = 600
) -> dict[int, Refused | None]:
    return executor.submit_many(list(works.items()), deadline=boottime() + lasts, grace=0.2, log_cap=1 << 20)


def workload(command: str, **work: Any) -> Workload:
    what = {"environment": {}, "working_directory": "", "timeout": None, "cpus": 1.0, "memory_mb": 0, **work}
    return Workload(command=command, **what)


def record(executor: Executor, ref: AttemptRef) -> AttemptRecord | None:
    return next((found for found in executor.poll() if found.ref.attempt_id == ref.attempt_id), None)


def end_of(executor: Executor, ref: AttemptRef) -> Exit:
    """Wait for it."""
    wait_for(lambda: executor.exit(ref) is not None, "its end is known")
    end = executor.exit(ref)
    assert end is not None
    return end


def test_it_says_what_it_can_do(executor: Executor) -> None:
    capabilities = executor.capabilities()
    assert executor.name
    assert {"cancel", "timeout", "logs", "progress", "limits", "kill_by", "capacity"} == capabilities.keys()
    assert executor.connected
    assert executor.obstacle() == ""


def test_what_was_submitted_is_known_until_it_is_forgotten(executor: Executor) -> None:
    ref = submit(executor, "exit 3")
    end = end_of(executor, ref)
    assert (end["exit_code"], end["reason"]) == (3, "exit_code")
    wait_for(lambda: (found := record(executor, ref)) is not None and not found.running, "it has ended there")
    assert record(executor, ref) == AttemptRecord(ref, running=False, exit=end)
    assert executor.forget_many([ref]) == set()
    assert record(executor, ref) is None


def test_many_begin_together_and_one_that_cannot_hinders_nobody(executor: Executor) -> None:
    works = {new(): workload(f"exit {code}") for code in range(5)}
    large = {new(): workload("true", environment={"LARGE": "x" * 100_000}) for _ in range(20)}
    fails = {new(): workload("#!/no/such/interpreter\n")}
    outcome = submit_all(executor, {**works, **fails, **large})
    (why,) = (refused for refused in outcome.values() if refused is not None)
    assert why.code == "start_failed"
    assert outcome[next(iter(fails)).attempt_id] is why
    assert outcome.keys() == {ref.attempt_id for ref in (*works, *fails, *large)}
    assert [end_of(executor, ref)["exit_code"] for ref in works] == list(range(5))
    assert {end_of(executor, ref)["exit_code"] for ref in large} == {0}


def test_of_many_submitted_again_none_runs_twice(executor: Executor) -> None:
    """As after an answer that was lost: what is there stays, what is not begins."""
    works = {new(): workload('echo ran; echo ran >> "$JOBDECK_ARTIFACTS/ledger"') for _ in range(6)}
    some = dict(list(works.items())[:3])
    assert set(submit_all(executor, some).values()) == {None}
    assert set(submit_all(executor, works).values()) == {None}
    for ref in works:
        end_of(executor, ref)
        assert executor.log_size(ref, "stdout") == len("ran\n")
    assert set(works) <= {found.ref for found in executor.poll()}


def test_the_same_submitted_twice_runs_once(executor: Executor) -> None:
    once = 'echo ran >> "$JOBDECK_ARTIFACTS/ledger"; [ $(wc -l < "$JOBDECK_ARTIFACTS/ledger") -eq 1 ]'
    ref = submit(executor, once)
    submit(executor, once, ref=ref)
    assert end_of(executor, ref)["exit_code"] == 0
    submit(executor, once, ref=ref)
    assert len([found for found in executor.poll() if found.ref == ref]) == 1


def test_another_lease_of_the_same_attempt_is_refused(executor: Executor) -> None:
    ref = submit(executor, "sleep 1000")
    with pytest.raises(Refused) as refusal:
        submit(executor, "sleep 1000", ref=replace(ref, lease=uuid.uuid4()))
    assert refusal.value.code == "conflict"
    executor.cancel(ref, reason="cancelled", grace=0)


def test_what_cannot_start_says_what_is_missing(executor: Executor) -> None:
    ref = new()
    with pytest.raises(Refused, match="/no/such/interpreter") as refusal:
        submit(executor, "#!/no/such/interpreter\n", ref=ref)
    assert refusal.value.code == "start_failed"
    assert record(executor, ref) is None


def test_a_cancel_ends_it_and_leaves_a_receipt(executor: Executor) -> None:
    ref = submit(executor, """trap "" TERM; sleep 1000 & wait""")
    executor.cancel(ref, reason="cancelled", grace=0.1)
    end = end_of(executor, ref)
    assert (end["reason"], end["stop_requested"]) == ("cancelled", "cancelled")
    assert end["receipt"] is not None
    assert end["receipt"]["verified_empty"]


def test_a_cancel_that_comes_too_late_changes_nothing(executor: Executor) -> None:
    ref = submit(executor, "exit 5")
    end = end_of(executor, ref)
    executor.cancel(ref, reason="cancelled", grace=0)
    assert end_of(executor, ref) == end


def test_a_cancel_under_another_lease_is_refused(executor: Executor) -> None:
    ref = submit(executor, "sleep 1000")
    with pytest.raises(Refused) as refusal:
        executor.cancel(replace(ref, lease=uuid.uuid4()), reason="cancelled", grace=0)
    assert refusal.value.code == "unknown_attempt"
    executor.cancel(ref, reason="cancelled", grace=0)


def test_its_limit_of_time_is_kept(executor: Executor) -> None:
    assert end_of(executor, submit(executor, "sleep 1000", timeout=1))["reason"] == "timeout"


def test_what_nobody_extends_is_over_by_its_deadline(executor: Executor) -> None:
    assert end_of(executor, submit(executor, "sleep 1000", lasts=0.5))["reason"] == "fenced"


def test_an_extended_deadline_holds(executor: Executor) -> None:
    ref = submit(executor, "sleep 3", lasts=2)
    stranger = replace(ref, attempt_id=10**9)
    assert executor.extend([ref, stranger], boottime() + 60) == [10**9]
    assert end_of(executor, ref)["exit_code"] == 0


def test_of_many_those_that_run_are_not_forgotten(executor: Executor) -> None:
    runs, ended, stranger = submit(executor, "sleep 1000"), submit(executor, "true"), new()
    end_of(executor, ended)
    wait_for(
        lambda: executor.forget_many([runs, ended, stranger]) == {runs.attempt_id}, "the others are gone"
    )
    assert record(executor, ended) is None
    found = record(executor, runs)
    assert found is not None and found.running
    executor.cancel(runs, reason="cancelled", grace=0)


def test_forgetting_twice_is_fine(executor: Executor) -> None:
    ref = submit(executor, "true")
    end_of(executor, ref)
    wait_for(lambda: not executor.forget_many([ref]), "it is gone")
    assert executor.forget_many([ref]) == set()


def test_its_log_is_read_by_offset_while_it_runs(executor: Executor) -> None:
    ref = submit(executor, "printf 'first second'; echo apart >&2; sleep 1000")
    wait_for(lambda: executor.log_size(ref, "stdout") == 12, "it has written")
    wait_for(lambda: executor.log_size(ref, "stderr") == 6, "it has complained")
    assert executor.exit(ref) is None
    assert executor.read_log(ref, "stdout", 0, 5) == b"first"
    assert executor.read_log(ref, "stdout", 6, 100) == b"second"
    assert executor.read_log(ref, "stdout", 12, 100) == b""
    assert executor.read_log(ref, "stderr", 0, 100) == b"apart\n"
    executor.cancel(ref, reason="cancelled", grace=0)


def test_a_log_is_whole_once_the_end_is_known(executor: Executor) -> None:
    ref = submit(executor, "seq 10000")
    end_of(executor, ref)
    whole = b"".join(b"%d\n" % number for number in range(1, 10001))
    assert executor.log_size(ref, "stdout") == len(whole)
    assert executor.read_log(ref, "stdout", 0, len(whole) + 1) == whole


def test_what_it_leaves_is_read(executor: Executor) -> None:
    ref = submit(executor, """echo 42 > "$JOBDECK_PROGRESS"; echo '{"a": 1}' > "$JOBDECK_RESULT" """)
    end_of(executor, ref)
    assert executor.progress(ref) == b"42\n"
    assert executor.result(ref) == b'{"a": 1}\n'


def test_no_more_is_read_than_is_taken(executor: Executor) -> None:
    ref = submit(executor, 'head -c 3000000 /dev/zero | tee "$JOBDECK_PROGRESS" > "$JOBDECK_RESULT"')
    end_of(executor, ref)
    assert len(executor.progress(ref) or b"") == LARGEST_PROGRESS
    assert len(executor.result(ref) or b"") == LARGEST_RESULT + 1


def test_of_what_it_does_not_know_there_is_nothing(executor: Executor) -> None:
    stranger = replace(new(), attempt_id=10**9)
    assert executor.exit(stranger) is None
    assert executor.log_size(stranger, "stdout") == 0
    assert executor.read_log(stranger, "stdout", 0, 10) == b""
    assert executor.progress(stranger) is None
    assert executor.result(stranger) is None


def test_where_it_can_be_waited_for_it_says_that_an_attempt_has_ended(executor: Executor) -> None:
    handle = executor.fileno()
    if handle is None:
        assert executor.news() == []
        return
    executor.news()
    ref = submit(executor, "true")
    told: set[tuple[str, int]] = set()

    def has_told() -> bool:
        select.select([handle], [], [], 1)
        told.update(executor.news())
        return ("ended", ref.attempt_id) in told

    wait_for(has_told, "it says so")

"""Any two moves at once come out as if one had come after the other, and neither sees half of the other.

The first is held after it has written and before it commits, while the second starts on a connection of its
own. The yardstick is the same two moves made one after the other.
"""

from collections.abc import Callable
from functools import cache

import pytest

from jobs import transitions
from jobs.models import Attempt, Job
from jobs.states import Status

from .moves import MOVES, Outcome, Target, act, target
from .rows import claim, clean, dispatched, ended, expire, history, reported, submit
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, held, waits_for


def _lost(command: str) -> int:
    job = submit(command, max_attempts=3)
    expire(claim(job).ref.attempt_id)
    return job.pk


STATES: dict[str, Callable[[], int]] = {
    "waiting": lambda: submit().pk,
    "tracked waiting": lambda: submit("").pk,
    "dispatched": lambda: dispatched().job_id,
    "lease run out": lambda: _lost("true"),
    "tracked lease run out": lambda: _lost(""),
    "tracked running": lambda: reported(submit(""), Status.RUNNING).pk,
    "failed": lambda: ended(Status.FAILED).pk,
}

# Who can move a job in that state at all; the others are refused and hold nothing.
FIRST = [
    ("waiting", "claim dispatch cancel delete"),
    ("dispatched", "claim_dispatched refuse cancel"),
    ("tracked waiting", "claim cancel report"),
    ("lease run out", "cancel settle_completed settle_pending rescue renew start progress"),
    ("tracked lease run out", "cancel rescue report"),
    ("tracked running", "cancel report"),
    ("failed", "retry delete"),
]
CASES = [(state, first, second) for state, firsts in FIRST for first in firsts.split() for second in MOVES]

# These take what they can get and leave the rest to the next round; and what they say of the rest.
SKIPPING = {
    **{"claim": "nothing", "dispatch": "nothing", "refuse": "busy", "rescue": "nothing"},
    **{"settle_completed": "busy", "settle_pending": "busy"},
    **{"renew": "busy", "start": "not ours", "progress": "not ours"},
}
ATTEMPT_ONLY = {"renew", "start"}
JOB_ONLY = {"progress", "retry"}
LAST_STATEMENT = {"claim": 2, "dispatch": 2, "claim_dispatched": 2, "cancel": 2, "delete": 3}

After = tuple[object, ...]


def _look(job_id: int) -> After:
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return ("deleted",)
    attempts = Attempt.objects.filter(job_id=job_id).order_by("number")
    return (
        *(job.status, job.attempt, job.attempts_used, job.reason, job.exit_code, job.progress),
        *(job.result_data, job.status_message, job.cancel_requested_by, tuple(history(job_id))),
        tuple((a.number, a.ended_at is None, a.reason, a.exit_code, a.log_complete) for a in attempts),
    )


@cache
def one_after_another(state: str, moves: tuple[str, ...]) -> tuple[tuple[Outcome, ...], After]:
    """What the moves say and leave behind when each waits for the one before."""
    clean()
    job = target(STATES[state]())
    said = tuple(act(move, job) for move in moves)
    after = _look(job.job_id)
    clean()
    return said, after


def _must_wait(state: str, first: str, second: str) -> bool:
    if second in SKIPPING:
        return False
    if second == "delete":
        return first not in ATTEMPT_ONLY  # it locks the job before it looks at it
    if second == "cancel":
        return first not in ATTEMPT_ONLY or state.startswith("tracked")
    (alone,), _ = one_after_another(state, (second,))
    return alone.did and (first not in ATTEMPT_ONLY or second not in JOB_ONLY)


def _meet(
    sides: tuple[Side, Side], job: Target, first: str, second: str, *, roll_back: bool
) -> tuple[Outcome | None, Outcome, bool]:
    one, other = sides
    with held(one, lambda: act(first, job), statements=LAST_STATEMENT.get(first, 1)) as (hold, before):
        hold.roll_back = roll_back
        after = other.start(lambda: act(second, job))
        waited = waits_for(other, one, after)
        if not waited:
            after.result(LIMIT_SECONDS)
    return (None if roll_back else before.result(LIMIT_SECONDS)), after.result(LIMIT_SECONDS), waited


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(("state", "first", "second"), CASES, ids=lambda part: part.replace(" ", "-"))
def test_the_second_finds_what_the_first_has_left(
    sides: tuple[Side, Side], state: str, first: str, second: str
) -> None:
    forth, back = one_after_another(state, (first, second)), one_after_another(state, (second, first))
    (alone,), after_first = one_after_another(state, (first,))
    must_wait = _must_wait(state, first, second)
    assert alone.did

    job = target(STATES[state]())
    said, answer, waited = _meet(sides, job, first, second, roll_back=False)

    assert waited == must_wait
    allowed = [forth] if waited else [forth, (back[0][::-1], back[1])]
    if second in SKIPPING:
        allowed.append(((alone, Outcome(False, SKIPPING[second])), after_first))
    assert ((said, answer), _look(job.job_id)) in allowed
    assert broken_promises() == {}


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(("state", "first", "second"), CASES, ids=lambda part: part.replace(" ", "-"))
def test_after_a_rollback_the_first_never_was(
    sides: tuple[Side, Side], state: str, first: str, second: str
) -> None:
    allowed = [one_after_another(state, (second,))]
    if second in SKIPPING:
        allowed.append(((Outcome(False, SKIPPING[second]),), one_after_another(state, ())[1]))

    job = target(STATES[state]())
    _, answer, _ = _meet(sides, job, first, second, roll_back=True)

    assert ((answer,), _look(job.job_id)) in allowed
    assert broken_promises() == {}


def test_every_move_meets_every_other() -> None:
    # A move of many jobs is the statement of the single one, with more ids; `depend` has a file of its own.
    single = {name for name in transitions.__all__ if name.islower() and not name.endswith("_many")}
    made = single - {"submit", "note_external_id", "depend"}
    tried = {name for _, firsts in FIRST for name in firsts.split()}

    in_vain = {name for name in made if not any(known.startswith(_short(name)) for known in MOVES)}
    assert in_vain == set()
    assert set(MOVES) == tried


def _short(move: str) -> str:
    """As the matrix calls it: `report_progress` is "progress" there."""
    return move.removeprefix("report_")

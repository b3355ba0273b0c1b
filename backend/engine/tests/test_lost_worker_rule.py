"""A worker is lost, and its job fares the same whether its own agent finds out or the scheduler."""

from typing import Any

import pytest

from engine import endings
from engine.endings import CancelRequest
from jobs import transitions
from jobs.states import Status
from jobs.tests.rows import expire, fresh, running

pytestmark = pytest.mark.django_db

POLICIES = [
    {"max_attempts": most, "retry_on_lost": again, "attempts_used": used}
    for most, used in ((1, 0), (3, 0), (3, 1), (3, 2))
    for again in (True, False)
]


def told(job_id: int) -> dict[str, Any]:
    """What people see of it, but for the words and the moments."""
    job = fresh(job_id)
    names = ("status", "reason", "attempt", "attempts_used", "progress", "result_data", "exit_code", "lease")
    return {
        **{name: getattr(job, name) for name in names},
        "completed": job.completed_at is not None,
        "waits": job.status == Status.PENDING and job.available_at > job.status_changed_at,
    }


@pytest.mark.parametrize("cancelled", [False, True], ids=["", "cancelled"])
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: " ".join(map(str, policy.values())))
def test_agent_and_scheduler_agree_on_a_lost_job(policy: dict[str, Any], *, cancelled: bool) -> None:
    found_by_agent, found_by_scheduler = running(**policy), running(**policy)
    if cancelled:
        for one in (found_by_agent, found_by_scheduler):
            transitions.cancel(one.ref.job_id, by="ann")
    cancel = CancelRequest("ann") if cancelled else None
    transitions.settle([endings.lost(found_by_agent, "It was lost.", cancel=cancel)])
    expire(found_by_scheduler.ref.attempt_id)
    assert [one.job_id for one in transitions.rescue()] == [found_by_scheduler.ref.job_id]
    assert told(found_by_agent.ref.job_id) == told(found_by_scheduler.ref.job_id)

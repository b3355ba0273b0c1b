"""The queue is claimed in its order, and what cannot be claimed costs the claim nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from engine.lookups import seconds_to_next_due
from jobs import transitions
from jobs.models import Job
from jobs.queries import next_in_queue
from jobs.states import Kind
from jobs.transitions import Claimer

from .rows import sql

pytestmark = pytest.mark.django_db

EXECUTORS = ("local", "slurm", "thread")


def submit(count: int, **fields: Any) -> list[int]:
    jobs = [{"name": "x", "command": "true", **fields} for _ in range(count)]
    return transitions.submit_many(jobs, owner_id=None)


def claim(executor: str, most: int) -> list[int]:
    claimer = Claimer(name="w", lease_seconds=60, executor=executor)
    return [
        one.ref.job_id
        for one in transitions.claim(claimer, lambda found: [one.id for one in found], look=most)
    ]


@pytest.fixture
def mixed() -> list[Job]:
    """Jobs of every level and executor, in no order; some are not available yet."""
    chance, now = Random(3), timezone.now()
    for _ in range(80):
        (job_id,) = submit(1, priority=chance.randint(1, 10), executor=chance.choice(EXECUTORS))
        seconds = chance.choice([-300, -200, -200, -100, 500])
        Job.objects.filter(pk=job_id).update(available_at=now + timedelta(seconds=seconds))
    return sorted(
        Job.objects.filter(available_at__lte=now), key=lambda job: (-job.priority, job.available_at, job.pk)
    )


def test_jobs_are_claimed_in_the_order_of_the_queue(mixed: list[Job]) -> None:
    for executor in EXECUTORS:
        wanted = [job.pk for job in mixed if job.executor == executor]
        claimed: list[int] = []
        while found := claim(executor, 7):
            claimed += found
        assert claimed == wanted


@pytest.mark.parametrize("limit", [1, 13, 100])
def test_the_queue_is_shown_in_the_same_order(mixed: list[Job], limit: int) -> None:
    assert next_in_queue(limit=limit) == [job.pk for job in mixed][:limit]
    assert next_in_queue(kinds=[Kind.TRACKED], limit=limit) == []


@pytest.fixture
def plans(db: None) -> Iterator[list[dict[str, Any]]]:
    """The plans of the statements that ask for candidates, as they were carried out."""
    for setting in ("enable_seqscan", "enable_bitmapscan"):
        sql(f"SET LOCAL {setting} = off")
    found: list[dict[str, Any]] = []

    def explain(execute, statement, params, many, context):  # type: ignore[no-untyped-def]
        if "waiting_seconds" in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement, params)
                (plan,) = cursor.fetchone() or ("[]",)
                found.append((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return execute(statement, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def passed(plan: dict[str, Any]) -> float:
    """Rows that were read, and are no candidates."""
    return float(plan.get("Rows Removed by Filter", 0) + sum(passed(part) for part in plan.get("Plans", [])))


def test_what_is_due_later_or_for_others_is_not_walked_past(plans: list[dict[str, Any]]) -> None:
    submit(200, priority=9, scheduled_at=timezone.now() + timedelta(days=1))
    submit(200, priority=9, executor="slurm")
    waiting = submit(1, priority=9)
    submit(200, priority=8, depends_on=[{"job": waiting[0], "wants": "success"}])
    (last,) = submit(1, priority=1)
    assert claim("local", 50) == [*waiting, last]
    assert claim("local", 50) == []
    assert [passed(plan) for plan in plans] == [0] * len(plans)
    assert len(plans) >= 2


def test_the_next_that_is_due_is_that_of_the_executor() -> None:
    assert seconds_to_next_due("local") is None
    submit(1, scheduled_at=timezone.now() + timedelta(hours=1))
    submit(1, priority=2, scheduled_at=timezone.now() + timedelta(minutes=1), executor="slurm")
    assert 3500 < (seconds_to_next_due("local") or 0) <= 3600
    assert 50 < (seconds_to_next_due("slurm") or 0) <= 60

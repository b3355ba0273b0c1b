"""Tracked jobs for programs that come by HTTP: claimed under a lease, with what it takes to do the work."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from . import queries, transitions
from .models import Attempt
from .states import Kind
from .transitions import Candidate, Claimer


def claim_tracked(worker: str, *, queue: str | None, limit: int, lease_seconds: int) -> list[dict[str, Any]]:
    """Claim up to `limit` tracked jobs; each as a list has it, with its lease and environment."""
    claimer = Claimer(
        name=worker, lease_seconds=lease_seconds, kind=Kind.TRACKED, queues=(queue,) if queue else ()
    )
    with transaction.atomic():
        claimed = transitions.claim(claimer, _all, look=limit)
        jobs = {job["id"]: job for job in queries.jobs_by_ids([one.ref.job_id for one in claimed])}
        ids = [one.ref.attempt_id for one in claimed]
        ends = dict(Attempt.objects.filter(pk__in=ids).values_list("pk", "lease_until"))
    return [
        {
            **jobs[one.ref.job_id],
            "lease": one.ref.lease,
            "lease_until": ends[one.ref.attempt_id],
            "environment": one.work.environment,
        }
        for one in claimed
    ]


def _all(candidates: Sequence[Candidate]) -> list[int]:
    return [candidate.id for candidate in candidates]

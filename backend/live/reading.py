"""What the live side reads from the database; each function is to be called in a thread."""

from collections.abc import Sequence
from typing import Any

from jobs.counters import totals
from jobs.queries import jobs_by_ids


def read_jobs(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give those of the jobs that exist, by id, as lists show them."""
    return {row["id"]: row for row in jobs_by_ids(ids)}


def read_totals() -> dict[str, int]:
    """Give the number of jobs by status."""
    return totals().by_status

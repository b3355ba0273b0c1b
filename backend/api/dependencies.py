"""What new jobs say that they depend on, checked against the jobs that there are and those of the request."""

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from jobs import queries
from jobs.errors import FieldError, Invalid
from jobs.permissions import visible_to

MOST_TOLD = 100
"""Errors in one answer."""


def require_dependencies(user: User, jobs: Sequence[dict[str, Any]], *, several: bool) -> None:
    """Refuse jobs that depend on one that is not there, or that comes after them in the same request.

    What goes round in a circle would have to name a later one somewhere, so nothing can.

    :param several: they come in a request of many, and an error names the job by its index.
    """
    wanted = [
        (f"{index}." if several else "", index, place, one)
        for index, job in enumerate(jobs)
        for place, one in enumerate(job.get("depends_on", ()))
    ]
    if not wanted:
        return
    named = {one["job"] for _, _, _, one in wanted if "job" in one}
    there = queries.present(named, visible_to(user))
    errors = []
    for prefix, index, place, one in wanted:
        path = f"{prefix}depends_on.{place}"
        if "job" in one and one["job"] not in there:
            errors.append(FieldError(f"{path}.job", f"There is no job {one['job']}."))
        elif "index" in one and one["index"] >= index:
            errors.append(_comes_later(f"{path}.index", one["index"], several=several))
    if errors:
        raise Invalid(
            "Some of what is depended on is not there. Nothing was submitted.", errors=errors[:MOST_TOLD]
        )


def _comes_later(field: str, index: int, *, several: bool) -> FieldError:
    if not several:
        return FieldError(field, "This request submits one job only.", "Name a job by its id: `job`.")
    return FieldError(
        field,
        f"Job {index} of this request does not come before this one.",
        "Put jobs after those that they depend on.",
    )

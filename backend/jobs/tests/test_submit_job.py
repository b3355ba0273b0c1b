"""A job is stored once, whole, with the first entry of its history."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, IntegrityError

from jobs import transitions
from jobs.models import JobStatus

from .rows import fresh, submit
from .soundness import broken_promises

pytestmark = pytest.mark.django_db


def test_it_waits_with_the_first_entry_of_its_history() -> None:
    submitted = transitions.submit({"name": "sum"}, owner_id=7, message="Submitted")

    (entry,) = JobStatus.objects.filter(job=submitted)
    job = fresh(submitted.pk)
    assert (entry.status_type, entry.message, entry.attempt) == ("PENDING", "Submitted", 1)
    assert (job.latest_status_id, job.status_count, job.version) == (entry.pk, 1, 1)
    assert job.available_at == job.status_changed_at == entry.timestamp
    assert broken_promises() == {}


def test_it_is_available_when_it_is_scheduled() -> None:
    at = datetime.now(UTC) + timedelta(days=1)
    assert submit(scheduled_at=at).available_at == at


@pytest.mark.parametrize("fields", [{"priority": 11}, {"name": ""}, {"max_attempts": 0}])
def test_what_no_job_may_be_is_an_error(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        transitions.submit({"name": "sum", **fields}, owner_id=7)


@pytest.mark.parametrize("needs", [{"cpus": "many"}, {"memory_mb": 1.5}, {"memory_mb": 2**31}])
def test_needs_that_no_column_holds_are_an_error(needs: dict[str, object]) -> None:
    with pytest.raises(DataError):
        submit(resource_requirements=needs)

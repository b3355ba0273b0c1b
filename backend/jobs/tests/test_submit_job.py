"""A job is stored once, whole, with the first entry of its history; the same request twice makes one job."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, IntegrityError

from jobs import errors, transitions
from jobs.models import Job, JobStatus
from jobs.transitions import Submitted

from .rows import fresh, sql, submit
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, held, waits_for


def _keyed(digest: str = "d1", *, owner_id: int | None = 7, key: str = "k1") -> Submitted:
    return transitions.submit(
        {"name": "sum"},
        owner_id=owner_id,
        idempotency_key=key,
        idempotency_digest=digest,
        message="Submitted",
    )


@pytest.mark.django_db
def test_it_waits_with_the_first_entry_of_its_history() -> None:
    submitted = _keyed()
    assert submitted.created
    (entry,) = JobStatus.objects.filter(job=submitted.job)
    job = fresh(submitted.job.pk)
    assert (entry.status_type, entry.message, entry.attempt) == ("PENDING", "Submitted", 1)
    assert (job.latest_status_id, job.status_count, job.version) == (entry.pk, 1, 1)
    assert job.available_at == job.status_changed_at == entry.timestamp
    assert broken_promises() == {}


@pytest.mark.django_db
def test_it_is_available_when_it_is_scheduled() -> None:
    at = datetime.now(UTC) + timedelta(days=1)
    assert submit(scheduled_at=at).available_at == at


@pytest.mark.django_db
def test_the_same_request_again_gives_the_same_job() -> None:
    first, again = _keyed(), _keyed()
    assert (again.created, again.job.pk) == (False, first.job.pk)
    assert _keyed(key="k2").created
    assert _keyed(owner_id=8).created
    assert _keyed(key="").created
    assert _keyed(key="").created


@pytest.mark.django_db
def test_a_key_with_another_body_is_refused() -> None:
    first = _keyed()
    with pytest.raises(errors.IdempotencyKeyReused) as refusal:
        _keyed("d2")
    assert refusal.value.job_id == first.job.pk
    assert Job.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"priority": 11}, {"name": ""}, {"max_attempts": 0}])
def test_other_constraints_are_not_taken_for_the_key(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        transitions.submit({"name": "sum", **fields}, owner_id=7, idempotency_key="k1")


@pytest.mark.django_db
@pytest.mark.parametrize("needs", [{"cpus": "many"}, {"memory_mb": 1.5}, {"memory_mb": 2**31}])
def test_needs_that_no_column_holds_are_an_error(needs: dict[str, object]) -> None:
    with pytest.raises(DataError):
        submit(resource_requirements=needs)


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("digest", ["d1", "d2"])
def test_of_two_at_once_the_second_finds_the_first(sides: tuple[Side, Side], digest: str) -> None:
    first, second = sides
    with held(first, _keyed) as (_, one):
        other = second.start(lambda: _keyed(digest))
        assert waits_for(second, first, other)
    made = one.result(LIMIT_SECONDS).job.pk
    if digest == "d1":
        assert (other.result(LIMIT_SECONDS).created, other.result().job.pk) == (False, made)
    else:
        with pytest.raises(errors.IdempotencyKeyReused):
            other.result(LIMIT_SECONDS)
    assert sql("SELECT id FROM jobs_job") == [(made,)]
    assert broken_promises() == {}


@pytest.mark.usefixtures("transactional_db")
def test_after_a_rollback_the_second_makes_the_job(sides: tuple[Side, Side]) -> None:
    first, second = sides
    with held(first, _keyed) as (hold, _):
        hold.roll_back = True
        other = second.start(_keyed)
        assert waits_for(second, first, other)
    assert other.result(LIMIT_SECONDS).created
    assert Job.objects.count() == 1
    assert broken_promises() == {}

"""A request with a key takes effect once, however often and however close together it is sent."""

import pytest
from django.db import transaction

from jobs import errors, idempotency
from jobs.idempotency import KeptAnswer, KeyedRequest, once
from jobs.models import IdempotentRequest, Job

from .rows import sql, submit
from .threads import LIMIT_SECONDS, Side, held, waits_for


def _request(
    digest: str = "d1", *, owner_id: int = 7, key: str = "k1", target: str = "POST /jobs/"
) -> KeyedRequest:
    return KeyedRequest(owner_id, key, target, digest)


def _submit() -> KeptAnswer:
    return KeptAnswer(201, {"Location": f"/jobs/{submit().pk}/"}, b"\x00made")


def _jobs() -> int:
    return Job.objects.count()


@pytest.mark.django_db
def test_the_second_time_it_is_answered_as_the_first_time() -> None:
    first, again = once(_request(), _submit), once(_request(), _submit)

    assert not first.replayed
    assert again == KeptAnswer(201, first.headers, b"\x00made", replayed=True)
    assert _jobs() == 1


@pytest.mark.django_db
def test_keys_and_owners_are_apart() -> None:
    for request in (_request(), _request(key="k2"), _request(owner_id=8)):
        assert not once(request, _submit).replayed
    assert _jobs() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("other", [_request("d2"), _request(target="POST /jobs/1/cancel/")])
def test_a_key_of_another_request_is_refused(other: KeyedRequest) -> None:
    once(_request(), _submit)

    with pytest.raises(errors.IdempotencyKeyReused, match="POST /jobs/"):
        once(other, _submit)
    assert _jobs() == 1


@pytest.mark.django_db
def test_what_was_refused_may_be_tried_again() -> None:
    def refuse() -> KeptAnswer:
        submit()
        raise errors.WrongState("RUNNING")

    with pytest.raises(errors.WrongState):
        once(_request(), refuse)
    assert _jobs() == 0
    assert not once(_request(), _submit).replayed


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("digest", ["d1", "d2"])
def test_of_two_at_once_the_second_waits_for_the_first(sides: tuple[Side, Side], digest: str) -> None:
    first, second = sides
    with held(first, lambda: once(_request(), _submit)) as (_, one):
        other = second.start(lambda: once(_request(digest), _submit))
        assert waits_for(second, first, other)
    made = one.result(LIMIT_SECONDS)
    if digest == "d1":
        assert other.result(LIMIT_SECONDS) == KeptAnswer(201, made.headers, b"\x00made", replayed=True)
    else:
        with pytest.raises(errors.IdempotencyKeyReused):
            other.result(LIMIT_SECONDS)
    assert _jobs() == 1


@pytest.mark.usefixtures("transactional_db")
def test_after_a_rollback_the_second_does_it(sides: tuple[Side, Side]) -> None:
    first, second = sides
    with held(first, lambda: once(_request(), _submit)) as (hold, _):
        hold.roll_back = True
        other = second.start(lambda: once(_request(), _submit))
        assert waits_for(second, first, other)
    assert not other.result(LIMIT_SECONDS).replayed
    assert _jobs() == 1


@pytest.mark.usefixtures("transactional_db")
def test_who_has_waited_as_long_as_for_a_lock_learns_that_it_is_in_progress(sides: tuple[Side, Side]) -> None:
    first, second = sides

    def impatiently() -> KeptAnswer:
        with transaction.atomic():
            sql("SET LOCAL lock_timeout = '50ms'")
            return once(_request(), _submit)

    with held(first, lambda: once(_request(), _submit)):
        other = second.start(impatiently)
        with pytest.raises(errors.RequestInProgress) as refusal:
            other.result(LIMIT_SECONDS)
    assert refusal.value.retry_after == 1
    assert _jobs() == 1


@pytest.mark.django_db
def test_old_answers_are_forgotten_in_batches_and_new_ones_kept() -> None:
    for number in range(7):
        once(_request(key=f"k{number}"), _submit)
    sql("UPDATE jobs_idempotentrequest SET created_at = now() - interval '25 hours' WHERE key <> 'k6'")

    idempotency.prune(most=2, prunes=2)
    assert IdempotentRequest.objects.count() == 3
    idempotency.prune(most=2)

    assert [kept.key for kept in IdempotentRequest.objects.all()] == ["k6"]
    assert once(_request(key="k6"), _submit).replayed

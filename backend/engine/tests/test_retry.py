from dataclasses import replace

import pytest

from engine.retry import LONGEST_DELAY, End, Retry, decide, longest_delay
from jobs.attempts import RetryPolicy
from jobs.states import Reason

THREE = RetryPolicy(max_attempts=3, attempts_used=0, retry_delay=10, retry_on_lost=True)
LAST = replace(THREE, attempts_used=2)


def certain() -> float:
    return 1.0


@pytest.mark.parametrize(
    "reason",
    [
        Reason.EXIT_CODE,
        Reason.SIGNAL,
        Reason.TIMEOUT,
        Reason.OUT_OF_MEMORY,
        Reason.START_FAILED,
        Reason.WORKER_LOST,
    ],
)
def test_it_is_tried_again_while_attempts_are_left(reason: Reason) -> None:
    assert isinstance(decide(reason, THREE), Retry)
    assert decide(reason, LAST) == End()
    assert decide(reason, replace(THREE, max_attempts=1)) == End()


@pytest.mark.parametrize(
    "reason", [Reason.CANCELLED, Reason.DEPENDENCY_FAILED, Reason.POISONOUS, Reason.REJECTED]
)
def test_some_ends_are_final(reason: Reason) -> None:
    assert decide(reason, THREE) == End()


def test_an_interruption_does_not_count() -> None:
    assert decide(Reason.INTERRUPTED, LAST) == Retry(0, counted=False)
    assert decide(Reason.INTERRUPTED, replace(LAST, retry_on_lost=False)) == End()


def test_a_lost_worker_counts_and_is_made_good_at_once() -> None:
    assert decide(Reason.WORKER_LOST, THREE) == Retry(0)
    assert decide(Reason.WORKER_LOST, replace(THREE, retry_on_lost=False)) == End()


def test_the_delay_doubles_up_to_a_cap() -> None:
    delays = [longest_delay(replace(THREE, attempts_used=used)) for used in (0, 1, 2, 3)]
    assert delays == [10, 20, 40, 80]
    assert longest_delay(replace(THREE, attempts_used=30_000)) == LONGEST_DELAY


def test_the_delay_is_a_random_share() -> None:
    assert decide(Reason.EXIT_CODE, THREE, chance=lambda: 0.25) == Retry(2.5)
    assert decide(Reason.EXIT_CODE, THREE, chance=lambda: 0.0) == Retry(0)


def test_no_delay_is_no_delay() -> None:
    assert decide(Reason.EXIT_CODE, replace(THREE, retry_delay=0), chance=certain) == Retry(0)

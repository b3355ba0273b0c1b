import math

import pytest

from engine.capacity import STARVES_AFTER_SECONDS, Resources, choose, choose_ahead
from engine.throughput import Throughput
from jobs.transitions import Candidate

EMPTY = Resources(cpus=8, memory_mb=8000)


def candidate(id: int, cpus: float = 1, memory_mb: int = 0, waiting_seconds: float = 0) -> Candidate:
    return Candidate(id=id, priority=5, cpus=cpus, memory_mb=memory_mb, waiting_seconds=waiting_seconds)


def chosen(*candidates: Candidate, free: Resources = EMPTY, most: int = 100) -> list[int]:
    return list(choose(candidates, free, most).ids)


def test_what_fits_is_taken_in_order() -> None:
    assert chosen(candidate(1, 4), candidate(2, 4), candidate(3, 1)) == [1, 2]


def test_what_does_not_fit_is_passed_over() -> None:
    assert chosen(candidate(1, 6), candidate(2, 4), candidate(3, 2)) == [1, 3]


def test_memory_counts_as_cpus_do() -> None:
    assert chosen(candidate(1, 1, 5000), candidate(2, 1, 5000), candidate(3, 1, 3000)) == [1, 3]


def test_no_more_are_taken_than_asked_for() -> None:
    assert chosen(*(candidate(id) for id in range(1, 9)), most=3) == [1, 2, 3]


def test_tenths_of_a_core_fill_it() -> None:
    tenths = [candidate(id, 0.1) for id in range(1, 12)]
    assert len(chosen(*tenths, free=Resources(1, 0))) == 10


def test_nothing_that_could_delay_a_starving_job_is_started_behind_it() -> None:
    starving = candidate(1, cpus=8, waiting_seconds=STARVES_AFTER_SECONDS)
    choice = choose([starving, candidate(2)], Resources(7, 8000), 100)
    assert choice.ids == ()
    assert choice.held_back


def test_until_it_starves_others_go_first() -> None:
    patient = candidate(1, cpus=8, waiting_seconds=STARVES_AFTER_SECONDS - 1)
    assert chosen(patient, candidate(2), free=Resources(7, 8000)) == [2]


def test_what_a_starving_job_has_no_use_for_may_be_taken() -> None:
    """It waits for memory alone: three cores are left over beside its own five."""
    starving = candidate(1, cpus=5, memory_mb=6000, waiting_seconds=STARVES_AFTER_SECONDS)
    others = [candidate(2, 2), candidate(3, 2), candidate(4, 1, 1), candidate(5, 1)]
    assert chosen(starving, *others, free=Resources(8, 5000)) == [2, 5]


@pytest.mark.parametrize("waiting", [0, STARVES_AFTER_SECONDS])
def test_a_job_as_large_as_the_machine_runs_when_it_is_empty(waiting: float) -> None:
    assert chosen(candidate(1, 8, 8000, waiting)) == [1]


def ahead(*candidates: Candidate, most: int = 100, least_priority: float = math.inf) -> list[int]:
    return choose_ahead(candidates, Resources(2, 4000), least_priority, most, most_urgent=1)


def test_ahead_go_the_first_up_to_one_that_is_too_large() -> None:
    assert ahead(candidate(1), candidate(2, 2), candidate(3, 3), candidate(4)) == [1, 2]
    assert ahead(candidate(1), candidate(2, 1, 5000), candidate(3)) == [1]
    assert ahead(candidate(1), candidate(2), candidate(3), most=2) == [1, 2]


def test_ahead_of_what_is_held_goes_what_is_more_urgent() -> None:
    assert ahead(candidate(1), candidate(2), most=0) == []
    assert ahead(candidate(1), candidate(2), most=0, least_priority=5) == []
    assert ahead(candidate(1), candidate(2), most=0, least_priority=4) == [1]


def test_throughput_is_of_the_last_second() -> None:
    seen = Throughput()
    seen.note([Resources(1, 100), Resources(0.5, 300)], 10.0)
    seen.note([Resources(0.1, 1)], 10.8)
    assert (seen.per_second(10.9), seen.largest()) == (3, Resources(1, 300))
    assert (seen.per_second(11.1), seen.largest()) == (1, Resources(0.1, 1))
    assert (seen.per_second(12), seen.largest()) == (0, Resources(0, 0))

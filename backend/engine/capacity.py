"""What fits a machine, in the order of the queue. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from jobs.transitions import Candidate

STARVES_AFTER_SECONDS = 300.0
_EPSILON = 1e-9  # sums of tenths of a core are not exact


@dataclass(frozen=True, slots=True)
class Resources:
    """CPUs and megabytes of memory."""

    cpus: float
    memory_mb: int

    def holds(self, other: "Resources") -> bool:
        return other.cpus <= self.cpus + _EPSILON and other.memory_mb <= self.memory_mb

    def less(self, other: "Resources") -> "Resources":
        """What is left without `other`; never below nothing."""
        return Resources(max(0.0, self.cpus - other.cpus), max(0, self.memory_mb - other.memory_mb))

    def kept_for(self, waiting: "Resources") -> "Resources":
        """What others may take without making `waiting` wait longer.

        Nothing of what it lacks, for whatever is freed of that is its own; of what there is enough, the rest.
        """
        lacks_cpus = waiting.cpus > self.cpus + _EPSILON
        lacks_memory = waiting.memory_mb > self.memory_mb
        return Resources(
            0.0 if lacks_cpus else self.cpus - waiting.cpus,
            0 if lacks_memory else self.memory_mb - waiting.memory_mb,
        )


UNBOUNDED = Resources(math.inf, 2**31 - 1)


def total(needs: Iterable[Resources]) -> Resources:
    """What all of them need together."""
    cpus, memory_mb = 0.0, 0
    for need in needs:
        cpus += need.cpus
        memory_mb += need.memory_mb
    return Resources(cpus, memory_mb)


@dataclass(frozen=True, slots=True)
class Choice:
    """`ids` to start, in order. `held_back`: room is being kept for a job that has waited long."""

    ids: tuple[int, ...]
    held_back: bool


def choose_ahead(
    candidates: Iterable[Candidate], largest: Resources, least_priority: float, most: int, most_urgent: int
) -> list[int]:
    """The candidates to hold ready for the next room, in their order: at most `most`.

    None behind one that asks for more than `largest`: what is freed next would not do for it. Those above
    `least_priority` go first wherever they come from: `most_urgent` of them, however many are held already.
    """
    chosen: list[int] = []
    for candidate in candidates:
        limit = max(most, most_urgent) if candidate.priority > least_priority else most
        if len(chosen) >= limit or not largest.holds(Resources(candidate.cpus, candidate.memory_mb)):
            break
        chosen.append(candidate.id)
    return chosen


def choose(candidates: Iterable[Candidate], free: Resources, most: int) -> Choice:
    """The candidates to start now: in their order, each that fits what those before it leave, at most `most`.

    One that does not fit is passed over, until it has waited five minutes: then nothing behind it that could
    delay it is started.
    """
    chosen: list[int] = []
    held_back = False
    for candidate in candidates:
        if len(chosen) >= most:
            break
        need = Resources(candidate.cpus, candidate.memory_mb)
        if free.holds(need):
            chosen.append(candidate.id)
            free = free.less(need)
        elif candidate.waiting_seconds >= STARVES_AFTER_SECONDS:
            held_back = True
            free = free.kept_for(need)
    return Choice(tuple(chosen), held_back)

"""How often progress is written: a job's row at most once a second, its history now and then. Pure.

A note in the history comes with every five points or thirty seconds, at most two hundred times an attempt.
"""

from dataclasses import dataclass

from engine.progress import Progress, Source

SECONDS_BETWEEN = 1.0
POINTS_BETWEEN_NOTES = 5
SECONDS_BETWEEN_NOTES = 30.0
MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class News:
    """What to write now; `note`: into the history too."""

    progress: Progress
    note: bool


class Throttle:
    """The progress of one attempt. `now` is any clock in seconds that only goes forward."""

    def __init__(self, notes: int = 0) -> None:
        self._said: Progress | None = None
        self._source = Source.BAR
        self._written: Progress | None = None
        self._written_at = float("-inf")
        self._noted: int | None = None
        self._noted_at = float("-inf")
        self._notes = notes

    def hear(self, source: Source, progress: Progress) -> None:
        """Take what the job says, unless a better source has spoken before."""
        if source >= self._source:
            self._source = source
            self._said = progress

    def due_at(self) -> float | None:
        """When there is something to write; None when there is nothing new."""
        if self._said is None or self._said == self._written:
            return None
        return self._written_at + SECONDS_BETWEEN

    def news(self, now: float, *, last: bool = False) -> News | None:
        """What is to be written now, if anything. `last`: the attempt has ended, so nothing is put off."""
        due = self.due_at()
        if due is None or self._said is None or (due > now and not last):
            return None
        return News(self._said, self._is_worth_a_note(self._said.percent, now))

    def written(self, news: News, now: float) -> None:
        """The news has been stored."""
        self._written, self._written_at = news.progress, now
        if news.note:
            self._noted, self._noted_at = news.progress.percent, now
            self._notes += 1

    def _is_worth_a_note(self, percent: int, now: float) -> bool:
        if self._notes >= MOST_NOTES:
            return False
        if self._noted is None or abs(percent - self._noted) >= POINTS_BETWEEN_NOTES:
            return True
        return now - self._noted_at >= SECONDS_BETWEEN_NOTES

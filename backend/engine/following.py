"""Follows jobs that run: when they began, what they write, piece by piece, and how far they have come."""

import logging
import math
from collections.abc import Iterator, Sequence

from django.db import Error

from engine import lookups
from engine.database import all_or_each, is_bad_data
from engine.in_flight import AttemptInFlight, InFlight, Phase, now
from engine.progress import Source, parse_file
from engine.throttle import News
from jobs import failpoints, logs, transitions
from jobs.logs import CHUNK_BYTES, STREAMS, Piece
from jobs.transitions import ProgressNews

ROUNDS = 4
"""Pieces of each stream that are shipped before the rest of the agent's work has its turn."""

MOST_BYTES_AT_ONCE = 4 * 1024 * 1024
"""In one statement, and what one attempt adds to that."""

SECONDS_BETWEEN_PIECES = 0.1
SECONDS_BETWEEN_LOOKS = 1.0
"""Events of output can be lost, and a progress file causes none."""

LINGERS = (
    "It has ended, but some of its processes cannot be ended. It keeps its place here and runs nowhere else "
    "until they are gone or the machine is restarted."
)

_Written = tuple[AttemptInFlight, list[Piece]]

log = logging.getLogger(__name__)


class Follower:
    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._next_poll = 0.0

    def output(self, attempt_id: int) -> None:
        """The executor says that there is some."""
        if attempt := self._in_flight.get(attempt_id):
            attempt.has_news = True

    def ended(self, attempt_id: int) -> None:
        """The executor says that its end is on record."""
        if attempt := self._in_flight.get(attempt_id):
            self._look_for_end(attempt)

    def lingers(self, attempt_id: int) -> None:
        """The executor says that some of its processes cannot be ended."""
        if attempt := self._in_flight.get(attempt_id):
            attempt.lingers = True

    def poll(self, moment: float) -> None:
        """See for ourselves what is new, now and then."""
        running = self._in_flight.running_within_reach()
        if moment < self._next_poll or not running:
            return
        self._next_poll = moment + SECONDS_BETWEEN_LOOKS
        for attempt in running:
            attempt.has_news |= attempt.has_more_log()
            _read_progress(attempt)
            self._look_for_end(attempt)

    def due_at(self) -> float | None:
        """When there is something to do of which nobody will tell us."""
        moments = [self._next_poll] if self._in_flight.running_within_reach() else []
        for attempt in self._in_flight.within_reach():
            if attempt.has_news:
                moments.append(max(attempt.ship_again_at, attempt.back_off_until))
            if attempt.phase is Phase.RUNNING:
                moments.append(attempt.note_start_at)
                if (due := attempt.throttle.due_at()) is not None:
                    moments.append(max(due, attempt.back_off_until))
        return min(moments, default=None)

    def ship(self) -> None:
        """Ship a few pieces of everybody in turn, so that a flood does not hold up its neighbours."""
        for _ in range(ROUNDS):
            moment = now()
            waiting = [
                one
                for one in self._in_flight.within_reach()
                if one.has_news and max(one.ship_again_at, one.back_off_until) <= moment
            ]
            if not waiting:
                return
            for some in _next_pieces(waiting):
                all_or_each(some, _ship, _not_shipped)

    def note_starts(self) -> None:
        """Write when those began that still run after a moment; the end of what was quicker says it too."""
        moment = now()
        due = [one for one in self._in_flight.running_within_reach() if one.note_start_at <= moment]
        all_or_each(due, _note_starts, lambda attempt, _: _start_is_noted(attempt))

    def report(self) -> None:
        """Write the progress that is due; of what has ended, the last."""
        moment = now()
        lingering = [
            one
            for one in self._in_flight.running_within_reach()
            if one.lingers and one.ours and not one.said_that_it_lingers and one.back_off_until <= moment
        ]
        all_or_each(lingering, _say_that_they_linger, lambda attempt, _: attempt.back_off(moment))
        due = [
            (attempt, news)
            for attempt in self._in_flight.within_reach()
            if attempt.ours
            and attempt.phase in (Phase.RUNNING, Phase.ENDED)
            and attempt.back_off_until <= moment
            if (news := attempt.throttle.news(moment, last=attempt.phase is Phase.ENDED))
        ]
        all_or_each(
            due, lambda items: _report(items, moment), lambda item, error: _not_reported(*item, error, moment)
        )

    def _look_for_end(self, attempt: AttemptInFlight) -> None:
        if (exit := attempt.executor.exit(attempt.ref)) is not None:
            # The last that it said of its progress came before its end.
            _read_progress(attempt)
            attempt.ended_with(exit, settle_at=self._in_flight.settle_at(now()))


def _next_pieces(attempts: Sequence[AttemptInFlight]) -> Iterator[list[_Written]]:
    """What comes next of each stream, with its attempt, as much at once as may be held in memory."""
    some: list[_Written] = []
    size = 0
    for attempt in attempts:
        pieces = [
            Piece(attempt.ref, stream, offset, data)
            for stream, offset in attempt.shipped.items()
            if (data := attempt.executor.read_log(attempt.ref, stream, offset, CHUNK_BYTES))
        ]
        some.append((attempt, pieces))
        size += sum(len(piece.data) for piece in pieces)
        if size >= MOST_BYTES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _ship(items: Sequence[_Written]) -> None:
    stored = logs.ship_many([piece for _, pieces in items for piece in pieces])
    if stored:
        failpoints.reach("agent.shipped")
    moment = now()
    for attempt, pieces in items:
        attempt.has_news = any(len(piece.data) == CHUNK_BYTES for piece in pieces)
        for piece in pieces:
            if (attempt.id, piece.stream) in stored:
                attempt.shipped[piece.stream] += len(piece.data)
                if heard := attempt.scanners[piece.stream].feed(piece.data):
                    attempt.throttle.hear(*heard)
        if any((attempt.id, piece.stream) not in stored for piece in pieces):
            _catch_up(attempt, moment)
            continue
        attempt.failures = 0
        if not attempt.has_news and attempt.phase is Phase.RUNNING:
            attempt.ship_again_at = moment + SECONDS_BETWEEN_PIECES


def _catch_up(attempt: AttemptInFlight, moment: float) -> None:
    """An earlier call did store it: go on from what is stored. Or somebody has its row, or it is gone."""
    stored = lookups.shipped(attempt.ref)
    attempt.has_news = stored is not None
    if stored is None:
        attempt.shipped = {name: attempt.executor.log_size(attempt.ref, name) for name in STREAMS}
    elif stored == attempt.shipped:
        attempt.give_way(moment)
    else:
        attempt.shipped = stored


def _not_shipped(item: _Written, error: Error) -> None:
    attempt, _ = item
    if is_bad_data(error):
        attempt.back_off(now())
    else:
        attempt.give_way(now())


def _read_progress(attempt: AttemptInFlight) -> None:
    """Take in what the job's file of progress says, if it has changed."""
    data = attempt.executor.progress(attempt.ref)
    if data is None or data == attempt.progress_seen:
        return
    attempt.progress_seen = data
    if (progress := parse_file(data)) is not None:
        attempt.throttle.hear(Source.FILE, progress)


def _note_starts(attempts: Sequence[AttemptInFlight]) -> None:
    transitions.start([(one.ref, one.started_at) for one in attempts if one.started_at is not None])
    failpoints.reach("agent.noted")
    for attempt in attempts:
        _start_is_noted(attempt)


def _start_is_noted(attempt: AttemptInFlight) -> None:
    attempt.note_start_at = math.inf


def _say_that_they_linger(attempts: Sequence[AttemptInFlight]) -> None:
    written = transitions.report_progress([ProgressNews(one.ref, None, LINGERS, True) for one in attempts])
    for attempt in attempts:
        attempt.said_that_it_lingers = attempt.ref.job_id in written


def _report(items: Sequence[tuple[AttemptInFlight, News]], moment: float) -> None:
    written = transitions.report_progress([_progress_news(attempt, news) for attempt, news in items])
    for attempt, news in items:
        if attempt.ref.job_id in written:
            attempt.throttle.written(news, moment)
        elif attempt.phase is Phase.RUNNING:
            # What has ended is settled next, and that tells whose it is.
            attempt.give_way(moment)


def _not_reported(attempt: AttemptInFlight, news: News, error: Error, moment: float) -> None:
    if is_bad_data(error):
        attempt.throttle.written(news, moment)
    else:
        attempt.back_off(moment)


def _progress_news(attempt: AttemptInFlight, news: News) -> ProgressNews:
    return ProgressNews(attempt.ref, news.progress.percent, news.progress.message, news.note)

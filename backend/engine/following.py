"""Follows what jobs write: their logs into the database, piece by piece, and how far they have come."""

import logging

from django.db import Error

from engine import lookups
from engine.database import all_or_each, is_away
from engine.held import Hands, Held, Phase, now
from engine.progress import Source, parse_file
from engine.throttle import News
from jobs import failpoints, logs, transitions
from jobs.logs import CHUNK_BYTES, STREAMS, Stream
from jobs.transitions import ProgressNews

ROUNDS = 4
"""Pieces of each stream that are shipped before the rest of the agent's work has its turn."""

SECONDS_BETWEEN_PIECES = 0.1
SECONDS_BETWEEN_LOOKS = 1.0
"""Hints of output can be lost, and the progress file gives none."""

log = logging.getLogger(__name__)


class Follower:
    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._next_look = 0.0

    def output(self, attempt_id: int) -> None:
        """The executor says that there is some."""
        if held := self._hands.get(attempt_id):
            held.has_news = True

    def ended(self, attempt_id: int) -> None:
        """The executor says that its end is on record."""
        if held := self._hands.get(attempt_id):
            _look_for_end(held)

    def look_around(self, moment: float) -> None:
        """See for ourselves what is new, now and then."""
        running = self._hands.running()
        if moment < self._next_look or not running:
            return
        self._next_look = moment + SECONDS_BETWEEN_LOOKS
        for held in running:
            held.has_news |= any(held.folder.size(stream) > held.shipped[stream] for stream in STREAMS)
            _read_progress_file(held)
            _look_for_end(held)

    def due_at(self) -> float | None:
        """When there is something to do of which nobody will tell us."""
        moments = [self._next_look] if self._hands.running() else []
        for held in self._hands:
            if held.has_news:
                moments.append(max(held.ship_again_at, held.left_alone_until))
            if (due := held.throttle.due_at()) is not None and held.phase is Phase.RUNNING:
                moments.append(max(due, held.left_alone_until))
        return min(moments, default=None)

    def ship(self) -> None:
        """Ship a few pieces of everybody in turn, so that a flood does not hold up its neighbours."""
        for _ in range(ROUNDS):
            moment = now()
            hungry = [
                h for h in self._hands if h.has_news and max(h.ship_again_at, h.left_alone_until) <= moment
            ]
            if not hungry:
                return
            for held in hungry:
                self._ship_next(held, moment)

    def report(self) -> None:
        """Write the progress that is due; of what has ended, the last."""
        moment = now()
        due = {
            held.attempt_id: (held, news)
            for held in self._hands
            if held.ours and held.phase in (Phase.RUNNING, Phase.ENDED) and held.left_alone_until <= moment
            if (news := held.throttle.news(moment, last=held.phase is Phase.ENDED))
        }
        all_or_each(
            list(due.values()),
            lambda items: _report([_progress_news(held, news) for held, news in items]),
            lambda item: item[0].leave_alone(moment),
        )
        for held, news in due.values():
            held.throttle.written(news, moment)

    def _ship_next(self, held: Held, moment: float) -> None:
        try:
            more = [self._ship_piece(held, stream) for stream in STREAMS]
        except Error as error:
            if is_away(error):
                raise
            log.exception("The log of attempt %d could not be stored.", held.attempt_id)
            held.leave_alone(moment)
            return
        held.has_news = any(more)
        if not held.has_news and held.phase is Phase.RUNNING:
            held.ship_again_at = moment + SECONDS_BETWEEN_PIECES

    def _ship_piece(self, held: Held, stream: Stream) -> bool:
        """Ship what comes next of a stream; True when there may be more right away."""
        offset = held.shipped[stream]
        data = held.folder.read(stream, offset, CHUNK_BYTES)
        if not data:
            return False
        if logs.ship(held.attempt_id, held.lease, stream, offset, data):
            held.shipped[stream] = offset + len(data)
            failpoints.reach("agent.shipped")
            if heard := held.scanners[stream].feed(data):
                held.throttle.hear(*heard)
            return len(data) == CHUNK_BYTES
        return self._catch_up(held, stream)

    def _catch_up(self, held: Held, stream: Stream) -> bool:
        """An earlier call did store it, or the attempt is gone with its job: go on from what is stored."""
        stored = lookups.shipped(held.attempt_id, held.lease)
        if stored is None:
            held.shipped = {name: held.folder.size(name) for name in STREAMS}
            return False
        moved_on = stored[stream] != held.shipped[stream]
        held.shipped = stored
        return moved_on


def _look_for_end(held: Held) -> None:
    if (exit := held.folder.exit()) is not None:
        # The last that it said of its progress came before its end.
        _read_progress_file(held)
        held.ended_with(exit)


def _read_progress_file(held: Held) -> None:
    """Take in what the job's progress file says, if it has changed."""
    signature = held.folder.progress_signature()
    if signature is None or signature == held.progress_seen:
        return
    held.progress_seen = signature
    data = held.folder.progress()
    if data is not None and (progress := parse_file(data)) is not None:
        held.throttle.hear(Source.FILE, progress)


def _report(news: list[ProgressNews]) -> None:
    transitions.report_progress(news)


def _progress_news(held: Held, news: News) -> ProgressNews:
    facts = held.facts
    return ProgressNews(
        facts.job_id, facts.attempt, facts.lease, news.progress.percent, news.progress.message, news.note
    )

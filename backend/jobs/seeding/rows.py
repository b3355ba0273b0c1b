"""Made-up jobs as lines for COPY, the same ones for the same seed. Pure: no Django, no database.

Lines are put together by hand: at tens of thousands of jobs a second nothing dearer fits.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from random import Random

from ..states import Status
from .lives import DAY_MS, FARTHEST_DAYS, Life, Lives, Outcome, Try
from .vocabulary import NODES, Topic, topics

BATCH = 20_000
"""Jobs made from one state of chance: what is repeatable as a whole, and what COPY is given at once."""

COLUMNS = {
    "jobs_job": "id name description priority created_at updated_at scheduled_at completed_at error_message"
    " result_data resource_requirements status status_message progress status_changed_at latest_status_id"
    " status_count command environment working_directory queue tags owner_id executor max_attempts"
    " retry_delay retry_on_lost timeout attempt attempts_used available_at started_at exit_code signal reason"
    " worker_name cancel_requested_at cancel_requested_by version",
    "jobs_attempt": "id job_id number worker_name dispatched_at started_at ended_at exit_code signal reason"
    " error_message result_data usage shipped_stdout lines_stdout log_complete",
    "jobs_jobstatus": 'id job_id status_type "timestamp" message progress attempt',
    "jobs_logchunk": 'attempt_id stream "offset" size data first_line',
}
"""What the lines hold, by table, in the order in which tables are to be filled."""

_NULL = r"\N"
_CLOCK = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86_400)]
_THOUSANDTHS = [f".{part:03}+00" for part in range(1000)]
_OPEN = f"{_NULL}\t{_NULL}\t"  # the outcome of what has none
_WITH_LOG = 0.02
_WITH_RESULT = 0.15
_LOGS = 64  # different ones; several attempts wrote the same


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to make. `start` and `until` bound created_at; `waiting` is the share of jobs that have not ended.

    `owners` are ids of users, the busiest first; `last_…` are the ids before the first new ones.
    """

    jobs: int
    seed: int
    start: datetime
    until: datetime
    waiting: float
    owners: tuple[int, ...]
    last_job: int = 0
    last_attempt: int = 0
    last_status: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines by table, and the newest ids that they use."""

    jobs: int
    last_attempt: int
    last_status: int
    lines: dict[str, bytes]


def batches(recipe: Recipe) -> Iterator[Batch]:
    """All of them, in the order of their ids."""
    writer = _Writer(recipe)
    for first in range(0, recipe.jobs, BATCH):
        yield writer.batch(range(first, min(first + BATCH, recipe.jobs)))


def send(recipe: Recipe, to: Connection) -> None:
    """Hand them over, batch by batch, to another process; end when that one is gone."""
    with suppress(BrokenPipeError):
        for batch in batches(recipe):
            to.send(batch)


@dataclass(frozen=True, slots=True)
class _Text:
    """What an attempt wrote, in one piece; `data` as COPY reads bytes."""

    size: int
    lines: int
    data: str


class _Writer:
    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._attempt, self._status = recipe.last_attempt, recipe.last_status
        chance = _chance(recipe.seed, "lives and logs")
        self._lives = Lives(
            chance, jobs=recipe.jobs, start=recipe.start, until=recipe.until, waiting=recipe.waiting
        )
        self._days = _days(self._lives.start // DAY_MS, self._lives.until // DAY_MS + FARTHEST_DAYS)
        self._written: dict[int, str] = {}  # moments: most stand in several lines
        self._texts = [_text(chance) for _ in range(_LOGS)]

    def batch(self, indexes: range) -> Batch:
        """The jobs of these indexes, counted from 0."""
        chance = _chance(self._recipe.seed, indexes.start)
        self._written.clear()
        about = list(topics(chance, indexes, self._recipe.owners))
        lives = self._lives.draw(chance, [not topic.command for topic in about], indexes.start)
        lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
        for index, topic, life in zip(indexes, about, lives, strict=True):
            self._write(lines, index, topic, life, chance)
        made = {table: "".join(some).encode() for table, some in lines.items()}
        return Batch(len(indexes), self._attempt, self._status, made)

    def _write(
        self, lines: dict[str, list[str]], index: int, topic: Topic, life: Life, chance: Random
    ) -> None:
        job = self._recipe.last_job + 1 + index
        result = _NULL
        if life.end and life.end.status is Status.COMPLETED and chance.random() < _WITH_RESULT:
            result = f'{{"score": {chance.random():.4f}}}'
        for number, one in enumerate(life.tries, start=1):
            self._attempt += 1
            text = self._texts[index % _LOGS] if topic.command and chance.random() < _WITH_LOG else None
            its_result = result if number == len(life.tries) else _NULL
            lines["jobs_attempt"].append(self._attempt_line((index, number), one, topic, its_result, text))
            if text:
                lines["jobs_logchunk"].append(f"{self._attempt}\tstdout\t0\t{text.size}\t{text.data}\t0\n")
        for step in life.steps:
            self._status += 1
            lines["jobs_jobstatus"].append(
                f"{self._status}\t{job}\t{step.status}\t{self._at(step.at)}\t{step.message}\t\\N\t{step.attempt}\n"
            )
        lines["jobs_job"].append(self._job_line(index, topic, life, result))

    def _attempt_line(
        self, key: tuple[int, int], one: Try, topic: Topic, result: str, text: _Text | None
    ) -> str:
        index, number = key
        started = self._at(one.started)
        dispatched, usage = _NULL, "{}"
        if topic.command:
            dispatched = started
            cpu = (one.ended - one.started) * 0.0009
            usage = (
                f'{{"max_rss_mb": {index % 4000}, "cpu_seconds": {cpu:.1f}, "read_mb": 1.5, "write_mb": 0.2}}'
            )
        ended, outcome, error, complete = _NULL, _OPEN, "", "f"
        if one.outcome:
            ended, complete = self._at(one.ended), "t"
            outcome, error = _outcome(one.outcome), one.outcome.error
        wrote = f"{text.size}\t{text.lines}" if text else "0\t0"
        return (
            f"{self._attempt}\t{self._recipe.last_job + 1 + index}\t{number}\t{_worker(index, topic)}"
            f"\t{dispatched}\t{started}\t{ended}\t{outcome}\t{error}\t{result}\t{usage}\t{wrote}\t{complete}\n"
        )

    def _job_line(self, index: int, topic: Topic, life: Life, result: str) -> str:
        last, tries = life.steps[-1], life.tries
        created, changed = self._at(life.created), self._at(last.at)
        scheduled = self._at(life.scheduled) if life.scheduled else _NULL
        started = self._at(tries[-1].started) if tries else _NULL
        ended, outcome, error, used = _NULL, _OPEN, "", 0
        progress = index % 100 if tries else _NULL
        if life.end:
            ended, progress = changed, _NULL
            outcome, error = _outcome(life.end), life.end.error
            used = len(tries) if topic.command else 0
        by = f"{changed}\tada" if last.status == "CANCELLED" and topic.command else f"{_NULL}\t"
        return (
            f"{self._recipe.last_job + 1 + index}\t{topic.name}\t{topic.description}\t{topic.priority}"
            f"\t{created}\t{changed}\t{scheduled}\t{ended}\t{error}\t{result}\t{topic.resources}"
            f"\t{last.status}\t{last.message}\t{progress}\t{changed}\t{self._status}\t{len(life.steps)}"
            f"\t{topic.command}\t{topic.environment}\t\t{topic.queue}\t{topic.tags}\t{topic.owner_id}"
            f"\t{topic.executor}\t{3 if len(tries) > 1 or index % 3 == 0 else 1}\t10\tt"
            f"\t{_NULL if index % 5 else 86400}\t{last.attempt}\t{used}"
            f"\t{scheduled if life.scheduled else created}\t{started}\t{outcome}"
            f"\t{_worker(index, topic) if tries else ''}\t{by}\t{len(life.steps)}\n"
        )

    def _at(self, milliseconds: int) -> str:
        written = self._written.get(milliseconds)
        if written is None:
            day, rest = divmod(milliseconds, DAY_MS)
            second, thousandth = divmod(rest, 1000)
            written = f"{self._days[day]}{_CLOCK[second]}{_THOUSANDTHS[thousandth]}"
            self._written[milliseconds] = written
        return written


@cache
def _outcome(end: Outcome) -> str:
    """The exit code, signal and reason of it."""
    return f"{_number(end.exit_code)}\t{_number(end.signal)}\t{end.reason}"


def _worker(index: int, topic: Topic) -> str:
    """Who had it; of tracked jobs nobody is known."""
    return NODES[index % len(NODES)] if topic.command else ""


def _number(value: int | None) -> str:
    return _NULL if value is None else str(value)


def _chance(seed: int, what: object) -> Random:
    return Random(f"{seed} {what}")


def _days(first: int, last: int) -> dict[int, str]:
    """What comes before the time of day, by number of the day since 1970."""
    start = datetime.fromtimestamp(first * DAY_MS // 1000, UTC)
    return {first + n: f"{start + timedelta(days=n):%Y-%m-%d} " for n in range(last - first + 1)}


def _text(chance: Random) -> _Text:
    lines = [f"step {n:4} loss {chance.random():.5f}\n" for n in range(chance.choice((3, 12, 40, 300)))]
    data = "".join(lines).encode()
    return _Text(len(data), len(lines), rf"\\x{zlib.compress(data, 1).hex()}")

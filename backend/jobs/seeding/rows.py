"""Made-up jobs as lines for COPY, the same ones for the same seed. Pure: no Django, no database.

Lines are put together by hand: at tens of thousands of jobs a second nothing dearer fits.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from random import Random

from ..states import Status
from .lives import DAY_MS, FARTHEST_DAYS, Life, Lives, Try
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
        self._texts = [_text(chance) for _ in range(_LOGS)]

    def batch(self, indexes: range) -> Batch:
        """The jobs of these indexes, counted from 0."""
        chance = _chance(self._recipe.seed, indexes.start)
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
        end, started = one.outcome, self._at(one.started)
        cpu = (one.ended - one.started) * 0.0009
        usage = f'{{"max_rss_mb": {index % 4000}, "cpu_seconds": {cpu:.1f}, "read_mb": 1.5, "write_mb": 0.2}}'
        return "\t".join(
            (
                str(self._attempt),
                str(self._recipe.last_job + 1 + index),
                str(number),
                _worker(index, topic),
                started if topic.command else _NULL,
                started,
                self._at(one.ended) if end else _NULL,
                _number(end.exit_code if end else None),
                _number(end.signal if end else None),
                end.reason if end else "",
                end.error if end else "",
                result,
                usage if topic.command else "{}",
                str(text.size if text else 0),
                str(text.lines if text else 0),
                "t\n" if end else "f\n",
            )
        )

    def _job_line(self, index: int, topic: Topic, life: Life, result: str) -> str:
        last, end = life.steps[-1], life.end
        created, changed = self._at(life.created), self._at(last.at)
        scheduled = self._at(life.scheduled) if life.scheduled else _NULL
        cancelled = last.status == "CANCELLED" and bool(topic.command)
        return "\t".join(
            (
                str(self._recipe.last_job + 1 + index),
                topic.name,
                topic.description,
                topic.priority,
                created,
                changed,
                scheduled,
                changed if end else _NULL,
                end.error if end else "",
                result,
                topic.resources,
                last.status,
                last.message,
                _NULL if end or not life.tries else str(index % 100),
                changed,
                str(self._status),
                str(len(life.steps)),
                topic.command,
                topic.environment,
                "",
                topic.queue,
                topic.tags,
                topic.owner_id,
                topic.executor,
                "3" if len(life.tries) > 1 or index % 3 == 0 else "1",
                "10",
                "t",
                "86400" if index % 5 == 0 else _NULL,
                str(last.attempt),
                str(len(life.tries) if end and topic.command else 0),
                scheduled if life.scheduled else created,
                self._at(life.tries[-1].started) if life.tries else _NULL,
                _number(end.exit_code if end else None),
                _number(end.signal if end else None),
                end.reason if end else "",
                _worker(index, topic) if life.tries else "",
                changed if cancelled else _NULL,
                "ada" if cancelled else "",
                f"{len(life.steps)}\n",
            )
        )

    def _at(self, milliseconds: int) -> str:
        day, rest = divmod(milliseconds, DAY_MS)
        second, thousandth = divmod(rest, 1000)
        return f"{self._days[day]}{_CLOCK[second]}.{thousandth:03}+00"


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

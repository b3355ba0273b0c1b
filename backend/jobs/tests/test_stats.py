"""The series are what a naive count of every change gives, however rows change and whatever is folded."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from jobs import counters
from jobs.counters import Slice
from jobs.models import Job
from jobs.states import ENDED, Status
from jobs.stats import stats
from jobs.timeline import Bucket, Timeline

NOW = datetime.now(UTC)
DAYS = 12
PARTS = [Slice(), Slice(queue="a"), Slice(owner="ada"), Slice(queue="b", owner="bob"), Slice(queue="none")]
TIMES = {
    "waiting_time": "started",
    "execution_time": "completed",
    "failed_after": "failed",
    "cancelled_after": "cancelled",
}
SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
WORDS = {Status.COMPLETED: "completed", Status.FAILED: "failed", Status.CANCELLED: "cancelled"}


@dataclass(frozen=True)
class Row:
    """A job as a naive reader knows it."""

    queue: str
    owner: str | None
    status: str
    created_at: datetime
    available_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


@dataclass
class Change:
    """Something that was seen to happen to a job of this queue and owner."""

    at: datetime
    queue: str
    owner: str | None
    event: str = ""
    seconds: float | None = None
    levels: Counter[str] = field(default_factory=Counter)


@dataclass
class Ledger:
    """Compares the rows with what they were and notes what has happened."""

    known: dict[int, Row] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def look(self, *, restored: bool = False) -> None:
        columns = (
            "queue",
            "owner__username",
            "status",
            "created_at",
            "available_at",
            "started_at",
            "completed_at",
        )
        rows = {pk: Row(*values) for pk, *values in Job.objects.values_list("pk", *columns)}
        for pk in rows.keys() | self.known.keys():
            self.changes += _changes(self.known.get(pk), rows.get(pk), restored=restored)
        self.known = rows

    def of(self, part: Slice) -> list[Change]:
        return [
            change
            for change in self.changes
            if part.queue in (None, change.queue) and part.owner in (None, change.owner)
        ]


def _changes(old: Row | None, new: Row | None, *, restored: bool) -> Iterator[Change]:
    now = datetime.now(UTC)
    if new is None:
        assert old is not None
        yield Change(now, old.queue, old.owner, levels=Counter({old.status: -1}))
    elif old is None and restored:
        yield Change(now, new.queue, new.owner, levels=Counter({new.status: 1}))
    elif old is None:
        yield from _life(new)
    elif (old.queue, old.owner) != (new.queue, new.owner):
        assert old.status == new.status
        yield Change(now, old.queue, old.owner, levels=Counter({old.status: -1}))
        yield Change(now, new.queue, new.owner, levels=Counter({new.status: 1}))
    elif old.status != new.status:
        yield _move(new, old.status)


def _life(row: Row) -> Iterator[Change]:
    yield Change(row.created_at, row.queue, row.owner, "submitted", levels=Counter({"PENDING": 1}))
    if row.started_at:
        begun = Row(row.queue, row.owner, "RUNNING", row.created_at, row.available_at, row.started_at, None)
        yield _move(begun, "PENDING")
    if row.completed_at:
        yield _move(row, "RUNNING" if row.started_at else "PENDING")


def _move(row: Row, before: str) -> Change:
    levels = Counter({before: -1, row.status: 1})
    if row.status == "PENDING":
        return Change(datetime.now(UTC), row.queue, row.owner, "retried", levels=levels)
    if row.status == "RUNNING":
        assert row.started_at
        waited = max((row.started_at - row.available_at).total_seconds(), 0)
        return Change(row.started_at, row.queue, row.owner, "started", waited, levels)
    assert row.completed_at
    seconds = max((row.completed_at - row.started_at).total_seconds(), 0) if row.started_at else None
    return Change(row.completed_at, row.queue, row.owner, WORDS[Status(row.status)], seconds, levels)


def _check(ledger: Ledger, line: Timeline, part: Slice) -> None:
    found = stats(line, part)
    changes = ledger.of(part)
    assert len(found["series"]) == len(line.starts)
    for bucket in found["series"]:
        inside = [change for change in changes if bucket["from"] <= change.at < bucket["to"]]
        _check_events(bucket, inside)
        levels: Counter[str] = Counter()
        for change in changes:
            if change.at < bucket["to"]:
                levels.update(change.levels)
        assert (bucket["pending"], bucket["running"]) == (levels["PENDING"], levels["RUNNING"])
    _check_events(found, [change for change in changes if line.start <= change.at < line.end])


def _check_events(found: dict[str, Any], changes: list[Change]) -> None:
    events = Counter(change.event for change in changes)
    for word in ("submitted", "started", "retried", "completed", "failed", "cancelled"):
        assert found[word] == events[word]
    for key, event in TIMES.items():
        seconds = [
            change.seconds for change in changes if change.event == event and change.seconds is not None
        ]
        assert found[key] == _times(sorted(seconds))


def _times(seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        return dict.fromkeys(("average", "p50", "p90", "p99"))
    percentiles = {name: seconds[ceil(share * len(seconds)) - 1] for name, share in SHARES.items()}
    return {
        "average": pytest.approx(sum(seconds) / len(seconds), abs=0.001),
        **{name: pytest.approx(true, rel=0.05, abs=0.001) for name, true in percentiles.items()},
    }


@pytest.fixture
def imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs may be written with the time at which they were created elsewhere."""
    monkeypatch.setattr(Job._meta.get_field("created_at"), "auto_now_add", False)


@pytest.mark.django_db
@pytest.mark.usefixtures("imports")
@pytest.mark.parametrize("seed", range(6))
def test_series_are_what_a_naive_count_of_every_change_gives(seed: int) -> None:
    chance = random.Random(seed)
    people = [None, *(User.objects.create(username=name).pk for name in ("ada", "bob"))]
    ledger = Ledger()
    for _ in range(14):
        way = chance.choice([_import, _import, _start, _end, _again, _move_over, _delete, _roll_back, _fold])
        way(chance, people)
        ledger.look()
    for _ in range(2):
        for bucket, zone in (
            (Bucket.HOUR, "UTC"),
            (Bucket.DAY, "UTC"),
            (Bucket.DAY, "Europe/Rome"),
            (Bucket.WEEK, "UTC"),
        ):
            end = NOW - timedelta(hours=chance.randrange(0, 60))
            start = end - timedelta(hours=chance.randrange(1, 24 * DAYS))
            line = Timeline.covering(start, end, bucket, zone)
            for part in PARTS:
                _check(ledger, line, part)
        counters.catch_up(most=7)


def _moment(chance: random.Random, after: datetime | None = None) -> datetime:
    first = after or NOW - timedelta(days=DAYS)
    return first + (datetime.now(UTC) - first) * chance.random()


def _import(chance: random.Random, people: list[int | None]) -> None:
    jobs = [_imported(chance, people) for _ in range(chance.randrange(1, 12))]
    Job.objects.bulk_create(jobs)


def _imported(chance: random.Random, people: list[int | None]) -> Job:
    status = chance.choice(list(Status))
    available = _moment(chance)
    starts = status is not Status.PENDING and (
        status in (Status.RUNNING, Status.COMPLETED) or chance.random() < 0.7
    )
    started = _moment(chance, available) if starts else None
    return Job(
        name="imported", queue=chance.choice("ab"), owner_id=chance.choice(people), status=status.value,
        created_at=available - timedelta(minutes=chance.randrange(300)), status_changed_at=NOW,
        latest_status_id=0, available_at=available, started_at=started,
        completed_at=_moment(chance, started or available) if status in ENDED else None,
        reason={"FAILED": "timeout", "CANCELLED": "cancelled"}.get(status, ""),
    )  # fmt: skip


def _some(chance: random.Random, *statuses: Status) -> list[int]:
    ids = list(Job.objects.filter(status__in=statuses).values_list("pk", flat=True))
    return chance.sample(ids, len(ids) // 2)


def _start(chance: random.Random, _: object) -> None:
    Job.objects.filter(pk__in=_some(chance, Status.PENDING)).update(
        status="RUNNING", started_at=_moment(chance)
    )


def _end(chance: random.Random, _: object) -> None:
    status = chance.choice(sorted(ENDED))
    reason = {"FAILED": "timeout", "CANCELLED": "cancelled"}.get(status, "")
    ids = _some(chance, Status.PENDING, Status.RUNNING)
    Job.objects.filter(pk__in=ids).update(status=status, completed_at=_moment(chance), reason=reason)


def _again(chance: random.Random, _: object) -> None:
    ids = _some(chance, Status.RUNNING, *ENDED)
    Job.objects.filter(pk__in=ids).update(status="PENDING", started_at=None, completed_at=None, reason="")


def _move_over(chance: random.Random, people: list[int | None]) -> None:
    ids = _some(chance, *Status)
    Job.objects.filter(pk__in=ids).update(queue=chance.choice("ab"), owner_id=chance.choice(people))


def _delete(chance: random.Random, _: object) -> None:
    Job.objects.filter(pk__in=_some(chance, Status.PENDING, *ENDED)).delete()


def _roll_back(chance: random.Random, people: list[int | None]) -> None:
    with transaction.atomic():
        _import(chance, people)
        _delete(chance, people)
        transaction.set_rollback(True)


def _fold(chance: random.Random, _: object) -> None:
    counters.fold(most=chance.randrange(1, 40))

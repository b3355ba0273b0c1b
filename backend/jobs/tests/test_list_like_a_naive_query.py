"""Lists find what a naive reader finds: all rows in Python, filtered and sorted there.

Random jobs, filters, orders and page sizes; both directions; with jobs that come in between; by every way of
finding, and with so little time that most pages break off.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.tests.factories import user
from jobs.models import Job
from jobs.queries import (
    ORDERS,
    Candidates,
    Criterion,
    JobList,
    Order,
    Place,
    Selection,
    gather,
    list_jobs,
    walk,
)
from jobs.queries import budget as budgets
from jobs.states import ENDED, Status
from jobs.tests import factories
from jobs.tests.rows import clean

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(0, 4).map(lambda hours: START + timedelta(hours=hours))
QUEUES, OWNERS, WORKERS, TAGS = ["day", "night"], [None, "ann", "bob"], ["", "w1", "w2"], ["a", "b"]
NAMES = ["alpha", "beta", "gamma"]


@st.composite
def jobs(draw: st.DrawFn) -> dict[str, Any]:
    """A job's columns: few different values, so that many are equal and some are empty."""
    status = draw(st.sampled_from(list(Status)))
    started = draw(st.none() | HOURS) if status is not Status.RUNNING else draw(HOURS)
    ended = status in ENDED
    bad = status in (Status.FAILED, Status.CANCELLED)
    return {
        "name": draw(st.sampled_from(NAMES)),
        "priority": draw(st.integers(1, 3)),
        "created_at": draw(HOURS),
        "status": status.value,
        "started_at": None if status is Status.PENDING else started,
        "completed_at": (started or START) + timedelta(hours=draw(st.integers(0, 3))) if ended else None,
        "reason": draw(st.sampled_from(["timeout", "signal"])) if bad else "",
        "exit_code": draw(st.sampled_from([None, 0, 1, 137])) if ended else None,
        "queue": draw(st.sampled_from(QUEUES)),
        "owner_name": draw(st.sampled_from(OWNERS)),
        "worker_name": draw(st.sampled_from(WORKERS)),
        "tags": draw(st.lists(st.sampled_from(TAGS), unique=True)),
        "command": draw(st.sampled_from(["", "true"])),
        "executor": draw(st.sampled_from(["local", "slurm"])),
    }


# field -> (its values, what Python reads of a job)
LISTED: dict[str, tuple[list[Any], Callable[[Job], Any]]] = {
    "status": (list(Status), lambda job: job.status),
    "queue": (QUEUES, lambda job: job.queue),
    "owner": ([*OWNERS[1:], "nobody"], lambda job: job.owner.username if job.owner else None),
    "worker": (WORKERS[1:], lambda job: job.worker_name),
    "executor": (["local", "slurm"], lambda job: job.executor),
    "kind": (["run", "tracked"], lambda job: job.kind.value),
    "reason": (["timeout", "signal"], lambda job: job.reason),
    "exit_code": ([0, 1, 137], lambda job: job.exit_code),
    "priority": ([1, 2, 3], lambda job: job.priority),
}
RANGED: dict[str, tuple[st.SearchStrategy[Any], Callable[[Job], Any]]] = {
    "priority": (st.integers(1, 3), lambda job: job.priority),
    "created_at": (HOURS, lambda job: job.created_at),
    "started_at": (HOURS, lambda job: job.started_at),
    "completed_at": (HOURS, lambda job: job.completed_at),
    "duration": (st.sampled_from([0.0, 3600.0, 7200.0]), lambda job: seconds(job, datetime.now(UTC))),
}


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    kind, negated = draw(st.sampled_from(["listed", "ranged", "name", "tag", "id"])), draw(st.booleans())
    if kind == "listed":
        name = draw(st.sampled_from(sorted(LISTED)))
        values = draw(st.lists(st.sampled_from(LISTED[name][0]), min_size=1, max_size=3, unique=True))
        return Criterion(name, tuple(values), negated=negated)
    if kind == "ranged":
        name = draw(st.sampled_from(sorted(RANGED)))
        ends = sorted((draw(RANGED[name][0]), draw(RANGED[name][0])))
        return Criterion(name, least=ends[0], most=draw(st.sampled_from([None, ends[1]])), negated=negated)
    if kind == "name":
        return Criterion("name", (draw(st.sampled_from(["ET", "a", "mm", "_"])),), negated=negated)
    if kind == "tag":
        return Criterion("tag", (draw(st.sampled_from(TAGS)),), negated=negated)
    return Criterion("id", (tuple(sorted((draw(st.integers(0, 9)), draw(st.integers(0, 9))))),))


def seconds(job: Job, now: datetime) -> float | None:
    return None if job.started_at is None else ((job.completed_at or now) - job.started_at).total_seconds()


def meets(job: Job, one: Criterion, first_id: int) -> bool:
    """Whether a job meets a criterion, as Python sees it."""
    if one.field == "name":
        held = any(part.lower() in job.name for part in one.values)
    elif one.field == "tag":
        held = any(tag in job.tags for tag in one.values)
    elif one.field == "id":
        held = any(first <= job.pk - first_id <= last for first, last in one.values)
    elif one.values:
        held = LISTED[one.field][1](job) in one.values
    else:
        held = in_range(RANGED[one.field][1](job), one)
    return held is not one.negated


def in_range(value: Any, one: Criterion) -> bool:
    if value is None or (one.least is not None and value < one.least):
        return False
    if one.most is None:
        return True
    return bool(value < one.most if one.field.endswith("_at") else value <= one.most)


def before(order: Order) -> Callable[[tuple[Any, ...], tuple[Any, ...]], int]:
    """Compares keys as the order has them: empty ones last whichever way it goes."""

    def compare(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
        for left, right in zip(one, other, strict=True):
            if left == right:
                continue
            if left is None or right is None:
                return 1 if left is None else -1
            return (1 if left > right else -1) * (-1 if order.descending else 1)
        return 0

    return compare


@dataclass(frozen=True)
class Naive:
    """The whole list as Python makes it out of all rows."""

    selection: Selection
    order: Order
    first_id: int

    def keys(self) -> list[tuple[Any, ...]]:
        found = [
            tuple(getattr(job, key) for key in self.order.keys)
            for job in Job.objects.select_related("owner")
            if all(meets(job, one, self.first_id) for one in self.selection.criteria)
        ]
        return sorted(found, key=cmp_to_key(before(self.order)))

    def beyond(self, place: Place | None) -> list[tuple[Any, ...]]:
        """What follows a place, in the direction in which it is read."""
        keys = self.keys()
        if place is None:
            return keys
        compare, sign = before(self.order), -1 if place.backwards else 1
        rest = [one for one in keys if compare(one, place.values) * sign > 0]
        return rest[::-1] if place.backwards else rest


def expect(page: JobList, naive: Naive, place: Place | None, size: int) -> None:
    """A page has what comes next; one that broke off has all of that up to where it says."""
    wanted = naive.beyond(place)
    got = [job["id"] for job in page.jobs]
    if place is not None and place.backwards:
        got.reverse()
    assert got == [keys[-1] for keys in wanted[: len(got)]]
    if page.until is None:
        assert len(got) == min(size, len(wanted))
    else:
        assert len(got) <= size
        reached = naive.beyond(Place(page.until, place is not None and place.backwards))
        assert len(wanted) - len(reached) == len(got)
    if page.count.kind == "exact":
        assert page.count.value == len(naive.keys())
    else:
        assert page.count.value <= len(naive.keys())


def store(made: list[dict[str, Any]], people: dict[str, User]) -> None:
    for one in made:
        columns = dict(one)
        created, owner = columns.pop("created_at"), people.get(columns.pop("owner_name"))
        job = Job.objects.create(
            **columns, owner=owner, status_changed_at=START, latest_status_id=1, available_at=START
        )
        Job.objects.filter(pk=job.pk).update(created_at=created)


class Everything:
    """A source that names all jobs, three at a time: what meets the selection is for the list to find out."""

    def candidates(self, selection: Selection, order: Order, place: Place | None) -> Iterator[Candidates]:
        ids = [keys[-1] for keys in Naive(Selection(), order, 0).beyond(place)]
        for start in range(0, len(ids), 3):
            yield Candidates(ids[start : start + 3], ids[start : start + 3][-1])


WAYS = {
    "as it is": {},
    "in small slices": {
        (gather, "MOST_GATHERED"): 0,
        (walk, "SMALLEST_SLICE"): 2,
        (walk, "MOST_AT_FIRST"): 2,
    },
    "in a few slices, else all at once": {(walk, "SMALLEST_SLICE"): 2, (walk, "MOST_AT_FIRST"): 2},
    "without time": {
        (gather, "MOST_GATHERED"): 0,
        (walk, "SMALLEST_SLICE"): 2,
        (walk, "MOST_AT_FIRST"): 2,
        (budgets, "SEARCH_MILLISECONDS"): 0,
    },
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for (module, name), value in WAYS[request.param].items():
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {"ann": user("ann"), "bob": user("bob")}


EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@EXAMPLES
@given(
    made=st.lists(jobs(), max_size=14),
    later=st.lists(jobs(), max_size=4),
    asked=st.lists(criteria(), max_size=3),
    ordering=st.sampled_from(sorted(ORDERS)),
    size=st.integers(1, 5),
)
def test_pages_forwards_and_backwards_are_the_naive_ones(  # noqa: PLR0917  (what is random)
    way: None,
    people: dict[str, User],
    made: list[dict[str, Any]],
    later: list[dict[str, Any]],
    asked: list[Criterion],
    ordering: str,
    size: int,
) -> None:
    clean()
    store(made, people)
    first_id = min((job.pk for job in Job.objects.all()), default=0)
    selection = Selection(tuple(absolute(one, first_id) for one in asked))
    naive = Naive(Selection(tuple(asked)), ORDERS[ordering], first_id)
    walk_both_ways(naive, selection, size, lambda: store([later.pop()], people) if later else None)


@EXAMPLES
@given(
    made=st.lists(jobs(), max_size=14),
    asked=st.lists(criteria(), max_size=2),
    ordering=st.sampled_from(["id", "-id"]),
    size=st.integers(1, 5),
)
def test_pages_of_what_a_source_names_are_the_naive_ones(
    people: dict[str, User], made: list[dict[str, Any]], asked: list[Criterion], ordering: str, size: int
) -> None:
    clean()
    store(made, people)
    first_id = min((job.pk for job in Job.objects.all()), default=0)
    selection = Selection(tuple(absolute(one, first_id) for one in asked))
    naive = Naive(Selection(tuple(asked)), ORDERS[ordering], first_id)
    walk_both_ways(naive, selection, size, lambda: None, source=Everything())


@EXAMPLES
@given(
    made=st.lists(jobs(), max_size=14),
    asked=st.lists(criteria(), max_size=2),
    ordering=st.sampled_from(sorted(ORDERS)),
    number=st.integers(0, 4),
)
def test_pages_by_number_are_the_naive_ones(
    people: dict[str, User], made: list[dict[str, Any]], asked: list[Criterion], ordering: str, number: int
) -> None:
    clean()
    store(made, people)
    first_id = min((job.pk for job in Job.objects.all()), default=0)
    selection = Selection(tuple(absolute(one, first_id) for one in asked))
    keys = Naive(Selection(tuple(asked)), ORDERS[ordering], first_id).keys()

    page = list_jobs(selection, ORDERS[ordering], 3, offset=number * 3)

    assert [job["id"] for job in page.jobs] == [one[-1] for one in keys[number * 3 : number * 3 + 3]]


def absolute(one: Criterion, first_id: int) -> Criterion:
    """Ids count from the first job that there is."""
    if one.field != "id":
        return one
    return replace(one, values=tuple((first + first_id, last + first_id) for first, last in one.values))


def walk_both_ways(
    naive: Naive, selection: Selection, size: int, between: Callable[[], None], **how: Any
) -> None:
    """Walk to the end of a list and back to its beginning, and look at every page on the way."""
    place: Place | None = None
    pages = 0
    while True:
        page = list_jobs(selection, naive.order, size, place=place, **how)
        expect(page, naive, place, size)
        between()
        pages += 1
        if page.after is None:
            break
        assert place is None or before(naive.order)(place.values, page.after) < 0
        place = Place(page.after)
    while page.before is not None:
        place = Place(page.before, backwards=True)
        page = list_jobs(selection, naive.order, size, place=place, **how)
        expect(page, naive, place, size)
        pages -= 1
        assert pages > -60


def test_without_any_time_a_page_still_says_where_to_go_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has ended: an order by the end has all in its last part, and the first has nowhere to stop."""

    def no_time(*_: Any) -> Any:
        raise budgets.OutOfTime

    monkeypatch.setattr(budgets.Budget, "fetch", no_time)
    job = factories.pending()
    page = list_jobs(Selection(), ORDERS["-completed_at"], 1)
    assert [one["id"] for one in page.jobs] == [job.pk]

"""Which jobs: every field finds its jobs, its negation all others, and both come back as stored."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from accounts.tests.factories import user
from jobs.models import Job
from jobs.queries import FIELDS, Criterion, Selection
from jobs.queries.criteria import TEXT
from jobs.states import Reason
from jobs.tests import factories
from jobs.tests.rows import sql

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def jobs(db: None) -> dict[str, int]:
    """Two jobs that differ in everything, and one that waits and has no value in much of it."""
    factories.tracked(queue="spare")  # so that ids differ from one, two, three
    failed = factories.failed(
        name="100% π", queue="night", tags=["a", "b"], owner=user("ann"), priority=9, exit_code=3
    )
    tracked = factories.claimed(name="other", tags=["b"], priority=2)
    waiting = factories.pending(name="other still", executor="slurm")
    Job.objects.filter(pk=failed.pk).update(
        created_at=NOON,
        started_at=NOON + timedelta(hours=1),
        completed_at=NOON + timedelta(hours=3),
        worker_name="w2",
    )
    Job.objects.filter(queue="spare").delete()
    return {"failed": failed.pk, "tracked": tracked.pk, "waiting": waiting.pk}


def found(selection: Selection) -> set[int]:
    condition = selection.condition()
    statement = f"SELECT id FROM jobs_job AS job WHERE {condition.sql}"  # noqa: S608  constants only
    return {row[0] for row in sql(statement, condition.params)}


FAILED: list[Criterion] = [
    Criterion("name", ("0% Π",)),
    Criterion("name", ("nothing", "100%")),
    Criterion("status", ("FAILED",)),
    Criterion("status", ("FAILED", "CANCELLED")),
    Criterion("queue", ("night",)),
    Criterion("queue", ("night", "day")),
    Criterion("tag", ("a",)),
    Criterion("tag", ("a", "c")),
    Criterion("owner", ("ann",)),
    Criterion("owner", ("ann", "nobody")),
    Criterion("worker", ("w2",)),
    Criterion("reason", (Reason.EXIT_CODE.value,)),
    Criterion("exit_code", (3,)),
    Criterion("exit_code", least=1),
    Criterion("priority", (9, 10)),
    Criterion("priority", least=9, most=9),
    Criterion("created_at", least=NOON, most=NOON + timedelta(microseconds=1)),
    Criterion("started_at", most=NOON + timedelta(hours=2)),
    Criterion("completed_at", least=NOON + timedelta(hours=3)),
    Criterion("duration", least=7200.0, most=7200.0),
]


@pytest.mark.parametrize("criterion", FAILED, ids=lambda one: orjson.dumps(one.plain()).decode())
def test_a_criterion_finds_its_job_and_its_negation_all_others(
    jobs: dict[str, int], criterion: Criterion
) -> None:
    negated = Criterion(criterion.field, criterion.values, criterion.least, criterion.most, negated=True)

    assert found(Selection((criterion,))) == {jobs["failed"]}
    assert found(Selection((negated,))) == {jobs["tracked"], jobs["waiting"]}


def test_ids_are_chosen_one_by_one_and_by_ranges(jobs: dict[str, int]) -> None:
    first, second, third = sorted(jobs.values())

    assert found(Selection((Criterion("id", ((first, first), (third, third + 9))),))) == {first, third}
    assert found(Selection((Criterion("id", ((second, second),), negated=True),))) == {first, third}


def test_kinds_and_executors(jobs: dict[str, int]) -> None:
    assert found(Selection((Criterion("kind", ("tracked",)),))) == {jobs["tracked"]}
    assert found(Selection((Criterion("executor", ("slurm",)),))) == {jobs["waiting"]}


def test_a_running_jobs_duration_goes_on_to_now(jobs: dict[str, int]) -> None:
    Job.objects.filter(pk=jobs["tracked"]).update(started_at=datetime.now(UTC) - timedelta(hours=1))

    assert found(Selection((Criterion("duration", least=3599.0, most=3700.0),))) == {jobs["tracked"]}


def test_criteria_hold_together(jobs: dict[str, int]) -> None:
    both = Selection((Criterion("tag", ("b",)), Criterion("priority", most=5)))

    assert found(both) == {jobs["tracked"]}
    assert found(Selection()) == set(jobs.values())


def test_every_field_is_tried_here() -> None:
    assert {one.field for one in FAILED} | {"id", "kind", "executor", TEXT} == set(FIELDS)


@pytest.mark.parametrize(
    "criterion", [*FAILED, Criterion("id", ((1, 5), (7, 7)), negated=True), Criterion("exit_code", least=0)]
)
def test_a_selection_comes_back_from_its_plain_form(criterion: Criterion) -> None:
    selection = Selection((criterion, Criterion("queue", ("q",))), archived=True)
    stored: dict[str, Any] = orjson.loads(orjson.dumps(selection.plain()))

    assert Selection.read(stored) == selection


@pytest.mark.parametrize(("field", "text", "value"), [
    ("id", "7", (7, 7)), ("id", "1-500", (1, 500)), ("id", "-5", (1, 5)), ("id", "9-2", (2, 9)),
    ("priority", "3", 3),
    ("duration", "90", 90.0), ("duration", "1.5h", 5400.0), ("duration", "250ms", 0.25),
    ("status", "FAILED", "FAILED"),
])  # fmt: skip
def test_a_field_reads_its_values_out_of_text(field: str, text: str, value: Any) -> None:
    assert FIELDS[field].read(text) == value


@pytest.mark.parametrize(("field", "text"), [
    ("id", "x"), ("id", "-"), ("id", "1-2-3"), ("id", "0"), ("priority", "11"), ("duration", "-1"),
    ("duration", "1 hour"), ("duration", "9e9"), ("id", "1,2"),
    ("status", "failed"), ("queue", ""), ("created_at", "today"),
])  # fmt: skip
def test_a_field_says_what_is_wrong_with_a_value(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"This|not a possible"):
        FIELDS[field].read(text)

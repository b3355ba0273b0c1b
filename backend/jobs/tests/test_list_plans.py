"""Every order that lists offer is walked along an index: nothing is read whole, and nothing is sorted."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from jobs.queries import ALWAYS, ORDERS, Criterion, Place, Selection, list_jobs, walk
from jobs.queries.paths import LED_BY, Asked, path_for
from jobs.tests import factories
from jobs.tests.rows import sql

VALUES = {
    "exit_code": (1, 2),
    "reason": ("timeout", "signal"),
    "status": ("FAILED", "RUNNING"),
    "priority": (3, 7),
}


@pytest.fixture
def plans(db: None) -> Iterator[list[str]]:
    """The plans of what lists read, made with whole reads and sorts only where there is no other way."""
    for make in (factories.failed, factories.running, factories.pending):
        make()
    for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
        sql(f"SET LOCAL {setting} = off")
    found: list[str] = []

    def explain(execute, statement, params, many, context):  # type: ignore[no-untyped-def]
        if "WITH slice" in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + statement, params)
                found.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


@pytest.mark.parametrize("ordering", ORDERS)
def test_an_order_is_walked_along_an_index(plans: list[str], ordering: str) -> None:
    first = list_jobs(Selection(), ORDERS[ordering], 1)
    assert first.after is not None
    for place in (Place(first.after), Place(first.after, backwards=True)):
        list_jobs(Selection(), ORDERS[ordering], 1, place=place)

    assert len(plans) >= 3
    expect_walks(plans)


@pytest.mark.parametrize("field", LED_BY)
@pytest.mark.parametrize("several", [False, True], ids=["one value", "several values"])
def test_the_jobs_of_one_value_or_several_are_walked_by_age(
    plans: list[str], field: str, several: bool
) -> None:
    values = VALUES.get(field, ("a", "b"))[: 2 if several else 1]
    selection = Selection((Criterion(field, values),))
    path = path_for(Asked(selection, ORDERS["-created_at"], 1, 0, None, ALWAYS))

    list_jobs(selection, ORDERS["-created_at"], 1)

    assert path.whole
    expect_walks(plans)
    assert all(("Merge Append" in plan) is several for plan in plans)


@pytest.mark.parametrize("ordering", ["created_at", "-started_at", "completed_at", "-priority", "id"])
def test_a_range_of_what_orders_the_list_is_a_part_of_the_walk(plans: list[str], ordering: str) -> None:
    name = ordering.removeprefix("-")
    job = factories.completed()
    values: dict[str, dict[str, Any]] = {"priority": {"least": 3}, "id": {"values": ((1, job.pk),)}}
    asked = values.get(name, {"most": job.completed_at})

    list_jobs(Selection((Criterion(name, **asked),)), ORDERS[ordering], 1)

    expect_walks(plans)
    conditions = [line for line in plans[0].splitlines() if "Index Cond" in line]
    assert any(name in line for line in conditions), plans[0]


def expect_walks(plans: list[str]) -> None:
    assert plans
    for plan in plans:
        assert "Index" in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "Sort  (cost" not in plan, plan  # the node; a merge has a sort key and no such node


def test_what_a_few_slices_more_will_fill_is_not_gathered(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other one is meant: where the first slice has too few for the page, it is not far to the rest."""
    monkeypatch.setattr(walk, "SMALLEST_SLICE", 6)
    monkeypatch.setattr(walk, "MOST_AT_FIRST", 6)
    jobs = [
        factories.failed(queue="a") if number % 2 else factories.failed(queue="b") for number in range(20)
    ]
    selection = Selection((Criterion("queue", ("a",)), Criterion("name", ("",))))
    statements: list[str] = []

    def note(execute, statement, params, many, context):  # type: ignore[no-untyped-def]
        statements.append(statement)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        found = list_jobs(selection, ORDERS["-id"], 5)

    assert [job["id"] for job in found.jobs] == [job.pk for job in reversed(jobs) if job.queue == "a"][:5]
    assert not any("WITH job AS MATERIALIZED" in statement for statement in statements)

"""The table of moves, the trigger that guards it, the moves themselves and the page about them agree."""

import re
from pathlib import Path

import pytest

from jobs import states, transitions
from jobs.states import MOVES, Mover, Status, may_move, reachable

from .rows import sql

PAGE = Path(states.__file__).parents[2] / "docs" / "explanation" / "state-machine.md"
ARROW = re.compile(r"^ +(\w+|\[\*\]) --> (\w+): (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| ([a-z, ]+) \| ", re.MULTILINE)

# Which moves a mover makes under which of his hats; submit is the arrow from nowhere.
MADE_BY = {
    "claim": {Mover.ENGINE, Mover.REPORTER},
    "claim dispatched": {Mover.ENGINE},
    "refuse": {Mover.ENGINE},
    "settle": {Mover.ENGINE},
    "rescue": {Mover.ENGINE},
    "report": {Mover.REPORTER},
    "cancel": {Mover.PERSON},
    "retry": {Mover.PERSON},
}


def _arrows() -> list[tuple[str, str, list[str]]]:
    return [(a, b, moves.split(", ")) for a, b, moves in ARROW.findall(PAGE.read_text())]


def test_the_diagram_has_the_legal_moves_and_no_others() -> None:
    drawn = [(Status(a), Status(b)) for a, b, _ in _arrows() if a != "[*]"]
    assert sorted(drawn) == sorted(MOVES)
    assert [(a, b) for a, b, _ in _arrows() if a == "[*]"] == [("[*]", "PENDING")]


def test_an_arrow_names_a_move_for_everyone_who_may_make_it() -> None:
    for a, b, moves in _arrows():
        if a != "[*]":
            movers = set().union(*(MADE_BY[move] for move in moves))
            assert movers >= MOVES[Status(a), Status(b)] - {Mover.ENGINE}, (a, b)
            assert all(MADE_BY[move] & MOVES[Status(a), Status(b)] for move in moves), (a, b)


def test_the_table_lists_every_move_that_there_is() -> None:
    listed = {name for row in ROW.findall(PAGE.read_text()) for name in row.split(", ")} - {"move"}
    functions = {"progress" if name == "report_progress" else name for name in transitions.__all__}
    moves = {name for name in functions if name.islower() and not name.endswith("_many")}
    assert {name.replace(" ", "_") for name in listed} == moves


@pytest.mark.django_db
def test_the_trigger_has_the_same_table() -> None:
    ((definition,),) = sql(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgname = 'job_legal_moves' AND tgrelid = 'jobs_job'::regclass"
    )
    guarded = re.findall(r"'(\w+)'::(?:text|character varying)", definition)
    pairs = zip(guarded[::2], guarded[1::2], strict=True)
    assert sorted((Status(a), Status(b)) for a, b in pairs) == sorted(MOVES)


def test_staying_is_for_running_jobs_with_news() -> None:
    for status in Status:
        may = {mover for mover in Mover if may_move(mover, status, status)}
        assert may == ({Mover.ENGINE, Mover.REPORTER} if status is Status.RUNNING else set())


def test_what_is_reachable_is_what_may_be_reported() -> None:
    assert reachable(Mover.REPORTER, Status.PENDING) == ["RUNNING", "COMPLETED", "FAILED", "CANCELLED"]
    assert reachable(Mover.REPORTER, Status.RUNNING) == ["RUNNING", "COMPLETED", "FAILED", "CANCELLED"]
    assert reachable(Mover.REPORTER, Status.FAILED) == []
    assert reachable(Mover.PERSON, Status.FAILED) == ["PENDING"]

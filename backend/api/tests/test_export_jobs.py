"""GET /api/jobs/export/: the file has exactly the rows that the filter shows, and can be gone on with."""

import csv
import gzip
import io
import json
import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.tests.factories import user
from jobs import exports, transitions
from jobs.models import Job
from jobs.states import Reason
from jobs.tests import factories

from .api import Answer, Api

NASTY = [
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "'quoted'",
    "''",
    'say "no", then\tgo',
    ";=1+1",
    "\uff1d1+1",
    "naïve 名前 🚀",
    "# complete: every job up to 9",
]
COMMANDS = ["=1+1\r\n\r\n", "\t=1", "\r@x", "\n-1", 'echo "a,b"\n', "# complete"]
TIMES = frozenset(name for name in exports.COLUMNS if name.endswith("_at"))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches and windows for a handful of jobs."""
    monkeypatch.setattr(exports, "ROWS", 3)
    monkeypatch.setattr(exports, "NARROWEST", 2)
    monkeypatch.setattr(exports, "WIDEST", 5)


@pytest.fixture
def some_jobs(db: None) -> list[Job]:
    """Jobs in every state, with names and commands that are hard to write down."""
    ann, bob = user("ann"), user("bob")
    makers = (
        factories.pending,
        factories.failed,
        factories.cancelled,
        factories.completed,
        factories.claimed,
    )
    chance = random.Random(6)
    made = []
    for number in range(30):
        maker = makers[number % len(makers)]
        more: dict[str, Any] = {}
        if maker is not factories.claimed:
            more["command"] = COMMANDS[number % len(COMMANDS)]
        made.append(
            maker(
                name=NASTY[number % len(NASTY)],
                description=NASTY[-number % len(NASTY)] * 3,
                owner=chance.choice([ann, bob, None]),
                queue=chance.choice(["default", "gpu"]),
                priority=chance.randint(1, 10),
                tags=chance.sample(["nightly", "=x", 'a "b", c'], chance.randint(0, 3)),
                **more,
            )
        )
    Job.objects.filter(pk=made[3].pk).update(result_data={"a": [1, "=2", None]}, exit_code=-5)
    Job.objects.filter(pk=made[8].pk).update(result_data="x" * 3_000_000)
    for gone in made[4::9]:
        transitions.cancel(gone.pk, by="ann") if gone.status == "RUNNING" else None
        transitions.delete(gone.pk)
    return made


def _export(api: Api, query: str = "", **headers: str) -> Answer:
    return api.send("GET", f"jobs/export/?{query}", None, headers)


def _naively(api: Api, query: str = "") -> list[dict[str, Any]]:
    """What the list shows, page by page, as an export has it."""
    rows: list[dict[str, Any]] = []
    more: str | None = f"jobs/?{query}&ordering=id&size=7"
    while more:
        page = api.get(more).body
        rows += page["results"]
        more = page["next_cursor"] and f"jobs/?{query}&ordering=id&size=7&cursor={page['next_cursor']}"
    return [_comparable({name: row[name] for name in exports.COLUMNS}) for row in rows]


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    """Times as moments, and nothing that goes on while we look."""
    said = {
        name: datetime.fromisoformat(row[name]) if row[name] and name in TIMES else row[name] for name in row
    }
    if "execution_time" in said:
        said["execution_time"] = (
            None
            if row["execution_time"] is None or not row["completed_at"]
            else round(row["execution_time"], 2)
        )
    return said


def _read_csv(content: bytes) -> list[dict[str, Any]]:
    """What Python's own reader finds, with the guards taken away."""
    header, *rows, last = csv.reader(io.StringIO(content.decode(), newline=""))
    assert last[0].startswith("# complete")
    plain = [[cell[1:] if cell.startswith("'") else cell for cell in row] for row in rows]
    return [dict(zip(header, row, strict=True)) for row in plain]


def _as_cells(row: dict[str, Any]) -> dict[str, str]:
    return {name: _as_cell(value) for name, value in row.items()}


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


@pytest.mark.usefixtures("small_batches", "some_jobs")
@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_it_has_the_rows_of_the_list(api: Api, name: str) -> None:
    answer = _export(api, f"format={name}")

    assert [_comparable(row) for row in _rows(answer, name)] == _naively(api)
    assert answer.headers["X-Export-Until"] == str(Job.objects.latest("id").pk)
    assert f'.{name}"' in answer.headers["Content-Disposition"]


def _rows(answer: Answer, name: str) -> list[dict[str, Any]]:
    assert answer.status == 200
    if name == "json":
        whole: list[dict[str, Any]] = json.loads(answer.content)
        return whole
    *lines, last = answer.content.splitlines()
    assert json.loads(last)["complete"]
    return [json.loads(line) for line in lines]


@pytest.mark.usefixtures("small_batches", "some_jobs")
def test_a_csv_file_is_read_by_others_as_it_was_meant(api: Api) -> None:
    rows = {row["id"]: row for row in _rows(_export(api, "format=json"), "json")}
    found = _read_csv(_export(api, "format=csv").content)

    assert [int(row["id"]) for row in found] == list(rows)
    for row in found:
        meant = rows[int(row["id"])]
        assert json.loads(row["tags"]) == meant["tags"]
        assert json.loads(row["resource_requirements"]) == meant["resource_requirements"]
        assert (json.loads(row["result_data"]) if row["result_data"] else None) == meant["result_data"]
        for name in (
            "name",
            "description",
            "command",
            "status",
            "owner",
            "retry_on_lost",
            "exit_code",
            "timeout",
        ):
            assert row[name] == _as_cell(meant[name]), name


@pytest.mark.usefixtures("some_jobs")
def test_no_cell_of_a_csv_file_begins_a_formula(api: Api) -> None:
    for row in csv.reader(
        io.StringIO(
            _export(api, "format=csv&columns=name,description,command,tags").content.decode(), newline=""
        )
    ):
        for cell in row:
            assert not cell.startswith(
                ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
            )


@pytest.mark.usefixtures("small_batches", "some_jobs")
def test_any_filter_exports_what_it_shows(api: Api) -> None:
    chance = random.Random(7)
    for _ in range(12):
        query = urlencode(list(_random_filter(chance)))
        rows = _rows(_export(api, f"format=ndjson&{query}"), "ndjson")
        assert [_comparable(row) for row in rows] == _naively(api, query), query


def _random_filter(chance: random.Random) -> Iterator[tuple[str, object]]:
    some: dict[str, list[object]] = {
        "status": ["PENDING", "FAILED,COMPLETED", "CANCELLED", "RUNNING"],
        "queue": ["gpu", "default", "none"],
        "owner": ["ann", "bob", "nobody"],
        "tag": ["nightly", "=x"],
        "priority_min": list(range(1, 11)),
        "kind": ["run", "tracked"],
        "reason": [str(reason) for reason in Reason],
        "name": ["a", "=", "1", "quoted"],
        "q": ["nightly", "-status:failed", "tag:nightly owner:ann"],
    }
    for name in chance.sample(sorted(some), chance.randint(0, 3)):
        yield name, chance.choice(some[name])


@pytest.mark.usefixtures("small_batches", "some_jobs")
@pytest.mark.parametrize(
    "query",
    [
        "format=csv",
        "format=csv&bom=true",
        "format=ndjson",
        "format=json",
        "format=json&status=PENDING,FAILED",
    ],
)
def test_cut_anywhere_it_is_gone_on_with_to_the_same_file(api: Api, query: str) -> None:
    query += "&columns=name,description,command,tags,result_data,exit_code"  # what stays as it is
    first = _export(api, query)
    whole, until = first.content, first.headers["X-Export-Until"]
    for cut in random.Random(8).sample(range(len(whole)), 15):
        kept, after = _whole_rows(whole[:cut], query)
        factories.pending()  # what came later is not in the rest
        again = _export(api, f"{query}&until={until}" + (f"&resume_after={after}" if after else ""))
        assert (kept if after else b"") + again.content == whole, cut


def _whole_rows(part: bytes, query: str) -> tuple[bytes, int | None]:
    """What a client keeps of a file that was cut: up to the end of the last whole row, and that row's id."""
    if "csv" in query:
        # A line may end within a cell, so whole rows are found by a reader of CSV.
        text = part.decode(errors="ignore")
        ends = [
            place
            for place in range(len(text))
            if text[:place].count('"') % 2 == 0 and text[:place].endswith("\r\n")
        ]
        rows = list(csv.reader(io.StringIO(text[: ends[-1]], newline=""))) if ends else []
        ids = [int(row[0]) for row in rows if row[0].isdigit()]
        return (text[: ends[-1]].encode(), ids[-1]) if ids else (b"", None)
    kept = part[: part.rfind(b"\n") + 1]
    lines = [
        line.lstrip(b",")
        for line in kept.splitlines()
        if line not in (b"[", b"]") and b"complete" not in line[:12]
    ]
    return (kept, json.loads(lines[-1])["id"]) if lines else (b"", None)


@pytest.mark.usefixtures("some_jobs")
def test_it_is_compressed_when_asked(api: Api) -> None:
    plain = _export(api, "format=csv&columns=name,command").content

    for accepted in ("gzip", "br, gzip;q=0.5", "*", "deflate, GZIP"):
        packed = _export(api, "format=csv&columns=name,command", Accept_Encoding=accepted)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain
    for accepted in ("", "br", "gzip;q=0", "*;q=0, br"):
        answer = _export(api, "format=csv&columns=name,command", Accept_Encoding=accepted)
        assert "Content-Encoding" not in answer.headers
        assert answer.content == plain
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_columns_are_chosen_and_the_id_is_always_there(api: Api) -> None:
    job = factories.tracked(name="x")

    assert _export(api, "format=csv&columns=status,name").content.decode() == (
        f"id,status,name\r\n{job.pk},PENDING,x\r\n# complete: every job up to {job.pk}\r\n"
    )
    assert _rows(_export(api, "columns=name,id"), "json") == [{"id": job.pk, "name": "x"}]


def test_a_byte_order_mark_comes_when_asked(api: Api) -> None:
    assert _export(api, "format=csv&bom=true").content.startswith(b"\xef\xbb\xbfid,")
    assert _export(api, "format=csv").content.startswith(b"id,")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/x-ndjson", "application/x-ndjson; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
    ],
)
def test_the_format_may_be_asked_for_by_accept(api: Api, accept: str, content_type: str) -> None:
    assert _export(api, Accept=accept).headers["Content-Type"] == content_type
    assert _export(api, "format=csv", Accept=accept).headers["Content-Type"] == "text/csv; charset=utf-8"


def test_an_export_of_nothing_is_whole(api: Api) -> None:
    assert _export(api, "format=json").content == b"[\n]\n"
    assert _rows(_export(api, "format=ndjson"), "ndjson") == []
    assert _read_csv(_export(api, "format=csv").content) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("format=xml", "format"),
        ("format=csv&format=json", "format"),
        ("columns=nme", "columns"),
        ("columns=", "columns"),
        ("columns=environment", "columns"),
        ("bom=yes", "bom"),
        ("resume_after=0", "resume_after"),
        ("resume_after=abc", "resume_after"),
        (f"until={2**63}", "until"),
        ("until=-1", "until"),
        ("status=DONE", "status"),
        ("ordering=-id", "ordering"),
        ("page=2", "page"),
        ("colums=id", "colums"),
    ],
)
def test_bad_input_names_the_parameter(api: Api, query: str, field: str) -> None:
    answer = _export(api, query)

    assert answer.status == 400
    assert field in answer.errors()


def test_what_it_is_not_is_said(api: Api) -> None:
    assert _export(api, Accept="application/pdf").status == 406
    assert api.post("jobs/export/").status == 405


def test_everybody_with_an_account_may_export(viewer: Api) -> None:
    factories.tracked()
    assert len(_rows(_export(viewer), "json")) == 1

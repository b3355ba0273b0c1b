"""What PostgreSQL cannot hold is refused by a named error, changes nothing and is never stored in part.

Whoever reads it from a job or a request looks at it first: the agent at what jobs write, the API's parser at
what clients send. The moves are the last line, and they do not pass anything on in silence.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction

from api.database_errors import database_problem
from jobs import transitions
from jobs.errors import Invalid
from jobs.states import Status
from jobs.transitions import ProgressNews, Report

from .rows import attempt_of, ending, fresh, running, submit
from .soundness import broken_promises

pytestmark = pytest.mark.django_db

NUL, LONE = "a\x00b", "a\ud800b"
BAD_TEXT = [pytest.param(NUL, id="nul"), pytest.param(LONE, id="lone-surrogate")]
BAD_JSON = [*BAD_TEXT, pytest.param(math.nan, id="nan"), pytest.param(math.inf, id="infinity")]


def _one(field: str, value: object) -> dict[str, Any]:
    return {field: value}


def _refused(act: Callable[[], object], error: type[Exception] = DataError) -> Exception:
    with pytest.raises(error) as refusal, transaction.atomic():
        act()
    return refusal.value


@pytest.mark.parametrize("field", ["message", "error_message"])
@pytest.mark.parametrize("text", BAD_TEXT)
def test_settle_refuses_bad_text(field: str, text: str) -> None:
    one, other = running(), running()
    bad = ending(one, **_one(field, text))
    problem = database_problem(_refused(lambda: transitions.settle([bad, ending(other)])))
    assert isinstance(problem, Invalid)
    assert {fresh(one.ref.job_id).status, fresh(other.ref.job_id).status} == {"RUNNING"}, (
        "nothing of the batch is kept"
    )
    assert transitions.settle([ending(other)]) == {other.ref.attempt_id: "now"}
    assert broken_promises() == {}


@pytest.mark.parametrize("field", ["result_data", "usage", "receipt"])
@pytest.mark.parametrize("value", BAD_JSON)
def test_settle_refuses_bad_json(field: str, value: Any) -> None:
    one = running()
    bad = ending(one, **_one(field, {"deep": [{"down": value}]}))
    _refused(lambda: transitions.settle([bad]))
    assert attempt_of(one).ended_at is None


@pytest.mark.parametrize(
    "changes", [{"exit_code": 2**31}, {"exit_code": None, "signal": 2**15}, {"delay": math.inf}]
)
def test_settle_refuses_numbers_too_large(changes: dict[str, Any]) -> None:
    one = running()
    _refused(lambda: transitions.settle([ending(one, **changes)]))
    assert fresh(one.ref.job_id).status == "RUNNING"


def test_large_results_are_kept_whole() -> None:
    one = running()
    result = {"digits": 10**4000 + 1, "text": "ü😀\u2028" * 100_000, "tiny": 5e-324}
    transitions.settle([ending(one, result_data=result)])
    assert fresh(one.ref.job_id).result_data == result
    assert attempt_of(one).result_data == result


@pytest.mark.parametrize("text", BAD_TEXT)
def test_progress_refuses_bad_text(text: str) -> None:
    one = running()
    news = ProgressNews(one.ref, 5, text, note=True)
    _refused(lambda: transitions.report_progress([news]))
    assert fresh(one.ref.job_id).progress is None


@pytest.mark.parametrize(
    ("percent", "error"), [(101, IntegrityError), (-1, IntegrityError), (2**15, DataError)]
)
def test_progress_refuses_numbers_out_of_range(percent: int, error: type[Exception]) -> None:
    one = running()
    news = ProgressNews(one.ref, percent, "", note=False)
    _refused(lambda: transitions.report_progress([news]), error)


@pytest.mark.parametrize("value", BAD_JSON)
def test_report_refuses_a_bad_result(value: Any) -> None:
    job = submit("")
    _refused(lambda: transitions.report(job.pk, Report(Status.RUNNING, result_data=[value])))
    assert fresh(job.pk).status == "PENDING"


@pytest.mark.parametrize("said", [{"message": NUL}, {"error_message": NUL}])
def test_report_refuses_nul(said: dict[str, Any]) -> None:
    job = submit("")
    _refused(lambda: transitions.report(job.pk, Report(Status.RUNNING, **said)))
    assert fresh(job.pk).status == "PENDING"


@pytest.mark.parametrize("said", [{"message": LONE}, {"error_message": LONE}])
def test_report_cannot_encode_a_lone_surrogate(said: dict[str, Any]) -> None:
    job = submit("")
    _refused(lambda: transitions.report(job.pk, Report(Status.RUNNING, **said)), UnicodeEncodeError)
    assert fresh(job.pk).status == "PENDING"

"""GET /api/jobs/: what a row tells, and that many rows cost no more queries than one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.serializers import JobReadSerializer
from jobs.archive import moving
from jobs.models import Attempt, JobStatus
from jobs.queries import jobs_by_ids
from jobs.states import Reason, Status
from jobs.tests import factories

from .api import Api

MAKERS: list[factories.Maker] = [
    factories.tracked,
    factories.pending,
    factories.running,
    factories.claimed,
    factories.completed,
    factories.failed,
    factories.cancelled,
    factories.backing_off,
]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_row_has_the_described_fields_and_the_newest_status(api: Api, make: factories.Maker) -> None:
    job = make()

    row = api.get("jobs/").body["results"][0]

    assert set(row) == set(JobReadSerializer().fields)
    assert row["status"] == job.status
    newest = JobStatus.objects.filter(job=job).latest("id")
    described = {name: row["latest_status"][name] for name in ("id", "status_type", "message", "attempt")}
    assert described == {
        "id": newest.pk,
        "status_type": newest.status_type,
        "message": newest.message,
        "attempt": newest.attempt,
    }
    assert row["status_history_count"] == JobStatus.objects.filter(job=job).count()
    assert (row["waiting_for"] is None) == (job.status != Status.PENDING)
    assert (row["execution_time"] is None) == (job.started_at is None)


def test_a_running_jobs_newest_status_is_the_noted_one_while_its_progress_goes_on(api: Api) -> None:
    job = factories.running()
    factories.progress(job, 10, "a tenth", note=True)
    factories.progress(job, 12, "a little more", note=False)

    row = api.get("jobs/").body["results"][0]

    assert (row["progress"], row["status_message"]) == (12, "a little more")
    assert (row["latest_status"]["progress"], row["latest_status"]["message"]) == (10, "a tenth")


def test_a_row_says_why_it_ended(api: Api) -> None:
    factories.failed(reason=Reason.SIGNAL, exit_code=None, signal=11)

    row = api.get("jobs/").body["results"][0]

    assert (row["reason"], row["signal"], row["exit_code"]) == ("signal", 11, None)
    assert row["error_message"] == "It went wrong"


def test_execution_time_ends_with_the_attempt(api: Api) -> None:
    job = factories.completed()

    row = api.get("jobs/").body["results"][0]

    assert job.completed_at is not None and job.started_at is not None
    assert row["execution_time"] == pytest.approx(
        (job.completed_at - job.started_at).total_seconds(), abs=0.001
    )


def test_a_large_result_is_left_to_the_job_itself(api: Api) -> None:
    result = {"numbers": [number * 7919 % 10007 for number in range(20_000)]}
    job = factories.completed(result_data=result)

    row = api.get("jobs/").body["results"][0]
    detail = api.get(f"jobs/{job.pk}/").body

    assert (row["result_data"], row["result_omitted"]) == (None, True)
    assert (detail["result_data"], detail["result_omitted"]) == (result, False)


def test_no_environment_and_no_lease_in_a_list(api: Api) -> None:
    factories.running(environment={"TOKEN": "secret-1"})

    answer = api.get("jobs/")

    assert b"secret-1" not in answer.content
    assert not {"environment", "lease"} & set(answer.body["results"][0])


def test_many_rows_take_as_many_queries_as_one(api: Api) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get("jobs/?size=100").status == 200
        return len(captured)

    for make in MAKERS:
        make()
    api.get("jobs/")  # the first use of a token is noted
    few = queries()
    for make in MAKERS * 3:
        make()

    assert queries() == few == 4


def test_rows_by_id_come_in_the_order_asked_for(api: Api) -> None:
    first, second, third = (factories.tracked() for _ in range(3))

    found = jobs_by_ids([third.pk, 10**15, first.pk, second.pk])

    assert [row["id"] for row in found] == [third.pk, first.pk, second.pk]


def test_an_empty_list_is_a_list(api: Api) -> None:
    body = api.get("jobs/").body

    assert body == {
        "count": 0,
        "count_kind": "exact",
        "next": None,
        "previous": None,
        "next_cursor": None,
        "searched_until": None,
        "results": [],
    }


def test_the_archive_is_a_list_of_its_own(transactional_db: None, api: Api) -> None:
    live = factories.tracked(name="sum", tags=["x"])
    old = factories.completed(name="sum", tags=["x"])
    Attempt.objects.update(log_complete=True)
    assert moving.archive(moving.Due(timezone.now() + timedelta(days=1)), 10) == 1

    for query in ("", "tag=x&", "status=COMPLETED&ordering=-completed_at&", "q=sum&", "name=su&ordering=id&"):
        body = api.get(f"jobs/?{query}archived=true")
        assert (body.ids(), body.body["count"]) == ([old.pk], 1), query
    assert api.get("jobs/").ids() == [live.pk]
    assert list(api.get("jobs/?archived=true&ordering=name").errors()) == ["ordering"]

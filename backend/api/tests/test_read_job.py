"""GET /api/jobs/{id}/ and its history: everything about one job."""

import pytest

from api.serializers import JobDetailSerializer
from jobs.models import JobStatus
from jobs.queries import detail
from jobs.states import Reason, Status
from jobs.tests import factories

from .api import Api


def test_a_job_with_its_history_and_attempts(api: Api) -> None:
    job = factories.backing_off(environment={"A": "1"})
    factories.wrote(job, b"12345")

    answer = api.get(f"jobs/{job.pk}/")
    body = answer.body

    assert set(body) == set(JobDetailSerializer().fields)
    assert answer.headers["ETag"].startswith(f'W/"{job.pk}-{job.version}-')
    assert body["environment"] == {"A": "1"}
    assert [status["status_type"] for status in body["statuses"]] == ["PENDING", "RUNNING", "PENDING"]
    assert [status["attempt"] for status in body["statuses"]] == [1, 1, 2]
    assert body["statuses"][-1] == body["latest_status"]
    assert (body["statuses_truncated"], body["status_history_count"]) == (False, 3)
    assert body["attempt"] == 2
    assert [attempt["number"] for attempt in body["attempts"]] == [1]
    attempt = body["attempts"][0]
    assert (attempt["worker"], attempt["reason"], attempt["exit_code"]) == ("w1", "exit_code", 1)
    assert attempt["log_sizes"] == {"stdout": 5, "stderr": 0}


def test_a_tracked_jobs_attempt_has_no_worker(api: Api) -> None:
    job = factories.report(factories.tracked(), Status.RUNNING)

    assert api.get(f"jobs/{job.pk}/").body["attempts"][0]["worker"] is None


def test_a_long_history_is_cut_to_the_newest_and_the_rest_can_be_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detail, "MOST_STATUSES", 3)
    job = factories.tracked()
    for percent in range(5):
        factories.report(job, Status.RUNNING, progress=percent)

    body = api.get(f"jobs/{job.pk}/").body

    assert [status["progress"] for status in body["statuses"]] == [2, 3, 4]
    assert (body["statuses_truncated"], body["status_history_count"]) == (True, 6)

    seen, path = [], f"jobs/{job.pk}/statuses/?size=4"
    while path:
        page = api.get(path).body
        seen += [status["id"] for status in page["results"]]
        path = (page["next"] or "").removeprefix("/api/")
    assert seen == list(JobStatus.objects.filter(job=job).order_by("id").values_list("id", flat=True))


def test_a_cursor_of_another_jobs_history_is_refused(api: Api) -> None:
    job, other = factories.claimed(), factories.claimed()
    cursor = api.get(f"jobs/{other.pk}/statuses/?size=1").body["next_cursor"]

    for wrong in (cursor, "abc", cursor[:-1] + "!"):
        answer = api.get(f"jobs/{job.pk}/statuses/?cursor={wrong}")
        assert (answer.status, list(answer.errors())) == (400, ["cursor"])


def test_a_job_that_is_gone_is_not_found(api: Api) -> None:
    for path in ("", "statuses/", "logs/"):
        answer = api.get(f"jobs/4711/{path}")
        assert (answer.status, answer.body["type"]) == (404, "urn:jobdeck:problem:job_not_found")


def test_a_lost_job_has_no_usage_and_one_that_ended_by_itself_no_receipt(api: Api) -> None:
    job = factories.failed()

    attempt = api.get(f"jobs/{job.pk}/").body["attempts"][0]

    assert (attempt["usage"], attempt["receipt"]) == (None, None)


def test_the_receipt_of_an_end_by_force_tells_times(api: Api) -> None:
    receipt = {
        "by": "cgroup", "term_at": 1.5, "kill_at": 3.25, "processes_killed": 2, "verified_empty": True,
    }  # fmt: skip
    job = factories.end(factories.running(), Status.CANCELLED, reason=Reason.CANCELLED, receipt=receipt)

    stored = api.get(f"jobs/{job.pk}/").body["attempts"][0]["receipt"]

    times = {"term_at": "1970-01-01T00:00:01.500000Z", "kill_at": "1970-01-01T00:00:03.250000Z"}
    assert stored == {**receipt, **times}


def test_what_went_wrong_stays_with_its_attempt_after_a_retry(api: Api) -> None:
    job = factories.failed(reason=Reason.EXIT_CODE, exit_code=3)
    api.post(f"jobs/{job.pk}/retry/")

    body = api.get(f"jobs/{job.pk}/").body

    assert (body["exit_code"], body["reason"], body["error_message"]) == (None, "", "")
    assert (body["attempts"][0]["exit_code"], body["attempts"][0]["error_message"]) == (3, "It went wrong")

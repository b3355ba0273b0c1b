"""Jobs in every state are as OpenAPI describes them, and the same in lists and by themselves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from config.tests.described import described
from jobs.archive import moving
from jobs.models import Attempt
from jobs.tests.every_state import STATES

from .api import Api

GOES_ON = {"execution_time"}  # by itself, between two answers
OF_ITS_OWN = {"result_data", "result_omitted", "waiting_for"}  # a list leaves out what is large or slow


@pytest.mark.parametrize("state", STATES)
def test_a_job_in_a_list_and_by_itself(api: Api, state: str) -> None:
    job = STATES[state]()

    page = api.get("jobs/").body
    detail = api.get(f"jobs/{job.pk}/").body

    described("JobPage").validate(page)
    described("JobDetail").validate(detail)
    assert_same(page["results"][0], detail)


def test_jobs_of_every_state_in_a_list_by_filter_and_search(api: Api) -> None:
    made = {make().pk for make in STATES.values()}

    for query in ("", "ordering=-priority&", "priority=5&kind=run&", "q=job&", "name=job&ordering=name&"):
        page = api.get(f"jobs/?{query}size=50").body
        described("JobPage").validate(page)
        assert page["results"] and {job["id"] for job in page["results"]} <= made


def test_an_archived_job(api: Api) -> None:
    job = STATES["with a result"]()
    Attempt.objects.update(log_complete=True)
    assert moving.archive(moving.Due(datetime.now(UTC)), 10) == 1

    page = api.get("jobs/?archived=true").body
    detail = api.get(f"jobs/{job.pk}/").body

    described("JobPage").validate(page)
    described("JobDetail").validate(detail)
    assert_same(page["results"][0], detail)


def assert_same(row: dict[str, Any], detail: dict[str, Any]) -> None:
    for name in row.keys() - GOES_ON - OF_ITS_OWN:
        assert row[name] == detail[name], name
    assert (row["waiting_for"] is None) == (detail["waiting_for"] is None)
    assert row["result_omitted"] or row["result_data"] == detail["result_data"]

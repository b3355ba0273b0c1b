"""A request has a budget of database time: past it there is a clear answer, not a hang."""

from dataclasses import replace

import pytest
from django.db import connection

from jobs.queries import FIELDS
from jobs.tests import factories

from .api import Api


def test_a_list_that_takes_too_long_is_stopped_and_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.tracked()
    slow = replace(FIELDS["queue"], one="pg_sleep(60) IS NOT NULL AND {value} <> ''")
    monkeypatch.setitem(FIELDS, "queue", slow)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")

    answer = api.get("jobs/?queue=default")

    assert (answer.status, answer.body["type"]) == (503, "urn:jobdeck:problem:too_slow")
    assert int(answer.headers["Retry-After"]) > 0
    assert "Narrow the filter" in answer.body["hint"]

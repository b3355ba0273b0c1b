"""How the database is reached."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 25, 4, 35, 56, 334412, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
)
def test_times_come_back_in_utc(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, NULL::timestamptz", [moment])
        found, nothing = cursor.fetchone()

    assert found == moment
    assert (found.tzinfo, nothing) == (UTC, None)


def test_json_stays_as_it_is_written() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""SELECT '{"a": 1}'::jsonb""")
        assert cursor.fetchone() == ('{"a": 1}',)

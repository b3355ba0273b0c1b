"""Connections that the database has cut while nobody used them: no request gets to know of it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection

from accounts.tests.factories import admin, bearer
from web.tests.web_server import WebServer, web_server

PATIENCE_SECONDS = 30.0
AT_ONCE = 4
# The tests' own process has the same name.
OURS = """
FROM pg_stat_activity
WHERE application_name = 'jobdeck-web' AND datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[WebServer]:
    with web_server() as running:
        yield running


def cut_all() -> int:
    """Cut the web process's connections and wait until they are gone; gives how many there were."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pid, pg_terminate_backend(pid) {OURS}")
        cut = [pid for pid, _ in cursor.fetchall()]
        while True:
            cursor.execute(f"SELECT count(*) {OURS} AND pid = ANY(%s)", [cut])
            if cursor.fetchone() == (0,):
                return len(cut)
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.usefixtures("transactional_db")
def test_requests_after_a_cut_are_answered_as_if_nothing_had_happened(server: WebServer) -> None:
    headers = bearer(admin())

    def ask(_: int) -> int:
        url = f"{server.url}/api/jobs/"
        return httpx.get(url, headers=headers, timeout=PATIENCE_SECONDS).status_code

    with ThreadPoolExecutor(AT_ONCE) as many:
        for _ in range(3):
            assert list(many.map(ask, range(AT_ONCE))) == [200] * AT_ONCE
            assert cut_all() > 0
        assert list(many.map(ask, range(AT_ONCE))) == [200] * AT_ONCE

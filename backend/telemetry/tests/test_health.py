from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client

from telemetry import health


@pytest.fixture(autouse=True)
def built(tmp_path: Path, settings: LazySettings) -> Path:
    (tmp_path / "index.html").write_text("<html>")
    settings.FRONTEND_DIST = tmp_path
    return tmp_path


def test_livez_needs_no_database(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}


@pytest.mark.django_db
def test_readyz_says_that_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": {"ok": True}, "migrations": {"ok": True}, "front_end": {"ok": True}},
    }


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_named(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "accounts.0001_initial" in answer.json()["checks"]["migrations"]["message"]


@pytest.mark.django_db
def test_a_front_end_that_is_not_built_is_named(client: Client, built: Path) -> None:
    (built / "index.html").unlink()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["front_end"]["ok"] is False


def test_a_database_that_is_away_is_told_and_not_a_crash(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> set[tuple[str, str]]:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "_missing_migrations", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "message": "it cannot be reached"}

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import ApiToken
from accounts.owner import ensure_token_file
from accounts.tests.factories import admin
from config import redis_cache
from config.caches import django_caches
from config.paths import Home
from config.redis_cache import Outage
from config.tests.redis_server import free_port
from jobs.models import Worker
from jobs.tests.factories import worker
from telemetry import health


@pytest.fixture(autouse=True)
def built(tmp_path: Path, settings: LazySettings) -> Path:
    (tmp_path / "index.html").write_text("<html>")
    settings.FRONTEND_DIST = tmp_path
    return tmp_path


def test_livez_needs_no_database(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}


@pytest.fixture
def set_up(db: None, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All that the first commands of a person need; gives the token file."""
    settings.ENV = replace(settings.ENV, home=Home(tmp_path))
    monkeypatch.setattr(health, "_worker_seen", Event())
    ensure_token_file(admin(), settings.ENV.home.token)
    worker()
    return tmp_path / "token"


@pytest.mark.usefixtures("set_up")
def test_readyz_says_that_all_is_well(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {
            name: {"ok": True} for name in ("database", "migrations", "sign_in", "worker", "front_end")
        },
    }


@pytest.mark.parametrize("spoil", [Path.unlink, lambda token: token.write_text("")])
def test_it_is_not_ready_before_the_owners_token_is_there(
    client: Client, set_up: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(set_up)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "run manage.py setup" in answer.json()["checks"]["sign_in"]["message"]


def test_it_is_not_ready_with_a_token_that_the_database_does_not_know(client: Client, set_up: Path) -> None:
    ApiToken.objects.all().delete()

    assert client.get("/readyz").json()["checks"]["sign_in"]["ok"] is False


@pytest.mark.usefixtures("set_up")
def test_it_is_ready_once_a_worker_has_been_there(client: Client) -> None:
    Worker.objects.update(state=Worker.State.STOPPED)
    assert client.get("/readyz").json()["checks"]["worker"]["ok"] is False

    Worker.objects.update(state=Worker.State.ACTIVE)
    assert client.get("/readyz").status_code == 200

    # The pages that say that workers are gone stay reachable.
    Worker.objects.update(state=Worker.State.STOPPED)
    assert client.get("/readyz").status_code == 200


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


@pytest.mark.usefixtures("set_up")
def test_redis_is_told_of_where_there_is_one_and_decides_nothing(
    client: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "redis" not in client.get("/readyz").json()

    url = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(redis_cache, "outage", Outage())
    settings.ENV = replace(settings.ENV, redis_url=url)
    settings.CACHES = django_caches(url, "test")
    assert client.get("/readyz").json()["redis"] == {"usable": True}

    cache.get("anything")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["redis"]["usable"]) == (200, False)
    assert "refused" in answer.json()["redis"]["message"]
    assert client.get("/metrics").content.count(b"jobdeck_redis_usable 0.0") == 1

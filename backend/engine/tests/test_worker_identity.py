"""One session at a time is a worker; who comes second waits for a dead one and leaves a living one its id."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from engine.identity import WorkerIdentity, read_id
from engine.tests.harness import wait_for
from engine.worker_place import WorkerPlace
from jobs.models import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def first(tmp_path: Path) -> Iterator[WorkerIdentity]:
    """Held, and registered as an agent does it."""
    identity = WorkerIdentity(tmp_path / "worker_id", WorkerPlace.here(tmp_path))
    wait_for(identity.hold, "it is held")
    place, now = identity.place, timezone.now()
    Worker.objects.create(
        **{"id": identity.known(), "name": "anvil", "host": place.host, "version": "1"},
        **{"machine": place.machine, "boot_id": place.boot_id, "home": str(place.home)},
        **{"started_at": now, "heartbeat_at": now},
    )
    yield identity
    identity.close()


@pytest.fixture
def twin(first: WorkerIdentity, tmp_path: Path) -> Iterator[WorkerIdentity]:
    """Of the same home as far as anybody can tell."""
    identity = WorkerIdentity(tmp_path / "worker_id", first.place)
    yield identity
    identity.close()


def beat(worker_id: UUID) -> None:
    Worker.objects.filter(pk=worker_id).update(heartbeat_at=F("heartbeat_at") + timedelta(seconds=1))


def test_a_twin_of_a_living_worker_takes_another_id(first: WorkerIdentity, twin: WorkerIdentity) -> None:
    assert not twin.hold()

    def is_held_while_the_first_lives() -> bool:
        beat(first.known())
        return twin.hold()

    wait_for(is_held_while_the_first_lives, "the twin has an id")
    assert twin.known() != first.known()
    assert first.hold()


def test_a_session_that_ends_late_is_waited_for(first: WorkerIdentity, twin: WorkerIdentity) -> None:
    assert not twin.hold()
    first.close()
    wait_for(twin.hold, "the id is free")
    assert twin.known() == first.known()


def test_a_session_that_never_ends_is_ended(
    first: WorkerIdentity, twin: WorkerIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.identity.DEAD_AFTER_SECONDS", 0.0)
    wait_for(twin.hold, "the id is free")
    assert twin.known() == first.known()


def test_a_session_that_is_cut_is_made_again(first: WorkerIdentity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.identity.SECONDS_BETWEEN_CHECKS", 0.0)
    held = first.known()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'jobdeck-worker-id' AND datname = current_database()"
        )
    wait_for(lambda: not first.hold(), "it is noticed")
    wait_for(first.hold, "it is held again")
    assert first.known() == held


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"boot_id": "another"}, True),  # rebooted
        ({"machine": "another"}, True),  # no reboot, so a network card was changed
        ({"boot_id": "another", "machine": "another"}, False),
    ],
)
def test_a_machine_is_known_after_a_reboot(tmp_path: Path, changes: dict[str, str], same: bool) -> None:
    place = WorkerPlace.here(tmp_path)
    row = Worker(machine=place.machine, boot_id=place.boot_id, home=str(place.home))
    assert replace(place, **changes).is_of(row) is same  # type: ignore[arg-type]


def test_the_id_is_read_again(first: WorkerIdentity, tmp_path: Path) -> None:
    assert read_id(tmp_path / "worker_id") == first.known()

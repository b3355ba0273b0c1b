"""Every session of ours keeps what DATABASE_URL asks for, and notices when the other side is gone."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from engine.notifications import Notifications
from engine.scheduler import Scheduler
from jobs import events, listening, sessions
from jobs.events import WAKE, Announcer
from jobs.listening import ChannelListener
from jobs.tests.relay import Relay, certificate, relay

PATIENCE_SECONDS = 30.0
GoBy = Callable[..., None]
pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def announcer(transactional_db: None) -> Iterator[Announcer]:
    """It tries until it succeeds, so it is closed once the way to the database is the usual one again."""
    announcer = Announcer()
    yield announcer
    announcer.close()


@pytest.fixture
def go_by(announcer: Announcer, monkeypatch: pytest.MonkeyPatch) -> GoBy:
    """Makes this process reach its database through a relay, with these options of DATABASE_URL."""

    def set_up(through: Relay, **options: str) -> None:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", str(through.port))
        monkeypatch.setitem(
            connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], **options}
        )

    return set_up


def announce(announcer: Announcer) -> None:
    announcer.add(frozenset({1}), wake=False)
    announcer.flush(2.0)


def listen(_: Announcer) -> None:
    notifications = Notifications()
    notifications.listen(1.0)
    notifications.close()


def listen_for_changes(_: Announcer) -> None:
    with closing(ChannelListener(events.CHANGED, name="jobdeck-live")) as channel:
        channel.connect()


def lead(_: Announcer) -> None:
    scheduler = Scheduler()
    scheduler._lead()
    scheduler._close()


USERS = pytest.mark.parametrize(
    ("use", "name"),
    [
        (announce, "jobdeck-announcer"),
        (listen, "jobdeck-notifications"),
        (listen_for_changes, "jobdeck-live"),
        (lead, "jobdeck-scheduler"),
    ],
)


@USERS
def test_a_session_comes_with_the_tls_that_the_address_asks_for(
    tmp_path: Path, go_by: GoBy, announcer: Announcer, use: Callable[[Announcer], None], name: str
) -> None:
    trusted, ours = certificate(tmp_path, "ours")
    with relay(ours) as database:
        go_by(database, sslmode="verify-full", sslrootcert=str(trusted))
        use(announcer)

    assert name in database.sessions
    assert database.refused == []


@USERS
def test_no_session_opens_to_a_server_that_the_address_does_not_trust(
    tmp_path: Path, go_by: GoBy, announcer: Announcer, use: Callable[[Announcer], None], name: str
) -> None:
    trusted, _ = certificate(tmp_path, "ours")
    _, foreign = certificate(tmp_path, "foreign")
    with relay(foreign) as impostor:
        go_by(impostor, sslmode="verify-full", sslrootcert=str(trusted))
        with suppress(psycopg.OperationalError):
            use(announcer)
        wait_until(lambda: impostor.bad_handshakes > 0)

    assert name not in impostor.sessions


def test_a_server_that_requires_tls_refuses_a_session_without(go_by: GoBy, tmp_path: Path) -> None:
    _, ours = certificate(tmp_path, "ours")
    with relay(ours) as database:
        go_by(database, sslmode="disable")
        with pytest.raises(psycopg.OperationalError, match="no encryption"):
            sessions.open_session("jobdeck-test")

    assert database.refused == ["jobdeck-test"]


def test_a_session_keeps_watch_over_its_connection(go_by: GoBy) -> None:
    with relay() as database:
        go_by(database, keepalives_idle="7", tcp_user_timeout="9000")
        with sessions.open_session("jobdeck-test") as session:
            given = {option.keyword: option.val for option in session.pgconn.info}

    assert (given[b"keepalives_idle"], given[b"tcp_user_timeout"]) == (b"7", b"9000")


def test_a_listener_notices_that_nothing_comes_through_any_more(
    go_by: GoBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(listening, "PROBE_SECONDS", 0.5)
    with relay() as database:
        go_by(database)
        notifications = Notifications()
        assert notifications.listen(0.0)
        assert not notifications.heard()
        database.swallow()
        wait_until(notifications.heard)
        assert notifications.fileno() is None

        assert notifications.listen(10.0)
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {WAKE}")
        wait_until(notifications.heard)
        assert notifications.fileno() is not None
        notifications.close()


def test_a_listener_that_hears_nothing_stays_connected(go_by: GoBy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SILENCE_SECONDS", 0.0)
    with relay() as database:
        go_by(database)
        notifications = Notifications()
        assert notifications.listen(0.0)
        for _ in range(50):
            assert not notifications.heard()
            time.sleep(0.01)
        notifications.close()

    assert database.sessions.count("jobdeck-notifications") == 1


def test_nobody_waits_for_ever_for_an_answer_that_is_swallowed(
    go_by: GoBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ANSWER_SECONDS", 0.5)
    with relay() as database:
        go_by(database)
        session = sessions.open_session("jobdeck-test")
        database.swallow()
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
        session.close()


def heard(channel: ChannelListener) -> list[tuple[str, str]]:
    """The server tells listeners after it has answered the one who notified."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (told := channel.take()) and time.monotonic() < until:
        time.sleep(0.01)
    return told


def test_what_could_not_be_announced_makes_everybody_read_anew(
    go_by: GoBy, announcer: Announcer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ANSWER_SECONDS", 2)
    with closing(ChannelListener(events.CHANGED, name="jobdeck-live")) as channel, relay() as database:
        channel.connect()
        go_by(database)
        announcer.add(frozenset({1}), wake=False)
        assert announcer.flush(PATIENCE_SECONDS)
        assert heard(channel) == [(events.CHANGED, "[1]")]

        database.swallow()
        announcer.add(frozenset({2}), wake=False)
        assert announcer.flush(PATIENCE_SECONDS)

        assert heard(channel) == [(events.CHANGED, '"*"')]


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)

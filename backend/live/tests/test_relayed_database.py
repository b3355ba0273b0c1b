"""The whole server, with its database at the other end of a network."""

from pathlib import Path

from django.db import connection

from accounts.models import User
from jobs import transitions
from jobs.tests.relay import Relay, certificate, relay
from jobs.tests.rows import submit
from live.tests.browser import browser
from web.tests.web_server import web_server


def address(database: Relay, options: str = "") -> str:
    given = connection.settings_dict
    return f"postgresql://{given['USER']}@127.0.0.1:{database.port}/{given['NAME']}?{options}"


def test_with_tls_required_the_server_serves_and_tells_what_changes(owner: User, tmp_path: Path) -> None:
    trusted, tls = certificate(tmp_path, "ours")
    with relay(tls) as database:
        url = address(database, f"sslmode=verify-full&sslrootcert={trusted}")
        with web_server(database_url=url) as server, browser(server, owner) as ann:
            job = submit()
            ann.say(subscribe="job", id=job.pk)
            ann.hear_until("job")
            transitions.cancel(job.pk, by="ann")
            ann.hear_until("job", job__status="CANCELLED")

    assert {"jobdeck-web", "jobdeck-live"} <= set(database.sessions)
    assert database.refused == []
    assert database.bad_handshakes == 0


def test_a_connection_through_which_nothing_comes_is_made_anew(owner: User) -> None:
    with (
        relay() as database,
        web_server(app="live.tests.impatient:application", database_url=address(database)) as server,
        browser(server, owner) as ann,
    ):
        ann.say(subscribe="stats")
        ann.hear_until("stats")
        ann.hear_to_the_pong()
        listeners = database.sessions.count("jobdeck-live")
        database.swallow("jobdeck-live")

        ann.hear_until("refetch")
        assert database.sessions.count("jobdeck-live") == listeners + 1
        submit()
        ann.hear_until("stats", total=1)

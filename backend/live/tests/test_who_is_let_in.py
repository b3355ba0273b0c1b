"""Who is let in, and what they may say."""

import contextlib
import json
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from accounts.codes import make_code
from accounts.models import User
from accounts.tests.factories import bearer
from live.tests.browser import PATIENCE_SECONDS, browser
from web.tests.web_server import WebServer, web_server


def session_cookie(server: WebServer, user: User) -> dict[str, str]:
    """The cookie of a browser that signed in; its name carries the server's port."""
    client = Client()
    body = json.dumps({"code": make_code(user)})
    client.post("/api/auth/signin/", body, content_type="application/json")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"Cookie": f"jobdeck_session_{server.port}={key}"}


def refusal(server: WebServer, headers: dict[str, str], path: str = "") -> int:
    with pytest.raises(InvalidStatus) as refused, connect(server.live_url + path, additional_headers=headers):
        pass
    return refused.value.response.status_code


def goodbye(socket: ClientConnection) -> int:
    """The code in the last frame."""
    frame = {}
    with contextlib.suppress(ConnectionClosed):
        while True:
            frame = json.loads(socket.recv(PATIENCE_SECONDS))
    assert frame.pop("type", None) == "goodbye"
    assert frame["detail"]
    code: int = frame["code"]
    return code


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer jd_no"}, {"Authorization": "Basic YTpi"}])
@pytest.mark.usefixtures("owner")
def test_who_is_not_signed_in_is_sent_away_with_a_code_that_pages_can_read(
    server: WebServer, headers: dict[str, str]
) -> None:
    with connect(server.live_url, additional_headers=headers) as socket:
        assert goodbye(socket) == 4401


def test_a_session_is_let_in_from_our_own_page_only(server: WebServer, owner: User) -> None:
    cookie = session_cookie(server, owner)

    with connect(server.live_url, additional_headers={**cookie, "Origin": server.origin}) as socket:
        assert json.loads(socket.recv(PATIENCE_SECONDS))["type"] == "hello"

    assert refusal(server, cookie) == 403
    assert refusal(server, {**cookie, "Origin": "null"}) == 403
    assert refusal(server, {**cookie, "Origin": "http://evil.example"}) == 403
    assert refusal(server, {**cookie, "Origin": f"https://127.0.0.1:{server.port}"}) == 403
    assert refusal(server, {**cookie, "Origin": f"http://localhost:{server.port}"}) == 403


def test_a_session_that_ended_is_not_let_in(server: WebServer, owner: User) -> None:
    cookie = session_cookie(server, owner)
    SessionStore(cookie["Cookie"].partition("=")[2]).flush()

    with connect(server.live_url, additional_headers={**cookie, "Origin": server.origin}) as socket:
        assert goodbye(socket) == 4401


def test_a_token_from_a_foreign_page_is_refused(server: WebServer, owner: User) -> None:
    assert refusal(server, {**bearer(owner), "Origin": "http://evil.example"}) == 403


def test_a_foreign_host_is_refused(server: WebServer, owner: User) -> None:
    assert refusal(server, {**bearer(owner), "Host": "evil.example"}) == 403


def test_there_is_nothing_at_other_addresses(server: WebServer, owner: User) -> None:
    assert refusal(server, bearer(owner), "other") == 403


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "neither subscribe"),
        ('{"subscribe": "everything"}', "job, jobs, logs and stats"),
        ('{"subscribe": ["job"]}', "job, jobs, logs and stats"),
        ('{"subscribe": "job"}', "id must be"),
        ('{"subscribe": "job", "id": 0}', "id must be"),
        ('{"subscribe": "job", "id": true}', "id must be"),
        ('{"subscribe": "job", "id": "7"}', "id must be"),
        ('{"subscribe": "job", "id": 9223372036854775808}', "id must be"),
        ('{"subscribe": "jobs", "ids": 7}', "ids must be"),
        ('{"subscribe": "jobs", "ids": [1, null]}', "ids must be"),
        (json.dumps({"subscribe": "jobs", "ids": list(range(1, 202))}), "at most 200"),
        ('{"subscribe": "logs", "id": 7, "attempt": 1, "stream": "stdin", "offset": 0}', "stream must be"),
        ('{"subscribe": "logs", "id": 7, "attempt": 0, "stream": "stdout", "offset": 0}', "attempt must be"),
        ('{"subscribe": "logs", "id": 7, "attempt": 1, "stream": "stdout", "offset": -1}', "offset must be"),
    ],
)
def test_what_makes_no_sense_is_answered_and_the_connection_stays(
    server: WebServer, owner: User, said: str, says: str
) -> None:
    with browser(server, owner) as ann:
        ann.socket.send(said)
        assert says in ann.hear_until("error")["detail"]
        assert ann.hear_to_the_pong() == []


def test_watching_is_bounded(server: WebServer, owner: User) -> None:
    with browser(server, owner) as ann:
        for number in range(1, 34):
            ann.say(subscribe="job", id=number)
        assert "At most 32 jobs" in ann.hear_until("error")["detail"]
        for number in range(1, 10):
            ann.say(subscribe="logs", id=2**40, attempt=number, stream="stdout", offset=0)
        assert ann.hear_until("error")


def test_a_message_that_is_too_large_ends_the_connection(server: WebServer, owner: User) -> None:
    with browser(server, owner) as ann:
        ann.socket.send("x" * 20_000)
        assert goodbye(ann.socket) == 1009


def test_bytes_end_the_connection(server: WebServer, owner: User) -> None:
    with browser(server, owner) as ann:
        ann.socket.send(b"{}")
        assert goodbye(ann.socket) == 1009


def test_who_signs_out_is_sent_away(impatient: WebServer, owner: User) -> None:
    cookie = session_cookie(impatient, owner)

    with connect(impatient.live_url, additional_headers={**cookie, "Origin": impatient.origin}) as socket:
        assert json.loads(socket.recv(PATIENCE_SECONDS))["type"] == "hello"
        SessionStore(cookie["Cookie"].partition("=")[2]).flush()

        assert goodbye(socket) == 4401


@pytest.mark.usefixtures("server")
def test_a_server_that_stops_does_not_wait_for_its_browsers(owner: User) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(web_server())
        with connect(server.live_url, additional_headers=bearer(owner)) as socket:
            assert socket.recv(PATIENCE_SECONDS)
            stack.close()

            with pytest.raises(ConnectionClosed):
                socket.recv(PATIENCE_SECONDS)


def test_too_many_messages_end_the_connection(server: WebServer, owner: User) -> None:
    heard = []
    with browser(server, owner) as ann:
        for _ in range(90):
            ann.socket.send('{"ping": 1}')
        with contextlib.suppress(ConnectionClosed):
            # One at a time: what is on its way when the server closes would cut the connection instead.
            for _ in range(2000):
                ann.socket.send('{"ping": 1}')
                heard.append(ann.hear())
        with contextlib.suppress(ConnectionClosed):
            while True:
                heard.append(ann.hear())

    assert (heard[-1]["type"], heard[-1]["code"]) == ("goodbye", 4429)

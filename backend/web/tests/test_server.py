"""Over a real socket, through granian: what Django's test client cannot show."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from web.tests.web_server import START_SECONDS, WebServer, web_server

SIGNIN = "/api/auth/signin/"
# The server reads the tests' database, which is made for tests that say so.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture(scope="module")
def below_a_prefix(django_db_setup: None) -> Iterator[WebServer]:
    with web_server(prefix="/some/deck") as running:
        yield running


def raw(server: WebServer, request: bytes, seconds: float = 10) -> bytes:
    """Send bytes as they are and give what comes back until the server closes or falls silent."""
    with closing(socket.create_connection(("127.0.0.1", server.port), seconds)) as sock:
        sock.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or not _is_whole(answer):
            piece = sock.recv(65536)
            if not piece:
                break
            answer += piece
        return answer


def _is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(lengths) and len(body) >= int(lengths[0].partition(b":")[2])


def assert_problem(response: httpx.Response, status: int, code: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"urn:jobdeck:problem:{code}"
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_a_body_over_a_mebibyte_is_refused_with_an_answer_that_arrives(server: WebServer) -> None:
    body = b'{"code": "' + b"x" * (1024 * 1024) + b'"}'

    response = httpx.post(server.url + SIGNIN, content=body, headers={"Content-Type": "application/json"})

    assert_problem(response, 413, "body_too_large")


def test_a_body_without_a_length_counts_as_well(server: WebServer) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    response = httpx.post(server.url + SIGNIN, content=pieces(), headers={"Content-Type": "application/json"})

    assert_problem(response, 413, "body_too_large")


def test_a_chunked_body_is_read(server: WebServer) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"code": '
        yield b'"x", "code": 1}'

    response = httpx.post(server.url + SIGNIN, content=pieces(), headers={"Content-Type": "application/json"})

    assert_problem(response, 400, "malformed_body")
    assert response.json()["errors"][0]["field"] == "code"


def test_an_address_without_end_is_refused(server: WebServer) -> None:
    assert_problem(httpx.get(f"{server.url}/api/me/?x={'y' * 20_000}"), 414, "address_too_long")


@pytest.mark.parametrize("path", ["/api/%ff%fe/", "/api/%00/", "/api/%ed%a0%80/", "//evil/api/"])
def test_a_strange_path_is_a_404_and_no_crash(server: WebServer, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())

    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), answer


@pytest.mark.parametrize(
    "query", ["?a=%ff", "?a=%00", "?%ed%a0%80", "?" + "&".join("a=1" for _ in range(2000))]
)
def test_a_strange_query_is_no_crash(server: WebServer, query: str) -> None:
    assert httpx.get(f"{server.url}/api/me/{query}").status_code in (400, 401)


def test_two_host_headers_are_refused(server: WebServer) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n"

    answer = raw(server, f"GET /api/me/ HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n".encode())

    assert answer.startswith((b"HTTP/1.1 421", b"HTTP/1.1 400")), answer


@pytest.mark.parametrize("chunk", ["ZZZ", "ffffffffffffffffff", "-1"])
def test_chunks_that_make_no_sense_are_the_senders_fault(server: WebServer, chunk: str) -> None:
    head = f"POST {SIGNIN} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"

    answer = raw(server, f"{head}Transfer-Encoding: chunked\r\n\r\n{chunk}\r\n{{}}".encode())

    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b"application/problem+json" in answer


def test_a_whole_body_is_not_taken_for_one_whose_end_makes_no_sense(server: WebServer) -> None:
    head = f"POST {SIGNIN} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"

    answer = raw(server, f'{head}Transfer-Encoding: chunked\r\n\r\nd\r\n{{"code": "x"}}\r\nZZ\r\n'.encode())

    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b"The body is not whole" in answer


@pytest.mark.parametrize("request_line", ["GET /api/me/ HTTP/1.1", "GET /api/me/ HTTP/1.0"])
def test_a_request_that_names_no_host_is_refused_at_the_door(server: WebServer, request_line: str) -> None:
    answer = raw(server, f"{request_line}\r\n\r\n".encode())

    assert answer.split()[1] == b"421", answer
    assert "Traceback" not in server.said


def test_a_body_that_stops_halfway_changes_nothing_and_holds_nobody(server: WebServer) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port))) as sock:
        head = (
            f"POST {SIGNIN} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
        )
        sock.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())

        assert httpx.get(f"{server.url}/api/me/").status_code == 401

    assert httpx.get(f"{server.url}/livez").status_code == 200


def test_every_answer_has_its_length(server: WebServer) -> None:
    for path in ("/livez", "/readyz", "/api/me/", "/api/nope/"):
        response = httpx.get(server.url + path)
        assert int(response.headers["content-length"]) == len(response.content)


def test_no_code_and_no_token_is_in_the_log(server: WebServer) -> None:
    secret = "a-code-that-nobody-may-read"
    httpx.post(server.url + SIGNIN, json={"code": secret})
    httpx.get(f"{server.url}/api/me/", headers={"Authorization": f"Bearer {secret}"})

    assert "status=401" in server.said
    assert secret not in server.said


@pytest.mark.parametrize(
    "path",
    [
        "/api/%0a2026-01-01%2000:00:00%20[error%20%20%20%20]%20forged",
        "/api/%1b[31m%c2%9b2J%c2%85forged%e2%80%ae",
    ],
)
def test_nobody_writes_into_the_log_what_he_likes(server: WebServer, path: str) -> None:
    before = len(server.said)
    ours, foreign = f"Host: 127.0.0.1:{server.port}\r\n", "Host: evil\x9b\r\nX-Request-ID: a\x9bbcdefgh\r\n"
    for address, headers in ((path, ours), (path, foreign), (f"{path}{'y' * 20_000}", ours)):
        raw(server, f"GET {address} HTTP/1.1\r\n{headers}\r\n".encode("latin-1"))

    # A line may be written after its answer has been sent.
    deadline = time.monotonic() + START_SECONDS
    while server.said[before:].count("forged") < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    said = server.said[before:].split("\n")
    assert len([line for line in said if "forged" in line]) == 3
    assert all(line.isprintable() for line in said)
    assert not [line for line in said if line.startswith("2026-01-01 00:00:00")]


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "BREW"])
def test_a_probe_is_asked_and_nothing_else(server: WebServer, method: str) -> None:
    response = httpx.request(method, f"{server.url}/livez")

    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD"


FOREIGN = ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "user@127.0.0.1:{port}"]


@pytest.mark.parametrize("host", ["", "Host: 127.0.0.1:{port}\r\n", "Host: localhost:{port}\r\n"])
@pytest.mark.parametrize("authority", FOREIGN)
def test_an_address_that_names_another_host_is_refused_whatever_host_says(
    server: WebServer, authority: str, host: str
) -> None:
    request = f"GET http://{authority}/api/me/ HTTP/1.1\r\n{host}\r\n".replace("{port}", str(server.port))

    answer = raw(server, request.encode())

    assert answer.split()[1] == b"421", answer
    assert b"application/problem+json" in answer


def test_an_address_and_host_have_to_name_the_same(server: WebServer) -> None:
    request = f"GET http://localhost:{server.port}/api/me/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"

    assert raw(server, request.encode()).split()[1] == b"421"


@pytest.mark.parametrize("authority", FOREIGN)
def test_a_websocket_of_another_host_is_refused_whatever_host_says(server: WebServer, authority: str) -> None:
    lines = [
        f"GET http://{authority}/ws/ HTTP/1.1",
        "Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Content-Length: 0",
    ]

    answer = raw(server, "\r\n".join([*lines, "", ""]).replace("{port}", str(server.port)).encode())

    assert answer.split()[1] == b"403", answer


def test_an_address_may_name_the_host_that_host_names(server: WebServer) -> None:
    ours = f"127.0.0.1:{server.port}"

    answer = raw(server, f"GET http://{ours}/api/me/ HTTP/1.1\r\nHost: {ours}\r\n\r\n".encode())

    assert answer.split()[1] == b"401", answer


@pytest.mark.parametrize("header", ["Host", "Authorization", "X-Anything"])
def test_a_header_that_is_not_ascii_is_refused_and_not_passed_over(server: WebServer, header: str) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n" if header != "Host" else ""

    answer = raw(server, f"GET /api/me/ HTTP/1.1\r\n{host}{header}: \xe9\r\n\r\n".encode("latin-1"))

    assert answer.split()[1] == b"400", answer
    assert b"application/problem+json" in answer


def test_everything_is_below_the_prefix(below_a_prefix: WebServer) -> None:
    server = below_a_prefix

    assert_problem(httpx.get(f"{server.url}/api/me/"), 401, "not_signed_in")
    assert_problem(httpx.get(f"{server.origin}/api/me/"), 404, "not_found")
    assert (
        httpx.get(f"{server.url}/livez").status_code == httpx.get(f"{server.origin}/livez").status_code == 200
    )
    assert httpx.get(f"{server.url}/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css").is_success
    for path in ("/", "/some/deck"):
        assert httpx.get(server.origin + path).headers["location"] == "/some/deck/"
    assert_problem(httpx.get(f"{server.origin}/some/decker/"), 404, "not_found")


@pytest.mark.parametrize("leaves", [True, False])
def test_a_stream_is_made_as_it_is_read_and_stops_when_its_reader_leaves_or_stalls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves: bool, django_db_setup: None
) -> None:
    notes = tmp_path / "notes"
    monkeypatch.setenv("NOTES", str(notes))
    with web_server(app="web.tests.long_answer:application") as server:
        sock = socket.create_connection(("127.0.0.1", server.port))
        sock.sendall(f"GET /?reader HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert sock.recv(100).startswith(b"HTTP/1.1 200")
        if leaves:
            sock.close()
        _wait_for(notes)
        sock.close()

        stopped, reader, pieces = notes.read_text().split()
        assert (stopped, reader) == ("stopped", "reader")
        # What nobody reads is not made: more than the kernel holds is in no memory of ours.
        assert int(pieces) < 500


def test_a_request_whose_turn_has_not_come_in_time_is_never_carried_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_setup: None
) -> None:
    notes = tmp_path / "notes"
    monkeypatch.setenv("NOTES", str(notes))
    with web_server(app="web.tests.slow_answer:application") as server:

        def post(number: int) -> httpx.Response:
            return httpx.post(f"{server.url}/api/{number}", timeout=30)

        with ThreadPoolExecutor(3) as many:
            answers = list(many.map(post, range(3)))
        said = [answer.json()["detail"] for answer in answers]
        notes.with_suffix(".go").touch()
        _wait_for(notes)
        assert httpx.post(f"{server.url}/api/last", timeout=30).status_code == 200

    assert {answer.status_code for answer in answers} == {503}
    assert ["not decided" in one for one in said].count(True) == 1
    assert ["nothing was changed" in one for one in said].count(True) == 2
    assert len(notes.read_text().splitlines()) == 2


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + 30
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)

"""What an application is told of a request, and what becomes of its answer, over a real socket."""

from collections.abc import Iterator

import httpx
import pytest

from web.tests.test_server import raw
from web.tests.web_server import WebServer, web_server

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def echo(django_db_setup: None) -> Iterator[WebServer]:
    with web_server(app="web.tests.echo:application") as running:
        yield running


def told(server: WebServer, request: str) -> dict[str, str]:
    answer = raw(server, f"{request}\r\nConnection: close\r\n\r\n".encode())
    told: dict[str, str] = httpx.Response(200, content=answer.partition(b"\r\n\r\n")[2]).json()
    return told


def test_the_path_is_decoded_to_bytes_and_the_query_is_not(echo: WebServer) -> None:
    heard = told(echo, "GET /a%20b%2Fc%E2%82%AC?q=%20&%E2=1 HTTP/1.1\r\nHost: a")

    assert heard["PATH_INFO"].encode("latin-1").decode() == "/a b/c\u20ac"
    assert heard["QUERY_STRING"] == "q=%20&%E2=1"


def test_what_comes_twice_is_joined(echo: WebServer) -> None:
    assert told(echo, "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nX-One: 2")["HTTP_X_ONE"] == "1,2"


def test_a_header_cannot_pass_for_another(echo: WebServer) -> None:
    heard = told(echo, "GET / HTTP/1.1\r\nHost: a\r\nX_One: 1\r\nContent_Length: 7")

    assert not {"HTTP_X_ONE", "HTTP_CONTENT_LENGTH", "CONTENT_LENGTH"} & heard.keys()


def test_a_body_comes_with_its_true_length(echo: WebServer) -> None:
    heard = httpx.post(echo.url, content=iter([b"12", b"345"]), headers={"Content-Type": "a/b"}).json()

    assert (heard["body"], heard["CONTENT_LENGTH"], heard["CONTENT_TYPE"]) == ("12345", "5", "a/b")
    assert "HTTP_TRANSFER_ENCODING" not in heard


def test_who_asks_is_told(echo: WebServer) -> None:
    heard = told(echo, "GET / HTTP/1.0")

    assert (heard["REMOTE_ADDR"], heard["SERVER_PORT"]) == ("127.0.0.1", str(echo.port))
    assert heard["HTTP_HOST"] == ""


def test_where_no_header_names_the_host_the_address_does(echo: WebServer) -> None:
    assert told(echo, "GET http://one.example:1/ HTTP/1.1")["HTTP_HOST"] == "one.example:1"


def test_every_cookie_is_set(echo: WebServer) -> None:
    assert httpx.get(echo.url).headers.get_list("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_none(echo: WebServer, status: int) -> None:
    response = httpx.get(f"{echo.url}/?{status}")

    assert (response.status_code, response.content) == (status, b"")
    assert "transfer-encoding" not in response.headers


def test_head_is_answered_without_a_body(echo: WebServer) -> None:
    with httpx.Client() as client:
        assert client.head(echo.url).content == b""
        assert client.get(echo.url).json()["REQUEST_METHOD"] == "GET"  # on the same connection

"""What a request costs: the edge alone, a view that does nothing, knowing who asks, and the usual reads."""

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from figures import Figure, in_parallel, main
from jobdeck import CLOCK_TICKS, Jobdeck

ROUNDS = 5
REQUESTS = 800
LIST = "/api/jobs/?size=50"
LITERAL = "/api/literal/"
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n")


@dataclass
class Ask:
    """A request that is made over and over, and how often a second: of the clock, and of one core's work."""

    name: str
    jobdeck: Jobdeck
    path: str
    headers: dict[str, str]
    status: int = 200
    requests: int = REQUESTS
    rates: list[float] = field(default_factory=list)
    per_core: list[float] = field(default_factory=list)

    def measure(self, requests: int) -> tuple[float, float]:
        """Ask so many times by clients that keep their connections. Raises unless each answer is good."""
        local, lines = threading.local(), [f"{name}: {value}\r\n" for name, value in self.headers.items()]
        host = f"127.0.0.1:{self.jobdeck.port}"
        request = f"GET {self.path} HTTP/1.1\r\nHost: {host}\r\n{''.join(lines)}\r\n".encode()
        good = f"HTTP/1.1 {self.status} ".encode()

        def ask(_: int) -> None:
            if not hasattr(local, "socket"):
                local.socket = socket.create_connection(("127.0.0.1", self.jobdeck.port), 30)
            local.socket.sendall(request)
            answer = _read(local.socket)
            if not answer.startswith(good):
                raise RuntimeError(f"{self.path} was answered {answer[:300]!r}")

        before = self.jobdeck.web_seconds()
        rate = in_parallel(requests, ask)
        return rate, requests / max(self.jobdeck.web_seconds() - before, 1 / CLOCK_TICKS)


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Requests a second, by eight clients; each kind in turn in every round."""
    token, nothing = jobdeck.headers(), {}
    asks = [
        Ask("the edge alone (/livez)", jobdeck, "/livez", nothing),
        Ask("an empty view, for anybody", jobdeck, "/api/empty/anybody/", nothing),
        Ask("an empty view, by token", jobdeck, "/api/empty/", token),
        Ask("an empty view, by session", jobdeck, "/api/empty/", sign_in(jobdeck)),
        Ask("50 rows by ModelSerializer", jobdeck, LITERAL, token, requests=REQUESTS // 20),
        Ask("/api/me/", jobdeck, "/api/me/", token),
        Ask("a job", jobdeck, newest(jobdeck), token),
        Ask("50 rows", jobdeck, LIST, token),
    ]
    tag = etag(jobdeck, LIST)
    if tag:
        asks.append(Ask("50 rows that are known (304)", jobdeck, LIST, {**token, "If-None-Match": tag}, 304))
    for number in range(ROUNDS + 1):
        for ask in asks:
            rate, per_core = ask.measure(ask.requests if number else ask.requests // 4)
            if number:  # the first round warms up
                ask.rates.append(rate)
                ask.per_core.append(per_core)
    return [figure for ask in asks for figure in figures(ask, asks)]


def figures(ask: Ask, asks: list[Ask]) -> Iterator[Figure]:
    """The rates of a request, beside those of the one that it is measured by."""
    _, anybody, by_token, _, literal, *_ = asks
    floors = {
        "an empty view, by token": (anybody, "≥ 0.7", "floor: for anybody"),
        "an empty view, by session": (anybody, "≥ 0.7", "floor: for anybody"),
        "/api/me/": (by_token, "", "floor: an empty view, by token"),
        "a job": (by_token, "", "floor: an empty view, by token"),
        "50 rows by ModelSerializer": (by_token, "", "floor: an empty view, by token"),
        "50 rows": (literal, "≥ 8", "peer: ModelSerializer, OFFSET and count(*) by the same server"),
        "50 rows that are known (304)": (by_token, "≥ 0.8", "floor: an empty view, by token"),
    }
    floor, bar, note = floors.get(ask.name, (None, "", ""))
    of_the_clock, of_a_core = ("", bar) if floor is literal else (bar, "")
    rates, per_core = (floor.rates, floor.per_core) if floor else ((), ())
    yield Figure(ask.name, ask.rates, "requests/s", rates, of_the_clock, note)
    yield Figure(f"{ask.name}, per core", ask.per_core, "requests/s", per_core, of_a_core, note)


def sign_in(jobdeck: Jobdeck) -> dict[str, str]:
    """The cookie of a browser that has used the owner's link."""
    code = jobdeck.printed("signin").strip().partition("#code=")[2]
    connection = jobdeck.connect()
    body = f'{{"code": "{code}"}}'
    connection.request("POST", "/api/auth/signin/", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    cookies = SimpleCookie(answer.getheader("Set-Cookie", ""))
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())}


def newest(jobdeck: Jobdeck) -> str:
    """Where the newest job is."""
    return f"/api/jobs/{jobdeck.json('/api/jobs/?size=1')['results'][0]['id']}/"


def etag(jobdeck: Jobdeck, path: str) -> str | None:
    """What the server calls its answer, where it does."""
    connection = jobdeck.connect()
    connection.request("GET", path, headers=jobdeck.headers())
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("ETag")


def _read(connected: socket.socket) -> bytes:
    """A whole answer."""
    answer = connected.recv(65536)
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += connected.recv(65536)
    length = LENGTH.search(answer, 0, end + 2)
    wanted = end + 4 + (int(length[1]) if length else 0)
    while len(answer) < wanted:
        answer += connected.recv(65536)
    return answer


if __name__ == "__main__":
    main(bench, __doc__)

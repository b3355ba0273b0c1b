"""The database away: answers stay honest and quick, and come back by themselves."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from api.problems import problem_response, to_problem
from web.circuit_breaker import CircuitBreaker, CircuitBreakerMiddleware

WAIT_SECONDS = 10.0


def away(request: HttpRequest) -> HttpResponse:
    return problem_response(to_problem(OperationalError("no route to host")), request)


def there(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


class Switch:
    """A server whose database comes and goes; counts who got through to it."""

    def __init__(self) -> None:
        self.answer: Callable[[HttpRequest], HttpResponse] = there
        self.tried = 0
        self.middleware = CircuitBreakerMiddleware(self._answer)
        self.middleware.breaker = CircuitBreaker()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.tried += 1
        return self.answer(request)

    def get(self, path: str = "/api/jobs/") -> int:
        return self.middleware(RequestFactory().get(path)).status_code


def test_while_one_request_waits_for_the_database_the_others_are_answered_at_once() -> None:
    switch, waits, go_on = Switch(), threading.Event(), threading.Event()
    switch.answer = away
    assert switch.get() == 503

    def slowly_away(request: HttpRequest) -> HttpResponse:
        waits.set()
        assert go_on.wait(WAIT_SECONDS)
        return away(request)

    switch.answer = slowly_away
    first = threading.Thread(target=switch.get)
    first.start()
    assert waits.wait(WAIT_SECONDS)
    tried = switch.tried

    assert [switch.get() for _ in range(20)] == [503] * 20
    assert switch.tried == tried

    go_on.set()
    first.join()


def test_when_the_database_is_back_everyone_is_served() -> None:
    switch = Switch()
    switch.answer = away
    assert switch.get() == 503
    switch.answer = there

    assert [switch.get() for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("path", ["/", "/readyz", "/assets/index.js"])
def test_what_needs_no_database_is_served(path: str) -> None:
    switch = Switch()
    switch.answer = away
    switch.get()
    switch.answer = there

    with switch.middleware.breaker.passage():
        assert switch.get(path) == 200


def test_other_problems_are_no_outage() -> None:
    switch = Switch()
    switch.answer = lambda request: problem_response(to_problem(ValueError()), request)
    assert switch.get() == 500
    switch.answer = there

    with switch.middleware.breaker.passage():
        assert switch.get() == 200


def test_silence_opens_it_only_when_nobody_is_answered() -> None:
    breaker = CircuitBreaker()
    since = time.monotonic()
    breaker.note_answer(away=False)
    breaker.note_silence(since)
    with breaker.passage():
        assert breaker.admits()

    breaker.note_silence(time.monotonic() + 1)
    with breaker.passage():
        assert not breaker.admits()
        breaker.note_answer(away=False)
        assert breaker.admits()

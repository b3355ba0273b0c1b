"""Every answer says what a browser may load for it."""

from collections.abc import Callable

import pytest
from csp.decorators import csp_update
from csp.exceptions import CSPNonceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from web.csp import PolicyMiddleware

HEADER = "Content-Security-Policy"


def answer(view: Callable[[HttpRequest], HttpResponseBase]) -> tuple[HttpRequest, str]:
    request = RequestFactory().get("/")
    response = PolicyMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    return request, response[HEADER]


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


def test_the_policy_of_an_answer_is_strict() -> None:
    _, policy = answer(plain)

    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert "nonce" not in policy


def test_a_nonce_that_was_asked_for_is_in_it_and_in_no_other() -> None:
    given = []

    def with_nonce(request: HttpRequest) -> HttpResponse:
        given.append(str(request.csp_nonce))  # type: ignore[attr-defined]
        return HttpResponse("with a nonce")

    policies = [answer(view)[1] for view in (with_nonce, plain, with_nonce)]

    assert [f"'nonce-{given[0]}'" in one for one in policies] == [True, False, False]
    assert [f"'nonce-{given[1]}'" in one for one in policies] == [False, False, True]


def test_a_nonce_that_comes_too_late_is_an_error() -> None:
    request, _ = answer(plain)

    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)  # type: ignore[attr-defined]


def test_a_view_may_still_ask_for_an_exception() -> None:
    _, policy = answer(csp_update({"img-src": "https://example.org"})(plain))

    assert "https://example.org" in policy
    assert "https://example.org" not in answer(plain)[1]

"""Every kind of error comes out as problem+json with the right status."""

import inspect
import json
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions as drf

from api.problems import exception_handler, field_errors, to_problem
from jobs import errors

ALL_ERRORS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.Problem)
]


def answer(error: Exception) -> tuple[Any, dict[str, Any]]:
    request = RequestFactory().get("/api/jobs/")
    request.request_id = "id-of-the-request"  # type: ignore[attr-defined]
    response = exception_handler(error, {"request": request})
    return response, json.loads(response.content)


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_sentence_a_status_and_an_answer(kind: type[errors.Problem]) -> None:
    response, body = answer(kind())

    assert 400 <= response.status_code == body["status"] < 600
    assert response["Content-Type"] == "application/problem+json"
    assert body["request_id"] == "id-of-the-request"
    assert body["type"] == f"urn:jobdeck:problem:{kind.code}"
    assert body["detail"].endswith((".", "work."))
    assert body["title"]
    assert kind is errors.Problem or body["hint"].endswith(".")


def test_errors_can_be_told_apart_by_their_type() -> None:
    codes = [kind.code for kind in ALL_ERRORS if kind not in (errors.Problem, errors.InternalError)]

    assert len(codes) == len(set(codes))


def test_a_wrong_state_says_which_one() -> None:
    response, body = answer(errors.WrongState("COMPLETED", "It has ended already."))

    assert response.status_code == 409
    assert body["current_status"] == "COMPLETED"
    assert body["detail"] == "It has ended already."


def test_an_error_of_a_field_names_it_and_hints() -> None:
    _, body = answer(errors.Invalid.field("priority", "Too large.", "Use 1 to 10."))

    assert body["errors"] == [{"field": "priority", "message": "Too large.", "hint": "Use 1 to 10."}]


def test_nested_details_become_paths() -> None:
    detail = drf.ValidationError(
        {
            "name": ["Too long.", "Bad."],
            "environment": {"A=B": ["No equals sign."]},
            "tags": {"0": ["Blank."]},
            "items": [{}, {"id": ["Unknown."]}],
            "non_field_errors": ["Both."],
        }
    ).detail

    assert [(error.field, error.message) for error in field_errors(detail)] == [
        ("name", "Too long."),
        ("name", "Bad."),
        ("environment.A=B", "No equals sign."),
        ("tags.0", "Blank."),
        ("items.1.id", "Unknown."),
        ("", "Both."),
    ]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (drf.NotAuthenticated(), 401, "not_signed_in"),
        (drf.AuthenticationFailed("The token is unknown."), 401, "not_signed_in"),
        (drf.PermissionDenied(), 403, "forbidden"),
        (PermissionDenied(), 403, "forbidden"),
        (drf.NotFound(), 404, "not_found"),
        (Http404(), 404, "not_found"),
        (drf.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (drf.NotAcceptable(), 406, "not_acceptable"),
        (drf.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (drf.Throttled(wait=2.5), 429, "throttled"),
        (drf.ParseError(), 400, "malformed_body"),
        (SuspiciousOperation(), 400, "invalid"),
        (RuntimeError("a bug"), 500, "internal_error"),
    ],
)
def test_foreign_errors_become_ours(error: Exception, status: int, code: str) -> None:
    problem = to_problem(error)

    assert (problem.status, problem.code) == (status, code)


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("connection refused"), 503, "database_unavailable"),
        (InterfaceError("connection already closed"), 503, "database_unavailable"),
        (caused(OperationalError(), psycopg.errors.QueryCanceled()), 503, "too_slow"),
        (caused(OperationalError(), psycopg.errors.LockNotAvailable()), 503, "busy"),
        (caused(OperationalError(), psycopg.errors.DeadlockDetected()), 503, "busy"),
        (caused(OperationalError(), psycopg.errors.AdminShutdown()), 503, "database_unavailable"),
        (caused(OperationalError(), psycopg.errors.TooManyConnections()), 503, "database_unavailable"),
        (caused(DataError(), psycopg.DataError()), 400, "invalid"),
        (IntegrityError(), 500, "internal_error"),
    ],
)
def test_what_the_database_says_is_told_apart(error: Exception, status: int, code: str) -> None:
    problem = to_problem(error)

    assert (problem.status, problem.code) == (status, code)


def test_unavailable_says_when_to_come_back_and_a_bug_shows_nothing_of_itself() -> None:
    response, _ = answer(OperationalError("password authentication failed for user x"))
    assert response["Retry-After"] == "5"

    _, body = answer(RuntimeError("secret detail"))
    assert "secret" not in json.dumps(body)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/docs/", "/api/schema/", "/api/jobs/"])
@pytest.mark.parametrize("accept", ["application/json", "text/html", "image/png"])
def test_who_is_not_signed_in_is_told_so_whatever_is_acceptable(path: str, accept: str) -> None:
    answer = Client().get(path, headers={"Accept": accept})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")

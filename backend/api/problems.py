"""Turns every error into an `application/problem+json` answer (RFC 9457), whoever raised it."""

import logging
import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import orjson
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions as drf
from rest_framework.request import Request
from rest_framework.views import set_rollback

from api.database_errors import database_problem
from api.params import join_path
from jobs import errors
from jobs.errors import FieldError, Hint, Problem

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:jobdeck:problem:"

log = logging.getLogger(__name__)


def problem_body(problem: Problem, request_id: str) -> bytes:
    """Write a problem as JSON: type, title, status, detail, errors, request_id and what else applies."""
    body: dict[str, object] = {
        "type": TYPE_PREFIX + problem.code,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": [_field_json(error) for error in problem.errors],
        "request_id": request_id,
    }
    if problem.hint:
        body["hint"] = problem.hint
    if problem.current_status:
        body["current_status"] = problem.current_status
    if problem.current_version is not None:
        body["current_version"] = problem.current_version
    return orjson.dumps(body)


def problem_headers(problem: Problem) -> dict[str, str]:
    """Give the headers that go with a problem."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Jobdeck"'
    return headers


def problem_response(problem: Problem, request: HttpRequest | Request) -> HttpResponse:
    """Answer a request with a problem."""
    body = problem_body(problem, getattr(request, "request_id", ""))
    headers = {"Content-Length": str(len(body)), **problem_headers(problem)}
    response = HttpResponse(body, status=problem.status, content_type=CONTENT_TYPE, headers=headers)
    response.problem = problem.code  # type: ignore[attr-defined]  # web.circuit_breaker looks for one
    return response


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Answer for any exception out of an API view (REST framework's EXCEPTION_HANDLER)."""
    set_rollback()
    problem = to_problem(_refusal_before(error, context))
    if problem.status == 500:
        log.error("unhandled error", exc_info=error)
    return problem_response(problem, context["request"])


def _refusal_before(error: Exception, context: Mapping[str, Any]) -> Exception:
    """Who may not be here learns that first; REST framework looks at Accept before it looks at who asks."""
    if isinstance(error, drf.NotAcceptable):
        view, request = context["view"], context["request"]
        try:
            view.perform_authentication(request)
            view.check_permissions(request)
        except drf.APIException as refusal:
            return refusal
    return error


def to_problem(error: BaseException) -> Problem:
    """The problem to answer an exception with; an unknown one is an internal error."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, drf.APIException):
        return _from_rest_framework(error)
    if isinstance(error, Http404):
        return errors.NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return errors.Forbidden()
    if isinstance(error, BadRequest | SuspiciousOperation | UnreadablePostError):
        return errors.Invalid("The request cannot be understood.")
    return database_problem(error) or errors.InternalError()


def _from_rest_framework(error: drf.APIException) -> Problem:
    if isinstance(error, drf.ValidationError):
        return errors.Invalid(errors=list(field_errors(error.detail)))
    if isinstance(error, drf.Throttled):
        wait: float | None = getattr(error, "wait", None)
        return errors.Throttled(retry_after=math.ceil(wait) if wait else None)
    if isinstance(error, drf.MethodNotAllowed):
        return errors.MethodNotAllowed(str(error.detail))
    if isinstance(error, drf.UnsupportedMediaType):
        return errors.UnsupportedMedia()
    kind = _KINDS.get(type(error))
    if kind is None:
        return errors.InternalError() if error.status_code >= 500 else errors.Invalid(str(error.detail))
    is_default = str(error.detail) == str(error.default_detail)
    return kind("" if is_default else str(error.detail))


_KINDS: dict[type[drf.APIException], type[Problem]] = {
    drf.ParseError: errors.MalformedBody,
    drf.AuthenticationFailed: errors.NotSignedIn,
    drf.NotAuthenticated: errors.NotSignedIn,
    drf.PermissionDenied: errors.Forbidden,
    drf.NotFound: errors.NotFound,
    drf.NotAcceptable: errors.NotAcceptable,
}


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Flatten REST framework's nested error details into one entry per message, with its field's path."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from field_errors(value, path if key == "non_field_errors" else join_path(path, key))
    elif isinstance(detail, list | tuple):
        nested = any(isinstance(item, Mapping | list) for item in detail)
        for position, item in enumerate(detail):
            if item:
                yield from field_errors(item, join_path(path, position) if nested else path)
    else:
        code = getattr(detail, "code", None)
        yield FieldError(path, str(detail), code if isinstance(code, Hint) else "")


def _field_json(error: FieldError) -> dict[str, object]:
    entry: dict[str, object] = {"field": error.field, "message": error.message}
    if error.hint:
        entry["hint"] = error.hint
    if error.position is not None:
        entry["position"] = error.position
    return entry


# --- Django's own handlers (config.urls names them) ---------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(to_problem(exception), request)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(to_problem(exception), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem_response(
        errors.Forbidden(
            "The header X-CSRFToken is missing or wrong.",
            hint="Reload the page and try again. A program sends Authorization: Bearer TOKEN instead.",
        ),
        request,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(errors.NotFound(f"There is nothing at {request.path}."), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for an exception that no view caught; Django calls this inside the except block."""
    error = sys.exc_info()[1]
    problem = to_problem(error) if error else errors.InternalError()
    if problem.status == 500:
        log.error("unhandled error", exc_info=error)
    return problem_response(problem, request)


@csrf_exempt
def raise_not_found(request: HttpRequest, *_: object, **__: object) -> NoReturn:
    """Answer for API addresses that do not exist, where the front end's page would mislead."""
    raise Http404

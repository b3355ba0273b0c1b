"""Idempotency-Key: the same POST sent twice takes effect once and is answered alike both times."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from jobs.errors import Invalid
from jobs.idempotency import KeptAnswer, KeyedRequest, once
from jobs.limits import LONGEST_IDEMPOTENCY_KEY

from .renderers import to_json

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

_KEY = re.compile(rf"[!-~]{{1,{LONGEST_IDEMPOTENCY_KEY}}}", re.ASCII)

V = TypeVar("V", bound=APIView)
P = ParamSpec("P")


def idempotent(
    post: Callable[Concatenate[V, Request, P], Response],
) -> Callable[Concatenate[V, Request, P], HttpResponseBase]:
    """Let a view's `post` be sent twice under an Idempotency-Key.

    With a key it runs in one transaction, in which its answer is kept too. A refusal is not kept: it has
    changed nothing, and the same request may be possible later.
    """

    @wraps(post)
    def answer(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key = _read_key(request)
        if key is None:
            return post(view, request, *args, **kwargs)
        return _as_response(once(_keyed(request, key), lambda: _plain(post(view, request, *args, **kwargs))))

    return answer


def _read_key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        message = f"This must have 1 to {LONGEST_IDEMPOTENCY_KEY} visible ASCII characters."
        raise Invalid.field(HEADER, message, "A random UUID works well.")
    return key


def _keyed(request: Request, key: str) -> KeyedRequest:
    """What is asked for, with a digest of all that the request says (in whatever order its names come)."""
    assert isinstance(request.user, User)  # noqa: S101  (the permission has seen to it)
    said = [request.data, request.headers.get("If-Match")]
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return KeyedRequest(request.user.pk, key, f"{request.method} {request.path}", digest)


def _plain(response: Response) -> KeptAnswer:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return KeptAnswer(response.status_code, headers, b"" if response.data is None else to_json(response.data))


def _as_response(kept: KeptAnswer) -> HttpResponse:
    headers = {**kept.headers, REPLAYED: "true"} if kept.replayed else kept.headers
    return HttpResponse(kept.body, status=kept.status, content_type="application/json", headers=headers)

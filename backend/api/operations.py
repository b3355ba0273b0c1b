"""Operations as the API takes and previews them: filters as a list reads them, and the token of a preview."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.core import signing
from django.http import QueryDict

from accounts.models import User
from jobs import operations
from jobs.errors import FieldError, Invalid, StalePreview
from jobs.operations import Doing, JobOutcome, OperationRequest, Preview
from jobs.queries import Selection
from jobs.values import printable

from .filters import known_parameters, read_filter
from .params import Params

PREVIEW_SECONDS = 15 * 60

_signer = signing.TimestampSigner(salt="operations.preview")


def read_request(said: Mapping[str, Any], user: User) -> OperationRequest:
    """What a checked body asks for. Raises `Invalid` for filters that no list would take."""
    selection = _read_selection(said["selection"], user) if "selection" in said else None
    ids = tuple(sorted(set(said["ids"]))) if "ids" in said else None
    return OperationRequest(Doing(said["action"]), said["arguments"], ids, selection)


def _read_selection(filters: Mapping[str, Sequence[str]], user: User) -> Selection:
    query = QueryDict(mutable=True)
    for name, values in filters.items():
        query.setlist(name, list(values))
    names = known_parameters() - {"ordering"}
    try:
        params = Params(query, names, names)
        found = read_filter(params, user)
        if found.selection.archived:
            params.refuse("archived", "Archived jobs stay as they are.", "Restore them first.")
        params.finish()
    except Invalid as problem:
        errors = [
            FieldError(f"selection.{printable(one.field)}", one.message, one.hint) for one in problem.errors
        ]
        raise Invalid(errors=errors) from None
    return found.selection


def preview_json(request: OperationRequest, previewed: Preview, user: User) -> dict[str, Any]:
    """The answer to a preview."""
    split = previewed.split
    grace = operations.GRACE.total_seconds() if request.doing is Doing.DELETE else 0
    return {
        "action": request.doing.value,
        "as_of": previewed.as_of,
        "total": None if split is None else sum(split.values()),
        "split": None if split is None else operations.split_json(split),
        "reversible": request.doing in operations.UNDONE_FROM,
        "starts_after": int(grace),
        "token": _token(request, previewed, user),
    }


def _token(request: OperationRequest, previewed: Preview, user: User) -> str:
    return _signer.sign_object(
        [
            _digest(request, user),
            previewed.as_of.isoformat(),
            previewed.newest_id,
            previewed.after_id,
            None if previewed.split is None else {one.value: jobs for one, jobs in previewed.split.items()},
        ]
    )


def read_token(token: str, request: OperationRequest, user: User) -> Preview:
    """The preview that a token stands for. Raises `StalePreview` unless it is of this request, and recent."""
    try:
        digest, as_of, newest_id, after_id, split = _signer.unsign_object(token, max_age=PREVIEW_SECONDS)
    except (signing.BadSignature, ValueError):
        raise StalePreview from None
    if digest != _digest(request, user):
        raise StalePreview
    counted = None if split is None else {JobOutcome(name): jobs for name, jobs in split.items()}
    return Preview(datetime.fromisoformat(as_of), newest_id, counted, after_id)


def _digest(request: OperationRequest, user: User) -> str:
    selection = None if request.selection is None else request.selection.plain()
    said = [user.pk, request.doing.value, dict(request.arguments), request.ids, selection]
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]

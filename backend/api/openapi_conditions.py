"""What the API's description says of conditional and repeated requests: the same wherever they are."""

from collections.abc import Iterable
from typing import Any

from jobs.limits import LONGEST_IDEMPOTENCY_KEY

from . import conditional, idempotency

Schema = dict[str, Any]

# The operations that take no Idempotency-Key: a sign-in code works once, and nobody signs out twice.
NEVER_TWICE = frozenset({"signin", "signout"})
# Those whose answers have an ETag (`api.conditional`).
TAGGED = frozenset(
    {
        "jobs_list",
        "jobs_retrieve",
        "jobs_queue_retrieve",
        "jobs_search_suggest_retrieve",
        "jobs_stats_retrieve",
        "jobs_dependencies_retrieve",
        "jobs_statuses_list",
        "operations_list",
        "operations_outcomes_list",
        "operations_retrieve",
        "workers_list",
    }
)
OF_ONE_JOB = "/api/jobs/{id}/"
CHANGES = frozenset({"post", "patch", "delete"})


def _header(name: str, description: str, **schema: Any) -> Schema:
    return {"in": "header", "name": name, "schema": {"type": "string", **schema}, "description": description}


def _answered(description: str, **schema: Any) -> Schema:
    return {"schema": {"type": "string", **schema}, "description": description}


IDEMPOTENCY_KEY = _header(
    idempotency.HEADER,
    "A key for this request, such as a random UUID: sent again under the same key within a day, it takes "
    "effect once and is answered as it was.",
    pattern=f"^[!-~]{{1,{LONGEST_IDEMPOTENCY_KEY}}}$",
)
REPLAYED = _answered(
    "Present where this is the answer to an earlier request with the same Idempotency-Key.", const="true"
)
IF_MATCH = _header(
    "If-Match",
    "The ETag of the job as you read it. If the job has changed since, the answer is 412.",
    pattern=r'^(\*|(W/)?"[0-9]{1,18}-[0-9]{1,9}(-[0-9a-f]{16})?")$',
)
IF_NONE_MATCH = _header(
    conditional.HEADER, "The ETag of an answer that you have: the answer is 304 where it would be that again."
)
TAG = _answered("Names this answer, for If-None-Match; running times aside.")
TAG_OF_A_JOB = _answered("The version of the job, for If-Match; and this answer, for If-None-Match.")
CACHE_CONTROL = _answered(
    "Whoever keeps it asks each time whether it is still so.", const="private, no-cache"
)
NOT_MODIFIED = {"description": "It is what the tag in If-None-Match names; there is no body."}


def describe_conditions(path: str, method: str, operation: Schema) -> None:
    """Add to an operation the headers that it takes and answers."""
    if _may_be_repeated(method, operation):
        _take(operation, IDEMPOTENCY_KEY)
        _answer(operation, idempotency.REPLAYED, REPLAYED)
    if _changes_one_job(path, method):
        _take(operation, IF_MATCH)
    if operation["operationId"] in TAGGED:
        _take(operation, IF_NONE_MATCH)
        _answer(operation, "ETag", TAG_OF_A_JOB if path == OF_ONE_JOB else TAG)
        _answer(operation, "Cache-Control", CACHE_CONTROL)
        operation["responses"]["304"] = NOT_MODIFIED


def problems_of_conditions(path: str, method: str, operation: Schema) -> Iterable[str]:
    """The names of the problems that come of them."""
    if _may_be_repeated(method, operation):
        yield from ("InProgress", "KeyReused")
    if _changes_one_job(path, method):
        yield "StaleVersion"


def _may_be_repeated(method: str, operation: Schema) -> bool:
    return method == "post" and operation["operationId"] not in NEVER_TWICE


def _changes_one_job(path: str, method: str) -> bool:
    return path.startswith(OF_ONE_JOB) and method in CHANGES


def _take(operation: Schema, header: Schema) -> None:
    operation.setdefault("parameters", []).append(header)


def _answer(operation: Schema, name: str, header: Schema) -> None:
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            response.setdefault("headers", {})[name] = header

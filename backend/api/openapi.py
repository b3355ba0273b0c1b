"""What the API's description says beyond the serializers: parameters, headers, examples and the errors."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from jobs import limits
from jobs.exports import COLUMNS
from jobs.models import Job
from jobs.operations import JobOutcome
from jobs.queries import DEFAULT_ORDER, FIELDS, ORDERS, Field, Values
from jobs.search import grammar
from jobs.states import Action, Kind, Reason, Status
from jobs.timeline import MOST_BUCKETS, Bucket
from jobs.values import DURATION_PATTERN, SPAN_PATTERN
from jobs.waiting import WaitCode

from . import bounds
from .export_formats import FORMATS
from .filters import ARCHIVE_ORDERS, commas_separate, range_names
from .openapi_conditions import describe_conditions, problems_of_conditions

Schema = dict[str, Any]
Code = TypeVar("Code", bound=StrEnum)

TIME: Schema = {"type": "string", "format": "date-time"}
STATUS_REF: Schema = {"$ref": "#/components/schemas/Status"}
KIND: Schema = {"type": "string", "enum": [kind.value for kind in Kind]}


def whole(least: int, most: int, default: int | None = None) -> Schema:
    """A whole number within bounds."""
    given = {} if default is None else {"default": default}
    return {"type": "integer", "minimum": least, "maximum": most, **given}


def words(most: int) -> Schema:
    """Text of some length, without a NUL."""
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": r"^[^\u0000]*$"}


def query(name: str, schema: Schema, description: str, **more: Any) -> OpenApiParameter:
    """A parameter of the address."""
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description, **more)


def header(name: str, schema: Schema, description: str, **more: Any) -> OpenApiParameter:
    """A header of the request, or with `response` of the answer."""
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description, **more)


JOB_ID = OpenApiParameter("id", {**whole(1, limits.LARGEST_ID), "format": "int64"}, OpenApiParameter.PATH)
QUEUE_NAME = OpenApiParameter(
    "queue",
    {"type": "string", "pattern": f"^[A-Za-z0-9][A-Za-z0-9._-]{{0,{limits.LONGEST_QUEUE - 1}}}$"},
    OpenApiParameter.PATH,
)

ETAG = header("ETag", {"type": "string"}, "The version of the job, for If-Match.", response=[200])
NEW_JOB_HEADERS = [
    header("ETag", {"type": "string"}, "The version of the job, for If-Match.", response=[201]),
    header("Location", {"type": "string", "format": "uri-reference"}, "The job's address.", response=[201]),
]


def _schema_of(field: Field) -> Schema:
    """One value of a field, as an address writes it."""
    least, most = field.bounds
    match field.kind:
        case Values.WORD:
            return (
                STATUS_REF if field.words == tuple(Status) else {"type": "string", "enum": list(field.words)}
            )
        case Values.WHOLE:
            return whole(int(least), int(most))
        case Values.SECONDS:
            return {"type": "string", "pattern": DURATION_PATTERN}
        case Values.SPAN:
            return {"type": "string", "pattern": SPAN_PATTERN}
        case Values.TIME:
            return TIME
        case Values.TEXT | Values.SOUGHT:
            return words(int(most))


def _filters() -> Iterable[OpenApiParameter]:
    """The parameters of the fields that jobs are chosen by."""
    for name, field in FIELDS.items():
        schema = _schema_of(field)
        if field.listed:
            how = "Repeat it for any of several values" + (
                ", or separate them by commas." if commas_separate(field) else "."
            )
            if name == "tag":
                how = "Repeat it for jobs that have all of several."
            yield query(
                name,
                {"type": "array", "items": schema},
                f"{field.says}. {how}",
            )
        if field.ranged:
            lower, upper = range_names(name, field)
            yield query(lower, schema, f"{field.says}: this or more.")
            yield query(
                upper, schema, f"{field.says}: {'less than this' if field.half_open else 'this or less'}."
            )


FILTERS = [
    *_filters(),
    query(
        "q",
        {"type": "string", "maxLength": grammar.LONGEST},
        "A search: words of name, command, tags and error message, phrases in quotes, and qualifiers such as "
        "`status:failed`, `created:>2026-11-01` or `-tag:old`. All must hold, these filters too. An error "
        "names the character: `position`.",
        examples=[OpenApiExample("Words and qualifiers", 'resnet status:failed "out of memory" -tag:old')],
    ),
    query(
        "archived",
        {"type": "boolean", "default": False},
        f"Jobs of the archive, instead of the others; ordered by {', '.join(ARCHIVE_ORDERS)} only.",
    ),
    query(
        "ordering",
        {"type": "string", "enum": list(ORDERS), "default": DEFAULT_ORDER},
        "Jobs that are equal in it are in the order of their ids; empty times come last.",
    ),
]
SIZE = query("size", whole(*bounds.PAGE_SIZE, bounds.DEFAULT_PAGE_SIZE), "Jobs per page.")
PAGING = [
    query(
        "page",
        whole(1, bounds.DEEPEST_ROW),
        f"Number of the page, within the first {bounds.DEEPEST_ROW:,} rows.",
    ),
    SIZE,
    query(
        "cursor",
        words(bounds.LONGEST_CURSOR),
        "A `next_cursor` of an earlier page: continues there. Keep filter and ordering; no page number.",
    ),
]
STATUS_PAGING = [
    query("size", whole(*bounds.STATUSES_SIZE, bounds.DEFAULT_STATUSES_SIZE), "Entries per page."),
    query("cursor", words(bounds.LONGEST_CURSOR), "A `next_cursor` of an earlier page: continues there."),
]
OPERATION_ID = OpenApiParameter(
    "id", {**whole(1, limits.LARGEST_ID), "format": "int64"}, OpenApiParameter.PATH
)
NEW_OPERATION_HEADERS = [
    header(
        "Location", {"type": "string", "format": "uri-reference"}, "The operation's address.", response=[202]
    )
]
OPERATION_CURSOR = query(
    "cursor", words(bounds.LONGEST_CURSOR), "A `next_cursor` of an earlier page: continues there."
)
OPERATIONS = [
    query("state", {"type": "string", "enum": ["running"]}, "Those that still run."),
    query("size", whole(*bounds.PAGE_SIZE, bounds.DEFAULT_PAGE_SIZE), "Operations per page."),
    OPERATION_CURSOR,
]
OPERATION_OUTCOMES = [
    query(
        "outcome", {"type": "string", "enum": [outcome.value for outcome in JobOutcome]}, "Those of this one."
    ),
    query("size", whole(*bounds.STATUSES_SIZE, bounds.DEFAULT_STATUSES_SIZE), "Jobs per page."),
    OPERATION_CURSOR,
]
QUEUE = [
    query("queue", words(limits.LONGEST_QUEUE), "In this queue only."),
    query("kind", KIND, "With a command (run) or without (tracked); both, in one order, when left out."),
    query("size", whole(*bounds.QUEUE_SIZE, bounds.DEFAULT_QUEUE_SIZE), "Jobs to return."),
]
SUGGEST = [
    query("q", {"type": "string", "maxLength": grammar.LONGEST}, "The search as far as it is typed."),
    query("caret", whole(0, grammar.LONGEST), "The place in it, in characters; its end by default."),
]
STATS = [
    query("from", TIME, "Beginning of the range; 24 hours before its end by default."),
    query("to", TIME, "End of the range; now by default."),
    query(
        "bucket",
        {"type": "string", "enum": [bucket.value for bucket in Bucket]},
        f"How long a bucket of the series is; one that fits the range by default. At most {MOST_BUCKETS} of"
        " them: whole ones, so the range is widened to where they begin and end.",
    ),
    query(
        "zone",
        {"type": "string", "default": "UTC", "example": "Europe/Rome"},
        "The time zone in which days and weeks begin (a name of the IANA database). Counts are kept by the"
        " hour of UTC: a zone whose days do not begin with one is refused.",
    ),
    query("queue", words(limits.LONGEST_QUEUE), "Jobs of this queue only."),
    query("owner", words(limits.LONGEST_USERNAME), "Jobs of the user of this name only; `me` for your own."),
]
EXPORT = [
    *(parameter for parameter in FILTERS if parameter.name != "ordering"),
    query(
        "format",
        {"type": "string", "enum": list(FORMATS)},
        "What the file is; by the Accept header when it is left out, and JSON where that takes anything.",
    ),
    query(
        "columns",
        {"type": "array", "items": {"type": "string", "enum": list(COLUMNS)}},
        "Which columns, in this order, separated by commas; all when left out. `id` is always there.",
        explode=False,
    ),
    query(
        "bom",
        {"type": "string", "enum": ["true", "false"], "default": "false"},
        "Begin a CSV file with a byte order mark, by which spreadsheets know UTF-8.",
    ),
    query(
        "resume_after",
        {**whole(1, limits.LARGEST_ID), "format": "int64"},
        "Go on behind the row with this id, as the same file.",
    ),
    query(
        "until",
        {**whole(1, limits.LARGEST_ID), "format": "int64"},
        "No job with a higher id: to resume, the `X-Export-Until` of the first answer.",
    ),
    header("Accept-Encoding", {"type": "string"}, "With `gzip` the answer is compressed."),
    header(
        "X-Export-Until",
        {"type": "integer", "format": "int64"},
        "The newest id that the export may have.",
        response=[200],
    ),
]
EXPORTED = {(200, kind.media_type): str for kind in FORMATS.values()}
LOGS = [
    query("stream", {"type": "string", "enum": ["stdout", "stderr"], "default": "stdout"}, "Which output."),
    query("attempt", whole(*bounds.ATTEMPT_NUMBER), "Number of the attempt; the newest by default."),
    query("offset", {**whole(0, limits.LARGEST_ID, 0), "format": "int64"}, "First byte to return."),
    query("limit", whole(*bounds.LOG_SLICE, bounds.DEFAULT_LOG_SLICE), "Most bytes to return."),
    query(
        "tail",
        whole(*bounds.LOG_TAIL),
        "Return this many of the last lines, within `limit`. Not together with `offset`.",
    ),
]

NEW_JOBS = [
    OpenApiExample(
        "A script",
        {
            "name": "Estimate pi",
            "command": "#!/usr/bin/env python3\nprint(3.14159)",
            "timeout": 600,
            "priority": 7,
        },
        request_only=True,
    ),
    OpenApiExample("Tracked", {"name": "Nightly backup", "tags": ["backup"]}, request_only=True),
]
NEW_OPERATIONS = [
    OpenApiExample(
        "By filter",
        {"action": "cancel", "selection": {"status": "PENDING", "queue": "gpu"}},
        request_only=True,
    ),
    OpenApiExample(
        "By id",
        {"action": "add_tags", "arguments": {"tags": ["again"]}, "ids": [41, 42]},
        request_only=True,
    ),
]
MANY_JOBS = {
    "application/json": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/JobWrite"},
        "minItems": 1,
        "maxItems": bounds.MOST_SUBMITTED,
    },
    "application/x-ndjson": {"type": "string", "description": "One job a line, as JSON."},
}
PATCHES = [
    OpenApiExample(
        "A report", {"status_type": "RUNNING", "progress": 40, "message": "Half way"}, request_only=True
    ),
    OpenApiExample("An edit", {"priority": 10}, request_only=True),
]
CLAIMS = [OpenApiExample("Two at once", {"worker": "backup-1", "limit": 2}, request_only=True)]


# --- what the whole description shares ------------------------------------------------------------------

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

# name -> (status, what it means)
PROBLEMS: dict[str, tuple[int, str]] = {
    "Invalid": (400, "Some of the input is not valid; `errors` names the fields. Nothing was changed."),
    "NotSignedIn": (401, "Not signed in, or the token is unknown or has expired."),
    "Forbidden": (
        403,
        "The account does not have permission, or the request comes from a page of another site.",
    ),
    "NotFound": (404, "It does not exist, or you may not see it."),
    "NotAcceptable": (406, "Not available in the format that the Accept header asks for."),
    "Conflict": (
        409,
        "The state of the job does not allow that; `current_status` says which. Nothing was changed.",
    ),
    "InProgress": (409, "The first request with this Idempotency-Key has not been answered yet."),
    "StaleVersion": (412, "The job has changed since the version in If-Match. Nothing was changed."),
    "TooLarge": (413, "The body is larger than 1 MiB (8 MiB where many jobs are submitted)."),
    "UnsupportedMedia": (415, "The body is not of a type that this address takes."),
    "KeyReused": (422, "This Idempotency-Key was already used with a different request."),
    "Throttled": (429, "Too many requests; Retry-After says how many seconds to wait."),
    "Unavailable": (
        503,
        "The database is unreachable, busy or too slow; Retry-After says how many seconds to wait.",
    ),
}
EVERYWHERE = ("Invalid", "NotSignedIn", "NotAcceptable", "Unavailable")
WITH_A_BODY = ("TooLarge", "UnsupportedMedia")
ONLY_AT = {
    "jobs_create": ("Forbidden",),
    "jobs_bulk_create": ("Forbidden",),
    "jobs_partial_update": ("Forbidden", "Conflict"),
    "jobs_destroy": ("Forbidden", "Conflict"),
    "jobs_cancel_create": ("Forbidden", "Conflict"),
    "jobs_retry_create": ("Forbidden", "Conflict"),
    "jobs_restore_create": ("Forbidden", "Conflict"),
    "jobs_queue_claim_create": ("Forbidden",),
    "operations_preview": ("Forbidden",),
    "operations_create": ("Forbidden", "StaleVersion"),
    "operations_abort_create": ("Forbidden", "Conflict"),
    "operations_undo_create": ("Forbidden", "Conflict"),
    "keep_times_update": ("Forbidden",),
    "keep_times_destroy": ("Forbidden",),
    "signin": ("Throttled", "Forbidden"),
    "signout": ("Forbidden",),
}

REASONS: dict[Reason, str] = {
    Reason.EXIT_CODE: "an error of its own: `exit_code`",
    Reason.SIGNAL: "a signal from elsewhere: `signal`",
    Reason.OUT_OF_MEMORY: "it needed more than the `memory_mb` that it asked for",
    Reason.TIMEOUT: "it ran longer than its `timeout`",
    Reason.CANCELLED: "somebody cancelled it",
    Reason.WORKER_LOST: "nothing more was heard of the machine that ran it",
    Reason.INTERRUPTED: "the worker was stopped while it ran",
    Reason.START_FAILED: "it could not be started; `error_message` names what is missing",
    Reason.DEPENDENCY_FAILED: "a job that it depends on ended otherwise than it has to",
    Reason.POISONOUS: "it took its worker down time after time",
    Reason.REJECTED: "no worker can take it as it is",
    Reason.REPORTED: "its own program reported a failure; `error_message` is what that said",
}
WAIT_CODES: dict[WaitCode, str] = {
    WaitCode.DEPENDENCIES: "the end of the jobs that it depends on: see its `dependencies/`",
    WaitCode.SCHEDULED: "its scheduled time, `until`",
    WaitCode.BACKOFF: "`until`, when it may be tried again",
    WaitCode.DISPATCHED: "its start by the system that its executor has handed it to",
    WaitCode.PROGRAM: "a program that claims it or reports on it: it is tracked",
    WaitCode.NO_WORKER: "a worker with its executor: none is running",
    WaitCode.TOO_LARGE: "a larger worker: none has what it asks for; `would_fit` is the nearest",
    WaitCode.WORKERS_DRAINING: "a worker that takes jobs: those that could run it are being drained",
    WaitCode.WORKERS_UNREACHABLE: "a worker that answers: nothing is heard of those that could run it",
    WaitCode.WORKERS_BUSY: "room: the workers that could run it are full",
    WaitCode.QUEUED: "its turn: a worker has room for it",
}
ACTIONS: dict[Action, str] = {
    Action.CANCEL: "`POST …/cancel/`",
    Action.RETRY: "`POST …/retry/`",
    Action.EDIT: "`PATCH` what it is called and when it goes",
    Action.REPORT: "`PATCH` its status without a lease; `reportable` has the statuses",
    Action.DELETE: "`DELETE`",
    Action.RESUBMIT: "`POST /api/jobs/`: another like it",
    Action.RESTORE: "`POST …/restore/`: bring it back from the archive",
}


def _codes(headline: str, meanings: Mapping[Code, str], *more: str) -> Schema:
    """Codes of a closed set, each with what it means."""
    lines = [f"- `{code}`: {meaning}" for code, meaning in meanings.items()]
    return {
        "type": "string",
        "enum": [*more, *(code.value for code in meanings)],
        "description": "\n".join([headline, "", *lines]),
    }


SHARED_SCHEMAS: dict[str, Schema] = {
    "Status": {"type": "string", "enum": [status.value for status in Status]},
    "Reason": _codes("Why it ended; empty while it has not, and when it completed.", REASONS, ""),
    "WaitCode": _codes("What must happen before it can run; the first that holds.", WAIT_CODES),
    "Action": _codes("What can be asked for.", ACTIONS),
    "FieldError": {
        "type": "object",
        "description": "What is wrong with one field: its path, such as environment.PATH, or nothing.",
        "properties": {
            **{name: {"type": "string"} for name in ("field", "message", "hint")},
            "position": {
                "type": "integer",
                "minimum": 0,
                "description": "The character of a text that it is about, from 0.",
            },
        },
        "required": ["field", "message"],
    },
    "Problem": {
        "type": "object",
        "description": "An error (RFC 9457). `hint`: what to do. `current_status`, "
        "`current_version`: what the job is.",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
            "request_id": {"type": "string", "description": "The server's log knows the request by this."},
            "hint": {"type": "string"},
            "current_status": STATUS_REF,
            "current_version": {"type": "integer"},
        },
        "required": ["type", "title", "status", "detail", "errors", "request_id"],
    },
}
# What is sent, not answered. In these a field that is not known is an error.
STRICT = frozenset(
    {"JobWrite", "Dependency", "Members", "NewOperation", "JobPatch", "Claim", "ResourceRequirements"}
)
SENT = STRICT | {"SignIn"}
NOISE = {
    -(2**31),
    2**31 - 1,
    -(2**15),
    2**15 - 1,
    -(2**63),
    2**63 - 1,
}  # the bounds of columns say nothing to a reader


def describe_what_is_shared(result: Schema, generator: object, request: object, public: bool) -> Schema:
    """Add every operation's errors, and the enums, to the description (a hook of drf-spectacular)."""
    components = result["components"]
    _describe_what_a_new_job_may_say(components["schemas"]["JobWrite"]["properties"])
    for name, schema in components["schemas"].items():
        if name in STRICT:
            schema["additionalProperties"] = False
        if name not in SENT:
            _describe_answer(schema)
    components["schemas"] = dict(sorted({**components["schemas"], **SHARED_SCHEMAS}.items()))
    del components["securitySchemes"]["open"]  # JOBDECK_AUTH=off is no scheme: nothing is sent
    components["responses"] = {
        name: {"description": description, "content": PROBLEM} for name, (_, description) in PROBLEMS.items()
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _add_summary(operation)
            describe_conditions(path, method, operation)
            operation["security"] = [one for one in operation.get("security", ()) if "open" not in one]
            _add_problems(operation, _problems_of(path, method, operation))
    return result


def _describe_what_a_new_job_may_say(properties: Schema) -> None:
    """What a field is when it is left out, and limits in bytes, for which JSON Schema has no word."""
    columns = {field.name: field for field in Job._meta.concrete_fields}
    for name, schema in properties.items():
        default = getattr(columns.get(name), "default", None)
        if isinstance(default, str | int):
            schema["default"] = default
    properties["command"]["x-maxBytes"] = limits.LARGEST_COMMAND
    properties["environment"]["x-maxBytes"] = limits.LARGEST_ENVIRONMENT


def _describe_answer(schema: Schema) -> None:
    """An answer has every field, always."""
    properties = schema["properties"]
    schema["required"] = sorted(properties)
    for one in properties.values():
        one.pop("readOnly", None)
        for bound in ("minimum", "maximum"):
            if one.get(bound) in NOISE:
                del one[bound]


def _add_summary(operation: Schema) -> None:
    """The first line of a docstring is the headline."""
    summary, _, description = operation.pop("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".")
    if description.strip():
        operation["description"] = description.strip()


def _problems_of(path: str, method: str, operation: Schema) -> Iterable[str]:
    yield from EVERYWHERE
    if "{id}" in path:
        yield "NotFound"
    if "requestBody" in operation:
        yield from WITH_A_BODY
    yield from ONLY_AT.get(operation["operationId"], ())
    yield from problems_of_conditions(path, method, operation)


def _add_problems(operation: Schema, names: Iterable[str]) -> None:
    responses = operation["responses"]
    for name in names:
        responses.setdefault(str(PROBLEMS[name][0]), {"$ref": f"#/components/responses/{name}"})
    operation["responses"] = dict(sorted(responses.items()))

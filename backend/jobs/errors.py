"""
Every error that a caller can meet, by name.

The first line of a class's docstring is what the caller reads unless the place that raises it knows better.
`api.problems` turns any of them into an `application/problem+json` answer; nothing here knows requests.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """
    What is wrong with one field: `field` is its path ("environment.PATH"), "" the input as a whole.

    `position`: the character of a text that it is about, from 0.
    """

    field: str
    message: str
    hint: str = ""
    position: int | None = None


class Hint(str):
    """A sentence that says what to do, where a library's error has room for a code only."""

    __slots__ = ()


class Problem(Exception):
    """Something went wrong on our side."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"
    default_hint: ClassVar[str] = ""

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[FieldError] = (),
        hint: str = "",
        current_status: str = "",
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = detail or self.sentence()
        self.errors = tuple(errors)
        self.hint = hint or self.default_hint
        self.current_status = current_status
        self.retry_after = retry_after
        """Seconds after which trying again makes sense, or None."""
        self.headers = dict(headers or {})
        self.current_version: int | None = None
        """The version that the job has now, where a request named another."""
        super().__init__(self.detail)

    @classmethod
    def sentence(cls) -> str:
        """Give the class's own sentence."""
        return (cls.__doc__ or Problem.__doc__ or "").strip().splitlines()[0]


class InternalError(Problem):
    """Something went wrong on the server. Its log has the details under this request id."""

    default_hint = "Try again. If it fails again, report it with the request id."


# --- the input -------------------------------------------------------------------------------------


class Invalid(Problem):
    """Some of the input is not valid. Nothing was changed."""

    status = 400
    code = "invalid"
    title = "Invalid input"
    default_hint = "Correct the fields listed in `errors` and send the request again."

    @classmethod
    def field(cls, field: str, message: str, hint: str = "") -> "Invalid":
        """Make the error of a single field."""
        return cls(errors=[FieldError(field, message, hint)])


class MalformedBody(Invalid):
    """The body is not valid JSON."""

    code = "malformed_body"
    title = "Malformed body"
    default_hint = "Send one JSON object in UTF-8, with no key repeated."


class UnknownParameter(Invalid):
    """The query has a parameter that this address does not know."""

    code = "unknown_parameter"
    title = "Unknown parameter"
    default_hint = "The API documentation (/api/docs/) lists the parameters of each address."


class BadCursor(Invalid):
    """This cursor does not belong to this list."""

    code = "bad_cursor"
    title = "Invalid cursor"
    default_hint = "Start again without a cursor and follow `next_cursor`."


class PageTooDeep(Invalid):
    """Page numbers reach only the first 10,000 rows."""

    code = "page_too_deep"
    title = "Page number too high"
    default_hint = "Narrow the filter, or follow `next_cursor`, which reaches every row."


class BodyTooLarge(Problem):
    """The body is too large."""

    status = 413
    code = "body_too_large"
    title = "Body too large"
    default_hint = "Put large input into a file that the command reads; send many jobs in several requests."

    def __init__(self, most: int = 2**20) -> None:
        super().__init__(f"The body is larger than {most // 2**20} MiB.")


class BodyTooSlow(Problem):
    """The body did not arrive in time."""

    status = 408
    code = "body_too_slow"
    title = "Body arrived too slowly"
    default_hint = "Send the whole body at once."


class AddressTooLong(Problem):
    """The URL is longer than 16 KiB."""

    status = 414
    code = "address_too_long"
    title = "URL too long"
    default_hint = "Use fewer or shorter query parameters."


class UnsupportedMedia(Problem):
    """The body must be application/json, in UTF-8."""

    status = 415
    code = "unsupported_media_type"
    title = "Unsupported media type"
    default_hint = "Send the header Content-Type: application/json."


class NotAcceptable(Problem):
    """This address cannot answer in the format that the Accept header asks for."""

    status = 406
    code = "not_acceptable"
    title = "Not acceptable"
    default_hint = "Send the header Accept: application/json."


class MethodNotAllowed(Problem):
    """This address does not support that method."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"
    default_hint = "The Allow header lists the supported methods."


# --- who asks --------------------------------------------------------------------------------------


class NotSignedIn(Problem):
    """You are not signed in."""

    status = 401
    code = "not_signed_in"
    title = "Not signed in"
    default_hint = (
        "In a browser: open a sign-in link, which `manage.py signin` prints. "
        "In a program: send Authorization: Bearer TOKEN."
    )


class Forbidden(Problem):
    """You do not have permission to do that."""

    status = 403
    code = "forbidden"
    title = "Forbidden"
    default_hint = "Reload the page and try again; if that does not help, ask an administrator."


class BadOrigin(Forbidden):
    """The request comes from a page of another site."""

    code = "bad_origin"
    title = "Origin not allowed"
    default_hint = "If that page is yours, add its host and port to JOBDECK_ALLOWED_HOSTS."


class BadHost(Problem):
    """This server does not accept that host name."""

    status = 421
    code = "bad_host"
    title = "Host not allowed"
    default_hint = "Use localhost, or add the name to JOBDECK_ALLOWED_HOSTS."


class Throttled(Problem):
    """There were too many requests in a short time."""

    status = 429
    code = "throttled"
    title = "Too many requests"
    default_hint = "Wait for as many seconds as the Retry-After header says, then try again."


class NotFound(Problem):
    """There is nothing at this address, or you may not see it."""

    status = 404
    code = "not_found"
    title = "Not found"
    default_hint = "Check the address. What was there may have been deleted."


# --- the state of a job -----------------------------------------------------------------------------


class JobNotFound(NotFound):
    """There is no such job, or you may not see it."""

    code = "job_not_found"
    title = "Job not found"

    def __init__(self, job_id: int | None = None) -> None:
        self.job_id = job_id
        super().__init__("" if job_id is None else f"There is no job {job_id}, or you may not see it.")


class Conflict(Problem):
    """The state of the job does not allow that. Nothing was changed."""

    status = 409
    code = "conflict"
    title = "Conflict"
    default_hint = "Read the job again: `actions` lists what you can do now."

    def __init__(self, current_status: str = "", detail: str = "", *, hint: str = "") -> None:
        super().__init__(detail, current_status=str(current_status), hint=hint)


class WrongState(Conflict):
    """The job's status does not allow that. Nothing was changed."""

    code = "wrong_state"
    title = "Not possible in this status"


class Archived(Conflict):
    """The job is in the archive, where nothing changes."""

    code = "archived"
    title = "Archived"
    default_hint = "Restore it first: `POST …/restore/`. A retry restores it too."


class NotTracked(Conflict):
    """Jobdeck runs this job, so its status cannot be set from outside."""

    code = "not_tracked"
    title = "Status cannot be set"
    default_hint = "Cancel or retry it instead. Only a job without a command takes reported statuses."


class NotEditable(Conflict):
    """The job can be edited only while it is pending."""

    code = "not_editable"
    title = "Not editable in this status"


class LeaseHeld(Conflict):
    """This job is claimed: only the holder of its lease may report on it."""

    code = "lease_held"
    title = "Claimed by another worker"
    default_hint = "Send the `lease` that the claim returned."


class LeaseLost(Conflict):
    """This lease is no longer valid for the job: stop working on it."""

    code = "lease_lost"
    title = "Lease lost"


class OperationNotFound(NotFound):
    """There is no such operation, or you may not see it."""

    code = "operation_not_found"
    title = "Operation not found"
    default_hint = "Operations are kept for two weeks after their end."


class OperationEnded(Problem):
    """The operation has ended. What it did stays done."""

    status = 409
    code = "operation_ended"
    title = "Operation has ended"
    default_hint = "Read it again: `can_undo` says whether it can be undone."


class NotUndoable(Problem):
    """The operation cannot be undone: it still runs, or nothing of what it did can be put back."""

    status = 409
    code = "not_undoable"
    title = "Cannot be undone"
    default_hint = "Read it again: `can_undo` says whether it can be undone."


class StalePreview(Problem):
    """The preview is of another operation, of somebody else, or older than 15 minutes. Nothing was begun."""

    status = 412
    code = "stale_preview"
    title = "Preview out of date"
    default_hint = "Preview the operation again and send its new `token`."


class IdempotencyKeyReused(Problem):
    """This Idempotency-Key was already used with a different request."""

    status = 422
    code = "idempotency_key_reused"
    title = "Idempotency key reused"
    default_hint = "Use a new key for each new request."

    def __init__(self, target: str = "") -> None:
        super().__init__(
            f"This Idempotency-Key was already used for {target}, with a different request." if target else ""
        )


class RequestInProgress(Problem):
    """The first request with this Idempotency-Key has not been answered yet."""

    status = 409
    code = "request_in_progress"
    title = "Request in progress"
    default_hint = "Send it again after as many seconds as the Retry-After header says."

    def __init__(self) -> None:
        super().__init__(retry_after=1)


class StaleVersion(Problem):
    """The job has changed since the version in If-Match. Nothing was changed."""

    status = 412
    code = "stale_version"
    title = "Job has changed"
    default_hint = "Read the job again and repeat the request with its new ETag."

    def __init__(self, version: int | None = None) -> None:
        super().__init__()
        self.current_version = version


# --- the database -----------------------------------------------------------------------------------


class Unavailable(Problem):
    """The service is not available right now."""

    status = 503
    code = "unavailable"
    title = "Unavailable"
    default_hint = "Try again in a moment."

    def __init__(self, detail: str = "", *, hint: str = "", retry_after: int = 5) -> None:
        super().__init__(detail, hint=hint, retry_after=retry_after)


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached right now. Running jobs continue and nothing is lost."""

    code = "database_unavailable"
    title = "Database unavailable"


class NoAnswer(Unavailable):
    """No answer was ready in time: the database is not responding, or the server is overloaded."""

    code = "no_answer"
    title = "No answer in time"


class TooSlow(Unavailable):
    """The query took too long and was stopped."""

    code = "too_slow"
    title = "Query took too long"
    default_hint = "Narrow the filter, or ask for fewer results at once."


class Busy(Unavailable):
    """The same rows are being changed by another request. Nothing was changed."""

    code = "busy"
    title = "Busy"

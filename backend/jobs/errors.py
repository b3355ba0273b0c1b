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
    """What is wrong with one field: `field` is its path ("environment.PATH"), "" the input as a whole."""

    field: str
    message: str
    hint: str = ""


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
        super().__init__(self.detail)

    @classmethod
    def sentence(cls) -> str:
        """Give the class's own sentence."""
        return (cls.__doc__ or Problem.__doc__ or "").strip().splitlines()[0]


class InternalError(Problem):
    """Something went wrong on our side; the log has it under the request id."""

    default_hint = "Trying again may help. If it does not, report it with the request id."


# --- the input -------------------------------------------------------------------------------------


class Invalid(Problem):
    """Some of the input is not valid; nothing was changed."""

    status = 400
    code = "invalid"
    title = "Invalid input"
    default_hint = "Mend what is named here and send it again."

    @classmethod
    def field(cls, field: str, message: str, hint: str = "") -> "Invalid":
        """Make the error of a single field."""
        return cls(errors=[FieldError(field, message, hint)])


class MalformedBody(Invalid):
    """The body is not JSON as it should be."""

    code = "malformed_body"
    title = "Malformed body"
    default_hint = "Send one JSON object, in UTF-8, with each key once."


class UnknownParameter(Invalid):
    """The address has a parameter that does not exist here."""

    code = "unknown_parameter"
    title = "Unknown parameter"
    default_hint = "The API's description lists what this address takes."


class BadCursor(Invalid):
    """The cursor is none that this list gave out."""

    code = "bad_cursor"
    title = "Bad cursor"
    default_hint = "Start again without a cursor and follow next_cursor."


class PageTooDeep(Invalid):
    """Pages reach the first 10,000 rows only."""

    code = "page_too_deep"
    title = "Page too deep"
    default_hint = "Narrow the filter, or follow next_cursor, which reaches any depth."


class BodyTooLarge(Problem):
    """The body is larger than 1 MiB."""

    status = 413
    code = "body_too_large"
    title = "Body too large"
    default_hint = "Keep large input in a file that the command reads."


class BodyTooSlow(Problem):
    """The body did not arrive in time."""

    status = 408
    code = "body_too_slow"
    title = "Body too slow"
    default_hint = "Send the whole body at once."


class AddressTooLong(Problem):
    """The address is longer than 16 KiB."""

    status = 414
    code = "address_too_long"
    title = "Address too long"
    default_hint = "Ask for fewer things at once."


class UnsupportedMedia(Problem):
    """The body must be application/json, in UTF-8."""

    status = 415
    code = "unsupported_media_type"
    title = "Unsupported media type"
    default_hint = "Send the header Content-Type: application/json."


class NotAcceptable(Problem):
    """This address cannot answer in the form that the Accept header asks for."""

    status = 406
    code = "not_acceptable"
    title = "Not acceptable"
    default_hint = "Send the header Accept: application/json."


class MethodNotAllowed(Problem):
    """This address does not do that."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"
    default_hint = "The header Allow says what it does."


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
    """You may not do that."""

    status = 403
    code = "forbidden"
    title = "Forbidden"
    default_hint = "Reload the page and try again; if that does not help, ask an administrator."


class BadOrigin(Forbidden):
    """The request comes from a page that this server does not know."""

    code = "bad_origin"
    title = "Foreign origin"
    default_hint = "A name or port that you want to be reached by belongs into JOBDECK_ALLOWED_HOSTS."


class BadHost(Problem):
    """This server does not answer to that host name."""

    status = 421
    code = "bad_host"
    title = "Unknown host"
    default_hint = "Use localhost, or add the name to JOBDECK_ALLOWED_HOSTS."


class Throttled(Problem):
    """That was too often."""

    status = 429
    code = "throttled"
    title = "Too many requests"
    default_hint = "Wait a moment; the header Retry-After says how long."


class NotFound(Problem):
    """There is no such thing here, or you may not see it."""

    status = 404
    code = "not_found"
    title = "Not found"
    default_hint = "Look for it in the list; it may have been deleted."


# --- the state of a job -----------------------------------------------------------------------------


class JobNotFound(NotFound):
    """There is no such job, or you may not see it."""

    code = "job_not_found"
    title = "Job not found"

    def __init__(self, job_id: int | None = None) -> None:
        self.job_id = job_id
        super().__init__("" if job_id is None else f"There is no job {job_id}, or you may not see it.")


class Conflict(Problem):
    """The state of the job does not allow that; nothing was changed."""

    status = 409
    code = "conflict"
    title = "Conflict"
    default_hint = "Read the job again: its status says what can be done now."

    def __init__(self, current_status: str = "", detail: str = "", *, hint: str = "") -> None:
        super().__init__(detail, current_status=str(current_status), hint=hint)


class WrongState(Conflict):
    """The job is not in a state for that; nothing was changed."""

    code = "wrong_state"
    title = "Wrong state"


class NotTracked(Conflict):
    """The engine runs this job: its status moves only by what really happens."""

    code = "not_tracked"
    title = "Status is not yours to set"
    default_hint = "Cancel or retry it instead. A job without a command is one that you report yourself."


class NotEditable(Conflict):
    """That can be changed only while the job is pending."""

    code = "not_editable"
    title = "Not editable now"


class LeaseHeld(Conflict):
    """A worker has claimed this job; only the holder of its lease may report."""

    code = "lease_held"
    title = "Lease held"
    default_hint = "Send the `lease` that the claim answered with."


class LeaseLost(Conflict):
    """The lease does not hold this attempt any more: stop the work."""

    code = "lease_lost"
    title = "Lease lost"


class IdempotencyKeyReused(Problem):
    """This Idempotency-Key came before with another body."""

    status = 422
    code = "idempotency_key_reused"
    title = "Idempotency key reused"
    default_hint = "Use a new key for a new job."

    def __init__(self, job_id: int | None = None) -> None:
        self.job_id = job_id
        super().__init__(
            "" if job_id is None else f"This Idempotency-Key made job {job_id} from another body"
        )


class StaleVersion(Problem):
    """The job has changed since the version in If-Match; nothing was changed."""

    status = 412
    code = "stale_version"
    title = "Stale version"
    default_hint = "Read the job again, look at what changed, and send its new ETag."

    def __init__(self, version: int | None = None) -> None:
        self.version = version
        """The version that the job has now."""
        super().__init__()


# --- the database -----------------------------------------------------------------------------------


class Unavailable(Problem):
    """The service cannot answer now."""

    status = 503
    code = "unavailable"
    title = "Unavailable"
    default_hint = "Try again in a moment."

    def __init__(self, detail: str = "", *, hint: str = "", retry_after: int = 5) -> None:
        super().__init__(detail, hint=hint, retry_after=retry_after)


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached now; running jobs run on and nothing is lost."""

    code = "database_unavailable"
    title = "Database unavailable"


class NoAnswer(Unavailable):
    """No answer was ready in time: the database does not answer, or there is too much to do."""

    code = "no_answer"
    title = "No answer in time"


class TooSlow(Unavailable):
    """The database took too long over this and was stopped."""

    code = "too_slow"
    title = "Took too long"
    default_hint = "Narrow the filter or ask for less at once."


class Busy(Unavailable):
    """Somebody else is changing the same rows; nothing was changed."""

    code = "busy"
    title = "Busy"

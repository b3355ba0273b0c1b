"""What an error of the database means to the caller."""

import psycopg
from django.db import DatabaseError, DataError, InterfaceError, OperationalError

from jobs.errors import Busy, DatabaseUnavailable, Invalid, Problem, TooSlow

QUERY_CANCELED = "57014"
BUSY = frozenset({"55P03", "40001", "40P01", "25P03"})
READ_ONLY = "25006"
RETRY_BUSY_SECONDS = 1


def database_problem(error: BaseException) -> Problem | None:
    """The problem to answer a database exception with; None when it is a bug of ours."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    state = _sqlstate(error)
    if state == QUERY_CANCELED:
        return TooSlow()
    if state in BUSY:
        return Busy(retry_after=RETRY_BUSY_SECONDS)
    if isinstance(error, DataError):
        return Invalid("The database cannot store one of the values. Nothing was changed.")
    if isinstance(error, OperationalError | InterfaceError) or state == READ_ONLY:
        return DatabaseUnavailable()
    return None


def _sqlstate(error: BaseException) -> str | None:
    cause = error.__cause__
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None

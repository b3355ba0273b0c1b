"""The moves of a job: the only code that writes a status. A file per move.

Each move is one statement (`statement.py`): a compare-and-set on the job's row (status, and where there is
one attempt and lease), the attempt opened or closed, and the row of the history. PostgreSQL repeats the
comparison on the newest version of the row after waiting for a lock, so of two moves at once one succeeds and
the other finds nothing to change; it then reads again and says what it found. The engine's moves wait for no
lock: they leave what somebody holds for their next turn. The others lock the job, then its attempt.

Times are the database's, read after the lock, so that a job's history is in the order of its moves.
Announcements (`jobs.events`) go out after the commit. Every function may be called inside a transaction of
the caller's.
"""

from .cancel import Cancelled, cancel, cancel_many
from .claim import Candidate, Claimer, claim
from .delete import delete, delete_many
from .dependencies import depend
from .dispatch import Dispatched, claim_dispatched, dispatch, note_external_id, refuse
from .lease import LOST_AFTER_SECONDS, Renewed, Rescued, renew, rescue, start
from .progress import ProgressNews, report_progress
from .report import Report, report, report_many
from .retry import retry, retry_many, uncancel_many
from .settle import Ending, Settled, settle
from .submit import submit, submit_many

__all__ = [
    "LOST_AFTER_SECONDS",
    "Cancelled",
    "Candidate",
    "Claimer",
    "Dispatched",
    "Ending",
    "ProgressNews",
    "Renewed",
    "Report",
    "Rescued",
    "Settled",
    "cancel",
    "cancel_many",
    "claim",
    "claim_dispatched",
    "delete",
    "delete_many",
    "depend",
    "dispatch",
    "note_external_id",
    "refuse",
    "renew",
    "report",
    "report_many",
    "report_progress",
    "rescue",
    "retry",
    "retry_many",
    "settle",
    "start",
    "submit",
    "submit_many",
    "uncancel_many",
]

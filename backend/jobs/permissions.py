"""Who may see and do what with jobs: the one policy for lists, details, logs, live frames and actions.

Everybody with an account sees every job. Submitters submit and act on their own; operators on any. What is
not to be seen is answered as if it were not there.
"""

from collections.abc import Sequence
from typing import Final

from accounts.models import User
from accounts.roles import Role

from .errors import Forbidden
from .queries import ALWAYS, Condition, JobJSON
from .states import Action

SUBMIT: Final = Role.SUBMITTER
ACT_ON_ANY: Final = Role.OPERATOR
CLAIM: Final = Role.OPERATOR
KEEP: Final = Role.OPERATOR


def visible_to(user: User) -> Condition:
    """Which jobs a person may see."""
    return ALWAYS


def may_see(user: User, owner: str | None) -> bool:
    """Whether a person may see the job of this owner (a user name)."""
    return user.is_active


def may_act(user: User, owner: str | None) -> bool:
    """Whether a person may edit, report, cancel, retry or delete the job of this owner."""
    return user.may(ACT_ON_ANY) or (user.may(SUBMIT) and owner == user.username)


def may_act_on(user: User) -> Condition:
    """On which jobs a person may act: `may_act` for many at once."""
    if user.may(ACT_ON_ANY):
        return ALWAYS
    if not user.may(SUBMIT):
        return Condition("false")
    return Condition("coalesce(job.owner_id = %(acting)s, false)", {"acting": user.pk})


def actions_of(user: User, job: JobJSON) -> tuple[Action, ...]:
    """Of the actions that a job's state allows those that this person may take."""
    actions: tuple[Action, ...] = job["actions"]
    if may_act(user, job["owner"]):
        return actions
    return tuple(action for action in actions if action is Action.RESUBMIT and user.may(SUBMIT))


def for_person(user: User, job: JobJSON) -> JobJSON:
    """A job as this person is told of it."""
    actions = actions_of(user, job)
    return job if actions == job["actions"] else {**job, "actions": actions}


def all_for_person(user: User, jobs: Sequence[JobJSON]) -> Sequence[JobJSON]:
    """Jobs as this person is told of them."""
    return jobs if user.may(ACT_ON_ANY) else [for_person(user, job) for job in jobs]


def require_act(user: User, owner: str | None) -> None:
    """Refuse those who may only look."""
    if not may_act(user, owner):
        raise Forbidden("This job belongs to somebody else: only its owner or an operator may do that.")


def require_claim(user: User) -> None:
    """Refuse those who may not take work out of the queue: it may be anybody's."""
    if not user.may(CLAIM):
        raise Forbidden("Claiming takes jobs of any owner, so it needs the operator role.")


def require_keep(user: User) -> None:
    """Refuse those who may not say how long everybody's jobs are kept."""
    if not user.may(KEEP):
        raise Forbidden("Keep times are everybody's, so setting them needs the operator role.")

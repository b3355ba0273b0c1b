"""`actions` of a job and the addresses that carry them out agree, for every state, kind and person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import user
from jobs import transitions
from jobs.models import Job
from jobs.queries import job_detail
from jobs.states import Action, Status
from jobs.tests import factories

from .. import openapi
from .api import Answer, Api


def _cancelling(**fields: Any) -> Job:
    job = factories.running(**fields)
    transitions.cancel(job.pk, by="ann")
    return factories.again(job)


def _reported(status: Status, **fields: Any) -> Job:
    return factories.report(factories.tracked(**fields), status)


STATES: dict[str, Callable[..., Job]] = {
    "pending": factories.pending,
    "between attempts": factories.backing_off,
    "dispatched": factories.dispatched,
    "running": factories.running,
    "being cancelled": _cancelling,
    "completed": factories.completed,
    "failed": factories.failed,
    "cancelled": factories.cancelled,
    "tracked, pending": factories.tracked,
    "tracked, running": lambda **fields: _reported(Status.RUNNING, **fields),
    "tracked, claimed": factories.claimed,
    "tracked, completed": lambda **fields: _reported(Status.COMPLETED, **fields),
    "tracked, failed": lambda **fields: _reported(Status.FAILED, **fields),
    "tracked, cancelled": lambda **fields: _reported(Status.CANCELLED, **fields),
}
PEOPLE: dict[str, Callable[[User], User]] = {
    "a viewer": lambda owner: user("vic", Role.VIEWER),
    "its owner": lambda owner: owner,
    "another submitter": lambda owner: user("sue", Role.SUBMITTER),
    "an operator": lambda owner: user("ola", Role.OPERATOR),
    "an admin": lambda owner: user("ada", Role.ADMIN),
}
REQUESTS: dict[Action, tuple[str, str, Any]] = {
    Action.CANCEL: ("POST", "jobs/{id}/cancel/", None),
    Action.RETRY: ("POST", "jobs/{id}/retry/", None),
    Action.EDIT: ("PATCH", "jobs/{id}/", {"priority": 9}),
    Action.REPORT: ("PATCH", "jobs/{id}/", {"status_type": "RUNNING", "message": "Under way"}),
    Action.DELETE: ("DELETE", "jobs/{id}/", None),
    Action.RESTORE: ("POST", "jobs/{id}/restore/", None),
    Action.RESUBMIT: ("POST", "jobs/", {"name": "Another like it"}),
}


def attempt(api: Api, action: Action, job: Job) -> Answer:
    """Ask for it and take it back."""
    method, path, body = REQUESTS[action]
    with transaction.atomic():
        answer = api.send(method, path.format(id=job.pk), body, {})
        transaction.set_rollback(True)
    return answer


def expected(action: Action, job: Job, offered: list[str], legal: list[str]) -> tuple[int, ...]:
    """The statuses that an action may be answered with."""
    if action in offered:
        return (200, 201, 202, 204)
    if action in legal:
        return (403,)
    # Asked for once more, a cancel is answered as it was the first time, and changes nothing.
    if action is Action.CANCEL and job.cancel_requested_at and job.status == Status.RUNNING:
        return (202, 403)
    return (403, 409)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_done_and_the_rest_is_refused(db: None, state: str, who: str) -> None:
    owner = user("ann")
    job = STATES[state](owner=owner)
    api = Api(PEOPLE[who](owner))
    offered = api.get(f"jobs/{job.pk}/").body["actions"]
    detail = job_detail(job.pk)
    assert detail is not None

    for action in Action:
        answer = attempt(api, action, job)
        assert answer.status in expected(action, job, offered, detail["actions"]), (action, answer.body)
        if action not in offered and answer.status == 202:
            assert answer.body["version"] == job.version


@pytest.mark.parametrize("state", STATES)
def test_every_answer_that_has_the_job_offers_the_same(db: None, state: str) -> None:
    owner = user("ann")
    job = STATES[state](owner=owner)
    for api in (Api(owner), Api(user("vic", Role.VIEWER))):
        offered = api.get(f"jobs/{job.pk}/").body["actions"]
        for path in ("jobs/", "jobs/queue/"):
            assert [row["actions"] for row in api.get(path).body["results"]] in ([], [offered]), path


@pytest.mark.parametrize("state", [state for state in STATES if state.startswith("tracked")])
def test_reportable_are_the_statuses_that_a_report_may_set(db: None, state: str) -> None:
    owner = user("ann")
    job = STATES[state](owner=owner)
    api = Api(owner)
    body = api.get(f"jobs/{job.pk}/").body
    assert bool(body["reportable"]) == ("report" in body["actions"])

    for status in Status:
        with transaction.atomic():
            said = {"status_type": status, "message": "So it is"}
            answer = api.patch(f"jobs/{job.pk}/", said)
            transaction.set_rollback(True)
        # A cancel needs no lease: it is the action of that name, and is offered as such.
        cancels = status is Status.CANCELLED and "cancel" in body["actions"]
        assert (answer.status == 200) == (status in body["reportable"] or cancels), (status, answer.body)


def test_the_answer_to_an_action_says_what_may_be_done_next(api: Api) -> None:
    job = factories.pending()

    assert "retry" in api.post(f"jobs/{job.pk}/cancel/").body["actions"]
    assert "cancel" in api.post(f"jobs/{job.pk}/retry/").body["actions"]
    assert "edit" in api.patch(f"jobs/{job.pk}/", {"priority": 9}).body["actions"]
    assert "edit" in api.post("jobs/", {"name": "New"}).body["actions"]


def test_a_claimed_job_is_reported_by_its_holder_only(api: Api) -> None:
    factories.tracked()

    claimed = api.post("jobs/queue/claim/", {"worker": "w1"}).body["results"][0]

    assert "report" not in claimed["actions"]


def test_every_action_is_described() -> None:
    assert set(openapi.ACTIONS) == set(Action)

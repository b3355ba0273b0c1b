"""Operations on many jobs."""

from typing import Any

import orjson
from django.core import signing
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import operations
from jobs.errors import BadCursor, OperationNotFound
from jobs.models import Operation
from jobs.operations import SENTENCES, JobOutcome, OutcomePlace
from jobs.values import one_of, text, whole

from .. import bounds, openapi
from ..conditional import conditional
from ..idempotency import idempotent
from ..operations import preview_json, read_request, read_token
from ..params import Params
from ..serializers.operations import (
    JobOutcomePageSerializer,
    MembersSerializer,
    NewOperationSerializer,
    OperationPageSerializer,
    OperationPreviewSerializer,
    OperationSerializer,
)
from .base import JobsAPIView, parse_id, require_body, require_no_body, user_of

_signer = signing.Signer(salt="operations")


class OperationsView(JobsAPIView):
    """Operations."""

    parameters = frozenset({"size", "cursor", "state"})

    @extend_schema(
        operation_id="operations_list", responses=OperationPageSerializer, parameters=openapi.OPERATIONS
    )
    @conditional
    def get(self, request: Request) -> Response:
        """List operations, the newest first: one's own, and for operators everybody's."""
        params = Params(request._request.GET, self.parameters)
        size = params.read("size", whole(*bounds.PAGE_SIZE), bounds.DEFAULT_PAGE_SIZE)
        cursor = params.optional("cursor", text(bounds.LONGEST_CURSOR))
        state = params.optional("state", one_of(["running"]))
        params.finish()
        before = _place(cursor, "list")[0] if cursor else None
        found = operations.list_operations(
            user_of(request), size=size + 1, before=before, running=state is not None
        )
        more = len(found) > size
        following = _cursor("list", found[size - 1]["id"]) if more else None
        return Response({"next_cursor": following, "results": found[:size]})

    @extend_schema(
        operation_id="operations_create",
        request=NewOperationSerializer,
        responses={202: OperationSerializer},
        parameters=openapi.NEW_OPERATION_HEADERS,
        examples=openapi.NEW_OPERATIONS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Do something with many jobs, in the background.

        Only jobs that were there at the preview, and that are still what was asked for, are touched; every
        one has an outcome. Jobs of others are skipped unless you may act on them. A delete begins after ten
        seconds, in which it can be aborted; it cannot be undone.
        """
        form = NewOperationSerializer(data=require_body(request))
        form.is_valid(raise_exception=True)
        user, said = user_of(request), form.validated_data
        wanted = read_request(said, user)
        if "preview" in said:
            previewed = read_token(said["preview"], wanted, user)
        else:
            previewed = operations.preview(wanted, user)
        begun = operations.begin(wanted, user, previewed, jobs_per_second=said.get("jobs_per_second"))
        return _answer(begun, 202)


class OperationPreviewView(JobsAPIView):
    """What an operation would do."""

    @extend_schema(
        operation_id="operations_preview",
        request=MembersSerializer,
        responses=OperationPreviewSerializer,
        examples=openapi.NEW_OPERATIONS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Count what an operation would do, exactly and at one moment. Changes nothing."""
        form = MembersSerializer(data=require_body(request))
        form.is_valid(raise_exception=True)
        user = user_of(request)
        wanted = read_request(form.validated_data, user)
        return Response(preview_json(wanted, operations.preview(wanted, user), user))


@extend_schema(parameters=[openapi.OPERATION_ID])
class OperationView(JobsAPIView):
    """One operation."""

    @extend_schema(operation_id="operations_retrieve", responses=OperationSerializer)
    @conditional
    def get(self, request: Request, id: str) -> Response:
        """Read how far an operation has come."""
        return Response(operations.as_json(_find(request, id)))


@extend_schema(parameters=[openapi.OPERATION_ID])
class OperationAbortView(JobsAPIView):
    """Stops an operation."""

    @extend_schema(operation_id="operations_abort_create", request=None, responses=OperationSerializer)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Stop an operation: no further job is touched, what was done stays done."""
        operation = _find(request, id)
        require_no_body(request)
        operations.abort(operation)
        return Response(operations.as_json(_find(request, id)))


@extend_schema(parameters=[openapi.OPERATION_ID])
class OperationUndoView(JobsAPIView):
    """Puts jobs back."""

    @extend_schema(
        operation_id="operations_undo_create",
        request=None,
        responses={202: OperationSerializer},
        parameters=openapi.NEW_OPERATION_HEADERS,
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Undo an operation that has ended: those of its jobs that have not changed since are put back.

        Priorities and tags become what they were; jobs that were cancelled while they waited wait again, at
        their old place. The undo is an operation of its own.
        """
        operation = _find(request, id)
        require_no_body(request)
        return _answer(operations.undo(operation, user_of(request)), 202)


@extend_schema(parameters=[openapi.OPERATION_ID])
class OperationOutcomesView(JobsAPIView):
    """What came of each job."""

    parameters = frozenset({"outcome", "size", "cursor"})

    @extend_schema(
        operation_id="operations_outcomes_list",
        responses=JobOutcomePageSerializer,
        parameters=openapi.OPERATION_OUTCOMES,
    )
    @conditional
    def get(self, request: Request, id: str) -> Response:
        """List what came of each job, those of one outcome if you like."""
        params = Params(request._request.GET, self.parameters)
        size = params.read("size", whole(*bounds.STATUSES_SIZE), bounds.DEFAULT_STATUSES_SIZE)
        cursor = params.optional("cursor", text(bounds.LONGEST_CURSOR))
        outcome = params.optional("outcome", one_of(JobOutcome))
        params.finish()
        operation = _find(request, id)
        of = f"{operation.pk} {outcome}"
        place = OutcomePlace(*_place(cursor, of)) if cursor else OutcomePlace(0, 0)
        rows, following = operations.outcome_page(
            operation, outcome=JobOutcome(outcome) if outcome else None, size=size, place=place
        )
        return Response(
            {
                "next_cursor": _cursor(of, following.row, following.offset) if following else None,
                "results": [_outcome_json(row) for row in rows],
            }
        )


def _outcome_json(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "job": row["job_id"],
        "outcome": row["outcome"],
        "says": SENTENCES[JobOutcome(row["outcome"])],
        "before": None if row["before"] is None else orjson.loads(row["before"]),
    }


def _find(request: Request, operation_id: str) -> Operation:
    return operations.find(parse_id(operation_id, OperationNotFound), user_of(request))


def _answer(operation: Operation, status: int) -> Response:
    response = Response(operations.as_json(operation), status=status)
    response["Location"] = reverse("operation", args=[operation.pk])
    return response


def _cursor(of: str, *numbers: int) -> str:
    return _signer.sign_object([of, *numbers])


def _place(cursor: str, of: str) -> list[int]:
    try:
        owner, *numbers = _signer.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise BadCursor.field("cursor", "This cursor is not valid.") from None
    if owner != of:
        raise BadCursor.field("cursor", "This cursor belongs to another list.")
    return [int(number) for number in numbers]

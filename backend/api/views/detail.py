"""One job: read, changed, reported to, deleted."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import errors, transitions
from jobs.archive.moving import delete_one as delete_archived
from jobs.editing import edit
from jobs.states import Status
from jobs.transitions import Report

from .. import openapi
from ..conditional import conditional
from ..etags import expected_version
from ..serializers import EditSerializer, JobDetailSerializer, JobPatchSerializer
from .base import (
    JobsAPIView,
    detail_response,
    may_act_on_archived,
    parse_id,
    require_body,
    require_may_act,
    require_no_body,
    user_of,
)


@extend_schema(parameters=[openapi.JOB_ID])
class JobView(JobsAPIView):
    """One job."""

    @extend_schema(operation_id="jobs_retrieve", responses=JobDetailSerializer)
    @conditional
    def get(self, request: Request, id: str) -> Response:
        """Read a job with its history and attempts."""
        return detail_response(request, parse_id(id))

    @extend_schema(
        operation_id="jobs_partial_update",
        request=JobPatchSerializer,
        responses=JobDetailSerializer,
        parameters=[openapi.ETAG],
        examples=openapi.PATCHES,
    )
    def patch(self, request: Request, id: str) -> Response:
        """Edit a job, report to a tracked one, or both.

        Edits need a pending job, or a tracked one that has not ended. Reports set the status of a tracked
        job; a job that the engine runs takes none. All of the request takes effect, or nothing.
        """
        number = parse_id(id)
        form = JobPatchSerializer(data=require_body(request), partial=True)
        require_may_act(request, number)
        version = expected_version(request, number)
        form.is_valid(raise_exception=True)
        _patch(number, form.validated_data, version, by=user_of(request).username)
        return detail_response(request, number)

    @extend_schema(
        operation_id="jobs_destroy",
        request=None,
        responses={204: OpenApiResponse(description="Deleted, with its history, attempts and logs.")},
    )
    def delete(self, request: Request, id: str) -> Response:
        """Delete a job that does not run, also out of the archive."""
        number = parse_id(id)
        archived = may_act_on_archived(request, number)
        require_no_body(request)
        delete = delete_archived if archived else transitions.delete
        delete(number, version=expected_version(request, number))
        return Response(status=204)


def _patch(job_id: int, said: dict[str, Any], version: int | None, *, by: str) -> None:
    """Edit first: a report may end the job, and an ended one is not edited."""
    edits = {name: value for name, value in said.items() if name in EditSerializer._declared_fields}
    with transaction.atomic():
        if edits:
            edited = edit(job_id, edits, version=version)
            version = None if version is None else edited
        if len(edits) < len(said):
            _report(job_id, said, version, by=by)


def _report(job_id: int, said: dict[str, Any], version: int | None, *, by: str) -> None:
    lease: UUID | None = said.get("lease")
    news = Report(
        status=Status(said["status_type"]) if "status_type" in said else None,
        message=said.get("message"),
        progress=said.get("progress"),
        result_data=said.get("result_data"),
        error_message=said.get("error_message"),
    )
    try:
        transitions.report(job_id, news, lease=lease, version=version)
    except errors.LeaseHeld:
        # A cancel needs no lease: the holder learns of it by the answer to its next report.
        if news.status is not Status.CANCELLED or lease is not None:
            raise
        transitions.cancel(job_id, by=by)

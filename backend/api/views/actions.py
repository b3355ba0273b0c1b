"""Cancel, retry and restore."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import errors, transitions
from jobs.archive.moving import restore
from jobs.models import Job

from .. import openapi
from ..etags import expected_version
from ..idempotency import idempotent
from ..serializers import JobReadSerializer
from .base import (
    JobsAPIView,
    job_response,
    may_act_on_archived,
    parse_id,
    require_may_act,
    require_no_body,
    user_of,
)


@extend_schema(parameters=[openapi.JOB_ID])
class CancelView(JobsAPIView):
    """Ends a job."""

    @extend_schema(
        operation_id="jobs_cancel_create",
        request=None,
        responses={200: JobReadSerializer, 202: JobReadSerializer},
    )
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Cancel a job: 200 when it took effect at once, 202 when its processes are being ended."""
        number = parse_id(id)
        require_may_act(request, number)
        require_no_body(request)
        cancelled = transitions.cancel(
            number, by=user_of(request).username, version=expected_version(request, number)
        )
        return job_response(request, number, 200 if cancelled.at_once else 202)


@extend_schema(parameters=[openapi.JOB_ID])
class RetryView(JobsAPIView):
    """Starts an ended job again."""

    @extend_schema(operation_id="jobs_retry_create", request=None, responses=JobReadSerializer)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Retry a job that has ended: the same job, pending again. Its earlier attempts stay as they are.

        An archived one is restored first.
        """
        number = parse_id(id)
        archived = may_act_on_archived(request, number)
        require_no_body(request)
        version = expected_version(request, number)
        with transaction.atomic():
            if archived:
                restore(number, version=version)
                version = None
            transitions.retry(number, by=user_of(request).username, version=version)
        return job_response(request, number, 200)


@extend_schema(parameters=[openapi.JOB_ID])
class RestoreView(JobsAPIView):
    """Brings an archived job back."""

    @extend_schema(operation_id="jobs_restore_create", request=None, responses=JobReadSerializer)
    @idempotent
    def post(self, request: Request, id: str) -> Response:
        """Restore an archived job, as it was. It is archived again after as long as the first time."""
        number = parse_id(id)
        archived = may_act_on_archived(request, number)
        require_no_body(request)
        if not archived:
            status = Job.objects.filter(pk=number).values_list("status", flat=True).first()
            raise errors.WrongState(status or "", "This job is not archived.")
        restore(number, version=expected_version(request, number))
        return job_response(request, number, 200)

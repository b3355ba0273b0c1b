"""Looking at the queue, and claiming out of it."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import limits, queries
from jobs.claiming import claim_tracked
from jobs.permissions import all_for_person, require_claim
from jobs.states import Kind
from jobs.values import one_of, text, whole

from .. import bounds, openapi
from ..conditional import conditional
from ..idempotency import idempotent
from ..params import Params
from ..serializers import ClaimedJobsSerializer, ClaimSerializer, QueueSerializer
from .base import JobsAPIView, require_body, user_of


class QueueView(JobsAPIView):
    """The queue."""

    parameters = frozenset({"size", "queue", "kind"})

    @extend_schema(operation_id="jobs_queue_retrieve", responses=QueueSerializer, parameters=openapi.QUEUE)
    @conditional
    def get(self, request: Request) -> Response:
        """Look at the next pending jobs, in the order in which they would be claimed. Changes nothing."""
        params = Params(request._request.GET, self.parameters)
        size = params.read("size", whole(*bounds.QUEUE_SIZE), bounds.DEFAULT_QUEUE_SIZE)
        queue = params.optional("queue", text(limits.LONGEST_QUEUE))
        kind = params.optional("kind", one_of(Kind))
        params.finish()
        kinds = (Kind(kind),) if kind else tuple(Kind)
        jobs = queries.jobs_by_ids(queries.next_in_queue(kinds=kinds, queue=queue, limit=size))
        return Response({"results": all_for_person(user_of(request), jobs)})


class ClaimView(JobsAPIView):
    """Claims."""

    @extend_schema(
        operation_id="jobs_queue_claim_create",
        request=ClaimSerializer,
        responses=ClaimedJobsSerializer,
        examples=openapi.CLAIMS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Claim the next tracked jobs for a program of yours: each becomes RUNNING under a lease.

        Report with PATCH and the lease, which renews it. When the lease runs out the job is PENDING again.
        """
        require_claim(user_of(request))
        form = ClaimSerializer(data=require_body(request))
        form.is_valid(raise_exception=True)
        said = form.validated_data
        claimed = claim_tracked(
            said["worker"],
            queue=said.get("queue"),
            limit=said.get("limit", 1),
            lease_seconds=said.get("lease_seconds", settings.ENV.lease_seconds),
        )
        return Response({"results": all_for_person(user_of(request), claimed)})

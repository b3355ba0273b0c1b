"""Looking at the queue, and claiming out of it."""

from typing import Any

from rest_framework import serializers

from jobs import limits

from .fields import StrictSerializer, TextField, WholeField, visible_line
from .job import JobReadSerializer
from .write import queue_name


class QueueSerializer(serializers.Serializer[Any]):
    """The jobs that would be claimed next, in that order."""

    results = JobReadSerializer(many=True)


class ClaimSerializer(StrictSerializer):
    """Who claims, how many, and for how long."""

    worker = TextField(
        max_length=limits.LONGEST_WORKER, validators=[visible_line], help_text="A name for people."
    )
    queue = TextField(
        required=False, trim_whitespace=False, validators=[queue_name], help_text="All queues by default."
    )
    limit = WholeField((1, limits.MOST_CLAIMED), required=False, help_text="1 by default.")
    lease_seconds = WholeField(
        limits.LEASE,
        required=False,
        help_text="How long the lease lasts; each report renews it. JOBDECK_LEASE_SECONDS by default.",
    )


class ClaimedJobSerializer(JobReadSerializer):
    """A job that is now RUNNING under your lease."""

    lease = serializers.UUIDField(help_text="Send it with every report.")
    lease_until = serializers.DateTimeField(help_text="Report before then, or the job becomes PENDING again.")
    environment = serializers.DictField(child=serializers.CharField())

    class Meta(JobReadSerializer.Meta):
        fields = [*JobReadSerializer.Meta.fields, "lease", "lease_until", "environment"]


class ClaimedJobsSerializer(serializers.Serializer[Any]):
    """What was claimed, best first; empty when nothing waits."""

    results = ClaimedJobSerializer(many=True)

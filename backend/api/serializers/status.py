"""The history of a job, and what may be reported to it."""

from typing import Any

from rest_framework import serializers

from jobs.models import JobStatus

from .fields import StatusField, StrictSerializer, TextField, WholeField, refusal
from .write import OURS, EditSerializer

LONGEST_MESSAGE = 4000
LONGEST_ERROR = 64 * 1024


class JobStatusSerializer(serializers.ModelSerializer[JobStatus]):
    """One entry of a job's history."""

    id = serializers.IntegerField(min_value=1)
    status_type = StatusField()
    progress = serializers.IntegerField(allow_null=True, min_value=0, max_value=100)

    class Meta:
        model = JobStatus
        fields = ["id", "status_type", "timestamp", "message", "progress", "attempt"]


class StatusPageSerializer(serializers.Serializer[Any]):
    """Entries of a job's history, oldest first."""

    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    next_cursor = serializers.CharField(allow_null=True)
    results = JobStatusSerializer(many=True)


class JobStatusUpdateSerializer(StrictSerializer):
    """What the program that does a tracked job's work reports."""

    ours = OURS - {"progress", "result_data", "error_message"}

    status_type = StatusField(help_text="The status it moves to, or the one it has, with news.")
    message = TextField(required=False, allow_blank=True, max_length=LONGEST_MESSAGE)
    progress = WholeField(required=False, allow_null=True, min_value=0, max_value=100, help_text="Percent.")
    result_data = serializers.JSONField(required=False, help_text="Any JSON; null says nothing.")
    error_message = TextField(required=False, allow_blank=True, max_length=LONGEST_ERROR)
    lease = serializers.UUIDField(
        required=False, allow_null=True, help_text="Of the claim under which this is reported; it is renewed."
    )


REPORTED = frozenset(JobStatusUpdateSerializer().fields)


class JobPatchSerializer(JobStatusUpdateSerializer, EditSerializer):
    """Edits, a report, or both; together they happen or not at all."""

    name = TextField(required=False, max_length=255, validators=EditSerializer().fields["name"].validators)
    status_type = StatusField(
        required=False, help_text="The status it moves to; left out: as it is, with news."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise refusal("This changes nothing.", f"Known here: {', '.join(self.fields)}.")
        return attrs

"""The history of a job."""

from typing import Any

from rest_framework import serializers

from jobs import limits
from jobs.models import JobStatus

from .fields import StatusField, WholeField


class JobStatusSerializer(serializers.ModelSerializer[JobStatus]):
    """One entry of a job's history."""

    id = serializers.IntegerField(min_value=1)
    status_type = StatusField()
    progress = WholeField(limits.PROGRESS, allow_null=True)

    class Meta:
        model = JobStatus
        fields = ["id", "status_type", "timestamp", "message", "progress", "attempt"]


class StatusPageSerializer(serializers.Serializer[Any]):
    """Entries of a job's history, oldest first."""

    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    next_cursor = serializers.CharField(allow_null=True)
    results = JobStatusSerializer(many=True)

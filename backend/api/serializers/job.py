"""A job as it is answered: in lists, and in full."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from jobs import limits
from jobs.models import Attempt, Job

from .fields import KindField, ReasonField, StatusField, WholeField
from .history import JobStatusSerializer
from .resources import ResourceSerializer

ANY_JSON = {"description": "Any JSON value."}
ANY_OBJECT = {"type": "object", "additionalProperties": {}}
NULLABLE_OBJECT = {"type": ["object", "null"], "additionalProperties": {}}


@extend_schema_field(ANY_JSON)
class AnyField(serializers.JSONField):
    """Any JSON value."""


@extend_schema_field(ANY_OBJECT)
class ObjectField(serializers.JSONField):
    """Any JSON object."""


@extend_schema_field(NULLABLE_OBJECT)
class NullableObjectField(serializers.JSONField):
    """Any JSON object, or null."""


class JobReadSerializer(serializers.ModelSerializer[Job]):
    """A job, as lists and live updates carry it."""

    status = StatusField()
    reason = ReasonField()
    kind = KindField()
    owner = serializers.CharField(allow_null=True, help_text="The submitter's user name.")
    priority = WholeField(limits.PRIORITY)
    progress = WholeField(limits.PROGRESS, allow_null=True)
    result_data = AnyField(help_text="What the job left; null also where `result_omitted`.")
    result_omitted = serializers.BooleanField(
        help_text="The result is too large for a list; the job's own address has it."
    )
    resource_requirements = ResourceSerializer()
    reason_text = serializers.CharField(help_text="What a person can do about the reason.")
    latest_status = JobStatusSerializer()
    status_history_count = serializers.IntegerField()
    execution_time = serializers.FloatField(
        allow_null=True, help_text="Seconds of the current attempt, to now while it runs."
    )
    waiting_for = serializers.CharField(
        allow_null=True, help_text="What a pending job waits for; null for any other."
    )

    class Meta:
        model = Job
        fields = [
            "id", "name", "description", "priority", "created_at", "updated_at", "scheduled_at",
            "completed_at", "error_message", "result_data", "result_omitted", "resource_requirements",
            "status", "status_message", "progress", "status_changed_at", "kind", "latest_status",
            "status_history_count", "execution_time", "command", "working_directory", "queue", "tags",
            "owner", "executor", "max_attempts", "retry_delay", "retry_on_lost", "timeout", "attempt",
            "attempts_used", "available_at", "started_at", "exit_code", "reason", "reason_text",
            "cancel_requested_at", "cancel_requested_by", "version", "waiting_for",
        ]  # fmt: skip


class LogSizesSerializer(serializers.Serializer[Any]):
    """Bytes stored so far."""

    stdout = serializers.IntegerField(min_value=0)
    stderr = serializers.IntegerField(min_value=0)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One try at a job."""

    worker = serializers.CharField(allow_null=True, help_text="Name of the worker that made it.")
    reason = ReasonField()
    result_data = AnyField(help_text="What it left; null also where `result_omitted`.")
    result_omitted = serializers.BooleanField(help_text="Too large to be shown with its job.")
    usage = ObjectField(help_text="Peak memory, CPU seconds and I/O, as far as measured.")
    receipt = NullableObjectField(help_text="How it was ended, and that nothing of it was left.")
    log_sizes = LogSizesSerializer()

    class Meta:
        model = Attempt
        fields = [
            "id", "number", "worker", "dispatched_at", "started_at", "ended_at", "exit_code", "signal",
            "reason", "error_message", "result_data", "result_omitted", "usage", "receipt", "log_sizes",
            "log_complete",
        ]  # fmt: skip


class JobDetailSerializer(JobReadSerializer):
    """A job with its history and attempts."""

    environment = serializers.DictField(child=serializers.CharField())
    statuses = JobStatusSerializer(many=True, help_text="Oldest first; the newest 1,000.")
    statuses_truncated = serializers.BooleanField(
        help_text="There are older ones: see the job's `statuses/`."
    )
    attempts = AttemptSerializer(many=True, help_text="Oldest first.")

    class Meta(JobReadSerializer.Meta):
        fields = [*JobReadSerializer.Meta.fields, "environment", "statuses", "statuses_truncated", "attempts"]


@extend_schema_serializer(component_name="JobPage")
class JobPageSerializer(serializers.Serializer[Any]):
    """A page of jobs."""

    count = serializers.IntegerField(min_value=0)
    count_kind = serializers.ChoiceField(choices=["exact", "at_least"], help_text="How to read `count`.")
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    previous = serializers.CharField(allow_null=True, help_text="Address of the page before.")
    next_cursor = serializers.CharField(allow_null=True, help_text="Goes on from here at any depth.")
    results = JobReadSerializer(many=True)

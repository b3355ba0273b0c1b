"""An attempt at a job, as its job's own address shows it."""

from typing import Any

from rest_framework import serializers

from jobs.models import Attempt

from .fields import AnyField, ReasonField


class LogSizesSerializer(serializers.Serializer[Any]):
    """Bytes stored so far."""

    stdout = serializers.IntegerField(min_value=0)
    stderr = serializers.IntegerField(min_value=0)


class UsageSerializer(serializers.Serializer[Any]):
    """What it used, as far as that was measured."""

    max_rss_mb = serializers.FloatField(min_value=0, help_text="Peak of its memory, in MiB.")
    cpu_seconds = serializers.FloatField(min_value=0)
    read_mb = serializers.FloatField(min_value=0, help_text="Read from disks, in MiB.")
    write_mb = serializers.FloatField(min_value=0, help_text="Written to disks, in MiB.")


class ReceiptSerializer(serializers.Serializer[Any]):
    """How its processes were ended against their will, and whether that is known to have succeeded."""

    by = serializers.CharField(help_text="By what its processes were found: cgroup, or environment mark.")
    term_at = serializers.DateTimeField(help_text="When they were sent SIGTERM.")
    kill_at = serializers.DateTimeField(
        allow_null=True, help_text="When those that were left were killed; null where none was."
    )
    processes_killed = serializers.IntegerField(min_value=0)
    verified_empty = serializers.BooleanField(help_text="It was checked that no process of it is left.")


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One try at a job."""

    worker = serializers.CharField(allow_null=True, help_text="Name of the worker that made it.")
    reason = ReasonField()
    result_data = AnyField(help_text="Its result; null also where `result_omitted`.")
    result_omitted = serializers.BooleanField(help_text="Too large to be shown with its job.")
    usage = UsageSerializer(allow_null=True, help_text="Null where nothing was measured.")
    receipt = ReceiptSerializer(allow_null=True, help_text="Null where it ended by itself.")
    log_sizes = LogSizesSerializer()

    class Meta:
        model = Attempt
        fields = [
            "id", "number", "worker", "dispatched_at", "started_at", "ended_at", "exit_code", "signal",
            "reason", "error_message", "result_data", "result_omitted", "usage", "receipt", "log_sizes",
            "log_complete",
        ]  # fmt: skip

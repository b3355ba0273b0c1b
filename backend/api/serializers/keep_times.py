"""How long jobs are kept."""

from typing import Any

from rest_framework import serializers

from jobs import limits

from .fields import StrictSerializer, WholeField


class KeepSerializer(StrictSerializer):
    """Days after its end at which something happens to a job; null: never. Only archived jobs are deleted."""

    archive_after_days = WholeField(limits.KEEP_DAYS, allow_null=True, help_text="It moves to the archive.")
    delete_logs_after_days = WholeField(limits.KEEP_DAYS, allow_null=True, help_text="Its log is deleted.")
    delete_after_days = WholeField(limits.KEEP_DAYS, allow_null=True, help_text="It is deleted.")


class QueueKeepSerializer(KeepSerializer):
    """The keep times of a queue."""

    queue = serializers.CharField(read_only=True)


class KeepTimesSerializer(serializers.Serializer[Any]):
    """All keep times."""

    default = KeepSerializer(help_text="Of the queues that have none of their own: from the settings.")
    queues = QueueKeepSerializer(many=True, help_text="Of those that have, by name.")

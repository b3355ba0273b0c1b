"""The dashboard's figures."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from jobs.states import Status


class StatusCountsSerializer(serializers.Serializer[Any]):
    """How many jobs of each status."""

    PENDING = serializers.IntegerField()
    RUNNING = serializers.IntegerField()
    COMPLETED = serializers.IntegerField()
    FAILED = serializers.IntegerField()
    CANCELLED = serializers.IntegerField()


assert set(StatusCountsSerializer().fields) == set(Status)  # noqa: S101  (said twice, kept the same)


class QueueCountsSerializer(StatusCountsSerializer):
    """The same of one queue."""

    queue = serializers.CharField()


class EndsSerializer(serializers.Serializer[Any]):
    """How many ended in which way."""

    completed = serializers.IntegerField(min_value=0)
    failed = serializers.IntegerField(min_value=0)
    cancelled = serializers.IntegerField(min_value=0)


class HourSerializer(EndsSerializer):
    """The same of one hour."""

    hour = serializers.DateTimeField()


class PercentilesSerializer(serializers.Serializer[Any]):
    """Seconds; within 5 % of the true value."""

    p50 = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


@extend_schema_serializer(component_name="StatsRange")
class RangeSerializer(serializers.Serializer[Any]):
    """Whole hours; `to` is not included."""

    to = serializers.DateTimeField()


# `from` is a word of Python's.
RangeSerializer._declared_fields = {"from": serializers.DateTimeField(), **RangeSerializer._declared_fields}


class StatsSerializer(serializers.Serializer[Any]):
    """Jobs as they are now; ends and durations over a range."""

    as_of = serializers.DateTimeField()
    range = RangeSerializer()
    total = serializers.IntegerField(min_value=0)
    by_status = StatusCountsSerializer()
    by_queue = QueueCountsSerializer(many=True)
    ended = EndsSerializer()
    average_execution_time = serializers.FloatField(
        allow_null=True, help_text="Seconds, of the jobs that completed within the range."
    )
    percentiles = PercentilesSerializer()
    throughput_per_hour = HourSerializer(many=True)

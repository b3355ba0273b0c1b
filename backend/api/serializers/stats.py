"""The dashboard's figures."""

from typing import Any

from rest_framework import serializers

from jobs.counters import MOST_NAMED
from jobs.states import Status
from jobs.timeline import Bucket


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


class OwnerCountsSerializer(StatusCountsSerializer):
    """The same of one owner."""

    owner = serializers.CharField()


class TimesSerializer(serializers.Serializer[Any]):
    """Seconds; null where there was no job. The average is exact, a percentile within 5 % of the true one."""

    average = serializers.FloatField(allow_null=True)
    p50 = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class HappenedSerializer(serializers.Serializer[Any]):
    """What happened, each in the hour in which it did; deleting a job undoes none of it."""

    submitted = serializers.IntegerField(min_value=0)
    started = serializers.IntegerField(min_value=0, help_text="Moves to RUNNING, one for each attempt.")
    retried = serializers.IntegerField(
        min_value=0, help_text="Moves back to PENDING, by a retry of either kind or as a worker was lost."
    )
    completed = serializers.IntegerField(min_value=0)
    failed = serializers.IntegerField(min_value=0)
    cancelled = serializers.IntegerField(min_value=0)
    execution_time = TimesSerializer(help_text="Of those that completed, of their last attempt.")
    failed_after = TimesSerializer(help_text="The same of those that failed, if they had started.")
    cancelled_after = TimesSerializer(help_text="The same of those that were cancelled, if they had started.")
    waiting_time = TimesSerializer(
        help_text="Of those that started: from when they could be claimed (submitted, or later where a time"
        " or a retry's delay was set) to their start."
    )


class SpanSerializer(serializers.Serializer[Any]):
    """From a moment to another, which is not included."""

    to = serializers.DateTimeField()


# `from` is a word of Python's.
SpanSerializer._declared_fields = {"from": serializers.DateTimeField(), **SpanSerializer._declared_fields}


class StatsBucketSerializer(SpanSerializer, HappenedSerializer):
    """What happened in a bucket, and the depth of the queue at its end."""

    pending = serializers.IntegerField(help_text="How many were PENDING at its end (or are now).")
    running = serializers.IntegerField(help_text="How many were RUNNING at its end (or are now).")


class StatsSerializer(HappenedSerializer):
    """Jobs as they are now, exactly; what happened over a range, all of it and bucket by bucket."""

    as_of = serializers.DateTimeField()
    range = SpanSerializer(help_text="That of the whole buckets.")
    bucket = serializers.ChoiceField([bucket.value for bucket in Bucket])
    zone = serializers.CharField()
    total = serializers.IntegerField(min_value=0)
    by_status = StatusCountsSerializer()
    by_queue = QueueCountsSerializer(
        many=True,
        help_text=f"Those with the most to do, at most {MOST_NAMED}; `queues` says how many there are.",
    )
    queues = serializers.IntegerField(min_value=0)
    by_owner = OwnerCountsSerializer(
        many=True,
        help_text=f"Those with the most to do, at most {MOST_NAMED}; `owners` says how many there are.",
    )
    owners = serializers.IntegerField(min_value=0)
    success_rate = serializers.FloatField(
        allow_null=True, help_text="Of those that completed or failed, the share that completed."
    )
    average_execution_time = serializers.FloatField(
        allow_null=True, help_text="Seconds, of the jobs that completed within the range."
    )
    series = StatsBucketSerializer(many=True)

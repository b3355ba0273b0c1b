"""A job as it is answered: in lists, and in full."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from jobs import limits
from jobs.models import Job
from jobs.queries import PLAIN

from .attempt import AttemptSerializer
from .dependencies import WantedSerializer
from .fields import (
    ActionField,
    AnyField,
    KindField,
    ReasonField,
    StatusField,
    WaitCodeField,
    WholeField,
)
from .history import JobStatusSerializer
from .resources import ResourceSerializer


class WouldFitSerializer(serializers.Serializer[Any]):
    """The most that the nearest worker has."""

    worker = serializers.CharField(help_text="Its name.")
    cpus = serializers.FloatField(min_value=0)
    memory_mb = serializers.FloatField(min_value=0)


class WaitingForSerializer(serializers.Serializer[Any]):
    """What a pending job waits for."""

    code = WaitCodeField()
    until = serializers.DateTimeField(allow_null=True, help_text="The time that it waits for, if it is one.")
    ahead = serializers.IntegerField(
        allow_null=True,
        min_value=0,
        help_text="How many jobs would be claimed before it; null where that was not counted, as in lists.",
    )
    ahead_kind = serializers.ChoiceField(
        choices=["exact", "at_least"], allow_null=True, help_text="How to read `ahead`."
    )
    would_fit = WouldFitSerializer(allow_null=True, help_text="For `too_large`.")


class JobReadSerializer(serializers.ModelSerializer[Job]):
    """A job, as lists and live updates carry it."""

    status = StatusField()
    reason = ReasonField()
    kind = KindField()
    owner = serializers.CharField(allow_null=True, help_text="The submitter's user name.")
    priority = WholeField(limits.PRIORITY)
    progress = WholeField(limits.PROGRESS, allow_null=True)
    result_data = AnyField(help_text="The job's result; null also where `result_omitted`.")
    result_omitted = serializers.BooleanField(
        help_text="The result is too large for a list; the job's own address has it."
    )
    resource_requirements = ResourceSerializer()
    signal = serializers.IntegerField(allow_null=True, help_text="What ended it, where a signal did.")
    latest_status = JobStatusSerializer()
    status_history_count = serializers.IntegerField()
    execution_time = serializers.FloatField(
        allow_null=True, help_text="Seconds of the current attempt, to now while it runs."
    )
    waiting_for = WaitingForSerializer(allow_null=True, help_text="Null unless it is pending.")
    actions = serializers.ListField(
        child=ActionField(), help_text="What you may ask for now; anything else is refused, with 403 or 409."
    )

    class Meta:
        model = Job
        fields = [
            *PLAIN, "owner", "kind", "resource_requirements", "result_data", "result_omitted",
            "latest_status", "status_history_count", "execution_time", "waiting_for", "actions",
        ]  # fmt: skip


class JobDetailSerializer(JobReadSerializer):
    """A job with its history and attempts."""

    depends_on = WantedSerializer(many=True, help_text="What has to end first; by `dependencies/` in full.")

    environment = serializers.DictField(child=serializers.CharField())
    statuses = JobStatusSerializer(many=True, help_text="Oldest first; the newest 1,000.")
    statuses_truncated = serializers.BooleanField(
        help_text="There are older ones: see the job's `statuses/`."
    )
    attempts = AttemptSerializer(many=True, help_text="Oldest first.")
    reportable = serializers.ListField(
        child=StatusField(), help_text="The statuses that a report without a lease may set now."
    )

    class Meta(JobReadSerializer.Meta):
        fields = [
            *JobReadSerializer.Meta.fields, "environment", "statuses", "statuses_truncated", "attempts",
            "reportable", "depends_on",
        ]  # fmt: skip


class SearchedUntilSerializer(serializers.Serializer[Any]):
    """The job at which a search stopped."""

    id = serializers.IntegerField(min_value=1)
    value = AnyField(
        help_text="What the list is ordered by, of this job: a time, a number or text; null where it "
        "has none, or no job so old is left."
    )


@extend_schema_serializer(component_name="JobPage")
class JobPageSerializer(serializers.Serializer[Any]):
    """A page of jobs."""

    count = serializers.IntegerField(min_value=0)
    count_kind = serializers.ChoiceField(choices=["exact", "at_least"], help_text="How to read `count`.")
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")
    previous = serializers.CharField(allow_null=True, help_text="Address of the page before.")
    next_cursor = serializers.CharField(allow_null=True, help_text="Continues from here, however far.")
    searched_until = SearchedUntilSerializer(
        allow_null=True,
        help_text="Not null: the time for one request was up before the page was full, so more may be found "
        "beyond this job; `next_cursor` goes on there, also when nothing was found yet.",
    )
    results = JobReadSerializer(many=True)

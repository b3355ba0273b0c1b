"""Operations on many jobs: what is asked for, what it would do, how far it has come."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from jobs import limits
from jobs.operations import UNDO, Doing, JobOutcome
from jobs.values import printable

from .. import bounds
from .fields import ObjectField, StatusField, StrictSerializer, TextField, WholeField, hinted, refusal
from .write import TagsField


class DoingField(serializers.ChoiceField):
    """What is done with each job."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[doing.value for doing in Doing], **options)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and data in self.choices:
            return data
        raise refusal("This is not an action.", f"Possible: {', '.join(self.choices)}.")


class PrioritySerializer(StrictSerializer):
    """For `set_priority`."""

    priority = WholeField(limits.PRIORITY)


class GivenTagsSerializer(StrictSerializer):
    """For `add_tags` and `remove_tags`."""

    tags = TagsField(allow_empty=False)


class SameReportSerializer(StrictSerializer):
    """For `report`: what is said of every tracked job."""

    status_type = StatusField()
    message = TextField(required=False, allow_blank=True, max_length=limits.LONGEST_MESSAGE)
    error_message = TextField(required=False, allow_blank=True, max_length=limits.LARGEST_ERROR)


class NoArgumentsSerializer(StrictSerializer):
    """For the other actions."""


_ARGUMENTS: dict[Doing, type[StrictSerializer]] = {
    Doing.SET_PRIORITY: PrioritySerializer,
    Doing.ADD_TAGS: GivenTagsSerializer,
    Doing.REMOVE_TAGS: GivenTagsSerializer,
    Doing.REPORT: SameReportSerializer,
}


@extend_schema_field(
    {
        "type": "object",
        "description": "`priority` for set_priority, `tags` for add_tags and remove_tags; `status_type`, and "
        "`message` or `error_message`, for report; nothing for the others.",
        "properties": {
            "priority": {
                "type": "integer",
                "minimum": limits.PRIORITY[0],
                "maximum": limits.PRIORITY[1],
            },
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": limits.MOST_TAGS},
            "status_type": {"$ref": "#/components/schemas/Status"},
            "message": {"type": "string", "maxLength": limits.LONGEST_MESSAGE},
            "error_message": {"type": "string", "maxLength": limits.LARGEST_ERROR},
        },
    }
)
class ArgumentsField(serializers.Field[Any, Any, Any, Any]):
    """What the action needs; `MembersSerializer` checks it."""

    def to_internal_value(self, data: Any) -> Any:
        return data


@extend_schema_field(
    {
        "type": "object",
        "description": "The jobs that a list with these filters has: the names of the parameters of "
        "`GET /api/jobs/`, `q` among them; several values as an array. `{}` is every job.",
        "additionalProperties": {
            "oneOf": [
                {"type": "string"},
                {"type": "number"},
                {"type": "boolean"},
                {"type": "array", "items": {"type": ["string", "number"]}},
            ]
        },
    }
)
class SelectionField(serializers.Field[Any, Any, Any, Any]):
    """Filters as an object; `api.operations` reads them as a list does."""

    def to_internal_value(self, data: Any) -> dict[str, list[str]]:
        if not isinstance(data, Mapping):
            raise refusal("This must be an object.", 'For example {"status": "PENDING", "queue": "gpu"}.')
        wrong = {
            printable(name): [self._refusal(value)] for name, value in data.items() if self._refusal(value)
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return {
            name: [_as_text(one) for one in (value if isinstance(value, list) else [value])]
            for name, value in data.items()
        }

    def _refusal(self, value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        if values and all(type(one) in (str, int, float, bool) for one in values):
            return None
        return hinted("This must be text, a number, or a list of them.")


def _as_text(value: Any) -> str:
    """A value as an address has it."""
    return str(value).lower() if type(value) is bool else str(value)


class MembersSerializer(StrictSerializer):
    """What to do, with which jobs: those of `ids`, or those of `selection`."""

    action = DoingField()
    arguments = ArgumentsField(required=False)
    ids = serializers.ListField(
        child=WholeField((1, limits.LARGEST_ID)),
        required=False,
        allow_empty=False,
        max_length=bounds.MOST_IDS,
        help_text="For more jobs use `selection`.",
    )
    selection = SelectionField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("selection" in attrs):
            message = "Either ids or selection is needed."
            raise serializers.ValidationError({"ids": [hinted(message, "Send one of the two.")]})
        form = _ARGUMENTS.get(Doing(attrs["action"]), NoArgumentsSerializer)()
        try:
            attrs["arguments"] = form.run_validation(attrs.get("arguments", {}))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"arguments": error.detail}) from None
        return attrs


@extend_schema_serializer(component_name="NewOperation")
class NewOperationSerializer(MembersSerializer):
    """An operation to begin."""

    preview = TextField(
        required=False,
        max_length=bounds.LONGEST_TOKEN,
        help_text="The `token` of its preview: only jobs that were counted there are touched. Without one "
        "it is as if it were previewed now.",
    )
    jobs_per_second = WholeField(
        bounds.JOBS_PER_SECOND, required=False, help_text="At most so fast; without it as fast as is good."
    )


class OutcomeField(serializers.ChoiceField):
    """What came of a job."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[outcome.value for outcome in JobOutcome], **options)


@extend_schema_serializer(component_name="OutcomeCount")
class OutcomeCountSerializer(serializers.Serializer[Any]):
    """Jobs of one outcome."""

    outcome = OutcomeField()
    jobs = serializers.IntegerField(min_value=0)
    acts = serializers.BooleanField(help_text="Whether something is done to them; else they are skipped.")
    says = serializers.CharField(help_text="The outcome in words.")


@extend_schema_serializer(component_name="OperationPreview")
class OperationPreviewSerializer(serializers.Serializer[Any]):
    """What an operation would do, at a moment."""

    action = DoingField()
    as_of = serializers.DateTimeField(help_text="The moment of which the numbers are true.")
    total = serializers.IntegerField(
        allow_null=True, help_text="Null where they are too many to count at once."
    )
    split = OutcomeCountSerializer(many=True, allow_null=True)
    reversible = serializers.BooleanField(help_text="Whether what it does can be undone.")
    starts_after = serializers.IntegerField(help_text="Seconds after which it begins.")
    token = serializers.CharField(
        help_text="Send it as `preview` to begin exactly this; good for 15 minutes."
    )


@extend_schema_serializer(component_name="Operation")
class OperationSerializer(serializers.Serializer[Any]):
    """An operation, and how far it has come."""

    id = serializers.IntegerField(min_value=1)
    action = serializers.ChoiceField(choices=[*(doing.value for doing in Doing), UNDO])
    arguments = ObjectField()
    owner = serializers.CharField(help_text="Who began it.")
    state = serializers.ChoiceField(choices=["running", "done", "aborted", "failed"])
    error = serializers.CharField(help_text="Why it failed.")
    as_of = serializers.DateTimeField(help_text="The moment of its preview; later jobs are not touched.")
    selection = ObjectField(allow_null=True, help_text="Which jobs, by their criteria.")
    ids = serializers.IntegerField(allow_null=True, help_text="How many ids were given.")
    undoes = serializers.IntegerField(allow_null=True, help_text="The operation that this one undoes.")
    undone_by = serializers.IntegerField(allow_null=True, help_text="The operation that undoes this one.")
    expected = OutcomeCountSerializer(many=True, allow_null=True, help_text="As it was previewed.")
    total = serializers.IntegerField(allow_null=True, help_text="Jobs that were previewed.")
    handled = serializers.IntegerField(help_text="Jobs that have their outcome.")
    outcomes = OutcomeCountSerializer(many=True)
    jobs_per_second = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    starts_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    rate = serializers.FloatField(allow_null=True, help_text="Jobs a second, so far.")
    left = serializers.IntegerField(allow_null=True, help_text="Jobs to come, while it runs.")
    can_abort = serializers.BooleanField()
    can_undo = serializers.BooleanField()


@extend_schema_serializer(component_name="OperationPage")
class OperationPageSerializer(serializers.Serializer[Any]):
    """Operations, the newest first."""

    next_cursor = serializers.CharField(allow_null=True, help_text="Continues from here.")
    results = OperationSerializer(many=True)


@extend_schema_serializer(component_name="JobOutcome")
class JobOutcomeSerializer(serializers.Serializer[Any]):
    """What came of one job."""

    job = serializers.IntegerField(min_value=1)
    outcome = OutcomeField()
    says = serializers.CharField()
    before = serializers.JSONField(allow_null=True, help_text="The value that was changed.")


@extend_schema_serializer(component_name="JobOutcomePage")
class JobOutcomePageSerializer(serializers.Serializer[Any]):
    """What came of the jobs, in the order in which they were visited."""

    next_cursor = serializers.CharField(allow_null=True, help_text="Continues from here.")
    results = JobOutcomeSerializer(many=True)

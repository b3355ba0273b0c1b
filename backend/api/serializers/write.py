"""What a new job may say, and which of it can be changed later."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs import limits
from jobs.errors import Hint
from jobs.queries import Fleet, fleet
from jobs.states import Wants

from .. import bounds
from .fields import (
    FlagField,
    StrictSerializer,
    TextField,
    TimeField,
    WantsField,
    WholeField,
    hinted,
    plain_line,
    refusal,
    visible_line,
)
from .job import JobDetailSerializer
from .resources import ResourceSerializer, require_fitting

# A clock may be off a little; farther back the time would only let the job jump the queue.
LATEST_PAST = timedelta(minutes=5)

LOCAL = "local"

# What a caller sees of a job and cannot give; what was given once is not given again.
SEEN = frozenset(JobDetailSerializer.Meta.fields)

queue_name = RegexValidator(
    rf"^[A-Za-z0-9][A-Za-z0-9._-]{{0,{limits.LONGEST_QUEUE - 1}}}\Z",
    f"This must have 1 to {limits.LONGEST_QUEUE} letters, digits, dots, dashes and underscores, and begin "
    "with a letter or digit.",
    Hint("For example: default."),
)
absolute_path = RegexValidator(
    r"^/[^\u0000-\u001f\u007f]*\Z",
    "This must be an absolute path, without control characters.",
    Hint("Start it with a slash, or leave it out to run in a new, empty folder."),
)
VARIABLE = r"^(?!JOBDECK_)[A-Za-z_][A-Za-z0-9_]{0,254}$"
variable_name = re.compile(VARIABLE, re.ASCII)


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": {"pattern": VARIABLE},
        "additionalProperties": {"type": "string", "maxLength": limits.LONGEST_VARIABLE},
        "maxProperties": limits.MOST_VARIABLES,
    }
)
class EnvironmentField(serializers.DictField):
    """Variables by name. Names that begin with JOBDECK_ are Jobdeck's own."""

    child = TextField(allow_blank=True, trim_whitespace=False, max_length=limits.LONGEST_VARIABLE)
    default_error_messages = {"not_a_dict": "This must be an object whose values are text."}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, Mapping):
            self.fail("not_a_dict")
        if len(data) > limits.MOST_VARIABLES:
            raise refusal(f"There are more than {limits.MOST_VARIABLES} variables.")
        wrong = {name: [_name_refusal(name)] for name in data if not variable_name.fullmatch(name)}
        if wrong:
            raise serializers.ValidationError(wrong)
        values: dict[str, str] = super().to_internal_value(dict(data))
        if (
            sum(len(name) + len(value.encode()) + 2 for name, value in values.items())
            > limits.LARGEST_ENVIRONMENT
        ):
            raise refusal(
                f"The variables are together larger than {limits.LARGEST_ENVIRONMENT // 1024} KiB.",
                "Put large values into a file.",
            )
        return values


def _name_refusal(name: str) -> serializers.ErrorDetail:
    if name.startswith("JOBDECK_"):
        return hinted("Names that begin with JOBDECK_ are set by Jobdeck itself.")
    return hinted(
        "A variable's name has 1 to 255 letters, digits and underscores and does not begin with a digit.",
        "Leave out the `=`: the value goes after the colon." if "=" in name else "",
    )


class TagsField(serializers.ListField):
    """Words to find jobs by; each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            child=TextField(max_length=limits.LONGEST_TAG, validators=[visible_line]),
            max_length=limits.MOST_TAGS,
            **options,
        )

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class ScheduleField(TimeField):
    """When the job may start at the earliest: not long past, within ten years."""

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        now = datetime.now(UTC)
        if moment < now - LATEST_PAST:
            raise refusal("This time is in the past.", "Leave it out to start as soon as possible.")
        if moment > now + timedelta(seconds=limits.FARTHEST_START):
            raise refusal("This time is more than ten years ahead.")
        return moment


class DependencySerializer(StrictSerializer):
    """One job that has to end first: by its id, or by its place in a request that submits several."""

    job = WholeField((1, limits.LARGEST_ID), required=False, help_text="Its id.")
    index = WholeField(
        (0, bounds.MOST_SUBMITTED - 1), required=False, help_text="Where it stands in this request, from 0."
    )
    wants = WantsField(
        required=False,
        help_text="How it has to end: `success` (the default), `failure`, or `end` however it ends.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("job" in attrs) == ("index" in attrs):
            raise refusal("This must name a `job` or an `index`, and not both.", 'For example: {"job": 12}.')
        return {"wants": Wants.SUCCESS.value, **attrs}


class DependenciesField(serializers.ListField):
    """The jobs that have to end first; each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=DependencySerializer(), max_length=limits.MOST_DEPENDENCIES, **options)

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        wanted = super().to_internal_value(data)
        named = [(one.get("job"), one.get("index")) for one in wanted]
        if len(set(named)) < len(named):
            raise refusal("A job is named twice.", "Name each once.")
        return wanted


class EditSerializer(StrictSerializer):
    """What can still be changed while a job waits (a tracked one: until it has ended)."""

    name = TextField(
        max_length=limits.LONGEST_NAME, validators=[visible_line], help_text="A name for people."
    )
    description = TextField(
        required=False, allow_blank=True, trim_whitespace=False, max_length=limits.LONGEST_DESCRIPTION
    )
    priority = WholeField(limits.PRIORITY, required=False, help_text="10 is the most urgent.")
    scheduled_at = ScheduleField(
        required=False,
        allow_null=True,
        help_text="Earliest start, with a time zone; at most ten years ahead.",
    )
    tags = TagsField(required=False)

    def unknown(self, name: str) -> serializers.ErrorDetail:
        if name in JobWriteSerializer._declared_fields:
            return hinted("This cannot be changed after submission.", "Submit a new job instead.")
        if name in SEEN:
            return hinted("This is set by Jobdeck.", "Leave it out.")
        return super().unknown(name)


class JobWriteSerializer(EditSerializer):
    """A new job. With a command the engine runs it; without one it is tracked: its program reports."""

    command = TextField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=limits.LARGEST_COMMAND,
        help_text="A line for /bin/sh, or a whole script that begins with a shebang.",
    )
    environment = EnvironmentField(required=False)
    working_directory = TextField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=limits.LONGEST_DIRECTORY,
        validators=[absolute_path],
        help_text="Where the command runs; a folder of the attempt's own by default.",
    )
    resource_requirements = ResourceSerializer(required=False)
    queue = TextField(required=False, trim_whitespace=False, validators=[queue_name])
    executor = TextField(
        required=False,
        trim_whitespace=False,
        max_length=limits.LONGEST_EXECUTOR,
        validators=[plain_line],
        help_text="Which executor runs it; `GET /api/workers/` lists them.",
    )
    timeout = WholeField(limits.TIMEOUT, required=False, allow_null=True, help_text="Seconds of one attempt.")
    max_attempts = WholeField(limits.ATTEMPTS, required=False)
    retry_delay = WholeField(
        limits.RETRY_DELAY, required=False, help_text="Seconds before the second attempt."
    )
    retry_on_lost = FlagField(required=False, help_text="Whether a lost worker's attempt may be made again.")

    depends_on = DependenciesField(
        required=False,
        help_text="Jobs that have to end first. Where one ends otherwise, this one fails as "
        "`dependency_failed`.",
    )

    def validate_command(self, command: str) -> str:
        if len(command.encode()) > limits.LARGEST_COMMAND:
            raise refusal(
                f"This is larger than {limits.LARGEST_COMMAND // 1024} KiB.",
                "Put it into a file and run that.",
            )
        return command if command.strip() else ""

    @cached_property
    def fleet(self) -> Fleet:
        """The workers, as of the first job that this looked at."""
        return fleet()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (executor := attrs.get("executor", LOCAL)) != LOCAL:
            self._require_executor(executor)
            if not attrs.get("command"):
                message = "A job without a command is not run by an executor."
                raise serializers.ValidationError({"executor": [hinted(message, "Leave it out.")]})
        if attrs.get("command") and (wanted := attrs.get("resource_requirements")):
            require_fitting(wanted, self.fleet)
        return attrs

    def _require_executor(self, executor: str) -> None:
        known = {LOCAL} | {name for worker in self.fleet.workers for name in worker.executors}
        if executor not in known:
            hint = f"Possible: {', '.join(sorted(known))}."
            raise serializers.ValidationError({"executor": [hinted("This executor does not exist.", hint)]})

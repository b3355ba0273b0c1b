"""Fields that take a value as it is or not at all: no number for text, no text for a number."""

import difflib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.errors import Hint
from jobs.states import Action, Kind, Reason, Status, Wants
from jobs.values import parse_time, printable
from jobs.waiting import WaitCode

# Characters that no single line of text needs: controls, line breaks, and those that turn the direction of
# what follows, by which a name can pretend to be another.
_UNWANTED = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_INVISIBLE = (
    r"\s\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0"
)

plain_line = RegexValidator(
    rf"^[^{_UNWANTED}]*\Z",
    "This contains a control character, a line break or a character that changes the direction of text.",
    Hint("Try typing it instead of pasting it."),
)
visible_line = RegexValidator(
    rf"^[^{_UNWANTED}]*[^{_UNWANTED}{_INVISIBLE}][^{_UNWANTED}]*\Z",
    "This must have at least one visible character and no control character, line break or character "
    "that changes the direction of text.",
    Hint("Try typing it instead of pasting it."),
)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": ["This must be a JSON object."]})
        wrong = {printable(name): [self.unknown(name)] for name in data if name not in self.fields}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            assert isinstance(error.detail, dict)  # noqa: S101  (a serializer's errors are by field)
            raise serializers.ValidationError({**wrong, **error.detail}) from None
        if wrong:
            raise serializers.ValidationError(wrong)
        return value

    def unknown(self, name: str) -> serializers.ErrorDetail:
        """What is wrong with a field of this name."""
        return hinted("This field does not exist here.", did_you_mean(name, self.fields))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]}?" if near else f"Possible: {', '.join(names)}."


def hinted(message: str, hint: str = "") -> serializers.ErrorDetail:
    """What is wrong, with what to do about it beside it."""
    return serializers.ErrorDetail(message, Hint(hint) if hint else None)


def refusal(message: str, hint: str = "") -> serializers.ValidationError:
    """The error of the field at hand."""
    return serializers.ValidationError(message, Hint(hint) if hint else None)


class TextField(serializers.CharField):
    """Text only."""

    default_error_messages = {"invalid": "This must be text.", "blank": "This may not be blank."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeField(serializers.IntegerField):
    """A whole number within (least, most). 5.0 is one, as JSON Schema has it; "5" and true are none."""

    default_error_messages = {"invalid": "This must be a whole number."}

    def __init__(self, within: tuple[int, int], **options: Any) -> None:
        super().__init__(min_value=within[0], max_value=within[1], **options)
        self.within = within

    def to_internal_value(self, data: Any) -> int:
        if type(data) not in (int, float) or not (type(data) is int or data.is_integer()):
            self.fail("invalid")
        return int(data)


class NumberField(serializers.FloatField):
    """A number within (least, most)."""

    default_error_messages = {"invalid": "This must be a number."}

    def __init__(self, within: tuple[float, float], **options: Any) -> None:
        super().__init__(min_value=within[0], max_value=within[1], **options)
        self.within = within

    def to_internal_value(self, data: Any) -> float:
        if type(data) not in (int, float):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """true or false."""

    default_error_messages = {"invalid": "This must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("invalid")
        return data


class TimeField(serializers.DateTimeField):
    """RFC 3339, with its zone."""

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            raise refusal("This must be a date and time, as text.", "For example 2026-01-31T12:00:00Z.")
        try:
            return parse_time(value)
        except ValueError as error:
            raise refusal(str(error), "For example 2026-01-31T12:00:00Z.") from None


@extend_schema_field({"$ref": "#/components/schemas/Status"})
class StatusField(serializers.ChoiceField):
    """One of the five statuses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[status.value for status in Status], **options)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and data in self.choices:
            return data
        raise refusal("This is not a status.", f"Possible: {', '.join(self.choices)}.")


@extend_schema_field({"$ref": "#/components/schemas/Reason"})
class ReasonField(serializers.ChoiceField):
    """Why it ended; empty when it did not, or completed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=["", *(reason.value for reason in Reason)], **options)


@extend_schema_field({"type": "string", "enum": [wants.value for wants in Wants]})
class WantsField(serializers.ChoiceField):
    """How a job has to end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[wants.value for wants in Wants], **options)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and data in self.choices:
            return data
        raise refusal("This is not an end that can be waited for.", f"Possible: {', '.join(self.choices)}.")


@extend_schema_field({"type": "string", "enum": [kind.value for kind in Kind]})
class KindField(serializers.ChoiceField):
    """Run by the engine, or tracked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[kind.value for kind in Kind], **options)


@extend_schema_field({"$ref": "#/components/schemas/WaitCode"})
class WaitCodeField(serializers.ChoiceField):
    """What a pending job waits for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[code.value for code in WaitCode], **options)


@extend_schema_field({"$ref": "#/components/schemas/Action"})
class ActionField(serializers.ChoiceField):
    """What can be asked for with a job."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[action.value for action in Action], **options)


@extend_schema_field({"description": "Any JSON value."})
class AnyField(serializers.JSONField):
    """Any JSON value."""


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.JSONField):
    """Any JSON object."""

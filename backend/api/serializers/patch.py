"""What may be said about a job that is there: edits and reports."""

from typing import Any

from rest_framework import serializers

from jobs import limits

from .fields import StatusField, TextField, WholeField, refusal, visible_line
from .write import EditSerializer


class JobPatchSerializer(EditSerializer):
    """Edits, a report on a tracked job, or both. All of it takes effect, or nothing."""

    name = TextField(required=False, max_length=limits.LONGEST_NAME, validators=[visible_line])
    status_type = StatusField(
        required=False, help_text="The new status. Leave it out to report without a change of status."
    )
    message = TextField(required=False, allow_blank=True, max_length=limits.LONGEST_MESSAGE)
    progress = WholeField(limits.PROGRESS, required=False, allow_null=True, help_text="Percent.")
    result_data = serializers.JSONField(required=False, help_text="Any JSON value; null leaves it as it is.")
    error_message = TextField(required=False, allow_blank=True, max_length=limits.LARGEST_ERROR)
    lease = serializers.UUIDField(
        required=False, allow_null=True, help_text="The lease that the claim returned; the report renews it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise refusal("The request changes nothing.", f"Possible: {', '.join(self.fields)}.")
        return attrs

"""Many jobs at once."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers


@extend_schema_serializer(component_name="BulkSubmitted")
class BulkSerializer(serializers.Serializer[Any]):
    """The jobs that one request made."""

    count = serializers.IntegerField(min_value=1)
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), help_text="In the order in which they were sent."
    )

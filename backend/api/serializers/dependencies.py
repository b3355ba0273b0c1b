"""What a job waits for, and what waits for it."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from .fields import StatusField, WantsField


class WantedSerializer(serializers.Serializer[Any]):
    """A job that another depends on."""

    job = serializers.IntegerField(min_value=1, help_text="Its id.")
    wants = WantsField(help_text="How it has to end.")
    met = serializers.BooleanField(allow_null=True, help_text="Whether it has ended so; null until it ends.")


class NeighbourSerializer(WantedSerializer):
    """The same, with what it is called and how it stands now; both null where it was deleted."""

    name = serializers.CharField(allow_null=True)
    status = StatusField(allow_null=True)


@extend_schema_serializer(component_name="Dependencies")
class DependenciesSerializer(serializers.Serializer[Any]):
    """A job's neighbours."""

    depends_on = NeighbourSerializer(many=True)
    needed_by = NeighbourSerializer(many=True, help_text="The first 100.")
    needed_by_count = serializers.IntegerField(min_value=0, help_text="How many there are.")

"""Workers, as they describe themselves."""

from typing import Any

from rest_framework import serializers

from .fields import ObjectField


class WorkerSerializer(serializers.Serializer[Any]):
    """A machine that runs jobs. `unreachable`: nothing was heard of it for 30 s."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    host = serializers.CharField()
    state = serializers.ChoiceField(choices=["active", "draining", "unreachable", "stopped"])
    started_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField()
    capacity = ObjectField()
    limits = ObjectField()
    labels = ObjectField()
    executors = ObjectField(help_text="What each can do, by name.")
    version = serializers.CharField()
    running = serializers.IntegerField(min_value=0, help_text="Attempts that are open there.")


class WorkerPageSerializer(serializers.Serializer[Any]):
    """All workers, by name."""

    results = WorkerSerializer(many=True)

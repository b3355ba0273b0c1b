"""How what could stand at the caret of a search is answered."""

from rest_framework import serializers


class SuggestionSerializer(serializers.Serializer[object]):
    """Something to put there. `jobs`: how many have it, where counters know."""

    text = serializers.CharField()
    says = serializers.CharField(help_text="What it means; empty where it speaks for itself")
    jobs = serializers.IntegerField(allow_null=True)


class CompletionSerializer(serializers.Serializer[object]):
    """What may take the place of the characters from `start` to `end`, counted from 0."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    suggestions = SuggestionSerializer(many=True)

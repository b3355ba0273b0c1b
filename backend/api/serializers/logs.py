"""A piece of a log."""

from typing import Any

from rest_framework import serializers

from jobs.logs import STREAMS


class LogSliceSerializer(serializers.Serializer[Any]):
    """A piece of one stream of one attempt. Offsets and sizes are bytes, whatever they are in `text`."""

    stream = serializers.ChoiceField(choices=list(STREAMS))
    attempt = serializers.IntegerField(min_value=1)
    offset = serializers.IntegerField(min_value=0, help_text="First byte of this piece.")
    next_offset = serializers.IntegerField(min_value=0, help_text="The `offset` to ask for next.")
    size = serializers.IntegerField(min_value=0, help_text="Bytes stored so far.")
    complete = serializers.BooleanField(help_text="The attempt has ended and its whole log is stored.")
    first_line = serializers.IntegerField(min_value=0, help_text="Number of line breaks before this piece.")
    text = serializers.CharField(
        help_text="What is not UTF-8 is replaced by U+FFFD; no character is ever cut in two."
    )

"""What the account endpoints read and write."""

from rest_framework import serializers

from accounts.roles import Role
from accounts.secrets import LONGEST


class SignInSerializer(serializers.Serializer[None]):
    """The code out of a sign-in link."""

    code = serializers.CharField(max_length=LONGEST, write_only=True)


class MeSerializer(serializers.Serializer[dict[str, object]]):
    """Who I am, what I may do, and what a page needs to know of this server."""

    authenticated = serializers.BooleanField()
    username = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    can_submit = serializers.BooleanField()
    csrf_token = serializers.CharField(help_text="For the header X-CSRFToken; empty with accounts off.")
    version = serializers.CharField()
    prefix = serializers.CharField()
    auth = serializers.ChoiceField(choices=["on", "off"])
    token_file = serializers.CharField(
        help_text="Where the owner's token lies on the machine that runs Jobdeck; empty for everybody else."
    )

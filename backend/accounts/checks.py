"""What must not be, however the settings came about."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def auth_off_needs_loopback(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuse an open door: without accounts everyone who reaches the port can run commands here."""
    if settings.AUTH_ON or settings.ENV.loopback:
        return []
    return [
        Error(
            f"JOBDECK_AUTH=off on {settings.ENV.host}: everyone who reaches it could run commands here.",
            hint="Listen on 127.0.0.1, or leave JOBDECK_AUTH on.",
            id="accounts.E001",
        )
    ]

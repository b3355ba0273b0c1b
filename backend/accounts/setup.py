"""What has to be there before anyone can sign in."""

import os

from django.conf import settings

from accounts.models import User
from accounts.owner import ensure_owner, ensure_token_file


def set_up() -> User:
    """Make the owner, named like who runs this, and the token file where they are missing; give the owner."""
    settings.ENV.home.make()
    str(settings.SECRET_KEY)  # made or mended here, before several processes ask for it at once
    owner = ensure_owner(os.environ.get("USER", ""))
    ensure_token_file(owner, settings.ENV.home.token)
    return owner

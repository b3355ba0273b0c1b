from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.setup import set_up


class Command(BaseCommand):
    help = "Makes the owner's account and token file where they are missing. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        owner = set_up()
        self.stdout.write(f"Owner: {owner.username}. Token: {settings.ENV.home.token}")

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from accounts.codes import make_code, signin_link
from accounts.models import User
from accounts.owner import find_owner


class Command(BaseCommand):
    help = "Prints a link that signs in once, within ten minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="NAME", help="whom the link signs in (default: the owner)")

    def handle(self, *args: Any, user: str | None = None, **options: Any) -> None:
        try:
            self.stdout.write(signin_link(settings.ENV.url, make_code(_find(user))))
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached; is Jobdeck running? ({error})") from error


def _find(name: str | None) -> User:
    if name is None:
        found = find_owner()
        if found is None:
            raise CommandError("There is no owner yet: run manage.py setup first.")
        return found
    try:
        return User.objects.get(username=name, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no active user {name!r}.") from None

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from jobs import partitions

# One constant for all processes of one database: whoever comes second waits, then finds nothing left to do.
MIGRATION_LOCK = 7_203_000


class Command(BaseCommand):
    help = (
        "Bring the database up to date: migrations under an advisory lock, partitions, the owner's account."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            try:
                call_command("migrate", interactive=False, verbosity=options["verbosity"], stdout=self.stdout)
                partitions.ensure()
                call_command("setup", stdout=self.stdout)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])

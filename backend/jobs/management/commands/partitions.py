from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import partitions


class Command(BaseCommand):
    help = "Make the partitions of the coming months and attempts; fail if rows went astray for lack of one."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in partitions.ensure():
            self.stdout.write(f"made {name}")
        strays = partitions.strays()
        if strays.statuses or strays.chunks:
            raise CommandError(
                f"{strays.statuses} statuses and {strays.chunks} log chunks are in the default partitions: "
                "they were written before their partition was made."
            )

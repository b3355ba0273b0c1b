from typing import Any

from django.core.management.base import BaseCommand

from jobs import partitions


class Command(BaseCommand):
    help = "Make the partitions of the coming months and attempts, and say if rows had gone astray."

    def handle(self, *args: Any, **options: Any) -> None:
        strays = partitions.strays()
        for name in partitions.ensure():
            self.stdout.write(f"made {name}")
        if strays.statuses or strays.chunks:
            self.stderr.write(
                f"{strays.statuses} statuses and {strays.chunks} log chunks came before their partition was "
                "made. Nothing is lost; they are moved into it as soon as nobody has to wait for that."
            )

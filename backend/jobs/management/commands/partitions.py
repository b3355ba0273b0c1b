from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs import partitions
from jobs.archive import keeping, months


class Command(BaseCommand):
    help = (
        "Partitions: `show` them, `make` those of the coming months and attempts, `drop` those that hold "
        "nothing any more and the archive's months whose keep time has passed. The scheduler does both too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", choices=("show", "make", "drop"), default="make")
        parser.add_argument("--dry-run", action="store_true", help="with drop: only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "show":
            self._show()
        elif options["action"] == "make":
            self._make()
        else:
            self._drop(dry_run=options["dry_run"])

    def _show(self) -> None:
        for name, size, used in partitions.sizes():
            self.stdout.write(f"{name:40} {size / 1e6:10,.1f} MB{'' if used else '  empty'}")
        for month in months.months():
            told = f"{month.bytes / 1e6:10,.1f} MB  about {month.jobs:,} jobs"
            self.stdout.write(f"{f'archive of {month.first:%Y-%m}':40} {told}")

    def _make(self) -> None:
        strays = partitions.strays()
        for name in partitions.ensure():
            self.stdout.write(f"made {name}")
        if strays.statuses or strays.chunks:
            self.stderr.write(
                f"{strays.statuses} statuses and {strays.chunks} log chunks came before their partition was "
                "made. Nothing is lost; they are moved into it as soon as nobody has to wait for that."
            )

    def _drop(self, *, dry_run: bool) -> None:
        did = "would drop" if dry_run else "dropped"
        for name in partitions.drop_empty(dry_run=dry_run):
            self.stdout.write(f"{did} {name}")
        for month in keeping.retire(keeping.rules(), dry_run=dry_run):
            self.stdout.write(f"{did} the archive of {month:%Y-%m}")

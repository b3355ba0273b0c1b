from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.search import indexing


class Command(BaseCommand):
    help = (
        "Bring the search's index up to date now; the scheduler does the same bit by bit. Searches go on "
        "meanwhile, and find what is not in the index yet by reading the table."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="build all of it anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            indexing.rebuild(self._tell)
        else:
            indexing.mend()
            indexing.complete(self._tell)
        self._tell(*indexing.progress()[::-1])
        self.stdout.write("")

    def _tell(self, built: int, reserved: int) -> None:
        self.stdout.write(f"\rindexed up to job {built:,} of {reserved:,}", ending="")
        self.stdout.flush()

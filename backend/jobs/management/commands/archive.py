from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import limits
from jobs.archive import keeping, moving
from jobs.archive.moving import Due
from jobs.management.progress_bar import ProgressBar


class Command(BaseCommand):
    help = (
        "Move jobs that ended long ago into the archive, while everything runs. It may be stopped at any "
        "moment. Without --older-than it does what the keep times say, as the scheduler does."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="days since they ended; 0: all")
        parser.add_argument("--queue", action="append", default=[], help="of this queue only; repeatable")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        due = _due(options["older_than"], options["queue"])
        counts = [moving.count_due(one) for one in due]
        if options["dry_run"]:
            self.stdout.write(f"{sum(counts):,} jobs would be archived.")
            return
        bar, done = ProgressBar(self.stdout, sum(counts)), 0
        for one in due:
            for batch in keeping.archive(one):
                done += batch
                bar.show(done)
        self.stdout.write(f"{done:,} jobs were archived.")


def _due(days: int | None, queues: Sequence[str]) -> list[Due]:
    if days is None:
        if queues:
            raise CommandError("--queue needs --older-than: without it each queue has its own keep time.")
        rules = ((rule, rule.keep.archive_after_days) for rule in keeping.rules())
        return [rule.due(after) for rule, after in rules if after is not None]
    if not 0 <= days <= limits.KEEP_DAYS[1]:
        raise CommandError(f"--older-than: {days} is not a number of days from 0 to {limits.KEEP_DAYS[1]:,}.")
    return [Due(datetime.now(UTC) - timedelta(days=days), tuple(queues), others=not queues)]

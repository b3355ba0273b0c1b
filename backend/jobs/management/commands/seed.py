import shutil
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from jobs.management.progress_bar import ProgressBar
from jobs.search import indexing
from jobs.seeding import people
from jobs.seeding.load import LoadPhase, Plan, load, vacuum

MOST_JOBS = 100_000_000
MONTHS = 6
DAYS_A_MONTH = 30.4
BYTES_A_JOB = 2_600
"""What a job takes with its history, attempts, indexes and sums, about."""
SPARE = 1.5  # times that, for the write-ahead log and for sorting


def jobs(text: str) -> int:
    """A number of jobs: "250000", "250k", "1M"."""
    factor = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    digits = text if factor == 1 else text[:-1]
    if not digits.isascii() or not digits.isdigit() or not 1 <= int(digits) * factor <= MOST_JOBS:
        raise ArgumentTypeError(
            f"“{text}” is not a number from 1 to {MOST_JOBS:,} (250000, 250k and 1M are)."
        )
    return int(digits) * factor


def moment(text: str) -> datetime:
    """A time with its zone, as RFC 3339 writes it."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ArgumentTypeError(f"“{text}” is not a time with a zone, like 2026-11-01T00:00:00Z.")
    return found.astimezone(UTC)


def percent(text: str) -> float:
    """A share from 0 to 10 %."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 10:
        raise ArgumentTypeError(f"“{text}” is not a number from 0 to 10.")
    return number / 100


class Command(BaseCommand):
    help = (
        "Fill the database with made-up jobs: half a year of them, ended in every way, with history, "
        "attempts and some logs. All or none: stopped in the middle, it leaves nothing. No job is run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jobs", type=jobs, default=100_000, help="how many (100k, 1M); default 100k")
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same jobs")
        parser.add_argument("--until", type=moment, help="when the newest are created; default: now")
        parser.add_argument(
            "--waiting", type=percent, default=0.02, help="percent that have not ended, 0 to 10; default 2"
        )
        parser.add_argument("--yes", action="store_true", help="do it although there are real jobs")
        parser.add_argument("--remove", action="store_true", help="take all made-up jobs away again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove()
            return
        real = people.real_jobs()
        if real and not options["yes"]:
            many = f"At least {real:,}" if real == people.COUNTED else f"{real:,}"
            raise CommandError(
                f"{many} real jobs are here already. Add --yes to put made-up ones beside them; "
                "`manage.py seed --remove` takes only the made-up ones away again."
            )
        self._fill(options)

    def _fill(self, options: dict[str, Any]) -> None:
        count, began = options["jobs"], monotonic()
        until = options["until"] or datetime.now(UTC).replace(second=0, microsecond=0)
        self.stdout.write(
            f"Adding {count:,} made-up jobs (about {count * BYTES_A_JOB / 1e9:.1f} GB). "
            "Pages and workers wait for jobs until it is done."
        )
        _refuse_without_room(count)
        plan = Plan(
            jobs=count,
            seed=options["seed"],
            start=until - timedelta(days=MONTHS * DAYS_A_MONTH),
            until=until,
            waiting=options["waiting"],
        )
        bar = ProgressBar(self.stdout, count)

        def tell(phase: LoadPhase, done: int) -> None:
            if phase is LoadPhase.JOBS:
                bar.show(done)
            else:
                bar.say(f"{done:,} jobs are in; now the {phase}.")

        ids = load(plan, tell)
        seconds = monotonic() - began
        self.stdout.write(
            f"Jobs {ids[0]} to {ids[-1]} are there after {seconds:.0f} s "
            f"({count / seconds * 60:,.0f} a minute). Now the search's index."
        )
        self._index(ids)

    def _index(self, ids: range) -> None:
        began = monotonic()
        bar = ProgressBar(self.stdout, ids[-1])
        indexing.complete(lambda built, _: bar.show(built))
        vacuum("jobs_searchblock", "jobs_searchsegment")
        seconds = monotonic() - began
        self.stdout.write(
            f"They can be searched after {seconds:.0f} s more ({len(ids) / seconds * 60:,.0f} a minute). "
            "`manage.py seed --remove` takes them away again."
        )

    def _remove(self) -> None:
        people.remove(lambda gone: self.stdout.write(f"{gone:,} removed"))
        self.stdout.write("No made-up job is left.")


def _refuse_without_room(count: int) -> None:
    """Raise `CommandError` where the embedded database would fill its disk; of another nothing is known."""
    if not settings.ENV.embedded:
        return
    folder = settings.ENV.home.root
    needed, free = count * BYTES_A_JOB * SPARE, shutil.disk_usage(folder).free
    if free < needed:
        raise CommandError(
            f"{count:,} jobs need {needed / 1e9:.1f} GB while they come in, and {folder} has "
            f"{free / 1e9:.1f} GB left. Nothing was changed. Give --jobs a smaller number, or choose a "
            "JOBDECK_HOME on a larger disk."
        )

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import fields, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import limits
from jobs.archive import keeping
from jobs.archive.keeping import Keep
from jobs.errors import Invalid

NEVER = "never"
OPTIONS = [field.name for field in fields(Keep)]


def days(text: str) -> int | None:
    """A number of days, or "never"."""
    if text == NEVER:
        return None
    least, most = limits.KEEP_DAYS
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ArgumentTypeError(
            f"“{text}” is neither a number of days from {least} to {most:,} nor “{NEVER}”."
        )
    return int(text)


class Command(BaseCommand):
    help = (
        "Say how long jobs are kept, or set it for a queue. What is not named stays as it is for that queue. "
        "For all other queues the settings JOBDECK_ARCHIVE_AFTER_DAYS and so on say it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queue", help="set the times of this queue")
        for name in OPTIONS:
            parser.add_argument(f"--{name.removesuffix('_days').replace('_', '-')}", dest=name, type=days)
        parser.add_argument("--reset", action="store_true", help="let the queue have the times of all others")
        parser.set_defaults(**dict.fromkeys(OPTIONS, ...))

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in OPTIONS if options[name] is not ...}
        if (given or options["reset"]) and not options["queue"]:
            raise CommandError("Name the queue with --queue.")
        if options["queue"]:
            self._set(options["queue"], given, reset=options["reset"])
        for queue, keep in {**keeping.of_queues(), "(all others)": keeping.default()}.items():
            self.stdout.write(f"{queue}: {_sentence(keep)}")

    def _set(self, queue: str, given: dict[str, int | None], *, reset: bool) -> None:
        if len(queue) > limits.LONGEST_QUEUE:
            raise CommandError(f"--queue: a queue's name has at most {limits.LONGEST_QUEUE} characters.")
        present = keeping.of_queues().get(queue, keeping.default())
        try:
            keeping.set_for(queue, None if reset else replace(present, **given))
        except Invalid as error:
            wrong = "; ".join(f"{one.field}: {one.message} {one.hint}" for one in error.errors)
            raise CommandError(wrong) from None


def _sentence(keep: Keep) -> str:
    def after(number: int | None) -> str:
        return "never" if number is None else f"after {number:,} days"

    return (
        f"archived {after(keep.archive_after_days)}, logs deleted {after(keep.delete_logs_after_days)}, "
        f"deleted {after(keep.delete_after_days)}"
    )

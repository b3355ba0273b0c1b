"""How long jobs are kept, and what is due for that: archiving, deleting, dropping whole months.

Everything goes in bounded batches, so whoever does it can stop at any moment, and lists are as quick as
before. Several may do it at once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import monotonic, sleep

from django.conf import settings

from .. import errors
from ..errors import FieldError
from ..models import KeepTime
from . import months, moving
from .moving import Due

BATCH_SECONDS = 0.2
"""So long a batch should take: for so long its rows are locked."""
REST = 1.0
"""After a batch, in parts of the time that it took: nobody waits for this, and people wait for lists."""

SMALLEST_BATCH, FIRST_BATCH, LARGEST_BATCH = 20, 200, 2000


@dataclass(frozen=True, slots=True)
class Keep:
    """Days after its end at which a job is archived, its log deleted, it deleted; None: never.

    Only archived jobs are deleted, and their logs.
    """

    archive_after_days: int | None = None
    delete_logs_after_days: int | None = None
    delete_after_days: int | None = None

    def check(self) -> "Keep":
        """The same. Raises `errors.Invalid` where something would be deleted before it is archived."""
        wrong = [
            FieldError(
                name,
                "Only archived jobs are deleted, so archiving has to come first.",
                "Give `archive_after_days` and no more days than here.",
            )
            for name in ("delete_logs_after_days", "delete_after_days")
            if (days := getattr(self, name)) is not None
            and (self.archive_after_days is None or self.archive_after_days > days)
        ]
        if wrong:
            raise errors.Invalid(errors=wrong)
        return self


@dataclass(frozen=True, slots=True)
class Rule:
    """The keep times of `queues` or, where `others`, of all queues but those."""

    keep: Keep
    queues: tuple[str, ...]
    others: bool = False

    def due(self, days: int) -> Due:
        """Its jobs that ended so many days ago."""
        return Due(datetime.now(UTC) - timedelta(days=days), self.queues, self.others)


def default() -> Keep:
    """That of queues which have none of their own: what the settings say."""
    return Keep(**settings.KEEP_DAYS)


def of_queues() -> dict[str, Keep]:
    """Those of queues which have their own, by name."""
    names = [field.name for field in fields(Keep)]
    return {
        row["queue"]: Keep(**{name: row[name] for name in names})
        for row in KeepTime.objects.order_by("queue").values("queue", *names)
    }


def set_for(queue: str, keep: Keep | None) -> None:
    """Give a queue keep times of its own; None: those of all others again.

    :raises errors.Invalid: they contradict one another.
    """
    if keep is None:
        KeepTime.objects.filter(queue=queue).delete()
    else:
        keep.check()
        values = {field.name: getattr(keep, field.name) for field in fields(Keep)}
        KeepTime.objects.update_or_create(queue=queue, defaults=values)


def rules() -> list[Rule]:
    """All keep times: of the queues that have their own, and of the rest."""
    own = of_queues()
    return [*(Rule(keep, (queue,)) for queue, keep in own.items()), Rule(default(), tuple(own), others=True)]


@dataclass(slots=True)
class Done:
    """What was done: numbers of jobs, and the months that were dropped whole."""

    archived: int = 0
    deleted: int = 0
    months: tuple[date, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.archived or self.deleted or self.months)


def turn(seconds: float) -> Done:
    """Do what is due, for about so long; what is left is due at the next turn."""
    until, done, all_rules = monotonic() + seconds, Done(), rules()
    done.months = tuple(retire(all_rules))
    for rule in all_rules:
        if (days := rule.keep.archive_after_days) is not None:
            done.archived += sum(archive(rule.due(days), until))
        if (days := rule.keep.delete_after_days) is not None:
            done.deleted += sum(_delete(rule.due(days), until))
        if (days := rule.keep.delete_logs_after_days) is not None:
            sum(_in_batches(partial(moving.delete_logs, rule.due(days)), until))
    return done


def archive(due: Due, until: float = float("inf")) -> Iterable[int]:
    """Archive what is due, batch by batch, until `until` (a monotonic time); the size of each batch."""
    return _in_batches(partial(moving.archive, due), until)


def retire(all_rules: Iterable[Rule], *, dry_run: bool = False) -> list[date]:
    """Drop the months of which everything is to be deleted, whatever its queue; those of them that went."""
    return [
        month.first
        for month in months.months()
        if _is_past(month.first, [rule.keep.delete_after_days for rule in all_rules])
        and (dry_run or months.drop(month.first))
    ]


def _is_past(month: date, days: Iterable[int | None]) -> bool:
    """Whether so many days have passed since the month's end, by every one of the numbers."""
    end = datetime.combine(months.following(month), time(), UTC)
    return all(number is not None and end + timedelta(days=number) <= datetime.now(UTC) for number in days)


def _delete(due: Due, until: float) -> Iterable[int]:
    return _in_batches(lambda limit: moving.delete(moving.deletable(due, limit)), until)


def _in_batches(do: Callable[[int], int], until: float) -> Iterable[int]:
    """Do it with a number, which comes to what takes `BATCH_SECONDS`, until it does nothing more."""
    size = FIRST_BATCH
    while monotonic() < until:
        began = monotonic()
        done = do(size)
        if not done:
            return
        yield done
        took = max(monotonic() - began, 0.001)
        sleep(max(0.0, min(took * REST, until - monotonic())))
        size = round(min(max(size * min(BATCH_SECONDS / took, 2), SMALLEST_BATCH), LARGEST_BATCH))

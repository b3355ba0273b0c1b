"""Ranges of time in buckets: hours, or days and weeks of somebody's time zone. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .errors import FieldError, Invalid

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_BUCKETS = 750  # a month of hours, two years of days
MOST_HOURS = 400 * 24  # that are added up to the days of a zone; those of UTC are kept as such


class Bucket(StrEnum):
    """How long one is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


FITTING = ((timedelta(days=4), Bucket.HOUR), (timedelta(days=120), Bucket.DAY), (timedelta.max, Bucket.WEEK))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Buckets one after the other, each from one of `starts` to the next, the last to `end`. All in UTC."""

    bucket: Bucket
    zone: str
    starts: tuple[datetime, ...]
    end: datetime

    @classmethod
    def covering(cls, start: datetime, end: datetime, bucket: Bucket | None, zone: str) -> "Timeline":
        """The buckets that a span touches; one that fits its length, if none is asked for.

        :raises errors.Invalid: there are too many of them, or they cannot be told exactly.
        """
        length = bucket or next(each for longest, each in FITTING if end - start <= longest)
        if (end - start) / SMALLEST[length] > MOST_BUCKETS:
            raise Invalid(errors=[_too_many(length, asked=bucket is not None)])
        moments = _boundaries(start, end, length, UTC if zone == "UTC" else ZoneInfo(zone))
        line = cls(length, zone, tuple(moments[:-1]), moments[-1])
        if any(moment.minute or moment.second for moment in moments):
            raise Invalid(errors=[_no_whole_hours(zone)])
        if line.step == "hour" and line.end - line.start > MOST_HOURS * HOUR:
            raise Invalid(errors=[_too_long(zone)])
        return line

    @property
    def start(self) -> datetime:
        """Where the first one begins."""
        return self.starts[0]

    @property
    def step(self) -> str:
        """The longest sums (`counters`) that each bucket is made of."""
        return "day" if self.bucket is not Bucket.HOUR and self.zone == "UTC" else "hour"

    @property
    def ends(self) -> tuple[datetime, ...]:
        """Where each of them ends."""
        return (*self.starts[1:], self.end)


SMALLEST = {Bucket.HOUR: HOUR, Bucket.DAY: DAY, Bucket.WEEK: 7 * DAY}


@cache
def zones() -> frozenset[str]:
    """The names of the time zones that are known."""
    return frozenset(available_timezones())


def _boundaries(start: datetime, end: datetime, bucket: Bucket, zone: tzinfo) -> list[datetime]:
    """Where buckets begin, from the one that `start` is in to the first at or after `end`."""
    if bucket is Bucket.HOUR:
        first = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return _until(end, lambda number: first + number * HOUR)
    day = start.astimezone(zone).date()
    if bucket is Bucket.WEEK:
        day -= timedelta(days=day.weekday())
    days = 7 if bucket is Bucket.WEEK else 1
    return _until(end, lambda number: _midnight(day + timedelta(days=number * days), zone))


def _until(end: datetime, moment: Callable[[int], datetime]) -> list[datetime]:
    moments = [moment(0)]
    while moments[-1] < end:
        moments.append(moment(len(moments)))
    return moments


def _midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins. Where the clocks skip midnight, that is the moment at which they do."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _too_many(bucket: Bucket, *, asked: bool) -> FieldError:
    message = f"By the {bucket}, a range has at most {MOST_BUCKETS * SMALLEST[bucket] // DAY:,} days."
    if asked and bucket is not Bucket.WEEK:
        return FieldError("bucket", message, "Ask for longer buckets, or for a shorter range.")
    return FieldError("from", message, "Ask for a shorter range.")


def _no_whole_hours(zone: str) -> FieldError:
    message = f"Counts are kept by the hour of UTC, and a day in {zone} does not begin with one."
    return FieldError("zone", message, "Ask for days of UTC, or for hours.")


def _too_long(zone: str) -> FieldError:
    message = f"Days of {zone} are added up from hours, of at most {MOST_HOURS // 24} days."
    return FieldError("zone", message, "Ask for a shorter range, or for days of UTC.")

"""The figures: totals, and what happened over time, from counters and not from jobs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from operator import sub
from typing import Any, NamedTuple

from .counters import Slice, totals
from .histograms import EMPTY, times
from .sql import fetch_tuples
from .timeline import DAY, Timeline

_LEVELS = ("pending", "running")
_EVENTS = {
    "submitted": "submits",
    "started": "starts",
    "retried": "retries",
    "completed": "completions",
    "failed": "failures",
    "cancelled": "cancellations",
}
_TIMES = {
    "waiting_time": ("wait_seconds", "waits"),
    "execution_time": ("run_seconds", "runs"),
    "failed_after": ("fail_seconds", "fails"),
    "cancelled_after": ("cancel_seconds", "cancels"),
}

_HAPPENED = (*_EVENTS, *_TIMES)
_COUNTED = (*_LEVELS, *_EVENTS.values())
_SECONDS, _HISTOGRAMS = zip(*_TIMES.values(), strict=True)
_NAMES = ", ".join((*_COUNTED, *_SECONDS, *_HISTOGRAMS))
_SUMS = ", ".join([
    *(f"coalesce(sum({name}), 0)::bigint" for name in _COUNTED),
    *(f"coalesce(sum({name}), 0)" for name in _SECONDS),
    *(f"numeric_send(coalesce(jobs_add({name}), 0))" for name in _HISTOGRAMS),
])  # fmt: skip

# Bucket n counts what happened from the n-th of `starts` on; the last, past the range, whatever came after. 0
# is the range as a whole, and the sum of all times has no number.
# How many wait or run is known of now, so of any earlier moment too: less those that came since, and more
# those that went. All is one statement, so that what is folded meanwhile counts once.
_SERIES = f"""
SELECT coalesce(bucket, 0) AS bucket, {_SUMS}
FROM (SELECT start, {_NAMES} FROM jobs_activity WHERE {{steps}} AND start >= %(first)s AND start < %(end)s
      UNION ALL
      SELECT start, {_NAMES} FROM jobs_activity WHERE {{hours}} AND start >= %(end)s AND start < %(midnight)s
      UNION ALL
      SELECT start, {_NAMES} FROM jobs_activity WHERE {{days}} AND start >= %(midnight)s
      UNION ALL
      SELECT hour, {_NAMES} FROM jobs_activitydelta WHERE {{deltas}} AND hour >= %(first)s) AS since
CROSS JOIN LATERAL width_bucket(start, %(starts)s::timestamptz[]) AS bucket
GROUP BY GROUPING SETS ((bucket), (bucket < %(after)s))
HAVING grouping(bucket) = 0 OR bucket < %(after)s
UNION ALL
SELECT NULL, {_SUMS}
FROM (SELECT {_NAMES} FROM jobs_activity WHERE {{ever}}
      UNION ALL
      SELECT {_NAMES} FROM jobs_activitydelta WHERE {{deltas}}) AS ever"""


class _Sums(NamedTuple):
    """Of a bucket, each part in the order of the names above."""

    levels: Sequence[int]
    events: Sequence[int]
    seconds: Sequence[float]
    histograms: Sequence[bytes]


_CUTS = [*accumulate(map(len, (_LEVELS, _EVENTS, _TIMES, _TIMES)), initial=0)]
_PARTS = [slice(start, end) for start, end in pairwise(_CUTS)]
_NOTHING = _Sums((0,) * len(_LEVELS), (0,) * len(_EVENTS), (0.0,) * len(_TIMES), (EMPTY,) * len(_TIMES))


def stats(line: Timeline, part: Slice) -> dict[str, Any]:
    """The figures of a slice: jobs as they are now; what happened, and how long it took, along a timeline.

    Waiting is from when a job could be claimed (submitted, or later where a time or a retry's delay was set)
    to its start; a run time is that of a job that completed. Percentiles come from histograms: within 5 %.
    """
    queues, owners = totals(part), totals(part, by="owner")
    found = _read(line, part)
    happened = _happened(found.get(0, _NOTHING))
    return {
        "as_of": datetime.now(UTC),
        "range": {"from": line.start, "to": line.end},
        "bucket": line.bucket,
        "zone": line.zone,
        "total": queues.total,
        "by_status": queues.by_status,
        "by_queue": [{"queue": name, **counts} for name, counts in queues.by_name.items()],
        "queues": queues.named,
        "by_owner": [{"owner": name, **counts} for name, counts in owners.by_name.items()],
        "owners": owners.named,
        **happened,
        "success_rate": _success_rate(happened),
        "average_execution_time": happened["execution_time"]["average"],
        "series": _series(line, found),
    }


def _read(line: Timeline, part: Slice) -> dict[int | None, _Sums]:
    """By the number of the bucket, those in which anything happened."""
    midnight = line.end.replace(hour=0) + (DAY if line.end.hour else timedelta())
    # Written out here: a month of them takes the driver longer than the statement.
    starts = "{" + ",".join(str(moment) for moment in (*line.starts, line.end)) + "}"
    moments = {"starts": starts, "first": line.start, "end": line.end, "midnight": midnight}
    conditions = {"steps": part.sums(line.step), "hours": part.sums("hour"), "days": part.sums("day")}
    sql = _SERIES.format(**conditions, ever=part.sums("ever"), deltas=part.deltas())
    params = {**part.params(), **moments, "after": len(line.starts) + 1}
    return {bucket: _Sums(*(sums[part] for part in _PARTS)) for bucket, *sums in fetch_tuples(sql, params)}


def _series(line: Timeline, found: Mapping[int | None, _Sums]) -> list[dict[str, Any]]:
    """What happened in each bucket, and how many waited and ran at its end."""
    after = found.get(len(line.starts) + 1, _NOTHING)
    pending, running = map(sub, found[None].levels, after.levels)
    series, ends = [], line.ends
    for number in range(len(ends), 0, -1):
        span = {"from": line.starts[number - 1], "to": ends[number - 1]}
        sums = found.get(number, _NOTHING)
        series.append({**span, "pending": pending, "running": running, **_happened(sums)})
        pending, running = map(sub, (pending, running), sums.levels)
    return series[::-1]


def _happened(sums: _Sums) -> dict[str, Any]:
    """Events and times, as they are answered."""
    figures = (*sums.events, *map(times, sums.seconds, sums.histograms))
    return dict(zip(_HAPPENED, figures, strict=True))


def _success_rate(happened: Mapping[str, int]) -> float | None:
    """Of those that completed or failed, the share that completed. What was cancelled is neither."""
    ended = happened["completed"] + happened["failed"]
    return round(happened["completed"] / ended, 4) if ended else None

"""The figures: totals, and what happened over time, from counters and not from jobs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .counters import DURATIONS, EVENTS, Slice, totals
from .histograms import percentiles, read
from .sql import fetch
from .timeline import DAY, Timeline

_LEVELS = ("pending", "running")
_COUNTED = (*_LEVELS, *EVENTS, "wait_seconds", "run_seconds")
_HISTOGRAMS = ("waits", "runs")
_NAMES = ", ".join((*_LEVELS, *EVENTS, *DURATIONS))
_SUMS = ", ".join([
    *(f"sum({name})::float8 AS {name}" for name in _COUNTED),
    *(f"sum({name})::text AS {name}" for name in _HISTOGRAMS),
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

_ENDED = {"completed": "completions", "failed": "failures", "cancelled": "cancellations"}
_EVENTS = {"submitted": "submits", "started": "starts", "retried": "retries", **_ENDED}

_Sums = dict[str, Any]  # by column; histograms as counts by bucket


def stats(line: Timeline, part: Slice) -> dict[str, Any]:
    """The figures of a slice: jobs as they are now; what happened, and how long it took, along a timeline.

    Waiting is from when a job could be claimed (submitted, or later where a time or a retry's delay was set)
    to its start; a run time is that of a job that completed. Percentiles come from histograms: within 5 %.
    """
    queues, owners = totals(part), totals(part, by="owner")
    found = _read(line, part)
    whole = found.get(0, _NOTHING)
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
        **_happened(whole),
        "success_rate": _success_rate(whole),
        "average_execution_time": _times(whole, "run")["average"],
        "series": _series(line, found),
    }


def _series(line: Timeline, found: Mapping[int | None, _Sums]) -> list[dict[str, Any]]:
    """What happened in each bucket, and how many waited and ran at its end."""
    after = found.get(len(line.starts) + 1, _NOTHING)
    level = {name: found[None][name] - after[name] for name in _LEVELS}
    series = []
    for number in range(len(line.starts), 0, -1):
        sums = found.get(number, _NOTHING)
        span = {"from": line.starts[number - 1], "to": line.ends[number - 1]}
        series.append({**span, **level, **_happened(sums)})
        level = {name: level[name] - sums[name] for name in _LEVELS}
    return series[::-1]


def _read(line: Timeline, part: Slice) -> dict[int | None, _Sums]:
    """By the number of the bucket, those in which anything happened."""
    midnight = line.end.replace(hour=0) + (DAY if line.end.hour else timedelta())
    moments = {"starts": [*line.starts, line.end], "first": line.start, "end": line.end, "midnight": midnight}
    conditions = {"steps": part.sums(line.step), "hours": part.sums("hour"), "days": part.sums("day")}
    sql = _SERIES.format(**conditions, ever=part.sums("ever"), deltas=part.deltas())
    params = {**part.params(), **moments, "after": len(line.starts) + 1}
    return {row.pop("bucket"): _sums(row) for row in fetch(sql, params)}


def _sums(row: Mapping[str, Any]) -> _Sums:
    seconds = {name: row[name] or 0.0 for name in ("wait_seconds", "run_seconds")}
    counts = {name: int(row[name] or 0) for name in (*_LEVELS, *EVENTS)}
    return {**counts, **seconds, **{name: read(row[name] or "") for name in _HISTOGRAMS}}


_NOTHING: _Sums = _sums(dict.fromkeys((*_COUNTED, *_HISTOGRAMS)))


def _happened(sums: _Sums) -> dict[str, Any]:
    """Events and times, as they are answered."""
    return {
        **{word: sums[name] for word, name in _EVENTS.items()},
        "execution_time": _times(sums, "run"),
        "waiting_time": _times(sums, "wait"),
    }


def _times(sums: _Sums, kind: str) -> dict[str, float | None]:
    """Average and percentiles in seconds; None of nothing."""
    durations: dict[int, int] = sums[f"{kind}s"]
    average = round(sums[f"{kind}_seconds"] / sum(durations.values()), 3) if durations else None
    return {"average": average, **percentiles(durations)}


def _success_rate(sums: _Sums) -> float | None:
    """Of those that completed or failed, the share that completed. What was cancelled is neither."""
    ended = sums["completions"] + sums["failures"]
    return round(sums["completions"] / ended, 4) if ended else None

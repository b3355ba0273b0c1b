"""The figures: totals, and what happened over time, from counters and not from jobs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from .counters import DURATIONS, EVENTS, Slice, totals
from .histograms import PERCENTILES, percentile, read
from .sql import fetch
from .timeline import DAY, Timeline

_COUNTED = ("pending", "running", *EVENTS, "wait_seconds", "run_seconds")
_HISTOGRAMS = ("waits", "runs")
_NAMES = ", ".join(("pending", "running", *EVENTS, *DURATIONS))
_SUMS = ", ".join([
    *(f"sum({name})::float8 AS {name}" for name in _COUNTED),
    *(f"sum({name})::text AS {name}" for name in _HISTOGRAMS),
])  # fmt: skip

# Bucket n counts what happened from the n-th of `starts` on; the last, past the range, whatever came after.
# How many wait or run is known of now, so of any earlier moment too: less those that came since, and more
# those that went. All is one statement, so that what is folded meanwhile counts once.
_SERIES = f"""
SELECT width_bucket(start, %(starts)s::timestamptz[]) AS bucket, {_SUMS}
FROM (SELECT start, {_NAMES} FROM jobs_activity WHERE {{steps}} AND start >= %(first)s AND start < %(end)s
      UNION ALL
      SELECT start, {_NAMES} FROM jobs_activity WHERE {{hours}} AND start >= %(end)s AND start < %(midnight)s
      UNION ALL
      SELECT start, {_NAMES} FROM jobs_activity WHERE {{days}} AND start >= %(midnight)s
      UNION ALL
      SELECT hour, {_NAMES} FROM jobs_activitydelta WHERE {{deltas}} AND hour >= %(first)s) AS since
GROUP BY 1
UNION ALL
SELECT 0, {_SUMS}
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
    series = _series(line, part)
    whole = _added(series)
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
        "series": [
            {
                "from": start,
                "to": end,
                "pending": sums["pending"],
                "running": sums["running"],
                **_happened(sums),
            }
            for start, end, sums in zip(line.starts, line.ends, series, strict=True)
        ],
    }


def _series(line: Timeline, part: Slice) -> list[_Sums]:
    """What happened in each bucket; `pending` and `running`: how many did so at its end."""
    found = _read(line, part)
    after = found.get(len(line.starts) + 1, _NOTHING)
    level = {name: found[0][name] - after[name] for name in ("pending", "running")}
    series: list[_Sums] = []
    for number in range(len(line.starts), 0, -1):
        sums = found.get(number, _NOTHING)
        series.append({**sums, **level})
        level = {name: level[name] - sums[name] for name in level}
    return series[::-1]


def _read(line: Timeline, part: Slice) -> dict[int, _Sums]:
    """By the number of the bucket, those in which anything happened; 0 has the sums of all times."""
    midnight = line.end.replace(hour=0) + (DAY if line.end.hour else timedelta())
    moments = {"starts": [*line.starts, line.end], "first": line.start, "end": line.end, "midnight": midnight}
    conditions = {"steps": part.sums(line.step), "hours": part.sums("hour"), "days": part.sums("day")}
    sql = _SERIES.format(**conditions, ever=part.sums("ever"), deltas=part.deltas())
    return {row.pop("bucket"): _sums(row) for row in fetch(sql, {**part.params(), **moments})}


def _sums(row: Mapping[str, Any]) -> _Sums:
    seconds = {name: row[name] or 0.0 for name in ("wait_seconds", "run_seconds")}
    counts = {name: int(row[name] or 0) for name in ("pending", "running", *EVENTS)}
    return {**counts, **seconds, **{name: Counter(read(row[name] or "0")) for name in _HISTOGRAMS}}


_NOTHING: _Sums = _sums(dict.fromkeys((*_COUNTED, *_HISTOGRAMS)))


def _added(series: Sequence[_Sums]) -> _Sums:
    counts = {name: sum(each[name] for each in series) for name in _COUNTED}
    return {**counts, **{name: sum((each[name] for each in series), Counter()) for name in _HISTOGRAMS}}


def _happened(sums: _Sums) -> dict[str, Any]:
    """Events and times, as they are answered."""
    return {
        **{word: sums[name] for word, name in _EVENTS.items()},
        "execution_time": _times(sums, "run"),
        "waiting_time": _times(sums, "wait"),
    }


def _times(sums: _Sums, kind: str) -> dict[str, float | None]:
    """Average and percentiles in seconds; None of nothing."""
    durations: Counter[int] = sums[f"{kind}s"]
    many = durations.total()
    average = round(sums[f"{kind}_seconds"] / many, 3) if many else None
    return {"average": average, **{name: percentile(durations, share) for name, share in PERCENTILES.items()}}


def _success_rate(sums: _Sums) -> float | None:
    """Of those that completed or failed, the share that completed. What was cancelled is neither."""
    ended = sums["completions"] + sums["failures"]
    return round(sums["completions"] / ended, 4) if ended else None

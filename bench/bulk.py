"""A cancel of many pending jobs by filter: preview, rate, how soon an abort holds, and the API meanwhile."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from figures import Figure, main, milliseconds, percentile
from jobdeck import Jobdeck

JOBS = 100_000
EACH = 10_000
ASKED = 300
QUEUE = "bench-bulk"
END_SECONDS = 300.0
SELECTION = {"selection": {"queue": QUEUE, "status": "PENDING"}}
LIST = "/api/jobs/?size=50"


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Cancels `JOBS` jobs once, aborts another such cancel, and takes the jobs away again."""
    fill(jobdeck)
    quiet = times(jobdeck, lambda asked: asked >= ASKED)
    previews: list[float] = []
    previewed: dict[str, Any] = {}
    for _ in range(5):
        previews.append(milliseconds(lambda: previewed.update(preview(jobdeck))))
    if previewed["total"] != JOBS:
        raise SystemExit(f"Void: the preview counts {previewed['total']} of {JOBS} jobs.")

    stopped = abort(jobdeck)
    begun = begin(jobdeck)
    meanwhile = times(jobdeck, lambda _: state(jobdeck, begun)["state"] != "running")
    done = state(jobdeck, begun)
    cancelled = sum(one["jobs"] for one in done["outcomes"] if one["outcome"] == "cancelled")
    if done["state"] != "done" or cancelled + stopped.jobs != JOBS:
        raise SystemExit(f"Void: {cancelled} + {stopped.jobs} of {JOBS} jobs were cancelled.")
    clear(jobdeck)
    return [
        Figure(f"preview of {JOBS:,} jobs", previews, "ms"),
        Figure("cancel by filter", [done["rate"]], "jobs/s", note="each with its history and outcome"),
        Figure("from the abort to the last job touched", [stopped.seconds], "s", (), "≤ 1"),
        Figure("a list of 50, p95, meanwhile", [percentile(meanwhile, 0.95)], "ms", [percentile(quiet, 0.95)],
               note="floor: the same before"),
    ]  # fmt: skip


class Stopped:
    """What an aborted operation had done, and for how long it went on."""

    def __init__(self, jobs: int, seconds: float) -> None:
        self.jobs = jobs
        self.seconds = seconds


def fill(jobdeck: Jobdeck) -> None:
    later = (datetime.now(UTC) + timedelta(days=300)).isoformat()
    job = {"name": "bulk", "command": "true", "queue": QUEUE, "scheduled_at": later}
    for _ in range(0, JOBS, EACH):
        jobdeck.json("/api/jobs/bulk/", [job] * EACH)


def preview(jobdeck: Jobdeck) -> dict[str, Any]:
    found: dict[str, Any] = jobdeck.json("/api/operations/preview/", {"action": "cancel", **SELECTION})
    return found


def begin(jobdeck: Jobdeck) -> int:
    return int(jobdeck.json("/api/operations/", {"action": "cancel", **SELECTION})["id"])


def state(jobdeck: Jobdeck, operation: int) -> dict[str, Any]:
    found: dict[str, Any] = jobdeck.json(f"/api/operations/{operation}/")
    return found


def abort(jobdeck: Jobdeck) -> Stopped:
    """Abort a cancel once it is under way; from the request to the last change of a job."""
    operation = begin(jobdeck)
    while not state(jobdeck, operation)["handled"]:
        time.sleep(0.05)
    asked = datetime.now(UTC)
    jobdeck.json(f"/api/operations/{operation}/abort/", method="POST")
    time.sleep(2)
    with jobdeck.database() as database:
        row = database.execute(
            "SELECT count(*), max(completed_at) FROM jobs_job WHERE queue = %s AND status = 'CANCELLED'",
            [QUEUE],
        ).fetchone()
    jobs, last = row or (0, asked)
    return Stopped(jobs, max(0.0, (last - asked).total_seconds()))


def times(jobdeck: Jobdeck, enough: Any) -> list[float]:
    """How long a list takes, in ms, asked ten times a second until it is enough."""
    connection = jobdeck.connect()
    found: list[float] = []
    stop = threading.Event()
    end = time.monotonic() + END_SECONDS

    def ask() -> None:
        connection.request("GET", LIST, headers=jobdeck.headers())
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{LIST} was answered {answer.status}")

    while not enough(len(found)) and time.monotonic() < end:
        found.append(milliseconds(ask))
        stop.wait(0.02)
    connection.close()
    return found


def clear(jobdeck: Jobdeck) -> None:
    with jobdeck.database() as database:
        database.execute("DELETE FROM jobs_job WHERE queue = %s", [QUEUE])
        database.execute("VACUUM jobs_job, jobs_jobstatus")


if __name__ == "__main__":
    main(bench, __doc__)

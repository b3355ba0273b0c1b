"""Submitting in bulk over HTTP beside COPY of the same rows, and beside one POST per job."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from figures import Figure, in_parallel, main, milliseconds
from jobdeck import Jobdeck

ROUNDS = 5
JOBS = 5_000
ALONE = 200
QUEUE = "bench-submit"


def bench(jobdeck: Jobdeck) -> list[Figure]:
    """Jobs per second; every round's jobs are counted, and taken away again."""
    with jobdeck.database() as database:
        bulk, copy, alone = [], [], []
        for number in range(ROUNDS + 1):
            of_bulk = JOBS / submit(jobdeck, database)
            of_copy = JOBS / copy_again(database)
            of_one = in_parallel(ALONE, lambda one: submit_one(jobdeck, one))
            clear(database)
            if number:  # the first round warms up
                bulk.append(of_bulk)
                copy.append(of_copy)
                alone.append(of_one)
    return [
        Figure("submit in bulk", bulk, "jobs/s", copy, "≥ 0.3", "floor: COPY of the same rows, no history"),
        Figure("submit in bulk, beside one POST each", bulk, "jobs/s", alone, "", "peer: eight clients"),
    ]


def jobs(number: int) -> list[dict[str, Any]]:
    """Jobs such as people submit; none may start while we measure."""
    later = (datetime.now(UTC) + timedelta(days=300)).isoformat()
    return [
        {
            "name": f"train resnet fold {one}",
            "command": f"python3 train.py --fold {one} --seed {one * 7} --out results/{one}",
            "queue": QUEUE,
            "tags": ["nightly", "resnet"],
            "priority": one % 10 + 1,
            "scheduled_at": later,
        }
        for one in range(number)
    ]


def submit(jobdeck: Jobdeck, database: psycopg.Connection[Any]) -> float:
    """Seconds of one request with all the jobs; ends the program unless each is there once."""
    connection = jobdeck.connect()
    body = json.dumps(jobs(JOBS))
    made: list[int] = []

    def ask() -> None:
        connection.request("POST", "/api/jobs/bulk/", body, jobdeck.headers())
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise SystemExit(f"Void: {answer.status} {text[:500]!r}")
        made.extend(json.loads(text)["ids"])

    took = milliseconds(ask) / 1000
    connection.close()
    found = database.execute("SELECT count(*) FROM jobs_job WHERE id = ANY(%s)", [made]).fetchone()
    if found != (JOBS,) or len(set(made)) != JOBS:
        raise SystemExit(f"Void: {found} of {JOBS} jobs are there.")
    return took


def copy_again(database: psycopg.Connection[Any]) -> float:
    """Seconds of COPY of the rows that were just made, under ids of their own."""
    columns = database.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = 'jobs_job'"
        " AND is_generated = 'NEVER' AND column_name <> 'id'"
    ).fetchall()
    names = ", ".join(name for (name,) in columns)
    # Ids that the sequence has not come to, and never will once these rows are gone.
    rows = f"SELECT id + 1000000000, {names} FROM jobs_job WHERE queue = '{QUEUE}' ORDER BY id"
    with database.cursor().copy(f"COPY ({rows}) TO STDOUT") as out:
        text = b"".join(bytes(piece) for piece in out)

    def copy_in() -> None:
        with database.cursor().copy(f"COPY jobs_job (id, {names}) FROM STDIN") as into:
            into.write(text)

    return milliseconds(copy_in) / 1000


def submit_one(jobdeck: Jobdeck, number: int) -> None:
    jobdeck.json("/api/jobs/", {**jobs(1)[0], "name": f"alone {number}"})


def clear(database: psycopg.Connection[Any]) -> None:
    database.execute("DELETE FROM jobs_job WHERE queue = %s", [QUEUE])
    database.execute("VACUUM jobs_job, jobs_jobstatus")


if __name__ == "__main__":
    main(bench, __doc__)

"""What must be true of all rows whatever happened: for each promise a query that finds what breaks it."""

from django.db import connection

from jobs.states import MOVES, Status

# News of a running job leave it RUNNING; the way into another system's queue and back leaves it PENDING.
SAME = [(Status.RUNNING, Status.RUNNING), (Status.PENDING, Status.PENDING)]
LEGAL = [f"{a}>{b}" for a, b in [*MOVES, *SAME]]

BROKEN = {
    "the newest entry of the history is the job's": """
        SELECT job.id FROM jobs_job AS job LEFT JOIN LATERAL (
            SELECT * FROM jobs_jobstatus AS s WHERE s.job_id = job.id ORDER BY timestamp DESC, id DESC LIMIT 1
        ) AS newest ON true
        WHERE (newest.id, newest.status_type, newest.attempt) IS DISTINCT FROM
              (job.latest_status_id, job.status, job.attempt)""",
    "status_count is the length of the history": """
        SELECT id FROM jobs_job AS job
        WHERE status_count <> (SELECT count(*) FROM jobs_jobstatus AS s WHERE s.job_id = job.id)""",
    "each step of the history is legal, from PENDING on": """
        SELECT job_id FROM (
            SELECT job_id, status_type, lag(status_type) OVER (PARTITION BY job_id ORDER BY id) AS before
            FROM jobs_jobstatus) AS step
        WHERE CASE WHEN before IS NULL THEN status_type <> 'PENDING'
                   ELSE before || '>' || status_type <> ALL(%(legal)s) END""",
    "the history is in the order of its moves, and attempts only grow": """
        SELECT job_id FROM (
            SELECT job_id, timestamp, attempt, lag(timestamp) OVER w AS earlier, lag(attempt) OVER w AS lower
            FROM jobs_jobstatus WINDOW w AS (PARTITION BY job_id ORDER BY id)) AS step
        WHERE timestamp < earlier OR attempt < lower""",
    "a running or dispatched job has one open attempt, its own; any other has none": """
        SELECT job.id FROM jobs_job AS job
        WHERE (SELECT coalesce(array_agg(a.number), '{}') FROM jobs_attempt AS a
               WHERE a.job_id = job.id AND a.ended_at IS NULL)
              <> CASE WHEN job.status = 'RUNNING' OR job.dispatched_at IS NOT NULL
                 THEN ARRAY[job.attempt] ELSE '{}' END""",
    "the lease is that of the open attempt": """
        SELECT job.id FROM jobs_job AS job JOIN jobs_attempt AS a ON a.job_id = job.id AND a.ended_at IS NULL
        WHERE job.lease IS DISTINCT FROM a.lease""",
    "the coming attempt is newer than all that ended": """
        SELECT job.id FROM jobs_job AS job JOIN jobs_attempt AS a ON a.job_id = job.id
        WHERE a.number > job.attempt
           OR (job.status = 'PENDING' AND a.number = job.attempt AND job.dispatched_at IS NULL)""",
    "nothing waits with what an earlier attempt left": """
        SELECT id FROM jobs_job WHERE status = 'PENDING' AND
            (started_at IS NOT NULL OR progress IS NOT NULL OR exit_code IS NOT NULL
             OR result_data IS NOT NULL OR error_message <> '' OR cancel_requested_at IS NOT NULL)""",
    "no attempt, log or history without its job": """
        SELECT job_id FROM jobs_attempt AS a WHERE NOT EXISTS (SELECT FROM jobs_job WHERE id = a.job_id)
        UNION ALL SELECT job_id FROM jobs_jobstatus AS s
        WHERE NOT EXISTS (SELECT FROM jobs_job WHERE id = s.job_id)
        UNION ALL SELECT attempt_id FROM jobs_logchunk AS c
        WHERE NOT EXISTS (SELECT FROM jobs_attempt WHERE id = c.attempt_id)""",
    "the chunks of a stream follow one another up to what was shipped": """
        SELECT a.id FROM jobs_attempt AS a CROSS JOIN (VALUES ('stdout'), ('stderr')) AS s (stream)
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(size), 0) AS bytes, coalesce(max("offset" + size), 0) AS reach
            FROM jobs_logchunk AS c WHERE c.attempt_id = a.id AND c.stream = s.stream) AS c ON true
        WHERE c.bytes <> c.reach
           OR c.reach <> CASE s.stream WHEN 'stdout' THEN a.shipped_stdout ELSE a.shipped_stderr END""",
    "the counters are the rows": """
        WITH sums AS (
            SELECT queue, owner_id, pending, running, completed, failed, cancelled
            FROM jobs_activity WHERE step = 'ever' AND queue IS NOT NULL
            UNION ALL
            SELECT queue, NULL, pending, running, completed, failed, cancelled FROM jobs_activitydelta
            UNION ALL
            SELECT queue, owner_id, pending, running, completed, failed, cancelled
            FROM jobs_activitydelta WHERE owner_id IS NOT NULL)
        SELECT queue, owner_id, status, sum(jobs) FROM (
            SELECT queue, owner_id, status, jobs FROM sums CROSS JOIN LATERAL (VALUES
                ('PENDING', pending), ('RUNNING', running), ('COMPLETED', completed), ('FAILED', failed),
                ('CANCELLED', cancelled)) AS each (status, jobs)
            UNION ALL SELECT queue, NULL, status, -1 FROM jobs_job
            UNION ALL
            SELECT queue, owner_id, status, -1 FROM jobs_job WHERE owner_id IS NOT NULL) AS both_sides
        GROUP BY 1, 2, 3 HAVING sum(jobs) <> 0""",
}


def broken_promises() -> dict[str, list[object]]:
    """The promises that do not hold, each with the rows that break it; empty when all is well."""
    found: dict[str, list[object]] = {}
    with connection.cursor() as cursor:
        for promise, query in BROKEN.items():
            cursor.execute(query, {"legal": LEGAL})
            rows = cursor.fetchall()
            if rows:
                found[promise] = rows
    return found

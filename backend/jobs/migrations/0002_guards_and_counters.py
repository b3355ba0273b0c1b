"""What the database itself keeps true: legal moves, ends that stay, history that only grows, counters that are exact."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION jobs_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

-- The condition is the trigger's own, so a legal move costs no function call. states.MOVES says the same in Python.
CREATE TRIGGER job_legal_moves BEFORE UPDATE OF status ON jobs_job FOR EACH ROW
WHEN (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
    ('PENDING', 'RUNNING'), ('PENDING', 'COMPLETED'), ('PENDING', 'FAILED'), ('PENDING', 'CANCELLED'),
    ('RUNNING', 'COMPLETED'), ('RUNNING', 'FAILED'), ('RUNNING', 'CANCELLED'), ('RUNNING', 'PENDING'),
    ('COMPLETED', 'PENDING'), ('FAILED', 'PENDING'), ('CANCELLED', 'PENDING')))
EXECUTE FUNCTION jobs_refuse('this move is not legal');

CREATE TRIGGER attempt_ends_once BEFORE UPDATE OF ended_at, exit_code, signal, reason, result_data ON jobs_attempt
FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL AND
      (OLD.ended_at, OLD.exit_code, OLD.signal, OLD.reason, OLD.result_data) IS DISTINCT FROM
      (NEW.ended_at, NEW.exit_code, NEW.signal, NEW.reason, NEW.result_data))
EXECUTE FUNCTION jobs_refuse('an attempt ends once');

CREATE TRIGGER jobstatus_append_only BEFORE UPDATE ON jobs_jobstatus FOR EACH ROW
EXECUTE FUNCTION jobs_refuse('the history is append-only');
"""


# Which seconds of a step are summed up under which name.
TIMES = {
    "wait": ("waited", "waited IS NOT NULL"),
    "run": ("lasted", "lasted IS NOT NULL AND status = 'COMPLETED'"),
    "fail": ("lasted", "lasted IS NOT NULL AND status = 'FAILED'"),
    "cancel": ("lasted", "lasted IS NOT NULL AND status = 'CANCELLED'"),
}
TIME_COLUMNS = ", ".join(f"{name}_seconds, {name}s" for name in TIMES)
TIME_SUMS = ",\n               ".join(
    f"coalesce(sum({seconds}) FILTER (WHERE {which}), 0), coalesce(sum(jobs_histogram({seconds})) FILTER (WHERE {which}), 0)"
    for seconds, which in TIMES.values()
)


def _append(steps: str) -> str:
    """Append what `steps` say: rows of (at, queue, owner_id, status, jobs, event, waited, lasted).

    `jobs` is by how many there are more in `status`; `waited` and `lasted` are seconds, of the events that have them.
    """
    return f"""
        INSERT INTO jobs_activitydelta (
            hour, queue, owner_id, pending, running, completed, failed, cancelled,
            submits, starts, completions, failures, cancellations, retries, {TIME_COLUMNS})
        SELECT date_bin('1 hour', at, 'epoch'), queue, owner_id,
               sum(CASE status WHEN 'PENDING' THEN jobs ELSE 0 END), sum(CASE status WHEN 'RUNNING' THEN jobs ELSE 0 END),
               sum(CASE status WHEN 'COMPLETED' THEN jobs ELSE 0 END), sum(CASE status WHEN 'FAILED' THEN jobs ELSE 0 END),
               sum(CASE status WHEN 'CANCELLED' THEN jobs ELSE 0 END),
               count(*) FILTER (WHERE event = 'submit'), count(*) FILTER (WHERE event = 'start'),
               count(*) FILTER (WHERE event = 'end' AND status = 'COMPLETED'),
               count(*) FILTER (WHERE event = 'end' AND status = 'FAILED'),
               count(*) FILTER (WHERE event = 'end' AND status = 'CANCELLED'), count(*) FILTER (WHERE event = 'retry'),
               {TIME_SUMS}
        FROM ({steps}) AS step
        GROUP BY 1, 2, 3;"""


WAITED = "greatest(date_part('epoch', job.started_at - job.available_at), 0)"
LASTED = "greatest(date_part('epoch', job.completed_at - job.started_at), 0)"

# A job that comes with a history, from an import, brings that along: it was submitted, started and ended at the times
# that it names. One that comes back from the archive has been counted before.
INSERTED = f"""
    SELECT created_at AS at, queue, owner_id, 'PENDING' AS status, 1 AS jobs, 'submit' AS event,
           NULL::float8 AS waited, NULL::float8 AS lasted
    FROM new_jobs
    UNION ALL
    SELECT step.at, job.queue, job.owner_id, step.status, step.jobs, step.event, step.waited, step.lasted
    FROM new_jobs AS job CROSS JOIN LATERAL (VALUES
        (job.started_at, 'PENDING', -1, NULL, NULL, NULL),
        (job.started_at, 'RUNNING', 1, 'start', {WAITED}, NULL),
        (job.completed_at, CASE WHEN job.started_at IS NULL THEN 'PENDING' ELSE 'RUNNING' END, -1, NULL, NULL, NULL),
        (job.completed_at, job.status, 1, 'end', NULL,
         CASE WHEN job.started_at IS NOT NULL THEN {LASTED} END)
    ) AS step (at, status, jobs, event, waited, lasted)
    WHERE job.status <> 'PENDING' AND step.at IS NOT NULL"""

RESTORED = """
    SELECT clock_timestamp() AS at, queue, owner_id, status, 1 AS jobs, NULL AS event, NULL::float8 AS waited, NULL::float8 AS lasted
    FROM new_jobs"""

DELETED = """
    SELECT clock_timestamp() AS at, queue, owner_id, status, -1 AS jobs, NULL AS event, NULL::float8 AS waited, NULL::float8 AS lasted
    FROM old_jobs"""

UPDATED = f"""
    SELECT changed.at, side.* FROM (
        SELECT job.queue, job.owner_id, job.status, was.queue AS old_queue, was.owner_id AS old_owner_id, was.status AS old_status,
               CASE WHEN job.status = was.status OR job.status = 'PENDING' THEN clock_timestamp()
                    WHEN job.status = 'RUNNING' THEN job.started_at ELSE job.completed_at END AS at,
               CASE WHEN job.status = was.status THEN NULL WHEN job.status = 'PENDING' THEN 'retry'
                    WHEN job.status = 'RUNNING' THEN 'start' ELSE 'end' END AS event,
               CASE WHEN job.status <> was.status AND job.status = 'RUNNING' THEN {WAITED} END AS waited,
               CASE WHEN job.status <> was.status AND job.completed_at IS NOT NULL AND job.started_at IS NOT NULL THEN {LASTED} END AS lasted
        FROM new_jobs AS job JOIN old_jobs AS was ON was.id = job.id
        WHERE job.status <> was.status OR job.queue <> was.queue OR job.owner_id IS DISTINCT FROM was.owner_id
    ) AS changed CROSS JOIN LATERAL (VALUES
        (old_queue, old_owner_id, old_status, -1, NULL, NULL, NULL),
        (queue, owner_id, status, 1, event, waited, lasted)
    ) AS side (queue, owner_id, status, jobs, event, waited, lasted)"""

COUNTERS = f"""
-- A histogram with one duration in it, as `jobs/histograms.py` tells.
CREATE FUNCTION jobs_histogram(seconds float8) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT trunc(power(10::numeric, 12 * (80 + floor(8 * ln(least(greatest(seconds, 0.001), 1e9)) / ln(2::float8))::int)))
$$;

-- sum() of histograms for many groups of few: it takes the first as it is, where sum() sets up an accumulator that is
-- larger than the histogram.
CREATE AGGREGATE jobs_add(numeric) (SFUNC = numeric_add, STYPE = numeric);

CREATE FUNCTION jobs_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('jobdeck.restoring', true) = 'on' THEN {_append(RESTORED)}
    ELSE {_append(INSERTED)}
    END IF;
    RETURN NULL;
END $$;

-- The plan is made for the first statement of a session and kept for all: a nested loop, good for one row, would
-- look at every pair of ten thousand.
CREATE FUNCTION jobs_count_updated() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN {_append(UPDATED)}
    RETURN NULL;
END $$;

CREATE FUNCTION jobs_count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_append(DELETED)}
    RETURN NULL;
END $$;

CREATE TRIGGER job_count_inserted AFTER INSERT ON jobs_job
REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_count_inserted();
CREATE TRIGGER job_count_updated AFTER UPDATE ON jobs_job
REFERENCING OLD TABLE AS old_jobs NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_count_updated();
CREATE TRIGGER job_count_deleted AFTER DELETE ON jobs_job
REFERENCING OLD TABLE AS old_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_count_deleted();
"""

STORAGE = """
-- Room in each page for updates in place (HOT), and vacuum before dead rows of the queue slow the claim.
ALTER TABLE jobs_job SET (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE jobs_attempt SET (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE jobs_activitydelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE jobs_activity SET (fillfactor = 80);
"""

UNDO = """
DROP TRIGGER job_count_inserted ON jobs_job;
DROP TRIGGER job_count_updated ON jobs_job;
DROP TRIGGER job_count_deleted ON jobs_job;
DROP FUNCTION jobs_count_inserted;
DROP FUNCTION jobs_count_updated;
DROP FUNCTION jobs_count_deleted;
DROP AGGREGATE jobs_add(numeric);
DROP FUNCTION jobs_histogram;
DROP TRIGGER jobstatus_append_only ON jobs_jobstatus;
DROP TRIGGER attempt_ends_once ON jobs_attempt;
DROP TRIGGER job_legal_moves ON jobs_job;
DROP FUNCTION jobs_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS + COUNTERS + STORAGE, UNDO)]

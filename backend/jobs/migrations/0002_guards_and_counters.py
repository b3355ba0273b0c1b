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



def _count_ends(source: str) -> str:
    """Append the ends among `source`. A duration's bucket is floor(8 * log2(seconds)): neighbours differ by 9 %."""
    return f"""
        INSERT INTO jobs_hourlyenddelta (hour, queue, owner_id, status, bucket, ends, seconds)
        SELECT date_trunc('hour', completed_at, 'UTC'), queue, owner_id, status,
               CASE WHEN lasted IS NOT NULL THEN floor(8 * log(2, greatest(lasted, 0.001)::numeric))::smallint END, count(*), coalesce(sum(lasted), 0)
        FROM (SELECT job.*, extract(epoch FROM job.completed_at - job.started_at)::float8 AS lasted
              FROM {source} AND job.completed_at IS NOT NULL) AS ended
        GROUP BY 1, 2, 3, 4, 5;"""


COUNTERS = f"""
CREATE FUNCTION jobs_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO jobs_counterdelta (status, queue, owner_id, jobs)
        SELECT status, queue, owner_id, count(*) FROM new_jobs GROUP BY 1, 2, 3;
        {_count_ends("new_jobs AS job WHERE true")}
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO jobs_counterdelta (status, queue, owner_id, jobs)
        SELECT status, queue, owner_id, -count(*) FROM old_jobs GROUP BY 1, 2, 3;
    ELSE
        INSERT INTO jobs_counterdelta (status, queue, owner_id, jobs)
        SELECT status, queue, owner_id, sum(jobs) FROM (
            SELECT status, queue, owner_id, 1 AS jobs FROM new_jobs
            UNION ALL
            SELECT status, queue, owner_id, -1 FROM old_jobs) AS both_sides
        GROUP BY 1, 2, 3 HAVING sum(jobs) <> 0;
        {_count_ends("new_jobs AS job JOIN old_jobs ON old_jobs.id = job.id WHERE old_jobs.completed_at IS NULL")}
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER job_count_inserted AFTER INSERT ON jobs_job
REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_count();
CREATE TRIGGER job_count_updated AFTER UPDATE ON jobs_job
REFERENCING OLD TABLE AS old_jobs NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_count();
CREATE TRIGGER job_count_deleted AFTER DELETE ON jobs_job
REFERENCING OLD TABLE AS old_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_count();
"""

STORAGE = """
-- Room in each page for updates in place (HOT), and vacuum before dead rows of the queue slow the claim.
ALTER TABLE jobs_job SET (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE jobs_attempt SET (
    fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
ALTER TABLE jobs_counterdelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE jobs_hourlyenddelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
"""

UNDO = """
DROP TRIGGER job_count_inserted ON jobs_job;
DROP TRIGGER job_count_updated ON jobs_job;
DROP TRIGGER job_count_deleted ON jobs_job;
DROP FUNCTION jobs_count;
DROP TRIGGER jobstatus_append_only ON jobs_jobstatus;
DROP TRIGGER attempt_ends_once ON jobs_attempt;
DROP TRIGGER job_legal_moves ON jobs_job;
DROP FUNCTION jobs_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS + COUNTERS + STORAGE, UNDO)]

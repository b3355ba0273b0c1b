"""The archive: tables of the same names and columns in a schema of their own, by the month in which jobs ended."""

from django.db import migrations, models

# LIKE takes the columns as they are, generated ones as plain: what is archived stays as it was. The month's key stands
# in every table, so that a month goes by dropping one partition of each. `jobs.archive.months` makes them.
ARCHIVE = """
CREATE SCHEMA jobdeck_archive;

CREATE TABLE jobdeck_archive.jobs_job (
    LIKE jobs_job,
    PRIMARY KEY (id, completed_at)
) PARTITION BY RANGE (completed_at);
ALTER TABLE jobdeck_archive.jobs_job ALTER COLUMN archived_at SET NOT NULL;
CREATE INDEX archivedjob_by_created ON jobdeck_archive.jobs_job (created_at, id);
CREATE INDEX archivedjob_by_completed ON jobdeck_archive.jobs_job (completed_at, id);
CREATE INDEX archivedjob_by_queue ON jobdeck_archive.jobs_job (queue, completed_at);

CREATE TABLE jobdeck_archive.jobs_jobstatus (
    LIKE jobs_jobstatus,
    job_completed_at timestamptz NOT NULL,
    PRIMARY KEY (id, job_completed_at)
) PARTITION BY RANGE (job_completed_at);
CREATE INDEX archivedstatus_by_job ON jobdeck_archive.jobs_jobstatus (job_id, "timestamp");

CREATE TABLE jobdeck_archive.jobs_attempt (
    LIKE jobs_attempt,
    job_completed_at timestamptz NOT NULL,
    PRIMARY KEY (id, job_completed_at)
) PARTITION BY RANGE (job_completed_at);
CREATE INDEX archivedattempt_by_job ON jobdeck_archive.jobs_attempt (job_id, number);

CREATE TABLE jobdeck_archive.jobs_logchunk (
    LIKE jobs_logchunk INCLUDING STORAGE,
    job_completed_at timestamptz NOT NULL,
    PRIMARY KEY (attempt_id, stream, "offset", job_completed_at)
) PARTITION BY RANGE (job_completed_at);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_idempotent_requests")]

    operations = [
        migrations.RunSQL(ARCHIVE, "DROP SCHEMA jobdeck_archive CASCADE"),
        migrations.CreateModel(
            name="KeepTime",
            fields=[
                ("queue", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("archive_after_days", models.IntegerField(null=True)),
                ("delete_after_days", models.IntegerField(null=True)),
                ("delete_logs_after_days", models.IntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name=f"keeptime_{name}_in_bounds",
                        condition=models.Q((f"{name}_days__isnull", True))
                        | models.Q((f"{name}_days__range", (1, 36600))),
                    )
                    for name in ("archive_after", "delete_after", "delete_logs_after")
                ],
            },
        ),
    ]

"""The search's index, and the triggers that note which jobs it no longer tells rightly."""

from django.db import migrations, models

# What a job is indexed by: jobs.search.terms.
INDEXED = (
    "status", "started_at", "completed_at", "reason", "exit_code", "worker_name", "priority", "queue", "executor",
    "owner_id", "name", "tags", "error_message", "command",
)

TOUCHING = f"""
INSERT INTO jobs_searchprogress (id, reserved_to, built_to) VALUES (1, 0, 0);

-- Each statement in here sees what is committed by then, so that whoever reads an older mark is a writer that
-- had begun before the mark was moved: the index waits for those.
CREATE FUNCTION jobs_search_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <= (SELECT reserved_to FROM jobs_searchprogress) THEN
        INSERT INTO jobs_searchtouched (job_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$;
-- The condition is the trigger's own: a report of progress calls no function.
CREATE TRIGGER job_search_changed AFTER UPDATE OF {", ".join(INDEXED)} ON jobs_job FOR EACH ROW
WHEN ({" OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in INDEXED)})
EXECUTE FUNCTION jobs_search_touch();

-- A job may come under a low id: from the archive, or from a transaction that took long.
CREATE FUNCTION jobs_search_came_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs_searchtouched (job_id)
    SELECT id FROM new_jobs WHERE id <= (SELECT reserved_to FROM jobs_searchprogress);
    RETURN NULL;
END $$;
CREATE TRIGGER job_search_came_late AFTER INSERT ON jobs_job
REFERENCING NEW TABLE AS new_jobs FOR EACH STATEMENT EXECUTE FUNCTION jobs_search_came_late();

ALTER TABLE jobs_searchtouched SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
"""

UNDO = """
DROP TRIGGER job_search_came_late ON jobs_job;
DROP TRIGGER job_search_changed ON jobs_job;
DROP FUNCTION jobs_search_came_late;
DROP FUNCTION jobs_search_touch;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0004_archive'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchBlock',
            fields=[
                ('pk', models.CompositePrimaryKey('segment_id', 'first', blank=True, editable=False, primary_key=True, serialize=False)),
                ('segment_id', models.BigIntegerField()),
                ('first', models.BinaryField(help_text='The first term')),
                ('following', models.BinaryField(help_text='The first term of the next block; empty in the last')),
                ('data', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reserved_to', models.BigIntegerField(default=0)),
                ('built_to', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SearchTouched',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('job_id', models.BigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='SearchSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shelf', models.BigIntegerField(help_text='The ids of its jobs, divided by 65,536')),
                ('jobs', models.IntegerField()),
                ('spans', models.BinaryField(help_text='From when to when its jobs were created, started and completed')),
            ],
            options={
                'indexes': [models.Index(fields=['shelf'], name='searchsegment_by_shelf')],
            },
        ),
        migrations.RunSQL(TOUCHING, UNDO),
    ]

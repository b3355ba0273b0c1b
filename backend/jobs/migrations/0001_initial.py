import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import jobs.histograms
import uuid
from django.conf import settings
from django.db import migrations, models

# The partitions are made by `jobs.partitions`, at every start and by the scheduler; what fits none of them goes to
# the default partition and raises an alarm there.
PARTITIONED = """
CREATE SEQUENCE jobs_jobstatus_id_seq AS bigint;
CREATE TABLE jobs_jobstatus (
    id bigint NOT NULL DEFAULT nextval('jobs_jobstatus_id_seq'),
    job_id bigint NOT NULL REFERENCES jobs_job (id) ON DELETE CASCADE,
    status_type varchar(9) NOT NULL
        CONSTRAINT jobstatus_status_known
        CHECK (status_type IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    "timestamp" timestamptz NOT NULL,
    message text NOT NULL,
    progress smallint CONSTRAINT jobstatus_progress_0_to_100 CHECK (progress BETWEEN 0 AND 100),
    attempt integer NOT NULL CONSTRAINT jobstatus_attempt_positive CHECK (attempt >= 1),
    PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");
ALTER SEQUENCE jobs_jobstatus_id_seq OWNED BY jobs_jobstatus.id;
CREATE TABLE jobs_jobstatus_default PARTITION OF jobs_jobstatus DEFAULT;
CREATE INDEX jobstatus_by_job ON jobs_jobstatus (job_id, "timestamp");

CREATE TABLE jobs_logchunk (
    attempt_id bigint NOT NULL,
    stream varchar(6) NOT NULL CONSTRAINT logchunk_stream_known CHECK (stream IN ('stdout', 'stderr')),
    "offset" bigint NOT NULL CHECK ("offset" >= 0),
    size integer NOT NULL CHECK (size > 0),
    data bytea NOT NULL,
    first_line bigint NOT NULL CHECK (first_line >= 0),
    PRIMARY KEY (attempt_id, stream, "offset")
) PARTITION BY RANGE (attempt_id);
CREATE TABLE jobs_logchunk_default PARTITION OF jobs_logchunk DEFAULT;
-- Compressed already: do not try again.
ALTER TABLE jobs_logchunk ALTER COLUMN data SET STORAGE EXTERNAL;
"""
DROP_PARTITIONED = "DROP TABLE jobs_logchunk; DROP TABLE jobs_jobstatus;"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActivityDelta',
            fields=[
                ('queue', models.CharField(max_length=64)),
                ('owner_id', models.BigIntegerField(null=True)),
                ('pending', models.BigIntegerField(db_default=0)),
                ('running', models.BigIntegerField(db_default=0)),
                ('completed', models.BigIntegerField(db_default=0)),
                ('failed', models.BigIntegerField(db_default=0)),
                ('cancelled', models.BigIntegerField(db_default=0)),
                ('submits', models.BigIntegerField(db_default=0)),
                ('starts', models.BigIntegerField(db_default=0)),
                ('completions', models.BigIntegerField(db_default=0)),
                ('failures', models.BigIntegerField(db_default=0)),
                ('cancellations', models.BigIntegerField(db_default=0)),
                ('retries', models.BigIntegerField(db_default=0, help_text='Moves of a started or ended job back to PENDING')),
                ('wait_seconds', models.FloatField(db_default=0)),
                ('waits', jobs.histograms.HistogramField(db_default=0, help_text='How long those that started had waited (`histograms`)')),
                ('run_seconds', models.FloatField(db_default=0)),
                ('runs', jobs.histograms.HistogramField(db_default=0, help_text='How long those that completed took (`histograms`)')),
                ('fail_seconds', models.FloatField(db_default=0)),
                ('fails', jobs.histograms.HistogramField(db_default=0, help_text='How long those that failed had run (`histograms`)')),
                ('cancel_seconds', models.FloatField(db_default=0)),
                ('cancels', jobs.histograms.HistogramField(db_default=0, help_text='How long those that were cancelled had run (`histograms`)')),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('hour', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner_id', models.BigIntegerField(null=True)),
                ('pending', models.BigIntegerField(db_default=0)),
                ('running', models.BigIntegerField(db_default=0)),
                ('completed', models.BigIntegerField(db_default=0)),
                ('failed', models.BigIntegerField(db_default=0)),
                ('cancelled', models.BigIntegerField(db_default=0)),
                ('submits', models.BigIntegerField(db_default=0)),
                ('starts', models.BigIntegerField(db_default=0)),
                ('completions', models.BigIntegerField(db_default=0)),
                ('failures', models.BigIntegerField(db_default=0)),
                ('cancellations', models.BigIntegerField(db_default=0)),
                ('retries', models.BigIntegerField(db_default=0, help_text='Moves of a started or ended job back to PENDING')),
                ('wait_seconds', models.FloatField(db_default=0)),
                ('waits', jobs.histograms.HistogramField(db_default=0, help_text='How long those that started had waited (`histograms`)')),
                ('run_seconds', models.FloatField(db_default=0)),
                ('runs', jobs.histograms.HistogramField(db_default=0, help_text='How long those that completed took (`histograms`)')),
                ('fail_seconds', models.FloatField(db_default=0)),
                ('fails', jobs.histograms.HistogramField(db_default=0, help_text='How long those that failed had run (`histograms`)')),
                ('cancel_seconds', models.FloatField(db_default=0)),
                ('cancels', jobs.histograms.HistogramField(db_default=0, help_text='How long those that were cancelled had run (`histograms`)')),
                ('step', models.CharField(help_text='hour, day (of UTC) or ever', max_length=4)),
                ('start', models.DateTimeField()),
                ('queue', models.CharField(max_length=64, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('step', 'ever')), fields=['owner_id', 'queue'], name='activity_of_owner')],
                'constraints': [models.UniqueConstraint(fields=('step', 'queue', 'owner_id', 'start'), name='activity_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('host', models.CharField(max_length=255)),
                ('state', models.CharField(choices=[('active', 'Active'), ('draining', 'Draining'), ('stopped', 'Stopped')], default='active', max_length=8)),
                ('capacity', models.JSONField(default=dict)),
                ('limits', models.JSONField(default=dict)),
                ('labels', models.JSONField(default=dict)),
                ('executors', models.JSONField(default=dict)),
                ('version', models.CharField(max_length=32)),
                ('boot_id', models.CharField(blank=True, default='', max_length=64)),
                ('machine', models.CharField(blank=True, default='', max_length=64)),
                ('home', models.TextField(blank=True, default='')),
                ('started_at', models.DateTimeField()),
                ('heartbeat_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('description', models.TextField(blank=True, default='')),
                ('priority', models.SmallIntegerField(default=5)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('scheduled_at', models.DateTimeField(blank=True, null=True)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('error_message', models.TextField(blank=True, default='')),
                ('result_data', models.JSONField(blank=True, null=True)),
                ('resource_requirements', models.JSONField(blank=True, default=dict)),
                ('status', models.CharField(choices=[('PENDING', 'Pending'), ('RUNNING', 'Running'), ('COMPLETED', 'Completed'), ('FAILED', 'Failed'), ('CANCELLED', 'Cancelled')], default='PENDING', max_length=9)),
                ('status_message', models.TextField(blank=True, default='')),
                ('progress', models.SmallIntegerField(blank=True, null=True)),
                ('status_changed_at', models.DateTimeField()),
                ('latest_status_id', models.BigIntegerField()),
                ('status_count', models.IntegerField(default=1)),
                ('command', models.TextField(blank=True, default='')),
                ('environment', models.JSONField(blank=True, default=dict)),
                ('working_directory', models.TextField(blank=True, default='')),
                ('queue', models.CharField(default='default', max_length=64)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=None)),
                ('executor', models.CharField(default='local', max_length=16)),
                ('max_attempts', models.SmallIntegerField(default=1)),
                ('retry_delay', models.IntegerField(default=10)),
                ('retry_on_lost', models.BooleanField(default=True)),
                ('timeout', models.IntegerField(blank=True, null=True)),
                ('attempt', models.IntegerField(default=1)),
                ('attempts_used', models.IntegerField(default=0)),
                ('available_at', models.DateTimeField()),
                ('unmet', models.SmallIntegerField(db_default=0)),
                ('dispatched_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('exit_code', models.IntegerField(blank=True, null=True)),
                ('signal', models.SmallIntegerField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, choices=[('exit_code', 'exit code'), ('signal', 'signal'), ('out_of_memory', 'out of memory'), ('timeout', 'timeout'), ('cancelled', 'cancelled'), ('worker_lost', 'worker lost'), ('interrupted', 'interrupted'), ('start_failed', 'start failed'), ('dependency_failed', 'dependency failed'), ('poisonous', 'poisonous'), ('rejected', 'rejected'), ('reported', 'reported')], default='', max_length=20)),
                ('lease', models.UUIDField(blank=True, null=True)),
                ('worker_name', models.CharField(blank=True, db_default='', max_length=255)),
                ('cancel_requested_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_requested_by', models.CharField(blank=True, default='', max_length=150)),
                ('version', models.IntegerField(default=1)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('cpus', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.Cast(django.db.models.fields.json.KeyTextTransform('cpus', 'resource_requirements'), models.FloatField()), 1.0), output_field=models.FloatField())),
                ('memory_mb', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.Cast(django.db.models.fields.json.KeyTextTransform('memory_mb', 'resource_requirements'), models.IntegerField()), 0), output_field=models.IntegerField())),
                ('duration', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.functions.datetime.Extract(models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('completed_at'), '-', models.F('started_at')), output_field=models.DurationField()), 'epoch'), models.FloatField()), output_field=models.FloatField(null=True))),
                ('owner', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('lease', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_seconds', models.IntegerField(blank=True, null=True)),
                ('worker_id', models.UUIDField(blank=True, null=True)),
                ('worker_name', models.CharField(blank=True, db_default='', max_length=255)),
                ('dispatched_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('exit_code', models.IntegerField(blank=True, null=True)),
                ('signal', models.SmallIntegerField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, choices=[('exit_code', 'exit code'), ('signal', 'signal'), ('out_of_memory', 'out of memory'), ('timeout', 'timeout'), ('cancelled', 'cancelled'), ('worker_lost', 'worker lost'), ('interrupted', 'interrupted'), ('start_failed', 'start failed'), ('dependency_failed', 'dependency failed'), ('poisonous', 'poisonous'), ('rejected', 'rejected'), ('reported', 'reported')], db_default='', max_length=20)),
                ('error_message', models.TextField(blank=True, db_default='')),
                ('result_data', models.JSONField(blank=True, null=True)),
                ('usage', models.JSONField(blank=True, db_default={})),
                ('receipt', models.JSONField(blank=True, null=True)),
                ('external_id', models.CharField(blank=True, db_default='', max_length=255)),
                ('shipped_stdout', models.BigIntegerField(db_default=0)),
                ('shipped_stderr', models.BigIntegerField(db_default=0)),
                ('lines_stdout', models.BigIntegerField(db_default=0)),
                ('lines_stderr', models.BigIntegerField(db_default=0)),
                ('log_complete', models.BooleanField(db_default=False)),
                ('job', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='attempts', to='jobs.job')),
            ],
        ),
        migrations.CreateModel(
            name='Dependency',
            fields=[
                ('pk', models.CompositePrimaryKey('job_id', 'upstream_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('job_id', models.BigIntegerField()),
                ('upstream_id', models.BigIntegerField()),
                ('wants', models.CharField(choices=[('success', 'success'), ('failure', 'failure'), ('end', 'end')], max_length=7)),
                ('met', models.BooleanField(null=True)),
            ],
            options={
                'verbose_name_plural': 'dependencies',
                'indexes': [models.Index(fields=['upstream_id'], name='dependency_by_upstream'), models.Index(condition=models.Q(('met__isnull', True)), fields=['upstream_id', 'job_id'], name='dependency_open')],
            },
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('status', 'PENDING'), ('unmet', 0), models.Q(('command', ''), _negated=True)), fields=['executor', '-priority', 'available_at', 'id'], name='job_claim_run'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('command', ''), ('status', 'PENDING'), ('unmet', 0)), fields=['executor', '-priority', 'available_at', 'id'], name='job_claim_tracked'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['created_at', 'id'], name='job_by_created'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['status', 'created_at', 'id'], name='job_by_status'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['priority', 'created_at', 'id'], name='job_by_priority'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['name', 'id'], name='job_by_name'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['started_at', 'id'], name='job_by_started'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['completed_at', 'id'], name='job_by_completed'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['duration', 'id'], name='job_by_duration'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['queue', 'created_at', 'id'], name='job_by_queue'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['owner', 'created_at', 'id'], name='job_by_owner'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('worker_name', ''), _negated=True), fields=['worker_name', 'created_at', 'id'], name='job_by_worker'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('reason', ''), _negated=True), fields=['reason', 'created_at', 'id'], name='job_by_reason'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('exit_code__isnull', False), models.Q(('exit_code', 0), _negated=True)), fields=['exit_code', 'created_at', 'id'], name='job_by_exit_code'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='job_name_not_blank'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('priority__range', (1, 10))), name='job_priority_1_to_10'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('progress__isnull', True), ('progress__range', (0, 100)), _connector='OR'), name='job_progress_0_to_100'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'])), name='job_status_known'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('status__in', ['CANCELLED', 'COMPLETED', 'FAILED'])), models.Q(models.Q(('status__in', ['CANCELLED', 'COMPLETED', 'FAILED']), _negated=True), ('completed_at__isnull', True)), _connector='OR'), name='job_ended_has_completed_at'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('reason', ''), _negated=True), ('status__in', ['FAILED', 'CANCELLED'])), models.Q(models.Q(('status__in', ['FAILED', 'CANCELLED']), _negated=True), ('reason', '')), _connector='OR'), name='job_bad_end_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'RUNNING'), _negated=True), ('started_at__isnull', False), _connector='OR'), name='job_running_has_started_at'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('lease__isnull', True), ('status', 'RUNNING'), _connector='OR'), name='job_lease_only_while_running'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('attempt__gte', 1), ('attempts_used__gte', 0), ('max_attempts__range', (1, 100))), name='job_attempts_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('retry_delay__range', (0, 604800)), models.Q(('timeout__isnull', True), ('timeout__range', (1, 31622400)), _connector='OR')), name='job_durations_in_bounds'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['worker_id'], name='attempt_open_by_worker'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['lease_until'], name='attempt_open_by_lease'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('job', 'number'), name='attempt_number_once'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('job',), name='attempt_one_open_per_job'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', False), models.Q(('exit_code__isnull', True), ('reason', ''), ('result_data__isnull', True), ('signal__isnull', True)), _connector='OR'), name='attempt_open_has_no_outcome'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('dispatched_at__isnull', True), ('status', 'PENDING'), _connector='OR'), name='job_dispatched_only_while_pending'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('external_id', ''), ('dispatched_at__isnull', False), _connector='OR'), name='attempt_external_id_once_dispatched'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('exit_code__isnull', True), ('signal__isnull', True), _connector='OR'), name='attempt_exit_code_or_signal'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lease__isnull', True), ('lease_until__isnull', True)), models.Q(('lease__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='attempt_lease_has_an_end'),
        ),
        # Partitioned tables, which Django cannot make.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='LogChunk',
                    fields=[
                        ('pk', models.CompositePrimaryKey('attempt_id', 'stream', 'offset', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('attempt_id', models.BigIntegerField()),
                        ('stream', models.CharField(choices=[('stdout', 'stdout'), ('stderr', 'stderr')], max_length=6)),
                        ('offset', models.BigIntegerField(help_text='Byte at which the piece starts in its stream')),
                        ('size', models.IntegerField(help_text='Bytes, before compression')),
                        ('data', models.BinaryField(help_text='The bytes, compressed by zlib')),
                        ('first_line', models.BigIntegerField(help_text='Number of line breaks in the stream before this piece')),
                    ],
                ),
                migrations.CreateModel(
                    name='JobStatus',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('status_type', models.CharField(choices=[('PENDING', 'Pending'), ('RUNNING', 'Running'), ('COMPLETED', 'Completed'), ('FAILED', 'Failed'), ('CANCELLED', 'Cancelled')], max_length=9)),
                        ('timestamp', models.DateTimeField()),
                        ('message', models.TextField(blank=True, default='')),
                        ('progress', models.SmallIntegerField(blank=True, null=True)),
                        ('attempt', models.IntegerField(default=1)),
                        ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='jobs.job')),
                    ],
                ),
                migrations.AddIndex(
                    model_name='jobstatus',
                    index=models.Index(fields=['job', 'timestamp'], name='jobstatus_by_job'),
                ),
            ],
            database_operations=[migrations.RunSQL(PARTITIONED, DROP_PARTITIONED)],
        ),
    ]

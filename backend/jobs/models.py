"""What is stored: jobs, their history, attempts, logs, workers and counters. Fields, constraints and indexes
only.

Partitioned tables (`JobStatus`, `LogChunk`), triggers and everything else that Django cannot say are written
out in migrations 0001 and 0002. Only `transitions.py` writes `Job.status`.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Extract

from . import limits
from .histograms import HistogramField
from .states import ENDED, Kind, Reason, Status, Wants

STATUS_CHOICES = [(status.value, status.value.title()) for status in Status]
WANTS_CHOICES = [(wants.value, wants.value) for wants in Wants]
REASON_CHOICES = [(reason.value, reason.value.replace("_", " ")) for reason in Reason]
STATUS_VALUES = [status.value for status in Status]
BAD_END_VALUES = [Status.FAILED.value, Status.CANCELLED.value]
ENDED_VALUES = sorted(status.value for status in ENDED)

DEFAULT_CPUS = 1.0  # of a job that asks for none; a job that says nothing is taken to keep one core busy
DEFAULT_MEMORY_MB = 0


class Job(models.Model):
    """A computation that somebody asked for: run by the engine if it has a command, tracked if not."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=limits.LONGEST_NAME)
    description = models.TextField(blank=True, default="")
    priority = models.SmallIntegerField(default=5)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    error_message = models.TextField(blank=True, default="")
    result_data = models.JSONField(null=True, blank=True)
    resource_requirements = models.JSONField(default=dict, blank=True)

    status = models.CharField(max_length=9, choices=STATUS_CHOICES, default=Status.PENDING.value)
    status_message = models.TextField(blank=True, default="")
    progress = models.SmallIntegerField(null=True, blank=True)
    status_changed_at = models.DateTimeField()
    latest_status_id = models.BigIntegerField()
    status_count = models.IntegerField(default=1)

    command = models.TextField(blank=True, default="")
    environment = models.JSONField(default=dict, blank=True)
    working_directory = models.TextField(blank=True, default="")
    queue = models.CharField(max_length=limits.LONGEST_QUEUE, default="default")
    tags = ArrayField(models.CharField(max_length=limits.LONGEST_TAG), default=list, blank=True)
    # No foreign key check: many submitters sharing one owner would lock that owner's row together.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="jobs",
        db_constraint=False,
        db_index=False,
    )
    executor = models.CharField(max_length=limits.LONGEST_EXECUTOR, default="local")
    max_attempts = models.SmallIntegerField(default=1)
    retry_delay = models.IntegerField(default=10)
    retry_on_lost = models.BooleanField(default=True)
    timeout = models.IntegerField(null=True, blank=True)

    attempt = models.IntegerField(default=1)
    attempts_used = models.IntegerField(default=0)
    available_at = models.DateTimeField()
    # How many of the jobs that it depends on have not ended as it wants; until then it is in no queue.
    unmet = models.SmallIntegerField(db_default=0)
    # Since when it waits in the queue of another system, which a claim leaves alone.
    dispatched_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    signal = models.SmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=REASON_CHOICES, blank=True, default="")
    lease = models.UUIDField(null=True, blank=True)
    # Who claimed it last; kept when it waits again, as its attempts are.
    worker_name = models.CharField(max_length=limits.LONGEST_WORKER, blank=True, db_default="")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_by = models.CharField(max_length=150, blank=True, default="")
    version = models.IntegerField(default=1)
    # Here always empty: the archive has the same columns (migration 0004), so that the same SQL reads it.
    archived_at = models.DateTimeField(null=True, blank=True)

    # What the claim weighs against a machine's room, so that SQL need not open the JSON.
    cpus = models.GeneratedField(
        expression=Coalesce(
            Cast(KeyTextTransform("cpus", "resource_requirements"), models.FloatField()), DEFAULT_CPUS
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )
    memory_mb = models.GeneratedField(
        expression=Coalesce(
            Cast(KeyTextTransform("memory_mb", "resource_requirements"), models.IntegerField()),
            DEFAULT_MEMORY_MB,
        ),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    # Seconds that its current attempt took, once it has ended.
    duration = models.GeneratedField(
        expression=Cast(
            Extract(
                ExpressionWrapper(F("completed_at") - F("started_at"), output_field=models.DurationField()),
                "epoch",
            ),
            models.FloatField(),
        ),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_name_not_blank", condition=~Q(name="")),
            models.CheckConstraint(name="job_priority_1_to_10", condition=Q(priority__range=limits.PRIORITY)),
            models.CheckConstraint(
                name="job_progress_0_to_100",
                condition=Q(progress__isnull=True) | Q(progress__range=limits.PROGRESS),
            ),
            models.CheckConstraint(name="job_status_known", condition=Q(status__in=STATUS_VALUES)),
            models.CheckConstraint(
                name="job_ended_has_completed_at",
                condition=Q(status__in=ENDED_VALUES, completed_at__isnull=False)
                | Q(~Q(status__in=ENDED_VALUES), completed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="job_bad_end_has_reason",
                condition=Q(~Q(reason=""), status__in=BAD_END_VALUES)
                | Q(~Q(status__in=BAD_END_VALUES), reason=""),
            ),
            models.CheckConstraint(
                name="job_running_has_started_at",
                condition=~Q(status=Status.RUNNING.value) | Q(started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="job_lease_only_while_running",
                condition=Q(lease__isnull=True) | Q(status=Status.RUNNING.value),
            ),
            models.CheckConstraint(
                name="job_dispatched_only_while_pending",
                condition=Q(dispatched_at__isnull=True) | Q(status=Status.PENDING.value),
            ),
            models.CheckConstraint(
                name="job_attempts_in_bounds",
                condition=Q(attempt__gte=1, attempts_used__gte=0, max_attempts__range=limits.ATTEMPTS),
            ),
            models.CheckConstraint(
                name="job_durations_in_bounds",
                condition=Q(retry_delay__range=limits.RETRY_DELAY)
                & (Q(timeout__isnull=True) | Q(timeout__range=limits.TIMEOUT)),
            ),
        ]
        indexes = [
            models.Index(
                name="job_claim_run",
                fields=["executor", "-priority", "available_at", "id"],
                condition=Q(status=Status.PENDING.value, unmet=0) & ~Q(command=""),
            ),
            models.Index(
                name="job_claim_tracked",
                fields=["executor", "-priority", "available_at", "id"],
                condition=Q(status=Status.PENDING.value, command="", unmet=0),
            ),
            # One for each order of a list (`queries.orders`). What changes while a job runs is in none.
            models.Index(name="job_by_created", fields=["created_at", "id"]),
            models.Index(name="job_by_status", fields=["status", "created_at", "id"]),
            models.Index(name="job_by_priority", fields=["priority", "created_at", "id"]),
            models.Index(name="job_by_name", fields=["name", "id"]),
            models.Index(name="job_by_started", fields=["started_at", "id"]),
            models.Index(name="job_by_completed", fields=["completed_at", "id"]),
            models.Index(name="job_by_duration", fields=["duration", "id"]),
            # By age among those that have one value (`queries.paths`).
            models.Index(name="job_by_queue", fields=["queue", "created_at", "id"]),
            models.Index(name="job_by_owner", fields=["owner", "created_at", "id"]),
            models.Index(
                name="job_by_worker", fields=["worker_name", "created_at", "id"], condition=~Q(worker_name="")
            ),
            models.Index(
                name="job_by_reason", fields=["reason", "created_at", "id"], condition=~Q(reason="")
            ),
            models.Index(
                name="job_by_exit_code",
                fields=["exit_code", "created_at", "id"],
                condition=Q(exit_code__isnull=False) & ~Q(exit_code=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name} ({self.status})"

    @property
    def kind(self) -> Kind:
        """Run by the engine, or tracked."""
        return Kind.RUN if self.command else Kind.TRACKED

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return Status(self.status) in ENDED


class JobStatus(models.Model):
    """One entry of a job's history. Append-only, partitioned by month on `timestamp` (migration 0001)."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="statuses", db_index=False)
    status_type = models.CharField(max_length=9, choices=STATUS_CHOICES)
    timestamp = models.DateTimeField()
    message = models.TextField(blank=True, default="")
    progress = models.SmallIntegerField(null=True, blank=True)
    attempt = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(name="jobstatus_by_job", fields=["job", "timestamp"])]

    def __str__(self) -> str:
        return f"{self.job_id} {self.status_type} at {self.timestamp}"


class Attempt(models.Model):
    """One try at a job. Open until it has ended; it ends once, and nothing changes how it ended."""

    id = models.BigAutoField(primary_key=True)
    # Not checked by the database: this is the hot path. `transitions.delete` takes attempts along.
    job = models.ForeignKey(
        Job, on_delete=models.DO_NOTHING, related_name="attempts", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_seconds = models.IntegerField(null=True, blank=True)
    worker_id = models.UUIDField(null=True, blank=True)
    worker_name = models.CharField(max_length=limits.LONGEST_WORKER, blank=True, db_default="")
    dispatched_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    signal = models.SmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=REASON_CHOICES, blank=True, db_default="")
    error_message = models.TextField(blank=True, db_default="")
    result_data = models.JSONField(null=True, blank=True)
    usage = models.JSONField(db_default={}, blank=True)
    receipt = models.JSONField(null=True, blank=True)
    external_id = models.CharField(max_length=255, blank=True, db_default="")
    shipped_stdout = models.BigIntegerField(db_default=0)
    shipped_stderr = models.BigIntegerField(db_default=0)
    lines_stdout = models.BigIntegerField(db_default=0)
    lines_stderr = models.BigIntegerField(db_default=0)
    log_complete = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attempt_number_once", fields=["job", "number"]),
            models.UniqueConstraint(
                name="attempt_one_open_per_job", fields=["job"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="attempt_open_has_no_outcome",
                condition=Q(ended_at__isnull=False)
                | Q(exit_code__isnull=True, signal__isnull=True, reason="", result_data__isnull=True),
            ),
            models.CheckConstraint(
                name="attempt_exit_code_or_signal",
                condition=Q(exit_code__isnull=True) | Q(signal__isnull=True),
            ),
            models.CheckConstraint(
                name="attempt_external_id_once_dispatched",
                condition=Q(external_id="") | Q(dispatched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="attempt_lease_has_an_end",
                condition=Q(lease__isnull=True, lease_until__isnull=True)
                | Q(lease__isnull=False, lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="attempt_open_by_worker", fields=["worker_id"], condition=Q(ended_at__isnull=True)
            ),
            models.Index(
                name="attempt_open_by_lease", fields=["lease_until"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} attempt {self.number}"


class Dependency(models.Model):
    """A job starts after another has ended as it wants (`jobs.dependencies`). `met`: None while that runs."""

    pk = models.CompositePrimaryKey("job_id", "upstream_id")
    # Neither is checked by the database: an upstream may be in the archive, or deleted.
    job_id = models.BigIntegerField()
    upstream_id = models.BigIntegerField()
    wants = models.CharField(max_length=7, choices=WANTS_CHOICES)
    met = models.BooleanField(null=True)

    class Meta:
        verbose_name_plural = "dependencies"
        indexes = [
            models.Index(name="dependency_by_upstream", fields=["upstream_id"]),
            models.Index(
                name="dependency_open", fields=["upstream_id", "job_id"], condition=Q(met__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} after {self.wants} of {self.upstream_id}"


class LogChunk(models.Model):
    """A piece of what an attempt wrote. Partitioned by ranges of `attempt_id` (migration 0001)."""

    pk = models.CompositePrimaryKey("attempt_id", "stream", "offset")
    attempt_id = models.BigIntegerField()
    stream = models.CharField(max_length=6, choices=[("stdout", "stdout"), ("stderr", "stderr")])
    offset = models.BigIntegerField(help_text="Byte at which the piece starts in its stream")
    size = models.IntegerField(help_text="Bytes, before compression")
    data = models.BinaryField(help_text="The bytes, compressed by zlib")
    first_line = models.BigIntegerField(help_text="Number of line breaks in the stream before this piece")

    def __str__(self) -> str:
        return f"attempt {self.attempt_id} {self.stream} at {self.offset}"


class Worker(models.Model):
    """A machine that runs jobs, as it last described itself. Whether it can be reached follows from the
    heartbeat."""

    class State(models.TextChoices):
        ACTIVE = "active"
        DRAINING = "draining"
        STOPPED = "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=limits.LONGEST_WORKER)
    host = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    capacity = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)
    labels = models.JSONField(default=dict)
    executors = models.JSONField(default=dict)
    version = models.CharField(max_length=32)
    boot_id = models.CharField(max_length=64, blank=True, default="")
    # What tells this worker's home from a copy of it (`engine.worker_place`).
    machine = models.CharField(max_length=64, blank=True, default="")
    home = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} on {self.host}"


class IdempotentRequest(models.Model):
    """A request that came with an Idempotency-Key, and its answer (`jobs.idempotency`)."""

    pk = models.CompositePrimaryKey("owner_id", "key")
    owner_id = models.BigIntegerField()
    key = models.CharField(max_length=limits.LONGEST_IDEMPOTENCY_KEY)
    target = models.TextField(help_text="Method and path")
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField()
    answer = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="idempotentrequest_by_age", fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.target} under {self.key}"


class _ActivityColumns(models.Model):
    """What the counters count. Statuses: by how much the number of jobs in them has changed. Events: how many
    there were, each in the hour in which it happened."""

    owner_id = models.BigIntegerField(null=True)
    pending = models.BigIntegerField(db_default=0)
    running = models.BigIntegerField(db_default=0)
    completed = models.BigIntegerField(db_default=0)
    failed = models.BigIntegerField(db_default=0)
    cancelled = models.BigIntegerField(db_default=0)
    submits = models.BigIntegerField(db_default=0)
    starts = models.BigIntegerField(db_default=0)
    completions = models.BigIntegerField(db_default=0)
    failures = models.BigIntegerField(db_default=0)
    cancellations = models.BigIntegerField(db_default=0)
    retries = models.BigIntegerField(
        db_default=0, help_text="Moves of a started or ended job back to PENDING"
    )
    wait_seconds = models.FloatField(db_default=0)
    waits = HistogramField(db_default=0, help_text="How long those that started had waited (`histograms`)")
    run_seconds = models.FloatField(db_default=0)
    runs = HistogramField(db_default=0, help_text="How long those that completed took (`histograms`)")
    fail_seconds = models.FloatField(db_default=0)
    fails = HistogramField(db_default=0, help_text="How long those that failed had run (`histograms`)")
    cancel_seconds = models.FloatField(db_default=0)
    cancels = HistogramField(
        db_default=0, help_text="How long those that were cancelled had run (`histograms`)"
    )

    class Meta:
        abstract = True


class Activity(_ActivityColumns):
    """What happened in an hour, a day or ever, as of the last fold; `ActivityDelta` has the rest.

    `queue` empty: in every queue. `owner_id` empty: of everyone.
    """

    step = models.CharField(max_length=4, help_text="hour, day (of UTC) or ever")
    start = models.DateTimeField()
    queue = models.CharField(max_length=limits.LONGEST_QUEUE, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="activity_once", fields=["step", "queue", "owner_id", "start"], nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(name="activity_of_owner", fields=["owner_id", "queue"], condition=Q(step="ever"))
        ]

    def __str__(self) -> str:
        return f"{self.step} from {self.start}, {self.queue or 'every queue'}"


class ActivityDelta(_ActivityColumns):
    """What the triggers on Job append; never updated, so that writers do not wait for one another."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    queue = models.CharField(max_length=limits.LONGEST_QUEUE)

    def __str__(self) -> str:
        return f"{self.hour} {self.queue}"


class KeepTime(models.Model):
    """How long the jobs of a queue are kept, in days after they ended, where it is not as for all others.

    Empty means for ever.
    """

    queue = models.CharField(max_length=limits.LONGEST_QUEUE, primary_key=True)
    archive_after_days = models.IntegerField(null=True)
    delete_after_days = models.IntegerField(null=True)
    delete_logs_after_days = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name=f"keeptime_{name}_in_bounds",
                condition=Q((f"{name}_days__isnull", True)) | Q((f"{name}_days__range", limits.KEEP_DAYS)),
            )
            for name in ("archive_after", "delete_after", "delete_logs_after")
        ]

    def __str__(self) -> str:
        return self.queue


class SearchSegment(models.Model):
    """An immutable part of the search's index: by what some jobs of a shelf of ids were found at the time.

    A job that has changed is in a newer one of the same shelf too. Written by `jobs.search` only.
    """

    shelf = models.BigIntegerField(help_text="The ids of its jobs, divided by 65,536")
    jobs = models.IntegerField()
    spans = models.BinaryField(help_text="From when to when its jobs were created, started and completed")

    class Meta:
        indexes = [models.Index(name="searchsegment_by_shelf", fields=["shelf"])]

    def __str__(self) -> str:
        return f"{self.jobs} jobs of shelf {self.shelf}"


class SearchBlock(models.Model):
    """Posting lists of neighbouring terms of a segment, as `jobs.search.blocks` writes them."""

    pk = models.CompositePrimaryKey("segment_id", "first")
    segment_id = models.BigIntegerField()
    first = models.BinaryField(help_text="The first term")
    following = models.BinaryField(help_text="The first term of the next block; empty in the last")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"segment {self.segment_id} from {bytes(self.first)!r}"


class SearchTouched(models.Model):
    """A job that has changed since it was indexed, or came late. Triggers append these."""

    id = models.BigAutoField(primary_key=True)
    job_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.job_id}"


class SearchProgress(models.Model):
    """How far the index reaches; one row. Changes of jobs up to `reserved_to` are noted, and those up to
    `built_to` are in segments."""

    reserved_to = models.BigIntegerField(default=0)
    built_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"up to job {self.built_to}"


class Operation(models.Model):
    """Something to do with many jobs, carried out in the background (`jobs.operations`)."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        ABORTED = "aborted"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="operations", db_constraint=False
    )
    action = models.CharField(max_length=12)
    arguments = models.JSONField(default=dict)
    # Which jobs: one of the three. An undo takes what the undone operation has noted.
    selection = models.JSONField(null=True)
    ids = ArrayField(models.BigIntegerField(), null=True)
    undoes = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="undone_by", db_index=False
    )
    as_of = models.DateTimeField(help_text="The moment of the preview")
    newest_id = models.BigIntegerField(help_text="Jobs that are newer than this are left alone")
    expected = models.JSONField(null=True, help_text="Jobs by outcome, as previewed; null where uncounted")

    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    error = models.TextField(blank=True, default="")
    failures = models.SmallIntegerField(default=0, help_text="Batches in a row that failed")
    position = models.BigIntegerField(default=0, help_text="Everything up to this id has been visited")
    outcomes = models.JSONField(default=dict, help_text="Jobs by outcome, so far")
    jobs_per_second = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="When its next batch may be carried out")
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="operation_due", fields=["next_at"], condition=Q(state="running")),
            models.Index(name="operation_by_owner", fields=["owner", "-id"]),
        ]
        constraints = [models.UniqueConstraint(name="operation_undone_once", fields=["undoes"])]

    def __str__(self) -> str:
        return f"{self.action} ({self.state})"


class OperationOutcome(models.Model):
    """What came of some jobs of one batch: those with the same outcome and the same value before."""

    id = models.BigAutoField(primary_key=True)
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="+", db_index=False)
    outcome = models.CharField(max_length=20)
    ids = ArrayField(models.BigIntegerField(), help_text="In their order")
    before = models.JSONField(null=True, help_text="The value that was changed")

    class Meta:
        indexes = [models.Index(name="operationoutcome_in_order", fields=["operation", "outcome", "id"])]

    def __str__(self) -> str:
        return f"{self.outcome}: {len(self.ids)} jobs"

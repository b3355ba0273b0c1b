"""Made-up jobs: as sound as real ones, the same for the same seed, all or none, and easy to be rid of."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter as Tally
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from config.paths import Home
from engine.tests.harness import database_url
from jobs import counters
from jobs.archive import moving
from jobs.models import Attempt, Job, JobStatus
from jobs.search import indexing
from jobs.seeding import load, people
from jobs.seeding.vocabulary import PEOPLE
from jobs.sql import in_archive
from jobs.states import Kind

from .rows import claim_ids, sql, submit
from .soundness import broken_promises

BACKEND = Path(__file__).resolve().parents[2]
UNTIL = "2026-11-01T00:00:00Z"
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'jobs_%' ORDER BY indexdef"
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
WHERE conrelid::regclass::text LIKE 'jobs_%' ORDER BY 1, 2"""

# Partitions may have theirs from when they were made, or from their parent.
OF_JOBS = CONSTRAINTS.replace("LIKE 'jobs_%'", "IN ('jobs_job', 'jobs_attempt', 'jobs_jobstatus')")
TRIGGERS = """
SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = 'jobs_job'::regclass AND NOT tgisinternal ORDER BY 1"""
SUMS = """
SELECT step, start, queue, username, pending, running, completed, failed, cancelled, submits, starts,
       completions, failures, cancellations, retries, round(1000 * wait_seconds), waits,
       round(1000 * run_seconds), runs
FROM jobs_activity LEFT JOIN accounts_user AS u ON u.id = owner_id ORDER BY 1, 2, 3, 4"""

pytestmark = pytest.mark.usefixtures("transactional_db", "no_made_up_jobs")


@pytest.fixture
def no_made_up_jobs(transactional_db: None) -> Any:
    yield
    people.remove(lambda _: None)


def seed(jobs: int = 3000, **options: Any) -> str:
    """Run the command; what it says."""
    said = StringIO()
    call_command("seed", jobs=jobs, until=datetime.fromisoformat(UNTIL), stdout=said, **options)
    return said.getvalue()


def as_drawn() -> list[tuple[Any, ...]]:
    """All that the seed decides, without the ids."""
    return sql("""
        SELECT name, description, command, tags, queue, u.username, priority, executor, environment::text,
               status, reason, exit_code, error_message, result_data::text, job.created_at, scheduled_at,
               started_at, completed_at, status_count, attempt,
               (SELECT array_agg(status_type || timestamp ORDER BY s.id) FROM jobs_jobstatus AS s
                WHERE job_id = job.id),
               (SELECT array_agg(shipped_stdout ORDER BY a.id) FROM jobs_attempt AS a WHERE job_id = job.id)
        FROM jobs_job AS job JOIN accounts_user AS u ON u.id = owner_id ORDER BY job.id""")


def test_every_promise_holds_for_them() -> None:
    seed()
    assert Job.objects.count() == 3000
    assert broken_promises() == {}


def test_they_are_of_every_kind() -> None:
    seed(waiting=0.1)
    assert len(set(Job.objects.values_list("status", flat=True))) == 5
    assert len(set(Job.objects.values_list("reason", flat=True))) >= 8
    assert len(set(Job.objects.values_list("executor", flat=True))) == 3
    assert len(set(Job.objects.values_list("owner_id", flat=True))) == len(PEOPLE)
    queues = [count for _, count in Tally(Job.objects.values_list("queue", flat=True)).most_common()]
    assert queues[0] > 5 * queues[-1]
    assert Attempt.objects.filter(number=2).exists()
    assert sql("SELECT count(*) FROM jobs_logchunk")[0][0] > 10


def test_they_fill_half_a_year_in_the_order_of_their_ids() -> None:
    seed()
    created = list(Job.objects.order_by("id").values_list("created_at", flat=True))
    assert (created[-1] - created[0]).days > 170
    assert created[-1] <= datetime.fromisoformat(UNTIL)
    # Within a slot of the whole time they may be out of order, as at any time clients race.
    assert sum(a > b for a, b in pairwise(created)) < len(created) / 100


def test_their_totals_and_ends_are_counted() -> None:
    seed()
    held = Tally(Job.objects.values_list("status", flat=True))
    assert {status: n for status, n in counters.totals().by_status.items() if n} == dict(held)
    ((ends,),) = sql("""
        SELECT completions + failures + cancellations FROM jobs_activity
        WHERE step = 'ever' AND queue IS NULL AND owner_id IS NULL""")
    assert ends == held["COMPLETED"] + held["FAILED"] + held["CANCELLED"]


def test_many_are_counted_at_once_as_each_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    seed()
    one_by_one, defined = sql(SUMS), (sql(INDEXES), sql(OF_JOBS), sql(TRIGGERS))
    seed(remove=True)
    monkeypatch.setattr(load, "_FEW", 1000)
    monkeypatch.setattr(load, "_COUNTED_AT_ONCE", 700)
    seed()
    assert sql(SUMS) == one_by_one
    assert (sql(INDEXES), sql(OF_JOBS), sql(TRIGGERS)) == defined
    assert broken_promises() == {}


def test_beside_many_real_jobs_indexes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_FEW", 10)
    seed(1000)
    before = sql("SELECT indexrelid FROM pg_index WHERE indrelid = 'jobs_job'::regclass ORDER BY 1")
    seed(100, seed=2, yes=True)
    assert sql("SELECT indexrelid FROM pg_index WHERE indrelid = 'jobs_job'::regclass ORDER BY 1") == before
    assert broken_promises() == {}


def test_they_can_be_searched_at_once() -> None:
    said = seed()
    assert "can be searched after" in said
    assert indexing.progress()[1] == sql("SELECT max(id) FROM jobs_job")[0][0]


def test_the_same_seed_makes_the_same_jobs() -> None:
    seed(seed=7)
    first = as_drawn()
    seed(remove=True)
    seed(seed=7)
    assert as_drawn() == first


def test_another_seed_makes_others() -> None:
    seed(200, seed=7)
    first = as_drawn()
    seed(remove=True)
    seed(200, seed=8)
    assert as_drawn() != first


def test_nobody_runs_one_by_accident() -> None:
    seed(waiting=0.1)
    ids = list(Job.objects.filter(status="PENDING").values_list("pk", flat=True))
    assert ids
    assert claim_ids(ids) == []
    assert claim_ids(ids, kind=Kind.TRACKED) == []
    assert not Job.objects.exclude(status="RUNNING").filter(started_at=None, status="RUNNING").exists()
    assert not Attempt.objects.exclude(lease=None).exists()


def test_a_job_that_is_submitted_next_has_an_id_of_its_own() -> None:
    seed(100)
    job = submit()
    assert job.pk == Job.objects.latest("pk").pk
    assert JobStatus.objects.filter(pk=job.latest_status_id).count() == 1


def test_it_does_not_mix_with_real_jobs_unless_asked() -> None:
    real = submit()
    with pytest.raises(CommandError, match=r"1 real jobs .*--yes.*--remove"):
        seed(100)
    assert Job.objects.get() == real
    seed(100, yes=True)
    assert Job.objects.count() == 101


def test_removing_leaves_real_jobs_alone() -> None:
    real = submit()
    seed(100, yes=True)
    assert moving.archive(moving.Due(datetime.now(UTC)), 20) == 20
    seed(remove=True)
    assert Job.objects.get() == real
    assert not Attempt.objects.exists()
    assert not sql("SELECT FROM jobs_logchunk")
    assert not User.objects.filter(username__startswith=people.PREFIX).exists()
    with in_archive():
        assert not Job.objects.exists()
    assert broken_promises() == {}


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "ten", "", "k", "200M"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match=r"--jobs.*1M are"):
        call_command("seed", f"--jobs={text}")


def test_without_room_on_the_disk_it_does_not_begin(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.ENV = replace(settings.ENV, home=Home(tmp_path), embedded=True)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    with pytest.raises(CommandError, match=r"3,000 jobs need .* GB .*Nothing was changed.*--jobs"):
        seed()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("place", "jobs"), [("seeding.copied", 200), ("seeding.copied", 60_000), ("seeding.loaded", 60_000)]
)
def test_killed_in_the_middle_it_leaves_nothing_and_everything_works(place: str, jobs: int) -> None:
    defined = sql(INDEXES), sql(CONSTRAINTS), sql(TRIGGERS)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "JOBDECK_FAILPOINTS": f"{place}=kill",
    }
    killed = subprocess.run(
        [sys.executable, "manage.py", "seed", f"--jobs={jobs}", f"--until={UNTIL}"],
        cwd=BACKEND,
        env=environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not Job.objects.exists()
    assert (sql(INDEXES), sql(CONSTRAINTS), sql(TRIGGERS)) == defined
    assert submit().status == "PENDING"
    assert broken_promises() == {}

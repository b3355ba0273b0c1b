"""A running job says how far it is: by a file, by a line, by a tqdm bar."""

import pytest

from engine.tests.harness import Machine
from jobs.models import Job

BY_FILE = 'echo "40 reading" > $JOBDECK_PROGRESS; sleep 0.2; exit 1'
BY_LINE = "echo '::progress 40 reading::'; sleep 0.2; exit 1"
BY_BAR = r"printf '\rreading:  40%%|████      | 4/10 [00:01<00:02,  3.0it/s]' >&2; sleep 0.2; exit 1"


@pytest.mark.parametrize(
    ("command", "message"),
    [(BY_FILE, "reading"), (BY_LINE, "reading"), (BY_BAR, "reading: 4/10 [00:01<00:02, 3.0it/s]")],
    ids=["file", "line", "bar"],
)
def test_each_way_is_heard(machine: Machine, command: str, message: str) -> None:
    job = machine.run(command)
    assert job.progress == 40
    assert (40, message) in _noted(job)


def test_the_file_is_heard_before_the_line_and_the_line_before_the_bar(machine: Machine) -> None:
    job = machine.run(
        f"{BY_BAR.partition(';')[0]}; {BY_LINE.partition(';')[0].replace('40', '41')}; "
        "echo 42 > $JOBDECK_PROGRESS; exit 1"
    )
    assert job.progress == 42


def test_a_completed_job_that_told_its_progress_is_at_its_end(machine: Machine) -> None:
    assert machine.run("echo ::progress 10::").progress == 100
    assert machine.run("true").progress is None


def _noted(job: Job) -> list[tuple[int | None, str]]:
    return list(job.statuses.filter(status_type="RUNNING").values_list("progress", "message"))

"""The index finds what a look at every job finds, whatever has happened since it was made."""

import random
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from jobs import failpoints, transitions
from jobs.archive import moving
from jobs.archive.moving import Due
from jobs.models import Job, SearchTouched
from jobs.queries import ORDERS, Criterion, Place, Selection, list_jobs
from jobs.search import indexing
from jobs.search.blocks import SHELF
from jobs.search.grammar import parse
from jobs.search.segments import Part
from jobs.search.side_by_side import Ended, each
from jobs.search.source import SearchIndex
from jobs.sql import in_archive
from jobs.states import ENDED, Status
from jobs.tests import rows
from jobs.tests.rows import sql
from jobs.tests.test_words import naively
from jobs.tests.threads import LIMIT_SECONDS, RolledBack, Side, held
from jobs.transitions import Claimer, ProgressNews
from jobs.words import APART, words_in

pytestmark = pytest.mark.usefixtures("transactional_db")

NAMES = [
    "train resnet",
    "trainModel",
    "fit_model.py",
    "Estimate pi",
    "resnet-50 eval",
    "export",
    "résumé Ärger",
]
COMMANDS = ["", "python train.py --fast", "sh run.sh", "echo train"]
TAGS = [[], ["gpu"], ["gpu", "nightly run"], ["old"]]
ERRORS = ["", "CUDA out of memory", "No such file: train.csv"]
QUERIES = [
    "train", "resn", "model", '"resnet 50"', "fit-mod", "out-of", '"out of memory"', "unknownword", "r",
    "ärg", "train -gpu", "status:failed", "status:failed,completed train", "-status:pending",
    "-status:pending -train", "tag:gpu", "-tag:gpu", "queue:q1", "queue:q1 status:failed", "owner:ann",
    "owner:nobody", "executor:local", "worker:w1", "kind:tracked", "reason:exit_code", "exit_code:0",
    "exit_code:>0", "exit_code:-5..3", "priority:>=7", "duration:>1h", "duration:<=1h",
    "duration:..10m train", "created:>2026-01-10", "created:<2026-01-10 train", "started:2026-01",
    "completed:>=2026-01-20", "-created:>2026-01-10", "name:rain", "-name:rain train", "",
]  # fmt: skip
CORNER = 3 * SHELF - 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of a few jobs, and few layers."""
    monkeypatch.setattr(indexing, "FEWEST_NEW", 5)
    monkeypatch.setattr(indexing, "FEWEST_TOUCHED", 3)
    monkeypatch.setattr(indexing, "MOST_LAYERS", 3)


@pytest.fixture
def ann() -> Iterator[User]:
    person = User.objects.create(username="ann")
    yield person
    sql("DELETE FROM jobs_job")
    person.delete()


@pytest.mark.parametrize("seed", range(6))
def test_it_finds_what_a_look_at_every_job_finds(ann: User, seed: int) -> None:
    chance = random.Random(seed)
    sql("SELECT setval('jobs_job_id_seq', %s)", [CORNER + SHELF * seed])
    for _ in range(chance.randint(4, 8)):
        for _ in range(chance.randint(1, 9)):
            chance.choice(HAPPENINGS)(chance, ann)
        if chance.random() < 0.6:
            indexing.catch_up()
        for query in chance.sample(QUERIES, 12):
            check(query, ann, chance)
    indexing.rebuild()
    for query in QUERIES:
        check(query, ann, chance)


def check(query: str, ann: User, chance: random.Random) -> None:
    """Walk through the whole list page by page, in either order, of the archive too."""
    selection = Selection(parse(query, me="ann"))
    ordering, size = chance.choice(["id", "-id"]), chance.randint(1, 7)
    for where in (nullcontext, in_archive):
        with where():
            expected = sorted(job.pk for job in Job.objects.all() if meets(job, selection, ann))
            assert listed(selection, ordering, size) == (expected if ordering == "id" else expected[::-1]), (
                query
            )


def listed(selection: Selection, ordering: str = "-id", size: int = 50) -> list[int]:
    """The whole list, page by page."""
    found: list[int] = []
    after: tuple[Any, ...] | None = ()
    while after is not None:
        place = Place(after) if after else None
        page = list_jobs(selection, ORDERS[ordering], size, place=place, source=SearchIndex())
        found += [job["id"] for job in page.jobs]
        after = page.after
    return found


@pytest.mark.parametrize("begin", [indexing.rebuild, indexing.complete])
def test_many_shelves_are_indexed_side_by_side(
    ann: User, begin: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "FEWEST_SHELVES", 2)
    chance = random.Random(5)
    for shelf in (0, 1, 4, 5):
        sql("SELECT setval('jobs_job_id_seq', %s)", [SHELF * shelf + 7])
        for _ in range(12):
            chance.choice(HAPPENINGS[:4])(chance, ann)
    monkeypatch.setattr(indexing, "index_new", lambda: False)
    begin()
    assert indexing.progress()[1] == sql("SELECT max(id) FROM jobs_job")[0][0]
    assert sql("SELECT shelf FROM jobs_searchsegment ORDER BY shelf") == [(0,), (1,), (4,), (5,)]
    for query in QUERIES:
        check(query, ann, chance)


def test_a_segment_that_is_ahead_of_the_mark_does_no_harm(ann: User) -> None:
    """As where all ends while several processes build."""
    chance = random.Random(6)
    for _ in range(20):
        submit(chance, ann)
    newest = sql("SELECT max(id) FROM jobs_job")[0][0]
    sql("UPDATE jobs_searchprogress SET reserved_to = %s, built_to = 0", [newest])
    indexing.build_new(Part(newest // SHELF, newest // SHELF * SHELF, newest))
    for query in QUERIES:
        check(query, ann, chance)
    for _ in range(10):
        run(chance, ann)
    while not indexing.catch_up():
        pass
    for query in QUERIES:
        check(query, ann, chance)


def broken(_: Part) -> None:
    raise RuntimeError("This part cannot be built.")


def test_it_says_so_when_a_process_that_builds_has_ended() -> None:
    with pytest.raises(Ended):
        list(each(broken, [Part(0, 1, 2)]))


# --- what happens to jobs -------------------------------------------------------------------------------


def submit(chance: random.Random, ann: User) -> None:
    job = transitions.submit(fields(chance), owner_id=chance.choice([ann.pk, None]))
    if chance.random() < 0.5:
        set_times(job.pk, created_at=day(chance))


def come_late(chance: random.Random, ann: User) -> None:
    """Under a low id, as from the archive."""
    newest = Job.objects.order_by("-id").first()
    free = newest.pk - chance.randint(1, 30) if newest else 1
    if newest and not Job.objects.filter(pk=free).exists():
        newest.pk = free
        newest.save(force_insert=True)


def run(chance: random.Random, _: User) -> None:
    job = some(chance, status=Status.PENDING, dispatched_at=None, cancel_requested_at=None)
    if job is None:
        return
    claimer = Claimer(name=chance.choice(["w1", "w2"]), lease_seconds=60, kind=job.kind)
    claimed = transitions.claim(
        claimer, lambda shown: [one.id for one in shown if one.id == job.pk], look=1000
    )
    if claimed and chance.random() < 0.8:
        good = chance.random() < 0.5
        outcome = Status.COMPLETED if good else Status.FAILED
        error = "" if good else chance.choice(ERRORS)
        transitions.settle([rows.ending(claimed[0], outcome, error_message=error)])


def retry(chance: random.Random, _: User) -> None:
    job = some(chance, status__in=ENDED)
    if job:
        transitions.retry(job.pk, by="ann")


def cancel(chance: random.Random, _: User) -> None:
    job = some(chance, status=Status.PENDING)
    if job:
        transitions.cancel(job.pk, by="ann")


def edit(chance: random.Random, _: User) -> None:
    job = some(chance)
    if job:
        changes = fields(chance)
        name = chance.choice(["name", "tags", "priority", "queue"])
        Job.objects.filter(pk=job.pk).update(**{name: changes[name]})


def last_longer(chance: random.Random, _: User) -> None:
    job = some(chance, completed_at__isnull=False, started_at__isnull=False)
    if job and job.completed_at:
        lasted = timedelta(seconds=chance.choice([0.5, 600, 1024, 3599, 3600, 3601, 90_000]))
        set_times(job.pk, started_at=job.completed_at - lasted)


def delete(chance: random.Random, _: User) -> None:
    job = some(chance)
    if job and chance.random() < 0.5:
        Job.objects.filter(pk=job.pk).delete()


def archive(chance: random.Random, _: User) -> None:
    """Or fetch one back."""
    with in_archive():
        archived = list(Job.objects.values_list("pk", flat=True))
    if archived and chance.random() < 0.5:
        moving.restore(chance.choice(archived))
    else:
        moving.archive(Due(datetime.now(UTC)), chance.randint(1, 3))


HAPPENINGS: list[Callable[[random.Random, User], None]] = [
    submit, submit, submit, submit, run, run, run, come_late, retry, cancel, edit, last_longer, delete,
    archive,
]  # fmt: skip


def fields(chance: random.Random) -> dict[str, Any]:
    return {
        "name": chance.choice(NAMES),
        "command": chance.choice(COMMANDS),
        "tags": chance.choice(TAGS),
        "queue": chance.choice(["q1", "q2"]),
        "priority": chance.randint(1, 10),
    }


def some(chance: random.Random, **which: Any) -> Job | None:
    found = list(Job.objects.filter(**which).order_by("id"))
    return chance.choice(found) if found else None


def day(chance: random.Random) -> datetime:
    return datetime(2026, 1, chance.randint(1, 28), tzinfo=UTC)


def set_times(job_id: int, **times: datetime) -> None:
    Job.objects.filter(pk=job_id).update(**times)


# --- the look at every job ------------------------------------------------------------------------------


def meets(job: Job, selection: Selection, ann: User) -> bool:
    return all(holds(job, one, ann) is not one.negated for one in selection.criteria)


def holds(job: Job, one: Criterion, ann: User) -> bool:  # noqa: PLR0911
    value: Any
    match one.field:
        case "text":
            text = APART.join([job.name, job.command, *job.tags, job.error_message])
            return all(naively(text, words_in(sought), whole=sought.startswith('"')) for sought in one.values)
        case "name":
            return any(part.lower() in job.name.lower() for part in one.values)
        case "tag":
            return any(tag in job.tags for tag in one.values)
        case "id":
            return any(first <= job.pk <= last for first, last in one.values)
        case "owner":
            value = "ann" if job.owner_id == ann.pk else None
        case "worker":
            value = job.worker_name
        case "kind":
            value = job.kind
        case "duration":
            value = None
            if job.started_at:
                value = ((job.completed_at or datetime.now(UTC)) - job.started_at).total_seconds()
        case field:
            value = getattr(job, field)
    if one.values:
        return value in one.values
    if value is None:
        return False
    below = one.most is None or (value < one.most if isinstance(value, datetime) else value <= one.most)
    return below and (one.least is None or value >= one.least)


# --- races, crashes and damage --------------------------------------------------------------------------


def test_a_transaction_that_was_open_while_its_neighbours_were_indexed_is_not_missed(
    sides: tuple[Side, Side],
) -> None:
    slow, _ = sides
    with held(slow, lambda: rows.submit(name="slow one")) as (_, late):
        for _ in range(9):
            rows.submit(name="quick")
        assert indexing.catch_up(0) is False or not late.done()
    indexing.catch_up()

    assert listed(Selection(parse("slow"))) == [late.result().pk]
    assert indexing.progress()[1] > late.result().pk


def test_a_change_that_commits_while_its_segment_is_made_is_not_missed(sides: tuple[Side, Side]) -> None:
    jobs = [rows.submit(name=f"job {number}") for number in range(6)]
    indexing.catch_up()
    side, _ = sides

    def rename() -> None:
        Job.objects.filter(pk=jobs[0].pk).update(name="renamed")

    for job in jobs[1:]:
        Job.objects.filter(pk=job.pk).update(tags=["x"])
    failpoints.arm("search.built", lambda: side.start(rename).result(LIMIT_SECONDS))
    try:
        indexing.catch_up()
    finally:
        failpoints.disarm("search.built")

    assert [touched.job_id for touched in SearchTouched.objects.all()] == [jobs[0].pk]
    assert listed(Selection(parse("renamed"))) == [jobs[0].pk]
    assert len(listed(Selection(parse("tag:x")))) == 5


@pytest.mark.parametrize("place", ["search.reserved", "search.built"])
def test_whoever_is_killed_while_indexing_leaves_it_whole(place: str) -> None:
    jobs = [rows.submit(name=f"job {number}") for number in range(7)]
    ids = [job.pk for job in jobs][::-1]

    failpoints.arm(place, give_up)
    with pytest.raises(RolledBack):
        indexing.catch_up()
    failpoints.disarm(place)
    Job.objects.filter(pk=ids[0]).update(name="other")

    assert listed(Selection(parse("job"))) == ids[1:]
    assert indexing.catch_up()
    assert indexing.progress()[1] >= ids[0]
    assert listed(Selection(parse("job"))) == ids[1:]
    assert listed(Selection(parse("other"))) == ids[:1]


def test_two_schedulers_at_once_index_everything_once(sides: tuple[Side, Side]) -> None:
    ids = [rows.submit(name=f"job {number}").pk for number in range(20)]

    both = [side.start(indexing.catch_up) for side in sides]
    for one in both:
        one.result(LIMIT_SECONDS)
    indexing.catch_up()

    assert sql("SELECT sum(jobs) FROM jobs_searchsegment") == [(20,)]
    assert listed(Selection(parse("job"))) == ids[::-1]


DAMAGES = {
    "a segment is gone": "DELETE FROM jobs_searchsegment",
    "a block is gone": "DELETE FROM jobs_searchblock WHERE following = ''",
    "the first block is gone": "DELETE FROM jobs_searchblock WHERE first = ''",
    "all blocks are gone": "DELETE FROM jobs_searchblock",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_torn_segment_is_not_trusted_and_built_anew(damage: str) -> None:
    ids = [rows.submit(name=f"job {number} {'word' * number}", queue="q").pk for number in range(60)]
    indexing.catch_up()
    sql(DAMAGES[damage])

    for query in ("job", "zzz", "queue:q", "wordword", "-queue:q", "job -queue:r"):
        asked = Selection(parse(query))
        assert listed(asked) == list_plainly(asked), query
    indexing.mend()
    assert sql("SELECT sum(jobs) FROM jobs_searchsegment") == [(60,)]
    assert not list(sql(indexing._TORN))
    assert listed(Selection(parse("job"))) == ids[::-1]


def test_a_block_with_wrong_bytes_is_not_trusted() -> None:
    ids = [rows.submit(name=f"job {number}").pk for number in range(9)]
    indexing.catch_up()
    sql("UPDATE jobs_searchblock SET data = set_byte(data, 9, get_byte(data, 9) # 1)")

    assert listed(Selection(parse("job"))) == ids[::-1]


def test_progress_and_jobs_that_are_not_indexed_note_nothing() -> None:
    indexed = [rows.running() for _ in range(6)]
    indexing.catch_up()
    transitions.report_progress([ProgressNews(indexed[0].ref, 50, "half", True)])
    rows.ended()
    assert not SearchTouched.objects.exists()

    transitions.settle([rows.ending(indexed[0])])
    assert {one.job_id for one in SearchTouched.objects.all()} == {indexed[0].ref.job_id}


def list_plainly(selection: Selection) -> list[int]:
    return [job["id"] for job in list_jobs(selection, ORDERS["-id"], 100).jobs]


def give_up() -> None:
    raise RolledBack


@pytest.mark.django_db(transaction=True)
def test_lost_marks_are_set_anew(ann: User) -> None:
    for _ in range(8):
        transitions.submit({"name": "resnet"}, owner_id=ann.pk)
    indexing.rebuild()
    sql("DELETE FROM jobs_searchprogress")

    assert indexing.catch_up()

    newest = Job.objects.order_by("-id").values_list("pk", flat=True)
    assert listed(Selection(parse("resnet", me="ann"))) == list(newest)
    assert indexing.progress()[1] == newest[0]

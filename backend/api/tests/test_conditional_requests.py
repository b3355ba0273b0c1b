"""ETag, If-None-Match, If-Match: nobody is sent what they have, or told that they have it when they have not;
nobody undoes what somebody else did."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from api import conditional
from api.openapi_conditions import TAGGED
from jobs import counters, transitions
from jobs.editing import edit
from jobs.models import Job, Worker
from jobs.states import Status
from jobs.tests import factories
from jobs.tests.rows import clean

from .api import Answer, Api

LIST = "jobs/?status=PENDING,RUNNING&ordering=id&size=5"
BY_ITSELF = ("execution_time", "as_of")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags that other tests have left."""
    monkeypatch.setattr(conditional, "_kept", conditional._Kept())


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """With nothing left of jobs by others; people go with the database's own cleaning."""
    clean()
    yield
    clean()


def _again(api: Api, path: str, tag: str) -> Answer:
    return api.get(path, If_None_Match=tag)


@pytest.mark.parametrize(
    "path",
    [
        LIST,
        "jobs/1/",
        "jobs/1/statuses/",
        "jobs/queue/",
        "jobs/search/suggest/?q=status:",
        "jobs/stats/",
        "operations/",
        "workers/",
    ],
)
def test_who_has_it_already_is_told_so(api: Api, path: str) -> None:
    job = factories.pending()
    path = path.replace("/1/", f"/{job.pk}/")
    first = api.get(path)
    tag = first.headers["ETag"]

    for _ in range(3):
        answer = _again(api, path, tag)
        assert (answer.status, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert "Content-Type" not in answer.headers
        for name in ("Cache-Control", "Vary"):
            assert answer.headers[name] == first.headers[name]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= set(first.headers["Vary"].split(", "))


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("{tag}", 304),
        ("{strong}", 304),
        ('"x", {tag}', 304),
        ('{tag},W/"y"', 304),
        ("*", 304),
        ('W/"x"', 200),
        ("nonsense", 200),
        ("", 200),
    ],
)
def test_any_of_several_tags_may_be_it(api: Api, named: str, status: int) -> None:
    factories.pending()
    tag = api.get(LIST).headers["ETag"]

    answer = _again(api, LIST, named.format(tag=tag, strong=tag.removeprefix("W/")))

    assert answer.status == status


@pytest.mark.usefixtures("transactional_db")
def test_a_running_job_is_the_same_while_nothing_but_time_goes_on(api: Api) -> None:
    job = factories.running()
    paths = [LIST, f"jobs/{job.pk}/"]
    tags = [api.get(path).headers["ETag"] for path in paths]
    Job.objects.filter(pk=job.pk).update(started_at=timezone.now() - timedelta(hours=1))
    factories.progress(job, 40, "On", note=False)
    assert [_again(api, *both).status for both in zip(paths, tags, strict=True)] == [200, 200]

    seen = [api.get(path) for path in paths]
    later = [api.get(path) for path in paths]
    assert seen[1].body["execution_time"] < later[1].body["execution_time"]
    assert [one.headers["ETag"] for one in seen] == [one.headers["ETag"] for one in later]


def test_the_answer_is_not_made_while_the_database_is_as_it_was(
    transactional_db: None, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.pending()
    monkeypatch.setattr(conditional, "snapshot", lambda: "as it was")  # also where other tests commit
    tag = api.get(LIST).headers["ETag"]
    assert _again(api, LIST, tag).status == 304

    monkeypatch.setattr("api.views.list.job_page", lambda *_: pytest.fail("the page was made"))
    assert _again(api, LIST, tag).status == 304

    monkeypatch.setattr(conditional, "SECONDS", -1)  # what time alone changes is looked at again
    with pytest.raises(pytest.fail.Exception):
        _made(api, LIST, tag)


def _made(api: Api, path: str, tag: str) -> None:
    api._client.raise_request_exception = True
    _again(api, path, tag)


@pytest.mark.usefixtures("transactional_db")
def test_what_one_may_do_with_it_is_a_part_of_it(api: Api, viewer: Api) -> None:
    factories.pending()
    tag = api.get(LIST).headers["ETag"]
    assert _again(api, LIST, tag).status == 304

    assert _again(viewer, LIST, tag).status == 200
    User.objects.filter(pk=api.person.pk).update(role=Role.VIEWER)
    assert _again(api, LIST, tag).status == 200


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("seed", range(3))
def test_a_304_is_only_sent_where_the_same_would_come(api: Api, seed: int) -> None:
    """Random moves between, each looked at from every address that was read before."""
    chance = random.Random(seed)
    have: dict[str, tuple[str, Any]] = {}
    for _ in range(25):
        for _ in range(chance.randint(0, 2)):
            _something(chance)
        job = Job.objects.order_by("?").first() or factories.pending()
        for path in (LIST, "jobs/?q=sum&size=3", "jobs/stats/", "jobs/queue/", f"jobs/{job.pk}/", "workers/"):
            if path in have:
                answer = _again(api, path, have[path][0])
                fresh = _lasting(api.get(path).body)
                assert (answer.status == 304) == (fresh == have[path][1]), path
            seen = api.get(path)
            have[path] = seen.headers["ETag"], _lasting(seen.body)


def _something(chance: random.Random) -> None:
    """A change that shows, or does not."""
    jobs = list(Job.objects.all())
    chosen = chance.choice(jobs) if jobs else factories.pending(name="sum")
    moves: list[Callable[[], object]] = [
        lambda: factories.pending(name="sum", queue=chance.choice(["a", "b"])),
        lambda: factories.failed(name="other"),
        factories.running,
        lambda: transitions.cancel(chosen.pk, by="ann"),
        lambda: transitions.retry(chosen.pk, by="ann"),
        lambda: edit(chosen.pk, {"name": chance.choice(["sum", "other"])}),
        lambda: transitions.delete(chosen.pk),
        lambda: factories.progress(chosen, chance.randint(0, 99), "on", note=chance.random() < 0.5),
        lambda: factories.end(chosen, Status.COMPLETED, result_data={"n": chance.random()}),
        lambda: factories.wrote(chosen, b"log\n"),
        lambda: factories.worker(name=f"w{chance.random()}", silent_seconds=chance.choice([0, 60])),
        lambda: Worker.objects.all().delete(),
        counters.fold,
    ]
    with suppress(Exception):  # a move that this job does not allow changes nothing
        chance.choice(moves)()


def _lasting(body: Any) -> Any:
    """What an answer says, but for what goes on by itself."""
    if isinstance(body, dict):
        return {name: _lasting(value) for name, value in body.items() if name not in BY_ITSELF}
    return [_lasting(one) for one in body] if isinstance(body, list) else body


def test_a_name_like_one_of_ours_within_text_is_text() -> None:
    body = json.dumps(
        {"name": '"execution_time":5,', "execution_time": 7.5, "as_of": "2026-01-01T00:00:00Z"}
    ).encode()
    other = body.replace(b":5,", b":6,")

    assert conditional._lasting(body.replace(b'": ', b'":')) != conditional._lasting(
        other.replace(b'": ', b'":')
    )
    assert conditional._lasting(b'{"execution_time":1,"a":[{"execution_time":null}]}') == b'{,"a":[{}]}'


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_an_action_on_a_job_that_has_changed_since_is_refused_with_its_version(api: Api, verb: str) -> None:
    job = factories.pending() if verb == "cancel" else factories.failed()
    seen = api.get(f"jobs/{job.pk}/").headers["ETag"]
    Job.objects.filter(pk=job.pk).update(version=job.version + 1)

    answer = api.post(f"jobs/{job.pk}/{verb}/", If_Match=seen)

    assert (answer.status, answer.body["current_version"]) == (412, job.version + 1)
    assert Job.objects.get().status == job.status
    again = api.get(f"jobs/{job.pk}/").headers["ETag"]
    assert api.post(f"jobs/{job.pk}/{verb}/", If_Match=again).status == 200


@pytest.mark.parametrize("verb", ["cancel", "retry"])
@pytest.mark.parametrize(
    ("tag", "status"), [("7", 400), ('W/"x"', 400), ('"1-1", "2-1"', 400), ('W/"0-1"', 412)]
)
def test_an_action_under_a_tag_of_no_job_is_refused(api: Api, verb: str, tag: str, status: int) -> None:
    job = factories.pending() if verb == "cancel" else factories.failed()

    assert api.post(f"jobs/{job.pk}/{verb}/", If_Match=tag).status == status
    assert Job.objects.get().version == job.version


def test_the_tag_of_a_job_as_it_was_read_is_good_for_a_change(api: Api) -> None:
    job = factories.pending()
    seen = api.get(f"jobs/{job.pk}/").headers["ETag"]

    changed = api.patch(f"jobs/{job.pk}/", {"priority": 9}, If_Match=seen)
    assert changed.status == 200
    assert api.patch(f"jobs/{job.pk}/", {"priority": 8}, If_Match=seen).status == 412
    assert api.delete(f"jobs/{job.pk}/", If_Match=changed.headers["ETag"]).status == 204


def test_the_description_knows_which_answers_have_a_tag(api: Api) -> None:
    described = {
        operation["operationId"]: operation["responses"]
        for path in api.get("schema/", Accept="application/vnd.oai.openapi+json").body["paths"].values()
        for operation in path.values()
    }
    tagged = {
        view.__name__ for view in _views(get_resolver()) if hasattr(getattr(view, "get", None), "__wrapped__")
    }

    assert {name for name, responses in described.items() if "304" in responses} == TAGGED
    assert len(tagged) == len(TAGGED)


def _views(resolver: URLResolver) -> Iterator[type[Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "cls"):
            yield entry.callback.cls

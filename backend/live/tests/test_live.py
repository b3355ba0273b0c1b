"""What browsers see, through a real server and PostgreSQL's real NOTIFY."""

import json
import time
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import bearer, user
from config.version import VERSION
from jobs import logs, transitions
from jobs.states import Status
from jobs.tests.rows import ending, running, submit
from live.tests.browser import PATIENCE_SECONDS, Browser, browser
from web.tests.web_server import WebServer, url_of_the_tests_database


@pytest.fixture
def ann(server: WebServer, owner: User) -> Iterator[Browser]:
    with browser(server, owner) as found:
        yield found


def notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('jobdeck_changed', %s)", [payload])


def test_a_job_that_is_watched_comes_at_once_and_with_every_change(ann: Browser) -> None:
    ann.say(subscribe="jobs", ids=[])
    job = submit()
    ann.hear_until("list_changed")  # what was said of its making has passed

    ann.say(subscribe="job", id=job.pk)
    assert ann.hear_until("job", job__id=job.pk)["job"]["status"] == "PENDING"

    transitions.cancel(job.pk, by="ann")
    assert ann.hear_until("job", job__status="CANCELLED")["job"]["id"] == job.pk


def test_a_frame_carries_the_job_as_lists_do(ann: Browser, server: WebServer, owner: User) -> None:
    job = submit(name="zwei 二", tags=["a"])
    ann.say(subscribe="job", id=job.pk)
    frame = ann.hear_until("job")["job"]

    [listed] = httpx.get(f"{server.url}/api/jobs/", headers=bearer(owner)).json()["results"]

    assert frame == listed


def test_everybody_is_told_what_they_may_do_themselves(ann: Browser, server: WebServer) -> None:
    job = submit()
    with browser(server, user("vic", Role.VIEWER)) as vic, browser(server, user("sue")) as sue:
        for watcher in (ann, vic, sue):
            watcher.say(subscribe="job", id=job.pk)
            watcher.hear_until("job", job__status="PENDING")
        transitions.cancel(job.pk, by="ann")

        heard = [watcher.hear_until("job", job__status="CANCELLED")["job"] for watcher in (ann, vic, sue)]

    assert [frame["actions"] for frame in heard] == [["retry", "delete", "resubmit"], [], ["resubmit"]]


def test_a_job_that_goes_away_is_told(ann: Browser) -> None:
    job = submit()
    ann.say(subscribe="job", id=job.pk)
    ann.hear_until("job")

    transitions.delete(job.pk)

    ann.hear_until("job_deleted", id=job.pk)


def test_a_list_hears_of_its_rows_and_that_there_is_news_elsewhere(ann: Browser) -> None:
    shown, hidden = submit(), submit()
    ann.say(subscribe="jobs", ids=[shown.pk])
    ann.hear_until("job", job__id=shown.pk)

    transitions.cancel(hidden.pk, by="ann")
    transitions.cancel(shown.pk, by="ann")

    ann.hear_until("job", job__status="CANCELLED", job__id=shown.pk)
    new = submit()
    frames = [ann.hear_until("list_changed"), *ann.hear_to_the_pong()]
    assert not [
        frame for frame in frames if frame["type"] == "job" and frame["job"]["id"] in (hidden.pk, new.pk)
    ]


def test_rows_that_are_shown_no_more_are_not_sent(ann: Browser) -> None:
    before, after = submit(), submit()
    ann.say(subscribe="jobs", ids=[before.pk])
    ann.hear_until("job", job__id=before.pk)
    ann.say(subscribe="jobs", ids=[after.pk])
    ann.hear_until("job", job__id=after.pk)

    transitions.cancel(before.pk, by="ann")
    transitions.cancel(after.pk, by="ann")

    frame = ann.hear_until("job")
    assert (frame["job"]["id"], frame["job"]["status"]) == (after.pk, "CANCELLED")


def test_nothing_comes_after_unsubscribing(ann: Browser) -> None:
    left, kept = submit(), submit()
    ann.say(subscribe="job", id=left.pk)
    ann.hear_until("job")
    ann.say(unsubscribe="job", id=left.pk)
    ann.say(subscribe="job", id=kept.pk)
    ann.hear_until("job", job__id=kept.pk)

    transitions.cancel(left.pk, by="ann")
    transitions.cancel(kept.pk, by="ann")

    assert ann.hear_until("job")["job"]["id"] == kept.pk


def test_totals_come_at_once_and_when_they_change(ann: Browser) -> None:
    submit()

    ann.say(subscribe="stats")
    assert ann.hear_until("stats")["by_status"]["PENDING"] == 1

    submit(queue="night")
    frame = ann.hear_until("stats", total=2)
    none = {"RUNNING": 0, "COMPLETED": 0, "FAILED": 0, "CANCELLED": 0}
    assert frame["by_status"] == {"PENDING": 2, **none}
    assert frame["by_queue"] == [{"queue": name, "PENDING": 1, **none} for name in ("default", "night")]
    assert frame["queues"] == 2


def test_a_log_is_followed_from_an_offset_to_its_end_without_gap_or_overlap(ann: Browser) -> None:
    attempt = running()
    written = b"".join(b"line %d \xe2\x82\xac\n" % number for number in range(30_000))
    for start in range(0, len(written), 100_001):  # cuts through characters
        assert logs.ship(attempt.ref, "stdout", start, written[start : start + 100_001])
        if start == 0:
            ann.say(subscribe="logs", id=attempt.ref.job_id, attempt=1, stream="stdout", offset=7)
    transitions.settle([ending(attempt)])
    logs.finish([attempt.ref])

    heard, offset, complete = "", 7, False
    while not complete:
        frame = ann.hear_until("logs")
        assert frame["offset"] == offset
        heard, offset, complete = heard + frame["text"], frame["next_offset"], frame["complete"]

    assert heard.encode() == written[7:]
    assert offset == len(written)


def test_a_log_can_be_followed_before_its_attempt_begins(ann: Browser) -> None:
    job = submit()
    ann.say(subscribe="logs", id=job.pk, attempt=1, stream="stdout", offset=0)
    ann.hear_to_the_pong()

    (attempt,) = transitions.claim(_claimer(), lambda shown: [one.id for one in shown], look=10)
    logs.ship(attempt.ref, "stdout", 0, b"first\n")

    assert ann.hear_until("logs")["text"] == "first\n"


def test_two_streams_are_told_apart_and_can_be_left(ann: Browser) -> None:
    attempt = running()
    for stream in ("stdout", "stderr"):
        ann.say(subscribe="logs", id=attempt.ref.job_id, attempt=1, stream=stream, offset=0)
    ann.say(unsubscribe="logs", id=attempt.ref.job_id, attempt=1, stream="stdout")
    ann.hear_to_the_pong()

    logs.ship(attempt.ref, "stdout", 0, b"out")
    logs.ship(attempt.ref, "stderr", 0, b"err")

    frame = ann.hear_until("logs")
    assert (frame["stream"], frame["text"]) == ("stderr", "err")


def test_a_log_that_does_not_exist_is_an_error_frame(ann: Browser) -> None:
    ann.say(subscribe="logs", id=2**62, attempt=1, stream="stdout", offset=0)

    assert ann.hear_until("error")["detail"] == "There is no such log."


def test_too_many_changes_to_name_make_everyone_read_anew(ann: Browser) -> None:
    notify(json.dumps("*"))

    ann.hear_until("refetch")


@pytest.mark.parametrize("payload", ["", "nonsense", "{}", '["x"]', "[1.5]"])
def test_a_notification_that_cannot_be_read_makes_everyone_read_anew(ann: Browser, payload: str) -> None:
    notify(payload)

    ann.hear_until("refetch")


def test_a_cut_from_the_database_heals_and_makes_everyone_read_anew(ann: Browser) -> None:
    job = submit()
    ann.say(subscribe="job", id=job.pk)
    ann.hear_until("job")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'jobdeck-live' AND datname = current_database()"
        )
        assert cursor.fetchone() != (0,)

    ann.hear_until("refetch")
    transitions.cancel(job.pk, by="ann")
    ann.hear_until("job", job__status="CANCELLED")


def test_everyone_hears_of_it(server: WebServer, ann: Browser, owner: User) -> None:
    job = submit()
    with browser(server, owner) as bob:
        for one in (ann, bob):
            one.say(subscribe="job", id=job.pk)
            one.hear_until("job")
        transitions.cancel(job.pk, by="ann")
        for one in (ann, bob):
            one.hear_until("job", job__status=Status.CANCELLED)


def test_the_hello_tells_the_version_so_that_old_pages_can_reload(server: WebServer, owner: User) -> None:
    with browser(server, owner) as bob:
        bob.say(ping=1)
        assert bob.hear() == {"type": "pong"}
    assert VERSION in httpx.get(f"{server.url}/api/me/", headers=bearer(owner)).text


def _claimer() -> transitions.Claimer:
    return transitions.Claimer(name="anvil", lease_seconds=900)


def test_a_change_that_could_not_be_read_is_told_once_it_can_be(ann: Browser, server: WebServer) -> None:
    job = submit()
    ann.say(subscribe="job", id=job.pk)
    ann.hear_until("job")
    said = len(server.said)
    transitions.cancel(job.pk, by="ann")
    with psycopg.connect(url_of_the_tests_database()) as other:
        other.execute("LOCK TABLE jobs_job IN ACCESS EXCLUSIVE MODE")
        notify(f"[{job.pk}]")
        wait_until(lambda: "Live updates wait for the database" in server.said[said:])
        ann.hear_to_the_pong()
        other.rollback()

    ann.hear_until("job", job__id=job.pk, job__status="CANCELLED")


def test_a_job_that_never_was_is_not_told_as_deleted(ann: Browser) -> None:
    ann.say(subscribe="job", id=2**40)
    assert ann.hear_until("job_not_found")["id"] == 2**40

    notify(f"[{2**40}]")
    ann.say(subscribe="jobs", ids=[2**40 + 1])
    frame = ann.hear_until("job_not_found", id=2**40 + 1)
    assert frame["id"] == 2**40 + 1
    assert [frame for frame in ann.hear_to_the_pong() if frame["type"].startswith("job")] == []


def test_a_job_that_is_watched_before_it_is_there_comes_when_it_is(ann: Browser) -> None:
    last = submit().pk
    ann.say(subscribe="job", id=last + 1)
    ann.hear_until("job_not_found")

    assert submit().pk == last + 1

    ann.hear_until("job", job__id=last + 1)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)

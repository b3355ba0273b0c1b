"""A live frame has a job in whatever state as OpenAPI describes it, and as lists have it."""

import httpx

from accounts.models import User
from accounts.tests.factories import bearer
from config.tests.described import described
from jobs.tests.every_state import STATES
from live.tests.browser import Heard, browser
from web.tests.web_server import WebServer


def test_frames_of_jobs_in_every_state(server: WebServer, owner: User) -> None:
    made = {make().pk for make in STATES.values()}
    listed = httpx.get(f"{server.url}/api/jobs/?size=50", headers=bearer(owner), timeout=30).json()
    described("JobPage").validate(listed)
    rows = {row["id"]: row for row in listed["results"]}

    with browser(server, owner) as ann:  # which holds every frame to the document
        ann.say(subscribe="jobs", ids=sorted(made))
        heard: dict[int, Heard] = {}
        while heard.keys() != made:
            job = ann.hear_until("job")["job"]
            heard[job["id"]] = job

    for job_id, job in heard.items():
        assert {**job, "execution_time": None} == {**rows[job_id], "execution_time": None}

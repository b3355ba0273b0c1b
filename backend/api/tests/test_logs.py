"""GET /api/jobs/{id}/logs/: any piece of a log by byte offset, its end by lines, or all of it."""

import random
from itertools import pairwise

import pytest

from jobs import logs
from jobs.logs import CHUNK_BYTES
from jobs.models import Job
from jobs.states import Status
from jobs.tests import factories

from .api import Api


def read(api: Api, job: Job, query: str = "") -> dict[str, object]:
    answer = api.get(f"jobs/{job.pk}/logs/?{query}")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def test_a_piece_by_offset_and_limit(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"one\ntwo\n", b"three\nfour")

    assert read(api, job, "offset=4&limit=9") == {
        "stream": "stdout",
        "attempt": 1,
        "offset": 4,
        "next_offset": 13,
        "size": 18,
        "complete": False,
        "first_line": 1,
        "text": "two\nthree",
    }


def test_streams_are_apart(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"out")
    factories.wrote(job, b"err!", stream="stderr")

    assert read(api, job)["text"] == "out"
    assert read(api, job, "stream=stderr")["text"] == "err!"
    assert read(api, job, "stream=stderr")["size"] == 4


def test_following_a_log_shows_every_byte_once(api: Api) -> None:
    job = factories.running()
    text = "".join(f"line {number}: naïve café ☕ 🎉\n" for number in range(300))
    data = text.encode()
    cuts = [0, *sorted(random.Random(7).sample(range(1, len(data)), 40)), len(data)]
    factories.wrote(job, *(data[start:end] for start, end in pairwise(cuts)))

    seen, offset = "", 0
    while offset < len(data):
        piece = read(api, job, f"offset={offset}&limit=257")
        assert piece["offset"] == offset
        assert piece["first_line"] == data[:offset].count(b"\n")
        seen += str(piece["text"])
        offset = int(str(piece["next_offset"]))

    assert seen == text


def test_half_a_character_waits_for_its_rest(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"caf" + "é".encode()[:1])

    piece = read(api, job)
    assert (piece["text"], piece["next_offset"], piece["size"]) == ("caf", 3, 4)

    logs.ship(factories.ref_of(job), "stdout", 4, "é".encode()[1:])
    assert read(api, job, "offset=3")["text"] == "é"


def test_what_is_not_utf8_is_replaced_and_shown(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"\x80ok\xff\xfe\x00\xe2\x82end\xf0\x9f")
    factories.end(job, Status.COMPLETED, exit_code=0)
    logs.finish([factories.ref_of(job)])

    piece = read(api, job)

    assert piece["text"] == "\ufffdok\ufffd\ufffd\x00\ufffdend\ufffd"
    assert (piece["next_offset"], piece["complete"]) == (piece["size"], True)


def test_a_log_is_complete_when_its_attempt_has_ended_and_all_is_stored(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"x")
    assert read(api, job)["complete"] is False

    factories.end(job, Status.COMPLETED, exit_code=0)
    assert read(api, job)["complete"] is False

    logs.finish([factories.ref_of(job)])
    assert read(api, job)["complete"] is True
    assert read(api, job, "offset=1") == {**read(api, job), "offset": 1, "text": "", "next_offset": 1}


def test_an_offset_past_the_end_gives_the_end(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"a\nbc")

    piece = read(api, job, "offset=9000")

    assert (piece["offset"], piece["next_offset"], piece["text"], piece["first_line"]) == (4, 4, "", 1)


@pytest.mark.parametrize(("written", "lines", "expected"), [
    (b"", 3, ("", 0)),
    (b"a\nb\nc\n", 1, ("c\n", 2)),
    (b"a\nb\nc", 1, ("c", 2)),
    (b"a\nb\nc\n", 2, ("b\nc\n", 1)),
    (b"a\nb\nc\n", 3, ("a\nb\nc\n", 0)),
    (b"a\nb\nc\n", 99, ("a\nb\nc\n", 0)),
    (b"\n\n\n", 2, ("\n\n", 1)),
])  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_last_lines(api: Api, written: bytes, lines: int, expected: tuple[str, int], size: int) -> None:
    job = factories.running()
    factories.wrote(job, *(written[at : at + size] for at in range(0, len(written), size)))

    piece = read(api, job, f"tail={lines}")

    assert (piece["text"], piece["first_line"]) == expected
    assert piece["next_offset"] == len(written)


def test_a_tail_stays_within_its_limit_and_begins_with_a_line(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, b"".join(b"line %03d\n" % number for number in range(100)))

    piece = read(api, job, "tail=50&limit=25")

    assert (piece["text"], piece["first_line"]) == ("line 098\nline 099\n", 98)


def test_a_tail_of_one_endless_line_begins_with_a_character(api: Api) -> None:
    job = factories.running()
    factories.wrote(job, "☕".encode() * 100)

    piece = read(api, job, "tail=1&limit=10")

    assert (piece["text"], piece["next_offset"]) == ("☕☕☕", 300)


def test_places_deep_in_a_log_of_many_chunks(api: Api) -> None:
    job = factories.running()
    line = b"x" * 99 + b"\n"
    whole = line * 8000
    factories.wrote(job, *(whole[at : at + CHUNK_BYTES] for at in range(0, len(whole), CHUNK_BYTES)))

    piece = read(api, job, "offset=500000&limit=100")
    assert (piece["text"], piece["first_line"]) == (line.decode(), 5000)
    tail = read(api, job, "tail=3000&limit=1048576")
    assert (tail["first_line"], tail["offset"], tail["next_offset"]) == (5000, 500_000, 800_000)


def test_the_whole_log_as_text(api: Api) -> None:
    job = factories.running()
    data = b"\x1b[31mred\x1b[0m <script>\n" + b"\xff" * 10
    factories.wrote(job, data[:7], data[7:])

    answer = api.get(f"jobs/{job.pk}/logs/", Accept="text/plain")

    assert (answer.status, answer.content) == (200, data)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="job-{job.pk}-attempt-1-stdout.txt"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(data))


def test_each_attempt_has_its_own_log(api: Api) -> None:
    job = factories.failed()
    factories.wrote(job, b"first")
    api.post(f"jobs/{job.pk}/retry/")
    assert read(api, job)["text"] == "first"

    factories.claim(job)
    factories.wrote(job, b"second")

    assert (read(api, job)["attempt"], read(api, job)["text"]) == (2, "second")
    assert read(api, job, "attempt=1")["text"] == "first"
    assert api.get(f"jobs/{job.pk}/logs/?attempt=3").status == 404


def test_a_job_that_has_not_begun_has_an_empty_log(api: Api) -> None:
    job = factories.pending()

    assert read(api, job) == read(api, job, "attempt=1")
    assert (read(api, job)["size"], read(api, job)["complete"]) == (0, False)
    assert api.get(f"jobs/{job.pk}/logs/", Accept="text/plain").content == b""
    api.post(f"jobs/{job.pk}/cancel/")
    assert read(api, job)["complete"] is True


@pytest.mark.parametrize(("field", "query"), [
    ("stream", "stream=both"), ("offset", "offset=-1"), ("limit", "limit=0"), ("limit", "limit=1048577"),
    ("tail", "tail=0"), ("tail", "tail=5&offset=0"), ("attempt", "attempt=0"), ("offset", f"offset={2**63}"),
])  # fmt: skip
def test_bad_parameters_are_named(api: Api, field: str, query: str) -> None:
    job = factories.running()

    answer = api.get(f"jobs/{job.pk}/logs/?{query}")

    assert (answer.status, list(answer.errors())) == (400, [field])


def test_only_json_and_text_are_to_be_had(api: Api) -> None:
    job = factories.running()

    assert api.get(f"jobs/{job.pk}/logs/", Accept="text/html").status == 406
    assert (
        api.get(f"jobs/{job.pk}/logs/", Accept="text/html, */*").headers["Content-Type"] == "application/json"
    )

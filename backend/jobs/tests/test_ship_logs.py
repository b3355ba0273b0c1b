"""A log is stored once and in order, whoever ships it and however often."""

import zlib
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from jobs import logs
from jobs.logs import Piece, Stream
from jobs.models import LogChunk
from jobs.states import Status

from .moves import act, target
from .rows import attempt_of, ending, running, sql
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, waits_for


def _stored(attempt_id: int, stream: Stream = "stdout") -> bytes:
    chunks = LogChunk.objects.filter(attempt_id=attempt_id, stream=stream).order_by("offset")
    return b"".join(zlib.decompress(chunk.data) for chunk in chunks)


@pytest.mark.django_db
def test_pieces_follow_one_another() -> None:
    one = running()
    assert logs.ship(one.ref, "stdout", 0, b"a\nb\n")
    assert logs.ship(one.ref, "stderr", 0, b"\xff\x00no line")
    assert logs.ship(one.ref, "stdout", 4, b"c")
    assert _stored(one.ref.attempt_id) == b"a\nb\nc"
    assert _stored(one.ref.attempt_id, "stderr") == b"\xff\x00no line"
    assert [c.first_line for c in LogChunk.objects.filter(stream="stdout").order_by("offset")] == [0, 2]
    attempt = attempt_of(one)
    assert (attempt.shipped_stdout, attempt.shipped_stderr, attempt.lines_stdout) == (5, 9, 2)
    assert broken_promises() == {}


@pytest.mark.django_db
def test_of_many_each_is_stored_that_follows() -> None:
    one, other, ended = running(), running(), running()
    assert logs.ship(other.ref, "stdout", 0, b"a\nb")
    pieces = [
        Piece(one.ref, "stdout", 0, b"1\n2\n"),
        Piece(one.ref, "stderr", 0, b"e\n"),
        Piece(other.ref, "stdout", 2, b"not the next"),
        Piece(other.ref, "stderr", 0, b"\x00\n\xff"),
        Piece(replace(ended.ref, lease=uuid4()), "stdout", 0, b"forged"),
    ]
    stored = logs.ship_many(pieces)
    ids = one.ref.attempt_id, other.ref.attempt_id
    assert stored == {(ids[0], "stdout"), (ids[0], "stderr"), (ids[1], "stderr")}
    assert logs.ship_many([Piece(other.ref, "stdout", 3, b"\nc"), Piece(one.ref, "stdout", 4, b"3")]) == {
        (ids[0], "stdout"),
        (ids[1], "stdout"),
    }
    assert [_stored(id) for id in ids] == [b"1\n2\n3", b"a\nb\nc"]
    assert [_stored(id, "stderr") for id in ids] == [b"e\n", b"\x00\n\xff"]
    assert (attempt_of(one).lines_stdout, attempt_of(other).lines_stderr) == (2, 1)
    assert _stored(ended.ref.attempt_id) == b""
    assert broken_promises() == {}


@pytest.mark.django_db
@pytest.mark.parametrize("offset", [0, 1, 4, 99])
def test_what_is_not_next_is_refused(offset: int) -> None:
    one = running()
    logs.ship(one.ref, "stdout", 0, b"abc")
    assert not logs.ship(one.ref, "stdout", offset, b"again")
    assert _stored(one.ref.attempt_id) == b"abc"


@pytest.mark.django_db
def test_another_lease_stores_nothing() -> None:
    one = running()
    assert not logs.ship(replace(one.ref, lease=uuid4()), "stdout", 0, b"forged")
    assert not logs.ship(replace(one.ref, attempt_id=one.ref.attempt_id + 1), "stdout", 0, b"forged")
    assert not LogChunk.objects.exists()


@pytest.mark.django_db
def test_an_empty_piece_is_an_error() -> None:
    one = running()
    with pytest.raises(IntegrityError, match="size"), transaction.atomic():
        logs.ship(one.ref, "stdout", 0, b"")


@pytest.mark.django_db
def test_an_ended_attempt_is_shipped_to_its_end_and_finished() -> None:
    from jobs import transitions

    one = running()
    logs.finish([one.ref])
    assert not attempt_of(one).log_complete, "it still runs"

    transitions.settle([ending(one, Status.FAILED)])
    assert logs.ship(one.ref, "stdout", 0, b"last words")
    logs.finish([replace(one.ref, lease=uuid4())])
    assert not attempt_of(one).log_complete, "that was another lease"

    logs.finish([one.ref])
    assert attempt_of(one).log_complete


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("roll_back", [False, True])
def test_of_two_shippers_one_stores(sides: tuple[Side, Side], roll_back: bool) -> None:
    from threading import Event

    first, second = sides
    one, shipped, go = running(), Event(), Event()

    def ship_and_hold() -> bool:
        with transaction.atomic():
            did = logs.ship(one.ref, "stdout", 0, b"one and the same")
            shipped.set()
            assert go.wait(LIMIT_SECONDS)
            transaction.set_rollback(roll_back)
            return did

    def ship_more() -> bool:
        return logs.ship(one.ref, "stdout", 0, b"one and the same, and more")

    holding = first.start(ship_and_hold)
    assert shipped.wait(LIMIT_SECONDS)
    assert not second.start(ship_more).result(LIMIT_SECONDS), "it waits for nobody"
    go.set()
    assert holding.result(LIMIT_SECONDS)
    assert ship_more() is roll_back
    assert _stored(one.ref.attempt_id) == (
        b"one and the same, and more" if roll_back else b"one and the same"
    )
    assert broken_promises() == {}


@pytest.mark.usefixtures("transactional_db")
def test_a_delete_takes_the_chunk_that_it_waited_for(sides: tuple[Side, Side]) -> None:
    from threading import Event

    from jobs import transitions

    first, second = sides
    one, shipped, go = running(), Event(), Event()
    transitions.settle([ending(one)])

    def ship_and_hold() -> None:
        with transaction.atomic():
            logs.ship(one.ref, "stdout", 0, b"late")
            shipped.set()
            assert go.wait(LIMIT_SECONDS)

    holding = first.start(ship_and_hold)
    assert shipped.wait(LIMIT_SECONDS)
    deleting = second.start(lambda: act("delete", target(one.ref.job_id)))
    assert waits_for(second, first, deleting)
    go.set()
    holding.result(LIMIT_SECONDS)
    assert deleting.result(LIMIT_SECONDS).did
    assert sql("SELECT count(*) FROM jobs_logchunk") == [(0,)]
    assert broken_promises() == {}

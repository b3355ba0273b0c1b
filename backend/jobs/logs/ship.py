"""Storing what attempts wrote."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from .. import events
from ..attempts import AttemptRef, Stream
from ..sql import fetch

CHUNK_BYTES = (
    256 * 1024
)  # the most that one chunk holds, so that a reader near its end does not unpack much more

# Neither doubled nor overlapping, whoever ships: the statement that stores compares and moves the offset.
# Where somebody has locked an attempt just now, nothing of it is stored: a batch waits for nobody.
_SHIP = """
WITH piece AS MATERIALIZED (
    SELECT * FROM unnest(
        %(ids)s::bigint[], %(leases)s::uuid[], %(streams)s::text[], %(offsets)s::bigint[],
        %(sizes)s::bigint[], %(lines)s::bigint[], %(data)s::bytea[])
        AS p (attempt_id, lease, stream, "offset", size, lines, data)
),
locked AS MATERIALIZED (
    SELECT id, job_id, lease, shipped_stdout, shipped_stderr, lines_stdout, lines_stderr FROM jobs_attempt
    WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
),
following AS MATERIALIZED (
    SELECT piece.*, job_id, CASE stream WHEN 'stdout' THEN lines_stdout ELSE lines_stderr END AS first_line
    FROM piece JOIN locked ON locked.id = piece.attempt_id AND locked.lease = piece.lease
    WHERE "offset" = CASE stream WHEN 'stdout' THEN shipped_stdout ELSE shipped_stderr END
),
moved AS (
    UPDATE jobs_attempt AS a SET
        shipped_stdout = shipped_stdout + more.out_size, lines_stdout = lines_stdout + more.out_lines,
        shipped_stderr = shipped_stderr + more.err_size, lines_stderr = lines_stderr + more.err_lines
    FROM (
        SELECT attempt_id,
            coalesce(sum(size) FILTER (WHERE stream = 'stdout'), 0)::bigint AS out_size,
            coalesce(sum(lines) FILTER (WHERE stream = 'stdout'), 0)::bigint AS out_lines,
            coalesce(sum(size) FILTER (WHERE stream = 'stderr'), 0)::bigint AS err_size,
            coalesce(sum(lines) FILTER (WHERE stream = 'stderr'), 0)::bigint AS err_lines
        FROM following GROUP BY attempt_id
    ) AS more
    WHERE a.id = more.attempt_id
),
stored AS (
    INSERT INTO jobs_logchunk (attempt_id, stream, "offset", size, data, first_line)
    SELECT attempt_id, stream, "offset", size, data, first_line FROM following
)
SELECT job_id, attempt_id, stream FROM following
"""

_UNFINISHED = """
SELECT a.id FROM unnest(%(ids)s::bigint[], %(leases)s::uuid[]) AS held (id, lease)
JOIN jobs_attempt AS a ON a.id = held.id AND a.lease = held.lease
WHERE a.ended_at IS NOT NULL AND NOT a.log_complete"""

_FINISH = f"""
WITH locked AS MATERIALIZED ({_UNFINISHED} FOR NO KEY UPDATE OF a SKIP LOCKED)
UPDATE jobs_attempt AS a SET log_complete = true FROM locked
WHERE a.id = locked.id AND NOT a.log_complete
RETURNING a.job_id, a.id
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of a stream that begin at `offset`: 1 to `CHUNK_BYTES`."""

    ref: AttemptRef
    stream: Stream
    offset: int
    data: bytes


def ship(ref: AttemptRef, stream: Stream, offset: int, data: bytes) -> bool:
    """Store one piece; whether that was done (`ship_many`)."""
    return bool(ship_many([Piece(ref, stream, offset, data)]))


def ship_many(pieces: Sequence[Piece]) -> set[tuple[int, Stream]]:
    """Store pieces, at most one of each stream; the attempts' ids and streams of those that were stored.

    Waits for nobody. The others are not the next ones (an earlier call stored them, or the lease is another),
    or somebody else has locked the attempt just now: read `Attempt.shipped_…` again and go on from there. An
    attempt that has ended may still be shipped.
    """
    if not pieces:
        return set()
    params = {
        "ids": [piece.ref.attempt_id for piece in pieces],
        "leases": [piece.ref.lease for piece in pieces],
        "streams": [piece.stream for piece in pieces],
        "offsets": [piece.offset for piece in pieces],
        "sizes": [len(piece.data) for piece in pieces],
        "lines": [piece.data.count(b"\n") for piece in pieces],
        "data": [zlib.compress(piece.data, 1) for piece in pieces],
    }
    with transaction.atomic():
        stored = fetch(_SHIP, params)
        events.changed(row["job_id"] for row in stored)
    return {(row["attempt_id"], row["stream"]) for row in stored}


def finish(refs: Sequence[AttemptRef]) -> set[int]:
    """Note that all that these attempts wrote is stored, and how they ended too. Waits for nobody.

    Returned are the ids of those that somebody else has locked just now: try again.
    """
    if not refs:
        return set()
    params = {"ids": [ref.attempt_id for ref in refs], "leases": [ref.lease for ref in refs]}
    with transaction.atomic():
        finished = fetch(_FINISH, params)
        events.changed(row["job_id"] for row in finished)
    if len(finished) == len(refs):
        return set()
    return {row["id"] for row in fetch(_UNFINISHED, params)}

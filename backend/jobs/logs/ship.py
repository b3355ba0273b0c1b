"""Storing what attempts wrote."""

import zlib
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from .. import events
from ..attempts import STREAMS, AttemptRef, Stream
from ..sql import fetch

CHUNK_BYTES = (
    256 * 1024
)  # the most that one chunk holds, so that a reader near its end does not unpack much more

# Neither doubled nor overlapping, whoever ships: the statement that stores compares and moves the offset.
_SHIP = """
WITH locked AS MATERIALIZED (
    SELECT id FROM jobs_attempt WHERE id = %(attempt_id)s FOR NO KEY UPDATE NOWAIT
),
moved AS (
    UPDATE jobs_attempt AS a SET
        shipped_{stream} = shipped_{stream} + %(size)s, lines_{stream} = lines_{stream} + %(lines)s
    FROM locked
    WHERE a.id = locked.id AND lease = %(lease)s AND shipped_{stream} = %(offset)s
    RETURNING a.id, job_id, lines_{stream} - %(lines)s AS first_line
),
stored AS (
    INSERT INTO jobs_logchunk (attempt_id, stream, "offset", size, data, first_line)
    SELECT id, '{stream}', %(offset)s, %(size)s, %(data)s, first_line FROM moved
)
SELECT job_id FROM moved
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

_SHIP_BY_STREAM = {stream: _SHIP.format(stream=stream) for stream in STREAMS}


def ship(ref: AttemptRef, stream: Stream, offset: int, data: bytes) -> bool:
    """Store the bytes of a stream that begin at `offset`, at most `CHUNK_BYTES`.

    False when they are not the next ones (an earlier call stored them, or the lease is another): read
    `Attempt.shipped_…` again and go on from there. An attempt that has ended may still be shipped. Raises
    OperationalError at once where somebody has locked the attempt.
    """
    params: dict[str, Any] = {
        "attempt_id": ref.attempt_id,
        "lease": ref.lease,
        "offset": offset,
        "size": len(data),
        "lines": data.count(b"\n"),
        "data": zlib.compress(data, 1),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SHIP_BY_STREAM[stream], params)
        row = cursor.fetchone()
        if row is not None:
            events.changed([row[0]])
    return row is not None


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

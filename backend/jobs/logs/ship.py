"""Storing what attempts wrote."""

import zlib
from typing import Any

from django.db import connection, transaction

from .. import events
from ..attempts import STREAMS, AttemptRef, Stream

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

_FINISH = """
WITH locked AS MATERIALIZED (
    SELECT id FROM jobs_attempt WHERE id = %(attempt_id)s FOR NO KEY UPDATE NOWAIT
)
UPDATE jobs_attempt AS a SET log_complete = true FROM locked
WHERE a.id = locked.id AND lease = %(lease)s AND ended_at IS NOT NULL AND NOT log_complete
RETURNING job_id
"""

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


def finish(ref: AttemptRef) -> None:
    """Note that all that this attempt wrote is stored, and how it ended too. Raises as `ship` does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FINISH, {"attempt_id": ref.attempt_id, "lease": ref.lease})
        events.changed(job_id for (job_id,) in cursor.fetchall())

"""Requests that may be sent twice: an answer is kept under its key, in the transaction of its effect.

A key is taken by inserting its row, so that a duplicate waits for the first (or learns that it is still in
progress) and then finds its answer; what rolls back leaves the key free. Nothing acknowledged is done twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import psycopg
from django.db import OperationalError, connection, transaction

from . import errors, failpoints

KEPT = timedelta(days=1)
"""For so long at least an answer is given again."""
MOST_PRUNED = 10_000  # in one transaction, so that none lasts long
MOST_PRUNES = 20  # in a row: whoever prunes has other duties too

_TAKE = """
INSERT INTO jobs_idempotentrequest (owner_id, key, target, digest, headers, answer, created_at)
VALUES (%(owner_id)s, %(key)s, %(target)s, %(digest)s, '{}', '', clock_timestamp())
ON CONFLICT (owner_id, key) DO NOTHING RETURNING true"""

_KEEP = """
UPDATE jobs_idempotentrequest SET status = %(status)s, headers = %(headers)s::jsonb, answer = %(answer)s
WHERE owner_id = %(owner_id)s AND key = %(key)s"""

_FIND = """
SELECT target, digest, status, headers::text, answer FROM jobs_idempotentrequest
WHERE owner_id = %(owner_id)s AND key = %(key)s"""

_PRUNE = """
DELETE FROM jobs_idempotentrequest WHERE (owner_id, key) IN (
    SELECT owner_id, key FROM jobs_idempotentrequest
    WHERE created_at < clock_timestamp() - make_interval(secs => %(kept)s)
    ORDER BY created_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)"""

_TRIES = 3  # a key that is found taken and then gone was pruned just then


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with a key. `target` says what it asks for ("POST /api/jobs/"), `digest` all that it says."""

    owner_id: int
    key: str
    target: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered. `replayed`: to an earlier request under the same key."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    replayed: bool = field(default=False)


def once(request: KeyedRequest, answer: Callable[[], KeptAnswer]) -> KeptAnswer:
    """Do what `answer` does, in one transaction with keeping what it gives; the second time give that again.

    What `answer` raises undoes its work and leaves the key free.

    :raises errors.IdempotencyKeyReused: the key was used for another request.
    :raises errors.RequestInProgress: the first request under this key is not done yet.
    """
    for _ in range(_TRIES):
        with transaction.atomic():
            if _take(request):
                made = answer()
                _keep(request, made)
                failpoints.reach("idempotency.kept")
                return made
        kept = _kept(request)
        if kept is not None:
            return kept
    raise errors.RequestInProgress


def prune(most: int = MOST_PRUNED, prunes: int = MOST_PRUNES) -> None:
    """Forget answers that are older than `KEPT`."""
    for _ in range(prunes):
        with connection.cursor() as cursor:
            cursor.execute(_PRUNE, {"kept": KEPT.total_seconds(), "most": most})
            if cursor.rowcount < most:
                break


def _take(request: KeyedRequest) -> bool:
    """Whether the key was free. Waits for another transaction that holds it, as long as for any lock."""
    params = {**_place(request), "target": request.target, "digest": request.digest}
    with connection.cursor() as cursor:
        try:
            cursor.execute(_TAKE, params)
        except OperationalError as error:
            if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise errors.RequestInProgress from None
            raise
        return cursor.fetchone() is not None


def _keep(request: KeyedRequest, made: KeptAnswer) -> None:
    headers = orjson.dumps(dict(made.headers)).decode()
    made_of = {"status": made.status, "headers": headers, "answer": made.body}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, _place(request) | made_of)


def _kept(request: KeyedRequest) -> KeptAnswer | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, _place(request))
        row = cursor.fetchone()
    if row is None:
        return None
    target, digest, status, headers, body = row
    if (target, digest) != (request.target, request.digest):
        raise errors.IdempotencyKeyReused(target)
    return KeptAnswer(status, orjson.loads(headers), bytes(body), replayed=True)


def _place(request: KeyedRequest) -> dict[str, Any]:
    return {"owner_id": request.owner_id, "key": request.key}

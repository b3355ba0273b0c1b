"""Idempotency-Key: the same request sent twice makes one job."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import orjson
from rest_framework.request import Request

from jobs.errors import IdempotencyKeyReused, Invalid
from jobs.models import Job

_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A request's key ("" without one) and what its body comes to."""

    key: str
    digest: str

    def earlier(self, owner_id: int) -> int | None:
        """The job that the same request made before; None when this is the first.

        :raises IdempotencyKeyReused: the key came with another body.
        """
        if not self.key:
            return None
        made = Job.objects.filter(owner_id=owner_id, idempotency_key=self.key)
        found = made.values_list("pk", "idempotency_digest").first()
        if found is None:
            return None
        if found[1] != self.digest:
            raise IdempotencyKeyReused(found[0])
        return int(found[0])


def read_idempotency(request: Request, body: Any) -> Idempotency:
    """Read the header. Raises `Invalid` when it is not usable."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return Idempotency("", "")
    if not _KEY.fullmatch(key):
        message = "This must have 1 to 255 visible ASCII characters."
        raise Invalid.field("Idempotency-Key", message, "A random UUID works well.")
    return Idempotency(key, hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest())

"""What goes to browsers: each frame is built and encoded once, whoever gets it."""

from collections.abc import Mapping
from typing import Any

import orjson


def encode(frame: Mapping[str, Any]) -> str:
    """Write a frame as JSON text; times are in UTC with a `Z`."""
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()


def hello(version: str) -> str:
    return encode({"type": "hello", "version": version})


def job(row: Mapping[str, Any]) -> str:
    """A job as lists show it."""
    return encode({"type": "job", "job": row})


def job_deleted(job_id: int) -> str:
    return encode({"type": "job_deleted", "id": job_id})


def stats(by_status: Mapping[str, int]) -> str:
    return encode({"type": "stats", "by_status": by_status, "total": sum(by_status.values())})


def error(detail: str) -> str:
    return encode({"type": "error", "detail": detail})


LIST_CHANGED = encode({"type": "list_changed"})
REFETCH = encode({"type": "refetch"})
PONG = encode({"type": "pong"})

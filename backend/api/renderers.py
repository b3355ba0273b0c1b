"""Writes JSON answers: compact, fast and strict."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

_fallback = JSONEncoder()


class StrictJSONRenderer(BaseRenderer):
    """
    REST framework's renderer for application/json.

    Times come out as RFC 3339 in UTC with a `Z`. A number that is not finite becomes null.
    """

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else to_json(data)


def to_json(data: Any) -> bytes:
    """Encode plain data, dates, UUIDs, decimals and lazy strings as UTF-8 JSON."""
    return orjson.dumps(data, default=_fallback.default, option=_OPTIONS)


_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS

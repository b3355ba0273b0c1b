"""What jobs write, made fit for the database: PostgreSQL stores neither NUL nor lone surrogates. Pure."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str, most: int | None = None) -> str:
    """The text with each character that cannot be stored replaced, cut to `most` characters."""
    cleaned = _UNSTORABLE.sub(REPLACEMENT, text)
    return cleaned if most is None or len(cleaned) <= most else cleaned[: most - 1] + "…"


def clean_json(value: object) -> object:
    """The same value with every text in it cleaned, keys too."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_json(item) for key, item in value.items()}
    return value

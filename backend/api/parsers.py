"""Reads JSON bodies strictly: what is not plain, finite and unambiguous is refused, with its place named."""

import json
import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser
from rest_framework.utils.mediatypes import _MediaType

from api.params import join_path
from jobs.errors import BodyTooLarge, FieldError, MalformedBody, UnsupportedMedia

DEEPEST = 32
MOST_ERRORS = 20
LARGEST_INTEGER = 2**63 - 1


class StrictJSONParser(BaseParser):
    """REST framework's parser for application/json."""

    media_type = "application/json"
    most_bytes: int = settings.MAX_BODY_BYTES

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        charset = _MediaType(media_type or "").params.get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise UnsupportedMedia
        request = (parser_context or {}).get("request")
        if request is not None and request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMedia(
                "The body must not be compressed or otherwise encoded.",
                hint="Send it without Content-Encoding.",
            )
        body = stream.read(self.most_bytes + 1)
        if len(body) > self.most_bytes:
            raise BodyTooLarge(self.most_bytes)
        return self.read(body)

    def read(self, body: bytes) -> Any:
        """The value that the body stands for."""
        return parse_json(body)


class ManyJSONParser(StrictJSONParser):
    """Many values in one body, as an array."""

    most_bytes = settings.MAX_BULK_BYTES

    def read(self, body: bytes) -> list[Any]:
        values = parse_json(body)
        if not isinstance(values, list):
            raise MalformedBody(
                "The body is not an array.", hint="Send a JSON array, or one object a line as NDJSON."
            )
        return values


class LinesParser(ManyJSONParser):
    """Many values in one body, one a line. Empty lines say nothing."""

    media_type = "application/x-ndjson"

    def read(self, body: bytes) -> list[Any]:
        values: list[Any] = []
        for number, line in enumerate(body.split(b"\n"), start=1):
            if line.strip():
                values.append(_line(line, number, len(values)))
        return values


class _Repeated(dict[str, Any]):
    """An object in which a key came twice; `key` is that key."""

    key: str


def parse_json(body: bytes) -> Any:
    """Give the value of a JSON text. Raises `MalformedBody`, with the paths of what is wrong in it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise _too_deep("") from None
    except ValueError:
        raise MalformedBody("The body contains a number with too many digits.") from None
    found = list(islice(_flaws(value, "", 1), MOST_ERRORS))
    if found:
        raise MalformedBody(errors=found)
    return value


def _line(line: bytes, number: int, index: int) -> Any:
    try:
        return parse_json(line)
    except MalformedBody as problem:
        errors = [FieldError(f"{index}.{one.field}", one.message) for one in problem.errors]
        said = (
            "It cannot be read."
            if errors
            else problem.detail.replace("The body", "It").replace(" line 1,", "")
        )
        raise MalformedBody(
            f"Line {number} is not a JSON value. {said}", errors=errors, hint="Send one JSON object a line."
        ) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    marked = _Repeated(plain)
    seen: set[str] = set()
    marked.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add says None
    return marked


# NaN and Infinity become floats here so that the walk below can say where they stand.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=float)


def _flaws(value: Any, path: str, depth: int) -> Iterator[FieldError]:
    kind = type(value)
    if kind is str:
        yield from _string_flaws(value, path)
    elif kind is float:
        if not math.isfinite(value):
            yield FieldError(path, "This number is not finite or is too large.")
    elif kind is int:
        if abs(value) > LARGEST_INTEGER:
            yield FieldError(path, "This integer does not fit into 64 bits.")
    elif kind is list or isinstance(value, dict):
        if depth > DEEPEST:
            yield _too_deep(path).errors[0]
            return
        items = enumerate(value) if kind is list else _members(value)
        if isinstance(value, _Repeated):
            yield FieldError(join_path(path, value.key), "This key is repeated.")
        for key, item in items:
            inner = join_path(path, key)
            if kind is not list:
                yield from _string_flaws(str(key), inner, "A key")
            yield from _flaws(item, inner, depth + 1)


def _members(value: dict[str, Any]) -> Iterator[tuple[int | str, Any]]:
    yield from value.items()


def _string_flaws(value: str, path: str, what: str = "The text") -> Iterator[FieldError]:
    if "\0" in value:
        yield FieldError(path, f"{what} contains a NUL character.")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        yield FieldError(path, f"{what} contains half of a surrogate pair.")


def _too_deep(path: str) -> MalformedBody:
    return MalformedBody(
        errors=[FieldError(path, f"Arrays and objects are nested more than {DEEPEST} deep.")]
    )

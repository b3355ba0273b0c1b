"""The files that an export can be: CSV, JSON and NDJSON, written piece by piece.

A row is a line, so that what was cut off can be told from what is whole, and gone on behind it. Each file
shows by its end that no row is missing.
"""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from jobs.exports import JSON_COLUMNS

# A spreadsheet takes a cell that begins with one of these (the last four are of full width) for a formula,
# unless an apostrophe comes first. What begins with an apostrophe gets another: to undo it, take one away.
GUARD = "'"
GUARDED = (*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", GUARD)
BOM = b"\xef\xbb\xbf"

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is written. `until`: the newest id that it may have; `resumed`: it goes on behind others."""

    columns: Sequence[str]
    until: int
    resumed: bool = False
    bom: bool = False


class ExportFormat(ABC):
    """How rows become a file."""

    name: ClassVar[str]
    media_type: ClassVar[str]

    def __init__(self, options: FileOptions) -> None:
        self.options = options

    def pieces(self, batches: Iterable[Sequence[Row]]) -> Iterator[bytes]:
        """The file, or the rest of it, in a piece for each batch. A piece may be empty."""
        yield self.beginning()
        for rows in batches:
            yield self.lines(rows)
        yield self.ending()

    @abstractmethod
    def beginning(self) -> bytes:
        """What comes before the rows."""

    @abstractmethod
    def lines(self, rows: Sequence[Row]) -> bytes:
        """A line for each row."""

    @abstractmethod
    def ending(self) -> bytes:
        """What shows that all rows are there."""


class CSVFormat(ExportFormat):
    """RFC 4180 with a line of names, in which no spreadsheet finds a formula."""

    name = "csv"
    media_type = "text/csv"

    def beginning(self) -> bytes:
        if self.options.resumed:
            return b""
        return (BOM if self.options.bom else b"") + self.lines([self.options.columns])

    def lines(self, rows: Sequence[Row]) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
        return text.getvalue().encode()

    def ending(self) -> bytes:
        return b"# complete: every job up to %d\r\n" % self.options.until


class NDJSONFormat(ExportFormat):
    """A JSON object on each line."""

    name = "ndjson"
    media_type = "application/x-ndjson"

    def beginning(self) -> bytes:
        return b""

    def lines(self, rows: Sequence[Row]) -> bytes:
        return b"".join(_objects(self.options.columns, rows))

    def ending(self) -> bytes:
        return orjson.dumps({"complete": True, "until": self.options.until}) + b"\n"


class JSONFormat(ExportFormat):
    """One array, which is closed only at the true end. Commas are at the beginning of the lines."""

    name = "json"
    media_type = "application/json"

    def __init__(self, options: FileOptions) -> None:
        super().__init__(options)
        self._between = b"," if options.resumed else b""

    def beginning(self) -> bytes:
        return b"" if self.options.resumed else b"[\n"

    def lines(self, rows: Sequence[Row]) -> bytes:
        if not rows:
            return b""
        first, self._between = self._between, b","
        return first + b",".join(_objects(self.options.columns, rows))

    def ending(self) -> bytes:
        return b"]\n"


FORMATS: dict[str, type[ExportFormat]] = {one.name: one for one in (JSONFormat, CSVFormat, NDJSONFormat)}


def _objects(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    stored = [place for place, name in enumerate(columns) if name in JSON_COLUMNS]
    for row in rows:
        values = list(row)
        for place in stored:
            if values[place] is not None:
                values[place] = orjson.Fragment(values[place])
        yield orjson.dumps(dict(zip(columns, values, strict=True)), option=orjson.OPT_APPEND_NEWLINE)


def _cell(value: Any) -> Any:
    """What a cell shows: nothing for null, true and false, lists as JSON; text that is no formula."""
    if isinstance(value, str):
        return GUARD + value if value.startswith(GUARDED) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, list) else value

"""How far a job has come, in the ways in which it may say so. Pure.

Three sources, the best that has spoken counts: the file that `$JOBDECK_PROGRESS` names, then a line
`::progress 42 message::` in the output, then a tqdm bar. The file holds `42`, `42 message`, a share such as
`0.42`, or JSON `{"progress": 42, "message": "…"}`.
"""

import json
import math
import re
from dataclasses import dataclass
from enum import IntEnum

from engine.cleaning import clean_text

LONGEST_MESSAGE = 500
LONGEST_REST = 4096
"""Bytes of an unfinished line that are kept until more of it comes."""


class Source(IntEnum):
    """Who said it; the larger counts."""

    BAR = 1
    LINE = 2
    FILE = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """Percent from 0 to 100, and what is being done."""

    percent: int
    message: str = ""


_NUMBER = r"(?P<number>\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})%?"
_PLAIN = re.compile(rf"{_NUMBER}(?:\s+(?P<message>.*))?", re.DOTALL)
_LINE = re.compile(rf"\s*::progress\s+{_NUMBER}(?:\s+(?P<message>.*?))?\s*::\s*")
_BAR = re.compile(
    r"(?:(?P<message>[^\r\n]*?):)?\s*(?P<number>\d{1,3})%\|[^|\r\n]*\|\s*(?P<rest>[^\r\n\[]*\[[^\]\r\n]*\])"
)
_UP = "\x1b[A"
_ENDS = re.compile(r"(\r\n|\n|\r)")


def parse_file(data: bytes) -> Progress | None:
    """What the progress file says; None where it says nothing that we understand (it may be half written)."""
    text = data.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        return _from_json(text)
    found = _PLAIN.fullmatch(text)
    return _progress(found["number"], found["message"]) if found else None


def _from_json(text: str) -> Progress | None:
    try:
        value = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    number, message = value.get("progress"), value.get("message")
    if not isinstance(number, str) or not _PLAIN.fullmatch(number):
        return None
    return _progress(number, message if isinstance(message, str) else None)


def _progress(number: str, message: str | None) -> Progress:
    value = float(number)
    share = "." in number and value <= 1
    percent = min(100, math.floor(value * 100 + 1e-9 if share else value))
    return Progress(percent, clean_text(" ".join((message or "").split()), LONGEST_MESSAGE))


class OutputScanner:
    """Looks for progress in one stream, piece by piece."""

    def __init__(self) -> None:
        self._rest = b""
        self._below_a_bar = False

    def feed(self, data: bytes) -> tuple[Source, Progress] | None:
        """The best that the stream has said in this piece: its newest line, else its newest bar."""
        data = self._rest + data
        if b"::progress" not in data and b"%|" not in data:
            # The common case, a flood of output among it, costs two searches and no decoding.
            self._rest = data[max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 :][-LONGEST_REST:]
            if b"\n" in data:
                self._below_a_bar = False
            return None
        return self._scan(data)

    def _scan(self, data: bytes) -> tuple[Source, Progress] | None:
        *parts, rest = _ENDS.split(data.decode("utf-8", "replace"))
        line: Progress | None = None
        bar: Progress | None = None
        for text, end in zip(parts[::2], parts[1::2], strict=True):
            line = _line(text) or line
            bar = self._bar(text) or bar
            if "\n" in end:
                self._below_a_bar = _is_unfinished_bar(text)
        if not self._below_a_bar:
            # tqdm ends a bar with nothing; whether it is an inner one is seen only when more comes.
            bar = _bar(rest) or bar
        self._rest = rest.encode("utf-8", "replace")[-LONGEST_REST:]
        if line:
            return Source.LINE, line
        return (Source.BAR, bar) if bar else None

    def _bar(self, text: str) -> Progress | None:
        """An inner bar of several is drawn below the outer one, and then the cursor goes up again."""
        if text.endswith(_UP):
            self._below_a_bar = False
            return None
        return _bar(text)


def _line(text: str) -> Progress | None:
    found = _LINE.fullmatch(text)
    return _progress(found["number"], found["message"]) if found else None


def _bar(text: str) -> Progress | None:
    found = _BAR.match(text.rpartition(_UP)[2])
    if found is None or int(found["number"]) > 100:
        return None
    message = (found["message"] or "").strip()
    rest = " ".join(found["rest"].split())
    return Progress(
        int(found["number"]), clean_text(f"{message}: {rest}" if message else rest, LONGEST_MESSAGE)
    )


def _is_unfinished_bar(text: str) -> bool:
    bar = _bar(text)
    return bar is not None and bar.percent < 100

"""Words: the database's pattern and the terms of a text find the same."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.words import APART, LONGEST_TERM, fold, pattern, terms_in, words_in

from .rows import sql

pytestmark = pytest.mark.django_db

FOUND: list[tuple[str, str, bool]] = [
    ("Train ResNet-50", "resn", True),
    ("Train ResNet-50", "net", True),
    ("Train ResNet-50", "rain", False),
    ("Train ResNet-50", '"res"', True),
    ("Train ResNet-50", '"resn"', False),
    ("Train ResNet-50", "resnet-5", True),
    ("Train ResNet-50", '"resnet 5"', False),
    ("Train ResNet-50", '"resnet 50"', True),
    ("Train ResNet-50", "train-50", False),
    ("fit_model_v2.py", "model", True),
    ("fit_model_v2.py", "v2-py", True),
    ("HTTPServer", "server", True),
    ("HTTPServer", "pserver", False),
    ("HTTPServer", '"http"', True),
    ("trainA", "a", True),
    ("AB", "b", False),
    ("Größe ÄPFEL", "äpf", True),
    ("Größe ÄPFEL", "größe", True),
    ("Größe ÄPFEL", "grosse", False),
    ("über/straße", "straß", True),
    (f"sum{APART}up", "sum-up", False),
    ("sum\n  up", "sum-up", True),
    ("x" * 100, "x" * 90, True),
    ("x" * 100, "x" * 64 + "y", False),
]


@pytest.mark.parametrize(("text", "written", "expected"), FOUND)
def test_words_are_found_where_they_begin(text: str, written: str, expected: bool) -> None:
    assert matches(text, written) is expected


LETTERS = st.sampled_from("aAbBzZ019éÉßσςΣİıſKKǅ中 _-./\n\x1f“„")  # noqa: RUF001  (letters with odd cases)
TEXTS = st.text(LETTERS, max_size=25)


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS)
def test_the_pattern_and_the_terms_agree(text: str, sought: str) -> None:
    words = words_in(sought)
    if not words:
        return
    beginning = words[0]
    assert matches(text, beginning) == any(term.startswith(beginning) for term in terms_in(text))
    for written in ("-".join(words), f'"{" ".join(words)}"'):
        expected = naively(text, words, whole=written.startswith('"'))
        assert matches(text, written) == expected
        if expected:  # what finds candidates finds every job that meets the pattern
            assert all(any(term.startswith(word[:LONGEST_TERM]) for term in terms_in(text)) for word in words)


def matches(text: str, written: str) -> bool:
    return bool(sql("SELECT %s::text ~ %s", [text, pattern(written)])[0][0])


def naively(text: str, words: list[str], *, whole: bool) -> bool:
    """Letter by letter: from each place where a word begins, word after word."""
    return any(_follow(text, place, words, whole) for place in range(len(text)) if _begins(text, place))


def _follow(text: str, place: int, words: list[str], whole: bool) -> bool:
    for number, word in enumerate(words):
        if fold(text[place : place + len(word)]) != word:
            return False
        place += len(word)
        if number == len(words) - 1:
            return not whole or not _is_letter(text, place) or _begins(text, place)
        gap = place
        while gap < len(text) and not _is_letter(text, gap):
            if text[gap] == APART:
                return False
            gap += 1
        if gap == place:
            return False
        place = gap
    return True


def _begins(text: str, place: int) -> bool:
    if not _is_letter(text, place):
        return False
    if not _is_letter(text, place - 1):
        return True
    around = text[place - 1 : place + 2]
    return bool(re.match("[a-z0-9][A-Z]", around) or re.match("[A-Z][A-Z][a-z]", around))


def _is_letter(text: str, place: int) -> bool:
    return 0 <= place < len(text) and bool(words_in(text[place]))

"""Words: what a search looks for in the text of a job. Pure.

A word is a run of letters and digits, in any case. Spaces, punctuation and underscores part words, and a
capital begins another within one: `trainModel` is found by `train` and by `model`. What is looked for is a
sequence of words, written as searches write it: `resn` is a word that begins so, `fit-model` are words that
follow one another, the last of which may go on, and `"fit model"` are whole words.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

LOOKED_AT = 4000  # characters of a command and of an error message; names and tags are shorter
LONGEST_TERM = 64  # of a longer word its beginning is looked up
APART = "\x1f"  # between the texts of a job: no sequence of words goes across

# Letters and digits of ASCII, and what lies beyond it but for punctuation. Said by code points, because what
# a database takes for a letter depends on its locale.
_WORD = "0-9A-Za-z\u00c0-\u1fff\u2070-\u2fff\u3040-\ufeff\uff10-\U0010ffff"
_RUN = re.compile(f"[{_WORD}]+")
_CAPITAL = re.compile("(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])")
_ENDS = f"(?:(?![{_WORD}])|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]))"
_BETWEEN = f"[^{_WORD}{APART}]+"


def words_in(written: str) -> list[str]:
    """The words of what a search says, folded."""
    return [fold(run) for run in _RUN.findall(written)]


def terms_in(text: str) -> set[str]:
    """What a text is found by: each word from its beginning, and from each capital within it."""
    return {term for run in runs_in(text) for term in terms_of(run)}


def runs_in(text: str) -> set[str]:
    """The runs of letters and digits in a text, as they are written."""
    return set(_RUN.findall(text))


@lru_cache(maxsize=100_000)
def terms_of(run: str) -> tuple[str, ...]:
    """What a run is found by."""
    folded = fold(run)
    if folded == run:
        return (run[:LONGEST_TERM],)
    return tuple(folded[start : start + LONGEST_TERM] for start in _starts(run))


def pattern(written: str) -> str:
    """The regular expression of PostgreSQL, heeding case, of texts that have what a search says."""
    first, *others = words_in(written)
    found = _beginning(first) + "".join(_BETWEEN + _any_case(word) for word in others)
    return found + (_ENDS if written.startswith('"') else "")


def fold(text: str) -> str:
    """Without case, character by character: only pairs that lead to one another both ways."""
    return text.lower() if text.isascii() else "".join(map(_fold_one, text))


def _starts(run: str) -> Iterator[int]:
    yield 0
    for capital in _CAPITAL.finditer(run):
        yield capital.start()


def _beginning(word: str) -> str:
    """A word at the beginning of a run, or at a capital within one."""
    first, rest = word[0], _any_case(word[1:])
    anywhere = f"(?<![{_WORD}]){_any_case(first)}"
    if not ("a" <= first <= "z"):
        return anywhere + rest
    capital = first.upper()
    return f"(?:{anywhere}|(?<=[a-z0-9]){capital}|(?<=[A-Z]){capital}(?=[a-z])){rest}"


def _any_case(word: str) -> str:
    return "".join(one if (other := _upper(one)) == one else f"[{one}{other}]" for one in word)


@lru_cache(maxsize=10_000)
def _fold_one(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 and lower.upper() == character else character


def _upper(folded: str) -> str:
    upper = folded.upper()
    return upper if len(upper) == 1 and _fold_one(upper) == folded else folded

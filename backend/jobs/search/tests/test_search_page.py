"""docs/reference/search.md says what the grammar has: every qualifier, and the limits."""

from pathlib import Path

from jobs.queries import FIELDS
from jobs.search import grammar
from jobs.words import LOOKED_AT

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "search.md").read_text()


def test_the_page_describes_every_qualifier() -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| `") and ":` |" in line]
    described = {cells[0].strip("|` :"): cells[-1].removesuffix(" |") for cells in rows}

    assert described == {name: FIELDS[field].says for name, field in grammar.QUALIFIERS.items()}


def test_the_page_names_the_limits() -> None:
    for limit in (LOOKED_AT, grammar.LONGEST, grammar.MOST_ITEMS, grammar.MOST_VALUES):
        assert f"{limit:,} " in PAGE

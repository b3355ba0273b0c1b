"""One word for one thing: a class's name says which one is meant, wherever in the back end it is read."""

import ast
from collections import defaultdict
from pathlib import Path

BACKEND = Path(__file__).resolve().parents[2]
GIVEN_BY_DJANGO = {"Command", "Migration"}


def sources() -> list[Path]:
    """The back end's own modules, tests aside."""
    return [path for path in BACKEND.glob("[a-z]*/**/*.py") if "tests" not in path.parts]


def test_no_two_classes_share_a_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sources():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name not in GIVEN_BY_DJANGO:
                found[node.name].append(str(path.relative_to(BACKEND)))
    assert len(found) > 100
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}

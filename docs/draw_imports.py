"""Draws who imports whom, from the code, into docs/development.md: `make imports`.

Two Mermaid pictures: the houses of the back end, and the rooms of `jobs`. An arrow says "imports"; every
arrow points down. A circle of imports has no such picture: it is printed, and nothing is written. With
--check the page is compared, not written.
"""

import re
import sys
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "development.md"
HOUSES = ("accounts", "api", "config", "engine", "jobs", "live", "standalone", "telemetry", "web")
# Houses within houses, whose walls matter as much as the outer ones.
INNER = ("engine.executors", "engine.runner")

Arrows = Counter[tuple[str, str]]


def house(module: str) -> str | None:
    """The house that a module belongs to."""
    inner = next((name for name in INNER if f"{module}.".startswith(f"{name}.")), None)
    return inner or module.partition(".")[0]


def room(module: str) -> str | None:
    """The file or folder of `jobs` that a module belongs to; None for another house's and the commands."""
    parts = module.split(".")
    return parts[1] if parts[0] == "jobs" and len(parts) > 1 and parts[1] != "management" else None


def arrows(graph: grimp.ImportGraph) -> tuple[Arrows, Arrows]:
    """How many modules of one place import some of another: between houses, and between rooms."""
    between_houses, between_rooms = Counter(), Counter()
    own = {name for name in graph.modules if ".tests" not in name and name.partition(".")[0] in HOUSES}
    for importer in sorted(own):
        for imported in graph.find_modules_directly_imported_by(importer) & own:
            for places, of in ((between_houses, house), (between_rooms, room)):
                ends = of(importer), of(imported)
                if None not in ends and ends[0] != ends[1]:
                    places[ends] += 1
    return between_houses, between_rooms


def mermaid(places: Arrows) -> str:
    """The picture, importers above what they import. Raises CycleError."""
    needs: dict[str, list[str]] = {}
    for importer, imported in sorted(places):
        needs.setdefault(importer, []).append(imported)
    lines = ["```mermaid", "flowchart TB"]
    for place in reversed(list(TopologicalSorter(needs).static_order())):
        lines += [f"    {place} --> {imported}" for imported in needs.get(place, ())]
    return "\n".join([*lines, "```"])


def main(arguments: list[str]) -> int:
    sys.path.insert(0, str(ROOT / "backend"))
    page = PAGE.read_text(encoding="utf-8")
    drawn = page
    graph = grimp.build_graph(*HOUSES, cache_dir=None)
    for name, places in zip(("houses", "rooms"), arrows(graph), strict=True):
        try:
            picture = mermaid(places)
        except CycleError as error:
            print(f"These import one another in a circle: {' -> '.join(error.args[1])}", file=sys.stderr)
            return 1
        begin, end = f"<!-- imports: {name} -->", "<!-- end -->"
        drawn, found = re.subn(
            f"({re.escape(begin)}\n).*?({re.escape(end)})", rf"\1{picture}\n\2", drawn, flags=re.DOTALL
        )
        if found != 1:
            print(f"{PAGE} has no place for the picture: {begin} … {end}", file=sys.stderr)
            return 1
    if "--check" in arguments and drawn != page:
        print("The picture of the imports is out of date: run make imports and commit it.", file=sys.stderr)
        return 1
    if "--check" not in arguments:
        PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

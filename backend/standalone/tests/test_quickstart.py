"""docs/quickstart.md, followed word for word on a Jobdeck of its own."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from standalone.commands import BACKEND
from standalone.tests.jobdeck import Jobdeck

ROOT = BACKEND.parent
PAGE = ROOT / "docs" / "quickstart.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = "== step ==\n"


@pytest.fixture
def jobdeck(folder: Path) -> Iterator[Jobdeck]:
    made = Jobdeck(folder / "home")
    yield made.start()
    made.clean_up()


def steps(page: str) -> list[tuple[str, str]]:
    """What to type and what is printed then, as the page has it."""
    blocks = BLOCK.findall(page)
    return [
        (text, following if language == "text" else "")
        for (kind, text), (language, following) in zip(blocks, [*blocks[1:], ("", "")], strict=True)
        if kind == "sh"
    ]


def as_pattern(printed: str) -> str:
    """`…` within a line stands for some of it; alone on a line for any lines."""
    whole_lines = re.escape(printed).replace("…\\\n", "(?:.*\n)*?")
    return whole_lines.replace("…", ".*")


def test_the_quickstart_prints_what_it_says(jobdeck: Jobdeck, folder: Path) -> None:
    typed = steps(PAGE.read_text(encoding="utf-8"))
    assert len(typed) > 5
    script = "".join(f"{command}printf '{STEP.replace(chr(10), chr(92) + 'n')}'\n" for command, _ in typed)
    script = script.replace("/tmp/", f"{folder}/")  # noqa: S108  (the page keeps a script there)

    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=jobdeck.environ, capture_output=True, text=True, check=False
    )

    printed = done.stdout.split(STEP)
    assert len(printed) == len(typed) + 1, done.stderr
    for (command, expected), found in zip(typed, printed, strict=False):
        assert re.fullmatch(as_pattern(expected), found), f"{command}\nprinted\n{found}\n{done.stderr}"

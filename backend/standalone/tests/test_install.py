"""Set-up redoes what changed, by content, and says what failed."""

import os
from pathlib import Path

import pytest

from standalone import install
from standalone.install import CannotSetUp, Step


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "STAMPS", tmp_path)


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """Writes a line to `result` each time it is done; depends on the file `input`."""
    (tmp_path / "input").write_text("one")
    command = ["sh", "-c", "echo done >> result"]
    return Step("a step", lambda: [tmp_path / "input"], tmp_path / "result", lambda: [command], tmp_path)


def times(tmp_path: Path) -> int:
    return (tmp_path / "result").read_text().count("done")


def test_a_step_is_done_once(step: Step, tmp_path: Path) -> None:
    install.ensure("step", step)
    install.ensure("step", step)
    assert times(tmp_path) == 1


def test_it_is_done_again_when_its_input_changed(step: Step, tmp_path: Path) -> None:
    install.ensure("step", step)
    (tmp_path / "input").write_text("two")
    install.ensure("step", step)
    assert times(tmp_path) == 2


def test_a_new_date_alone_changes_nothing(step: Step, tmp_path: Path) -> None:
    install.ensure("step", step)
    os.utime(tmp_path / "input", (1, 1))
    install.ensure("step", step)
    assert times(tmp_path) == 1


def test_it_is_done_again_when_its_result_is_gone(step: Step, tmp_path: Path) -> None:
    install.ensure("step", step)
    (tmp_path / "result").unlink()
    install.ensure("step", step)
    assert times(tmp_path) == 1


def test_a_failure_shows_its_end_and_is_tried_again(tmp_path: Path) -> None:
    broken = Step("a step", list, tmp_path, lambda: [["sh", "-c", "echo no room; exit 3"]], tmp_path)
    for _ in range(2):
        with pytest.raises(CannotSetUp, match="no room"):
            install.ensure("step", broken)


def test_failures_of_all_chains_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Step("a step", list, tmp_path, lambda: [["sh", "-c", "exit 3"]], tmp_path)
    monkeypatch.setattr(install, "STEPS", {"a": broken, "b": broken})
    with pytest.raises(CannotSetUp) as caught:
        install.run_side_by_side([["a"], ["b"]])
    assert str(caught.value).count("failed:") == 2


def test_without_root_chromium_is_asked_for_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CannotSetUp, match="sudo apt-get update && sudo apt-get install chromium"):
        install.install_browser()


def test_a_browser_that_is_there_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/chromium")
    install.install_browser()


def test_without_node_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CannotSetUp, match="apt-get install nodejs npm"):
        install.check_tools(["frontend"])

"""Set-up redoes what changed, by content, and says what failed."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from standalone import install, processes
from standalone.commands import BACKEND
from standalone.install import CannotSetUp, Step
from standalone.install_progress import node_packages
from standalone.tests.jobdeck import PATIENCE, wait_for


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


def test_progress_is_a_count_and_no_line_of_the_package_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "PROGRESS_SECONDS", 0.1)
    lock: dict[str, dict[str, bool]] = {"": {}, "node_modules/a": {}, "node_modules/b": {}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": lock}))
    client = (
        "echo 'npm http fetch GET 200 https://registry.example/a 5ms (cache updated)'; "
        "mkdir -p node_modules/a; echo {} > node_modules/a/package.json; sleep 1"
    )
    step = Step(
        "Node packages",
        list,
        tmp_path,
        lambda: [["sh", "-c", client]],
        tmp_path,
        lambda said: node_packages(tmp_path, said),
    )

    install.ensure("node", step)

    said = capsys.readouterr().out
    assert re.search(r"… Node packages, \d+ s: 1 of 2 are unpacked", said)
    assert "registry" not in said
    assert "npm http" not in said


def test_a_stop_leaves_nothing_of_what_it_started(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from standalone import install, processes
install.STAMPS = install.ROOT = Path({str(tmp_path)!r})
command = ["sh", "-c", "sleep 1000 & echo $! > pid.new; mv pid.new pid; wait"]
install.STEPS = {{"a": install.Step("a", list, install.ROOT, lambda: [command], install.ROOT)}}
install.CHAINS = (("a",),)
sys.exit(install.main(["a"]))
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=BACKEND, stdout=subprocess.PIPE, text=True
    ) as process:
        wait_for((tmp_path / "pid").exists, "the step to run")
        started = psutil.Process(int((tmp_path / "pid").read_text()))
        process.terminate()
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Stopped while setting up" in said
    assert not processes.alive(started)
    assert not (tmp_path / "a").exists()


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

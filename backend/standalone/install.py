"""Sets up what the Makefile's targets need, and only what changed: `python -m standalone.install STEP...`.

Runs before anything is installed: with the system's Python (3.11 or newer) and the standard library alone.
A step is done when `.stamps/` holds a stamp of everything that it depends on, by content.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from standalone.install_commands import RUNNING, Command
from standalone.install_progress import debian_packages, node_packages, python_packages, without_hosts

ROOT = Path(__file__).resolve().parent.parent.parent
STAMPS = ROOT / ".stamps"
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"
E2E = ROOT / "tests" / "e2e"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PROGRESS_SECONDS = 10.0

Progress = Callable[[str], str]
"""Says how far it is from what its command has printed so far; "" where nobody can count it."""


class CannotSetUp(Exception):
    """What is missing, and how to get it."""


@dataclass(frozen=True)
class Step:
    title: str
    inputs: Callable[[], Iterable[Path]]
    """Files whose content decides whether the step is done again."""
    result: Path
    """What must be there when it is done."""
    commands: Callable[[], list[Command]]
    folder: Path = ROOT
    progress: Progress = lambda said: ""

    def stamp(self) -> str:
        """Everything that the result depends on, as a hash."""
        digest = hashlib.sha256(f"{ROOT} {sys.version} {platform.machine()}".encode())
        for path in sorted(self.inputs()):
            digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()


def pip_install(requirements: str) -> list[Command]:
    python = str(VENV / "bin" / "python")
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    make = [] if works(python) else [[sys.executable, "-m", "venv", "--clear", str(VENV)]]
    return [
        *make,
        [python, "-m", "pip", "install", *quiet, "--require-hashes", "-r", f"backend/{requirements}"],
    ]


def works(python: str) -> bool:
    """Whether the environment's Python is there, is this version, and has pip."""
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return Path(python).exists() and subprocess.run([python, "-c", check], check=False).returncode == 0


def npm(*arguments: str) -> list[Command]:
    return [["npm", *arguments]]


def apt_install(*packages: str) -> list[Command]:
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise CannotSetUp(
            "The browser tests need Chromium. Install it, then run this again:\n"
            "  sudo apt-get update && sudo apt-get install chromium"
        )
    return [["apt-get", "update"], install]


def frontend_sources() -> Iterable[Path]:
    yield from (
        path for folder in ("src", "public") for path in (FRONTEND / folder).rglob("*") if path.is_file()
    )
    build = ("index.html", "vite.config.ts", "scripts/compressed.ts", "package-lock.json")
    yield from (FRONTEND / name for name in build)


def lock_files(folder: Path) -> Iterable[Path]:
    return folder / "package.json", folder / "package-lock.json"


def python_progress(requirements: str) -> Progress:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site_packages = VENV / "lib" / version / "site-packages"
    return lambda said: python_packages(ROOT / "backend" / requirements, site_packages, said)


NPM_CI = npm("ci", "--no-audit", "--no-fund", "--loglevel=http")


STEPS = {
    "python": Step(
        "Python packages",
        lambda: [ROOT / "backend" / "requirements.txt"],
        VENV / "bin" / "python",
        lambda: pip_install("requirements.txt"),
        progress=python_progress("requirements.txt"),
    ),
    "python-dev": Step(
        "Python packages for checks and tests",
        lambda: [ROOT / "backend" / "requirements-dev.txt"],
        VENV / "bin" / "pytest",
        lambda: pip_install("requirements-dev.txt"),
        progress=python_progress("requirements-dev.txt"),
    ),
    "node": Step(
        "Node packages",
        lambda: lock_files(FRONTEND),
        FRONTEND / "node_modules",
        lambda: NPM_CI,
        FRONTEND,
        progress=lambda said: node_packages(FRONTEND, said),
    ),
    "e2e": Step(
        "Node packages for the browser tests",
        lambda: lock_files(E2E),
        E2E / "node_modules",
        lambda: NPM_CI,
        E2E,
        progress=lambda said: node_packages(E2E, said),
    ),
    "frontend": Step(
        "the front end's build",
        frontend_sources,
        FRONTEND / "dist" / "index.html",
        lambda: npm("run", "build"),
        FRONTEND,
    ),
}

# What has to wait for what; the chains themselves go on side by side.
CHAINS = (("python", "python-dev"), ("node", "frontend", "e2e"))


def main(wanted: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, RUNNING.stop)
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        # Two commands that start together must not install into the same folders.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            due = [name for name, step in STEPS.items() if name in wanted and not is_done(name, step)]
            check_tools(due)
            chains = [[name for name in chain if name in due] for chain in CHAINS]
            run_side_by_side(chains)
            if "browser" in wanted:
                install_browser()
        except CannotSetUp as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def check_tools(due: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (the system's Python may be older than ours)
        raise CannotSetUp(f"Python 3.11 or newer is needed; {sys.executable} is {platform.python_version()}.")
    if {"node", "frontend", "e2e"} & set(due):
        if shutil.which("node") is None or shutil.which("npm") is None:
            raise CannotSetUp(
                "Node 20.19 or newer with npm is needed: apt-get install nodejs npm, or nodejs.org."
            )
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
        version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
        if version < (20, 19):
            raise CannotSetUp(f"Node 20.19 or newer is needed; `node` is {said.strip()}.")


def run_side_by_side(chains: list[list[str]]) -> None:
    failures: list[CannotSetUp] = []

    def work(names: list[str]) -> None:
        try:
            for name in names:
                ensure(name, STEPS[name])
        except CannotSetUp as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(names,)) for names in chains if names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise CannotSetUp("\n\n".join(str(failure) for failure in failures))


def is_done(name: str, step: Step) -> bool:
    try:
        return step.result.exists() and (STAMPS / name).read_text() == step.stamp()
    except (OSError, UnicodeDecodeError):
        return False


def ensure(name: str, step: Step) -> None:
    """Do the step unless its stamp says that it is done."""
    if is_done(name, step):
        return
    stamp_file, stamp = STAMPS / name, step.stamp()
    if stamp_file.is_dir():
        stamp_file.rmdir()
    stamp_file.unlink(missing_ok=True)
    began = time.monotonic()
    print(f"Setting up: {step.title} …", flush=True)
    for command in step.commands():
        execute(step, command, STAMPS / f"{name}.log", began)
    stamp_file.write_text(stamp)
    print(f"Set up: {step.title} ({time.monotonic() - began:.0f} s)", flush=True)


def execute(step: Step, command: Command, log: Path, began: float) -> None:
    """Run one command of a step, its output in `log`, and say now and then how far it is."""
    with log.open("wb") as output:
        process = RUNNING.start(command, step.folder, output)
        while True:
            try:
                code = process.wait(PROGRESS_SECONDS)
                break
            except subprocess.TimeoutExpired:
                far = step.progress(log.read_text(errors="replace"))
                seconds = f"{time.monotonic() - began:.0f} s"
                print(f"  … {step.title}, {seconds}{': ' if far else ''}{far}", flush=True)
    if code:
        hint = (
            "\nDebian has it in a package of its own: apt-get install python3-venv"
            if "venv" in command
            else ""
        )
        said = without_hosts(last_lines(log, 25))
        raise CannotSetUp(f"`{' '.join(command)}` failed:\n{said}{hint}\nAll of it: {log}")


def last_lines(log: Path, count: int) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def install_browser() -> None:
    if any(shutil.which(name) for name in BROWSERS):
        return
    commands = apt_install("chromium", "fonts-dejavu-core")
    step = Step("Chromium", list, ROOT, lambda: commands, progress=debian_packages)
    print("Setting up: Chromium …", flush=True)
    began = time.monotonic()
    for command in commands:
        execute(step, command, STAMPS / "browser.log", began)
    print(f"Set up: Chromium ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

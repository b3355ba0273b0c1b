"""How each process is started."""

import os
import subprocess
import sys
from pathlib import Path

from config.env import Env
from standalone import orphans
from standalone.child import Spawn
from standalone.process_log import ProcessLog
from standalone.web_address import address

BACKEND = Path(__file__).resolve().parent.parent
RUN_SECONDS = 60.0


def runner(env: Env) -> list[str]:
    home = env.home
    paths = ["--home", str(home.root), "--socket", str(home.runner_socket), "--spool", str(home.spool)]
    return [sys.executable, "-m", "engine.runner", *paths, "--log-cap", str(env.log_cap_bytes)]


def agent() -> list[str]:
    return manage("worker")


def web(env: Env) -> list[str]:
    listen = ["--host", address(env.host), "--port", str(env.port), "--workers", "1"]
    return [sys.executable, "-m", "granian", "--interface", "rsgi", *listen, "config.rsgi:application"]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def environment(env: Env) -> dict[str, str]:
    """What our own processes inherit: the home as it was resolved here, and output that is not held back."""
    return os.environ | {"JOBDECK_HOME": str(env.home.root), "PYTHONUNBUFFERED": "1"}


def where_it_listens(env: Env) -> dict[str, str]:
    """The settings that make up its address, as they stand in the environment."""
    return {"HOST": env.host, "PORT": str(env.port), "JOBDECK_PREFIX": env.prefix}


def spawner(command: list[str], env: Env) -> Spawn:
    """Starts `command` in a session of its own, so that Ctrl-C reaches only the supervisor."""

    def spawn(log: ProcessLog) -> "subprocess.Popen[bytes]":
        with log.open() as file:
            return subprocess.Popen(
                command,
                cwd=BACKEND,
                env=environment(env) | orphans.mark(log.name, env.home.root),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    return spawn


def run(name: str, command: list[str], env: Env) -> "subprocess.CompletedProcess[str]":
    """Run `command` to its end and give its output. Raises `subprocess.TimeoutExpired` after a minute."""
    return subprocess.run(
        command,
        cwd=BACKEND,
        env=environment(env) | orphans.mark(name, env.home.root),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=RUN_SECONDS,
    )

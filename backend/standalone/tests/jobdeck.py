"""A whole Jobdeck in a test: started by its one command, in a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from config.database_url import socket_url
from config.env import load_env
from config.paths import Home
from standalone import cluster_lock, orphans, processes
from standalone.commands import BACKEND
from standalone.web_address import is_ready

PATIENCE = 180.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE:g} s for: {what}")
        time.sleep(0.05)


class Jobdeck:
    """One supervisor, started with `start`; `output` is what it printed so far."""

    def __init__(self, folder: Path, port: int | None = None, **settings: str) -> None:
        self.home = Home(folder)
        self.port = port or free_port()
        self._settings = settings
        self._output = folder.with_suffix(".output")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return kept | {"JOBDECK_HOME": str(self.home.root), "PORT": str(self.port)} | self._settings

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def database_url(self) -> str:
        return socket_url(self.home.postgres_socket_dir)

    def start(self) -> "Jobdeck":
        """Start it, and wait until it has said all that it says."""
        self.launch()
        try:
            wait_for(lambda: "A first job" in self.output or self._ended(), "Jobdeck to start")
        except AssertionError:
            self.clean_up()
            raise
        assert not self._ended(), self.output
        return self

    def launch(self) -> None:
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "standalone"],
                cwd=BACKEND,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def left(self) -> list[str]:
        """The commands of all processes that have anything to do with this home."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), process.cwd(), *process.environ().values()]
            except psutil.Error:
                continue
            is_ours = any(str(self.home.root) in word for word in words)
            if is_ours and process.pid != os.getpid() and processes.alive(process):
                found.append(" ".join(process.cmdline()))
        return found

    def ready(self) -> bool:
        return is_ready(load_env(self.environ))

    def api(self, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        """The answer to a GET, or with a body to a POST."""
        answer = httpx.request(
            "GET" if body is None else "POST",
            f"{load_env(self.environ).url}/api/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.home.token.read_text().strip()}"},
            timeout=PATIENCE,
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def children(self) -> dict[str, psutil.Process]:
        """What runs now, by name."""
        found = orphans.find(self.home.root)
        servers = cluster_lock.servers(self.home.postgres_data)
        if servers:
            found["postgres"] = servers
        return {name: group[0] for name, group in found.items()}

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def clean_up(self) -> None:
        """End whatever a failed test left running."""
        while self.process is not None and not self._ended():
            self.process.terminate()  # again and again: jobs that run are not waited for
            time.sleep(0.2)
        processes.end(self.children().values(), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

"""A Jobdeck of its own to measure: started on a free port, asked over HTTP and in SQL, stopped again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

CHECKOUT = Path(__file__).resolve().parent.parent
BESIDE = Path(__file__).resolve().parent / "beside"
START_SECONDS = 120.0
STOP_SECONDS = 90
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Jobdeck:
    """One running Jobdeck: the code of `checkout`, the data in `home`; it has the views of `beside` too."""

    def __init__(self, home: Path, checkout: Path = CHECKOUT) -> None:
        self.name = home.name
        self.home = home
        home.parent.chmod(0o711)  # the database's user has to pass, but not to look
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._backend = checkout / "backend"
        self._python = checkout / ".venv/bin/python"
        self.environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "beside_settings",
            "PYTHONPATH": str(BESIDE),
            "PORT": str(self.port),
            "JOBDECK_HOME": str(home),
        }
        self._log = home.with_suffix(".log").open("w")
        self._process = subprocess.Popen(
            [self._python, "-m", "standalone"],
            cwd=self._backend,
            env=self.environ,
            stdout=self._log,
            stderr=self._log,
        )

    def __enter__(self) -> "Jobdeck":
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_until_ready(self) -> None:
        """Wait for /readyz; ends the program with the log if it does not come."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self.get("/readyz") == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        self.stop()
        sys.exit(f"{self.name} did not start:\n{Path(self._log.name).read_text()}")

    def stop(self) -> None:
        """End it; its data stay."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(STOP_SECONDS)
        self._log.close()

    def manage(self, *arguments: str) -> None:
        """Run a management command against its database, at this terminal."""
        subprocess.run(self._managing(arguments), cwd=self._backend, env=self.environ, check=True)

    def printed(self, *arguments: str) -> str:
        """What a management command prints."""
        command = self._managing(arguments)
        done = subprocess.run(
            command, cwd=self._backend, env=self.environ, check=True, capture_output=True, text=True
        )
        return done.stdout

    def _managing(self, arguments: Sequence[str]) -> list[str]:
        return [str(self._python), "-m", "standalone", "manage", *arguments]

    # --- over HTTP ------------------------------------------------------------------------------------

    def connect(self) -> http.client.HTTPConnection:
        """A connection that can be kept; one thread each."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def headers(self) -> dict[str, str]:
        """Those of the owner's requests."""
        token = (self.home / "token").read_text().strip()
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> int:
        """The status that a request of nobody's is answered with."""
        connection = self.connect()
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def json(self, path: str, body: object = None, method: str = "") -> Any:
        """What the owner's request is answered; raises unless that is good."""
        connection = self.connect()
        try:
            given = None if body is None else json.dumps(body)
            connection.request(method or ("GET" if body is None else "POST"), path, given, self.headers())
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{self.name}: {path} was answered {answer.status}: {text[:500]!r}")
        return json.loads(text) if text else None

    # --- beside HTTP ----------------------------------------------------------------------------------

    def database(self) -> "psycopg.Connection[Any]":
        """A session of our own with its database, every statement its own transaction."""
        ask = "from config.env import load_env; print(load_env().database_url)"
        url = subprocess.run(
            [self._python, "-c", ask],
            cwd=self._backend,
            env=self.environ,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        return psycopg.connect(url, autocommit=True)

    def web_pids(self) -> list[int]:
        """The processes that answer requests: granian and its workers."""
        return [pid for pid in _below(self._process.pid) if b"granian" in _read(pid, "cmdline")]

    def web_seconds(self) -> float:
        """CPU time that the web processes have used, in seconds."""
        return sum(_cpu_ticks(pid) for pid in self.web_pids()) / CLOCK_TICKS

    def web_megabytes(self) -> float:
        """Memory that the largest of them holds now (resident), in MB."""
        sizes = [_resident_kilobytes(pid) for pid in self.web_pids()]
        return max(sizes) / 1024


def _below(pid: int) -> list[int]:
    """A process and all that came of it."""
    found = [pid]
    for one in found:
        found += [int(child) for child in _read(one, f"task/{one}/children").split()]
    return found


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _cpu_ticks(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0


def _resident_kilobytes(pid: int) -> int:
    lines = _read(pid, "status").decode().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)

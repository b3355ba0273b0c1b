"""What the person at the terminal sees, also kept in the supervisor's log."""

import json
import shlex
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from config.database_url import without_password
from config.env import Env
from standalone.process_log import MOST_BYTES


class Terminal:
    """Says things once: on the terminal as they are, in `log` with their time."""

    def __init__(self, log: Path, log_format: str = "text") -> None:
        self._log = log
        self._format = log_format
        self._gone = False

    def say(self, text: str, level: str = "info", *, keep: bool = True) -> None:
        """Print `text`; `keep=False` leaves it out of the log (secrets, and what stands in another log)."""
        if keep:
            with suppress(OSError):  # a full disk
                self._keep(text, level)
        if self._gone:
            return
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except OSError:
            # The terminal was closed; what runs goes on, or stops as asked.
            self._gone = True

    def _keep(self, text: str, level: str) -> None:
        now = datetime.now(UTC)
        if self._format == "ecs":
            record = {
                "@timestamp": now.isoformat(timespec="milliseconds"),
                "log.level": level,
                "message": text.strip(),
                "ecs.version": "8.11.0",
                "service.name": "jobdeck-supervisor",
            }
            line = json.dumps(record)
        else:
            line = f"{now.isoformat(sep=' ', timespec='milliseconds')} [{level}] {text.strip()}"
        if self._log.exists() and self._log.stat().st_size > MOST_BYTES:
            self._log.replace(self._log.with_name(f"{self._log.name}.1"))
        with self._log.open("a") as file:
            file.write(line + "\n")
        self._log.chmod(0o600)


def welcome(env: Env, signin: str) -> str:
    """The sign-in link, where the data lives, what to try, how to stop."""
    token = shlex.quote(str(env.home.token))
    lines = [""]
    if signin:
        lines += [
            f"  Open      {signin}",
            "            (signs you in once, within 10 minutes; `make signin` prints another)",
        ]
    else:
        lines += [f"  Open      {env.url}/"]
    lines += [f"  Data      {env.home.root}"]
    if not env.embedded:
        lines += [f"  Database  {without_password(env.database_url)}"]
    lines += [
        f"  Logs      {env.home.logs}",
        "  Stop      Ctrl-C (jobs that run get 10 s; the data stays)",
        "\n  A first job, from another terminal:\n",
        f"  curl {env.url}/api/jobs/ \\",
        f'    -H "Authorization: Bearer $(cat {token})" -H "Content-Type: application/json" \\',
        """    -d '{"name": "Hello", "command": "echo Hello from $(hostname)"}'\n""",
    ]
    return "\n".join(lines)

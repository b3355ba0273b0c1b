"""Which of Jobdeck's processes this one is, and what it may ask of the database."""

import sys
from dataclasses import dataclass
from pathlib import Path

WEB_THREADS = 8
STREAM_THREADS = 4
PAGE_THREADS = 4
LIVE_THREADS = 2

# Below the time in which an answer has to begin (web.wsgi_pool): a request that is stopped can say why.
WEB_STATEMENT_SECONDS = 4
WEB_LOCK_SECONDS = 3
ENGINE_STATEMENT_SECONDS = 60
ENGINE_LOCK_SECONDS = 5


@dataclass(frozen=True, slots=True)
class DatabaseClient:
    """
    A process as the database sees it.

    `name` shows as application_name ("jobdeck-web"); the timeouts are in seconds, 0 is none;
    `connections` is the most that its pool may hold (0: no pool, a connection per thread).
    """

    name: str
    statement_seconds: int
    lock_seconds: int
    connections: int


ENGINE_COMMANDS = ("worker", "scheduler")


def current_process(argv: list[str] | None = None) -> DatabaseClient:
    """Read off the command line what this process is."""
    arguments = sys.argv if argv is None else argv
    program = Path(arguments[0]).name if arguments else ""
    command = arguments[1] if program.startswith("manage") and len(arguments) > 1 else ""
    if command in ENGINE_COMMANDS:
        # Two threads that never let go of their connections: a pool would only be slow to notice a cut one.
        return DatabaseClient(f"jobdeck-{command}", ENGINE_STATEMENT_SECONDS, ENGINE_LOCK_SECONDS, 0)
    if command:
        # Migrations and one-off commands may take as long as they need.
        return DatabaseClient(f"jobdeck-{command}", 0, 0, 0)
    # Besides the threads: health checks and a spare.
    web = WEB_THREADS + STREAM_THREADS + LIVE_THREADS + 2
    return DatabaseClient("jobdeck-web", WEB_STATEMENT_SECONDS, WEB_LOCK_SECONDS, web)

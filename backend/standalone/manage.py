"""A management command with its database: the embedded server is started for it when nothing runs."""

import os
import signal
import subprocess

from config.env import Env
from standalone import commands, processes
from standalone.lock import Holder, SupervisorLock, holder
from standalone.logs import ProcessLog
from standalone.postgres import EmbeddedPostgres


def manage(env: Env, arguments: list[str]) -> int:
    """Run `manage.py` with these arguments at this terminal; its exit code. Raises `CannotStart`."""
    by = holder(env.home.supervisor_lock)
    if by and processes.find(by.pid, by.started):
        # Links are to lead to the Jobdeck that runs, whatever port it was given.
        return _call(commands.environment(env) | by.settings, arguments)
    if not env.embedded:
        return _call(commands.environment(env), arguments)
    lock = SupervisorLock(env.home.supervisor_lock)
    lock.take(Holder(os.getpid(), processes.start_time(os.getpid()), "no address (a management command)"))
    postgres = EmbeddedPostgres(env.home)
    server: subprocess.Popen[bytes] | None = None
    try:
        postgres.prepare()
        with ProcessLog(env.home.logs, "postgres").open() as log:
            server = postgres.start(log)
        postgres.wait_until_ready(server)
        return _call(commands.environment(env), arguments)
    finally:
        if server is not None:
            postgres.stop(server)
        lock.release()


def _call(environ: dict[str, str], arguments: list[str]) -> int:
    # Ctrl-C is for the command; this process stays to clean up after it. (A handler that does nothing,
    # because a signal that is ignored here would be ignored by the command too.)
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        process = subprocess.run(commands.manage(*arguments), cwd=commands.BACKEND, env=environ, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
    return process.returncode

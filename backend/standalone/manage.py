"""A management command with its database: the embedded server is started for it when nothing runs."""

import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from config.env import Env
from standalone import commands, processes
from standalone.lock import Holder, SupervisorLock, holder
from standalone.postgres import EmbeddedPostgres
from standalone.process_log import ProcessLog

STOP_LOOK_SECONDS = 0.2


def manage(env: Env, arguments: list[str]) -> int:
    """Run `manage.py` with these arguments at this terminal; its exit code. Raises `CannotStart`."""
    by = holder(env.home.supervisor_lock)
    if by and processes.find(by.pid, by.started):
        # Links are to lead to the Jobdeck that runs, whatever port it was given.
        return _call(commands.environment(env) | by.settings, arguments)
    postgres = EmbeddedPostgres(env.home)
    if not env.embedded or postgres.runs():
        return _call(commands.environment(env), arguments)
    with SupervisorLock(env.home.supervisor_lock, Holder.this_process("no address (a management command)")):
        return _with_server(postgres, env, arguments)


def _with_server(postgres: EmbeddedPostgres, env: Env, arguments: list[str]) -> int:
    stops: list[int] = []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: stops.append(received))
    server: subprocess.Popen[bytes] | None = None
    try:
        postgres.prepare()
        with ProcessLog(env.home.logs, "postgres").open() as log:
            server = postgres.start(log)
        postgres.wait_until_ready(server)
        return _call(commands.environment(env), arguments, stops)
    finally:
        if server is not None:
            postgres.stop(server)


def _call(environ: dict[str, str], arguments: list[str], stops: Sequence[int] = ()) -> int:
    """Run the command to its end, which `stops` brings about once there is a signal in it."""
    # Ctrl-C is for the command; this process stays to clean up after it. (A handler that does nothing,
    # because a signal that is ignored here would be ignored by the command too.)
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        process = subprocess.Popen(commands.manage(*arguments), cwd=commands.BACKEND, env=environ)
        while process.poll() is None:
            if stops:
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_LOOK_SECONDS)
    finally:
        signal.signal(signal.SIGINT, before)
    return process.returncode

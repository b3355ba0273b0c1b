"""The supervisor behind `make run`: starts everything, keeps it running, stops it in order."""

import signal
import subprocess
import threading
import time
from types import FrameType

from config.env import Env
from config.paths import FolderRefused
from standalone import commands, orphans, postgres
from standalone.child import Child, Spawn
from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres
from standalone.process_log import ProcessLog
from standalone.schema import Prepared
from standalone.terminal import Terminal, welcome
from standalone.web_address import what_is_missing

LOOK_SECONDS = 0.2
MOST_SHOWN = 12
READY_SECONDS = 90.0
WEB_STOP_SECONDS = 5.0
AGENT_STOP_SECONDS = 35.0
"""On top of the grace: 10 s for jobs to end by themselves, and time to store their ends and logs."""
RUNNER_STOP_SECONDS = 15.0
KILL_SECONDS = 5.0


def longest_stop(env: Env) -> float:
    """Seconds that a stop may take where nothing ends by itself: each has its time, and is killed."""
    children = [WEB_STOP_SECONDS, AGENT_STOP_SECONDS + env.grace_seconds, RUNNER_STOP_SECONDS]
    database = postgres.STOP_SECONDS + 2 * postgres.LAST_STOP_SECONDS
    return sum(children) + len(children) * KILL_SECONDS + database + sum(orphans.GRACE_SECONDS.values())


class Stopped(Exception):
    """A stop was asked for while things were starting."""


class Supervisor:
    """All processes of one home. `run` returns when everything is stopped."""

    def __init__(self, env: Env, terminal: Terminal) -> None:
        self._env = env
        self._terminal = terminal
        self._postgres = EmbeddedPostgres(env.home) if env.embedded else None
        self._asked = 0
        self._asked_event = threading.Event()
        self._began = time.monotonic()
        self._postgres_child = self._child("postgres", self._spawn_postgres)
        self._runner = self._child("runner", commands.spawner(commands.runner(env), env))
        self._agent = self._child("agent", commands.spawner(commands.agent(), env))
        self._web = self._child("web", commands.spawner(commands.web(env), env))
        self._prepare = self._child("prepare", commands.spawner(commands.manage("prepare"), env))
        self._children = [self._postgres_child, self._runner, self._agent, self._web]
        """What is started again when it ends."""

    def run(self) -> None:
        """Start, watch until a signal asks for the stop, stop. Raises `CannotStart`."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        try:
            self._start()
            self._watch()
        except Stopped:
            pass
        finally:
            self._stop()

    def _start(self) -> None:
        self._terminal.say(f"Starting Jobdeck at {self._env.url} …")
        self._pause(0)
        self._runner.start()
        if self._postgres is not None:
            self._start_postgres()
        self._prepare_database()
        if not self._web.running:
            self._web.start()
        self._agent.start()
        deadline = time.monotonic() + READY_SECONDS
        while missing := what_is_missing(self._env):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"It was not ready within {READY_SECONDS:g} s: {missing}. {self._last_words(self._web)}"
                )
            self._tend()
            self._pause(0.05)
        seconds = time.monotonic() - self._began
        self._terminal.say(f"Ready after {seconds:.1f} s.")
        self._terminal.say(welcome(self._env, self._signin_link()), keep=False)

    def _start_postgres(self) -> None:
        assert self._postgres is not None  # noqa: S101  (for the type checker)
        self._postgres_child.start()
        for note in self._postgres.notes:
            self._terminal.say(note)
        process = self._postgres_child.process
        assert process is not None  # noqa: S101  (for the type checker)
        try:
            self._postgres.wait_until_ready(process, self._pause)
        except CannotStart as error:
            raise CannotStart(f"{error} {self._last_words(self._postgres_child)}") from error

    def _prepare_database(self) -> None:
        """Migrate. The web process starts meanwhile, unless it would meet a schema that is too old."""
        prepared = Prepared(self._env.home.prepared, self._env.database_url)
        self._prepare.start()
        if prepared.is_current() or (self._postgres is not None and self._postgres.fresh):
            self._web.start()
        while not self._prepare.wait(0.1):
            self._pause(0)
        self._show_news(self._prepare)
        if self._prepare.exit_code:
            raise CannotStart(f"The database could not be prepared. {self._last_words(self._prepare)}")
        try:
            prepared.remember()
        except OSError as error:
            self._terminal.say(
                f"{error.filename} cannot be written ({error.strerror}), so that every start has to wait "
                "until the database has been prepared. Remove it.",
                "warning",
            )

    def _signin_link(self) -> str:
        if not self._env.auth:
            return ""
        try:
            done = commands.run("signin", commands.manage("signin"), self._env)
        except subprocess.TimeoutExpired as error:
            self._terminal.say(f"No sign-in link was made within {error.timeout:g} s.", "warning")
            return ""
        links = [word for word in done.stdout.split() if "#code=" in word]
        if done.returncode or not links:
            self._terminal.say(f"No sign-in link could be made: {done.stderr.strip()}", "warning")
            return ""
        return links[0]

    def _watch(self) -> None:
        while True:
            self._tend()
            self._pause(LOOK_SECONDS)

    def _tend(self) -> None:
        """Notice what has ended, start again what is due, show warnings and errors."""
        for child in self._children:
            ending = child.look()
            if ending:
                self._terminal.say(ending, "warning")
            if child.due:
                self._start_again(child)
            self._show_news(child)

    def _show_news(self, child: Child) -> None:
        lines = child.log.news()
        if len(lines) > MOST_SHOWN:
            left_out = len(lines) - MOST_SHOWN
            lines = [f"({left_out} lines more are in {child.log.path})", *lines[-MOST_SHOWN:]]
        for line in lines:
            self._terminal.say(f"{child.name:>8} | {line}", keep=False)

    def _start_again(self, child: Child) -> None:
        try:
            child.start()
        except (CannotStart, FolderRefused, OSError) as error:
            wait = child.postpone()
            self._terminal.say(
                f"{child.name} cannot be started: {error} The next try is in {wait:g} s.", "error"
            )

    def _stop(self) -> None:
        asked = self._asked
        if asked:
            self._terminal.say("Stopping. Jobs that run get 10 s; Ctrl-C again ends them now.")
        # PostgreSQL undoes a migration that is cut short.
        self._prepare.kill()
        self._end(self._web, signal.SIGTERM, WEB_STOP_SECONDS)
        self._end(self._agent, signal.SIGUSR2, AGENT_STOP_SECONDS + self._env.grace_seconds)
        self._end(self._runner, signal.SIGTERM, RUNNER_STOP_SECONDS)
        if self._postgres is not None and self._postgres_child.process is not None:
            self._postgres.stop(self._postgres_child.process)
        for child in self._children:
            self._show_news(child)
        orphans.end(self._env.home.root)
        if asked:
            self._terminal.say(f"Stopped. The data stays in {self._env.home.root}.")

    def _end(self, child: Child, number: int, seconds: float) -> None:
        """Signal, and wait; another Ctrl-C is passed on as the same signal."""
        child.signal(number)
        asked = self._asked
        deadline = time.monotonic() + seconds
        while not child.wait(0.1):
            if self._asked > asked:
                asked = self._asked
                child.signal(number)
            if time.monotonic() > deadline:
                self._terminal.say(f"{child.name} did not end within {seconds:g} s; it is killed.", "warning")
                child.kill()

    def _spawn_postgres(self, log: ProcessLog) -> "subprocess.Popen[bytes]":
        assert self._postgres is not None  # noqa: S101  (for the type checker)
        self._postgres.prepare()
        with log.open() as file:
            return self._postgres.start(file)

    def _child(self, name: str, spawn: Spawn) -> Child:
        return Child(name, ProcessLog(self._env.home.logs, name), spawn)

    def _last_words(self, child: Child) -> str:
        return f"The end of {child.log.path}:\n{child.log.tail(15)}"

    def _pause(self, seconds: float) -> None:
        """Wait, and leave by `Stopped` when a stop is asked for."""
        self._asked_event.wait(seconds)
        if self._asked:
            raise Stopped

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1
        self._asked_event.set()

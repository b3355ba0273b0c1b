"""The embedded PostgreSQL: its cluster, its start, its stop.

It listens on a Unix socket in a closed folder only, and lets in whoever runs Jobdeck, proved by the operating
system (peer). As root, its programs are copied into our folder and run as a user of their own.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from config.database_url import ROLE, socket_url
from config.paths import Home, make_private, put_aside
from standalone import binaries, cluster_lock, orphans, processes, tuning
from standalone.errors import CannotStart
from standalone.system_user import SystemUser, database_user, myself

START_SECONDS = 60
STOP_SECONDS = 30.0
LAST_STOP_SECONDS = 5.0
"""More for each harder way that a stop has, where it does not end by the gentle one."""


class EmbeddedPostgres:
    """One cluster below `home.postgres`.

    `prepare` makes what is missing, `start` gives the running server's process, `stop` ends it. Only one
    caller may do so at a time; the supervisor's lock sees to it.
    """

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.folder = home.postgres
        self.data = home.postgres_data
        self.socket_dir = home.postgres_socket_dir
        self.conf = home.postgres / "conf"
        self.fresh = False
        """Whether the cluster was made just now."""
        self.notes: list[str] = []
        """What was done to the system, for people to read."""
        self._durable = durable
        self._user = SystemUser("", -1, -1)
        self._home = home.root
        self._programs = Path()

    @property
    def url(self) -> str:
        return socket_url(self.socket_dir)

    def prepare(self) -> None:
        """Make folders, programs and cluster where they are missing. Raises `CannotStart`."""
        self._user, made = database_user()
        if made:
            self.notes.append(
                f"Added the system user {self._user.name}: as root, the database runs as this user."
            )
        self._make_folders()
        self._check_version()
        cluster_lock.end_servers(self.data)
        cluster_lock.clear_stale(self.data, self.socket_dir)
        self._write_configuration()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()

    def start(self, log: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        """Start the server, its messages going to `log`; returns at once, see `wait_until_ready`."""
        return subprocess.Popen(
            [self._programs / "postgres", "-c", f"config_file={self.conf / 'postgresql.conf'}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_environment(),
            umask=0o077,
            start_new_session=True,
            **self._user.process_options(),
        )

    def wait_until_ready(
        self, server: "subprocess.Popen[bytes]", pause: Callable[[float], object] = time.sleep
    ) -> None:
        """Wait until the server takes connections, by `pause`, which may raise to give up.

        Raises `CannotStart` when the server ends or takes too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready(server.pid):
            if processes.child_has_ended(server.pid):
                raise CannotStart("PostgreSQL ended while it started.")
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL was not ready within {START_SECONDS:g} s.")
            pause(0.02)

    def runs(self) -> bool:
        """Whether a server takes connections for this home already, whoever started it."""
        return any(self.is_ready(process.pid) for process in cluster_lock.servers(self.data)[:1])

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this pid says in its lock file that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def stop(self, server: "subprocess.Popen[bytes]", seconds: float = STOP_SECONDS) -> None:
        """End the server: connections are cut, what was committed is kept."""
        gentle, *harder = signal.SIGINT, signal.SIGQUIT, signal.SIGKILL
        for number, wait in ((gentle, seconds), *((one, LAST_STOP_SECONDS) for one in harder)):
            if server.poll() is not None:
                return
            server.send_signal(number)
            try:
                server.wait(wait)
            except subprocess.TimeoutExpired:
                continue

    def _make_folders(self) -> None:
        own = self._user.uid == os.geteuid()
        if not self.folder.exists():
            self.folder.mkdir()
            # Its folders inside are closed; the database's user must get through to them.
            self.folder.chmod(0o700 if own else 0o711)
        self._check_way_in()
        make_private(self.socket_dir, self._user.uid)
        self._programs = binaries.carried() if own else binaries.copied_to(self.folder)
        if self.data.exists() and self.data.stat().st_uid != self._user.uid:
            owner = self.data.stat().st_uid
            raise CannotStart(
                f"The database in {self.data} belongs to user id {owner}, and now would run as "
                f"{self._user.name}. Start Jobdeck as the user who started it before, or choose another "
                "JOBDECK_HOME."
            )

    def _check_way_in(self) -> None:
        if self._user.can_enter(self.folder):
            return
        above = next(f for f in (*reversed(self.folder.parents), self.folder) if not self._user.can_enter(f))
        raise CannotStart(
            f"The database runs as the user {self._user.name}, who cannot enter {above}. "
            f"Allow passing through it with: chmod o+x {above}\n"
            "or choose a JOBDECK_HOME elsewhere, such as JOBDECK_HOME=/var/lib/jobdeck."
        )

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            if not self.data.exists():
                return
            raise CannotStart(self._damaged("it is not there")) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CannotStart(self._damaged(str(error))) from error
        if not found.isdigit():
            raise CannotStart(self._damaged(f"it holds {found[:20]!r}"))
        if found != binaries.MAJOR:
            raise CannotStart(
                f"The database in {self.data} was made by PostgreSQL {found}, and this Jobdeck carries "
                f"{binaries.MAJOR}. Nothing was changed. Start it with the Jobdeck that made it, dump it "
                "there and restore the dump here; or run that server yourself and set DATABASE_URL."
            )

    def _damaged(self, how: str) -> str:
        return (
            f"The database in {self.data} is damaged: its file PG_VERSION does not say {binaries.MAJOR} "
            f"({how}). Nothing was changed. Restore the folder from a copy, or choose another JOBDECK_HOME."
        )

    def _write_configuration(self) -> None:
        closed = self._user.uid == os.geteuid()
        self.conf.mkdir(exist_ok=True)
        self.conf.chmod(0o700 if closed else 0o755)
        extra: Mapping[str, str] = {} if self._durable else tuning.NOT_DURABLE
        who = myself().name.replace('"', '""')
        texts = {
            "postgresql.conf": tuning.configuration(self.data, self.conf, self.socket_dir, extra),
            "pg_hba.conf": "local all all peer map=jobdeck\n",
            "pg_ident.conf": "".join(f'jobdeck "{who}" {role}\n' for role in (ROLE, "postgres")),
        }
        for name, text in texts.items():
            path = self.conf / name
            if path.is_dir() or path.is_symlink():
                put_aside(path)
            path.write_text(text)
            path.chmod(0o600 if closed else 0o644)

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole, so that a cut leaves no half of one."""
        orphans.end(self._home, ["initdb"])
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        make_private(draft, self._user.uid)
        options = ["--username=postgres", "--auth=peer", "--encoding=UTF8", "--no-instructions"]
        options += ["--data-checksums"] if self._durable else ["--no-sync"]
        # Names sort by bytes, which indexes like; upper and lower case are known beyond ASCII.
        locale = ["--locale=C", "--lc-ctype=C.UTF-8"]
        done = self._run("initdb", "-D", draft, *options, *locale)
        if done.returncode:
            raise CannotStart(f"PostgreSQL's cluster could not be made:\n{done.stderr.strip()}")
        statements = f"CREATE ROLE {ROLE} LOGIN CREATEDB\nCREATE DATABASE {ROLE} OWNER {ROLE}\n"
        done = self._run("postgres", "--single", "-D", draft, "postgres", given=statements)
        if done.returncode or "ERROR" in done.stderr:
            raise CannotStart(f"PostgreSQL's cluster could not be set up:\n{done.stderr.strip()}")
        draft.rename(self.data)
        self.fresh = True

    def _run(
        self, program: str, *arguments: str | Path, given: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self._programs / program, *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment() | orphans.mark("initdb", self._home),
            umask=0o077,
            start_new_session=True,
            **self._user.process_options(),
        )


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/"}

"""The operating system's user that the embedded PostgreSQL runs as.

PostgreSQL refuses to run as root, and the jobs' user must not own the database's files; so root gets a
user for this alone. An ordinary user runs it as itself.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standalone.errors import CannotStart

NAME = "jobdeck-postgres"


@dataclass(frozen=True, slots=True)
class SystemUser:
    name: str
    uid: int
    gid: int

    def process_options(self) -> dict[str, Any]:
        """What `subprocess` needs to become this user; nothing where we are this user already."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Ask the kernel, as this user: the mode alone does not tell what access lists allow."""
        test = shutil.which("test") or "/usr/bin/test"
        done = subprocess.run([test, "-x", folder], cwd="/", check=False, **self.process_options())
        return done.returncode == 0


def myself() -> SystemUser:
    """The user of this process. Raises `CannotStart` where the system has no name for it."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise CannotStart(
            f"User id {os.geteuid()} has no name on this system, and PostgreSQL needs one. "
            "Run Jobdeck as a user of /etc/passwd, or set DATABASE_URL."
        ) from error
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def database_user() -> tuple[SystemUser, bool]:
    """The user that runs the embedded PostgreSQL, and whether it was made just now.

    Raises `CannotStart` when root has no such user and it cannot be made.
    """
    if os.geteuid() != 0:
        return myself(), False
    known = _look_up(NAME)
    if known:
        return known, False
    _add(NAME)
    made = _look_up(NAME)
    if made is None:
        raise CannotStart(f"The user {NAME} is still missing after it was added; is /etc/passwd in use here?")
    return made, True


def _look_up(name: str) -> SystemUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    if entry.pw_uid == 0:
        raise CannotStart(f"The user {name} is root under another name; PostgreSQL refuses to run as root.")
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _add(name: str) -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    by_hand = f"useradd {' '.join(options)} --shell /usr/sbin/nologin {name}"
    if useradd is None:
        raise CannotStart(f"As root, PostgreSQL needs a user of its own. Add it, then start again: {by_hand}")
    command = [useradd, *options, "--shell", "/usr/sbin/nologin", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # Another Jobdeck that starts right now may have been quicker; then the user is simply there.
    if done.returncode and _look_up(name) is None:
        raise CannotStart(f"The user {name} could not be added ({done.stderr.strip()}). Try: {by_hand}")

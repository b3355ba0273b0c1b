"""Where everything lives: the files and folders of one JOBDECK_HOME.

Pure and standard library only, so that the supervisor can use it before anything else is loaded.
"""

import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

# A Unix socket's path may have 107 bytes; below this there is room for the longest of our socket names.
LONGEST_SOCKET_PATH = 100


class FolderRefused(Exception):
    """A folder that should be ours alone belongs to somebody else, or is no folder."""


@dataclass(frozen=True, slots=True)
class Home:
    """The paths below one JOBDECK_HOME. Nothing here touches the disk but `make` and `socket_dir`."""

    root: Path

    @property
    def token(self) -> Path:
        """The owner's API token, one line, mode 0600."""
        return self.root / "token"

    @property
    def secret_key(self) -> Path:
        """Django's secret key, mode 0600."""
        return self.root / "secret_key"

    @property
    def worker_id(self) -> Path:
        """The stable id (a UUID) of the worker on this machine."""
        return self.root / "worker_id"

    @property
    def postgres(self) -> Path:
        """All of the embedded PostgreSQL; as root it belongs to the database's own user."""
        return self.root / "postgres"

    @property
    def postgres_data(self) -> Path:
        return self.postgres / "data"

    @property
    def postgres_socket_dir(self) -> Path:
        """The folder of the embedded PostgreSQL's socket (the server makes and checks it)."""
        inside = self.postgres / "socket"
        if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
            return inside
        return _short_folder(self.root, "-postgres")

    @property
    def spool(self) -> Path:
        """The runner's records, one folder per attempt id."""
        return self.root / "spool"

    @property
    def run(self) -> Path:
        """Locks, sockets and what is known of running processes; worth nothing after a reboot."""
        return self.root / "run"

    @property
    def supervisor_lock(self) -> Path:
        return self.run / "supervisor.lock"

    @property
    def agent_lock(self) -> Path:
        return self.run / "agent.lock"

    @property
    def runner_lock(self) -> Path:
        return self.run / "runner.lock"

    @property
    def prepared(self) -> Path:
        """The supervisor's note on the schema that it prepared last."""
        return self.run / "prepared"

    @property
    def runner_socket(self) -> Path:
        inside = self.run / "runner.sock"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        return _short_folder(self.root) / "runner.sock"

    @property
    def logs(self) -> Path:
        """The processes' own logs (the jobs' output is in the database)."""
        return self.root / "logs"

    def make(self) -> None:
        """Make what is missing of the home and its folders; change nothing that is there already.

        As root the home lets others pass through (0711), because the database runs as a user of its own;
        everything inside is closed (0700). For an ordinary user the home itself is 0700.
        """
        mode = 0o711 if os.geteuid() == 0 else 0o700
        _make_with_parents(self.root, mode)
        for folder in (self.spool, self.run, self.logs):
            make_private(folder)
        socket_dir(self)


def socket_dir(home: Home) -> Path:
    """Make the 0700 folder of the runner's socket and return it.

    It is below the home, or in /tmp when the path would be too long for a Unix socket. Raises `FolderRefused`
    where somebody else made it before us.
    """
    folder = home.runner_socket.parent
    make_private(folder)
    return folder


def make_private(folder: Path, owner: int | None = None) -> None:
    """Make `folder` with mode 0700 for the user id `owner` (default: ours), or see that it is just that.

    Raises `FolderRefused` when it is there, but a link, a file, somebody else's, or open to others.
    """
    owner = os.geteuid() if owner is None else owner
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        folder.chmod(0o700)
        if owner != os.geteuid():
            os.chown(folder, owner, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise FolderRefused(f"{folder} should be a folder of ours, and is not a folder: move it away")
    if found.st_uid != owner:
        raise FolderRefused(f"{folder} belongs to user id {found.st_uid}, not to user id {owner}")
    if found.st_mode & 0o022:
        raise FolderRefused(f"others can write to {folder}; close it with: chmod 700 {folder}")


def put_aside(path: Path) -> Path:
    """Rename what cannot be used, a file or a folder, so that another can take its place; its new path."""
    aside = path.with_name(f"{path.name}.unusable-{secrets.token_hex(4)}")
    return path.rename(aside)


def _make_with_parents(folder: Path, mode: int) -> None:
    if folder.is_dir():
        return
    _make_with_parents(folder.parent, mode)
    folder.mkdir(mode=mode, exist_ok=True)
    # Said again because the umask takes from what mkdir is asked for.
    folder.chmod(mode)


def _short_folder(root: Path, suffix: str = "") -> Path:
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:8]
    return Path("/tmp") / f"jobdeck-{os.geteuid()}-{digest}{suffix}"  # noqa: S108  (checked by make_private)

"""Every setting that comes from the environment: its name, its default, what it may be.

Settings are read and refused in one go: `BadSettings` lists everything that is wrong, not the first.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config import caches
from config import database_url as urls
from config.paths import Home
from config.readers import BadSettings, Reader, RefusedSetting

__all__ = ["BadSettings", "Env", "RefusedSetting", "load_env"]


@dataclass(frozen=True, slots=True)
class Env:
    """The settings of one Jobdeck, checked."""

    host: str
    """Address to listen on."""
    port: int
    home: Home
    prefix: str
    """Path under which everything is served: "" or "/some/path", never with a slash at its end."""
    database_url: str
    """Always set: the one that DATABASE_URL names, or the embedded server's."""
    replica_urls: tuple[str, ...]
    """Streaming replicas of that database, which safe requests are read from."""
    replica_max_lag: float
    """Seconds: a replica that may be farther behind is not asked."""
    redis_url: str
    """Where processes share what they keep; "": each keeps its own."""
    embedded: bool
    """Whether the database is the embedded one."""
    auth: bool
    lease_seconds: int
    grace_seconds: float
    """From SIGTERM to SIGKILL when a job is cancelled."""
    log_cap_bytes: int
    """Per stream and attempt."""
    allowed_hosts: tuple[str, ...]
    """Host names served besides HOST and loopback."""
    log_format: str
    """"text" or "ecs"."""
    cpus: float | None
    """What jobs may use of this machine; None: all of it."""
    memory_mb: int | None
    heartbeat_seconds: float
    archive_after_days: int | None
    delete_logs_after_days: int | None
    delete_after_days: int | None

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the front page, without a slash at its end."""
        return f"http://{_browsable(self.host)}:{self.port}{self.prefix}"


def load_env(environ: Mapping[str, str] = os.environ) -> Env:
    """Read and check all settings. Raises `BadSettings` with everything that is wrong."""
    read = Reader(environ)
    home = Home(read.folder("JOBDECK_HOME", _default_home(environ)))
    given_url = read.checked("DATABASE_URL", "", urls.check, "postgresql://user:password@host:5432/name")
    env = Env(
        host=read.checked("HOST", "127.0.0.1", _host, "an IP address or a host name"),
        port=read.whole("PORT", 8000, 1, 65535),
        home=home,
        prefix=read.checked("JOBDECK_PREFIX", "", _prefix, "a path such as /jobdeck"),
        database_url=given_url or urls.socket_url(home.postgres_socket_dir),
        replica_urls=read.checked(
            "DATABASE_REPLICA_URLS",
            (),
            urls.check_several,
            "such addresses as DATABASE_URL takes, between commas",
        ),
        replica_max_lag=read.number("JOBDECK_REPLICA_MAX_LAG", 1.0, 0.1, 3600),
        redis_url=read.checked("REDIS_URL", "", caches.check, f"{caches.SHAPE}; without it, no Redis"),
        embedded=not given_url,
        auth=read.choice("JOBDECK_AUTH", "on", ("on", "off")) == "on",
        lease_seconds=read.whole("JOBDECK_LEASE_SECONDS", 900, 2, 7 * 24 * 3600),
        grace_seconds=read.number("JOBDECK_GRACE_SECONDS", 10.0, 0, 3600),
        log_cap_bytes=read.whole("JOBDECK_LOG_CAP_BYTES", 64 * 1024 * 1024, 4096, 1 << 40),
        allowed_hosts=read.names("JOBDECK_ALLOWED_HOSTS"),
        log_format=read.choice("LOG_FORMAT", "text", ("text", "ecs")),
        cpus=read.optional_number("JOBDECK_CPUS", 0.1, 4096),
        memory_mb=read.optional_whole("JOBDECK_MEMORY_MB", 16, 1 << 30),
        heartbeat_seconds=read.number("JOBDECK_HEARTBEAT_SECONDS", 5.0, 0.1, 25),
        archive_after_days=read.optional_whole("JOBDECK_ARCHIVE_AFTER_DAYS", 1, 36_600),
        delete_logs_after_days=read.optional_whole("JOBDECK_DELETE_LOGS_AFTER_DAYS", 1, 36_600),
        delete_after_days=read.optional_whole("JOBDECK_DELETE_AFTER_DAYS", 1, 36_600),
    )
    _check_together(env, read)
    read.finish()
    return env


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _check_together(env: Env, read: Reader) -> None:
    if not env.auth and not env.loopback:
        read.refuse(
            "JOBDECK_AUTH",
            f"everyone who reaches {env.host} could run commands on this machine",
            "off only with HOST=127.0.0.1; otherwise on",
        )
    for name, days in (
        ("JOBDECK_DELETE_LOGS_AFTER_DAYS", env.delete_logs_after_days),
        ("JOBDECK_DELETE_AFTER_DAYS", env.delete_after_days),
    ):
        if days is not None and (env.archive_after_days is None or env.archive_after_days > days):
            read.refuse(
                name, "only archived jobs are deleted", "at least JOBDECK_ARCHIVE_AFTER_DAYS, also set"
            )
    least = env.grace_seconds + env.heartbeat_seconds
    if env.lease_seconds <= least:
        grace, heartbeat = f"{env.grace_seconds:g} s", f"{env.heartbeat_seconds:g} s"
        wrong = f"it must outlast the grace ({grace}) and a heartbeat ({heartbeat})"
        read.refuse("JOBDECK_LEASE_SECONDS", wrong, f"more than {least:g} seconds")


def _default_home(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/jobdeck")
    # The XDG specification says that a relative path is to be ignored.
    data = Path(environ.get("XDG_DATA_HOME") or "-")
    if not data.is_absolute():
        data = Path(environ.get("HOME") or Path.home()) / ".local" / "share"
    return data / "jobdeck"


def _host(value: str) -> str:
    bare = value.strip("[]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        labels = bare.split(".")
    if all(label.replace("-", "").isalnum() and label.isascii() for label in labels):
        return bare.lower()
    raise ValueError("it is neither")


def _prefix(value: str) -> str:
    path = value.rstrip("/")
    if not path:
        return ""
    plain = path.replace("/", "").translate(str.maketrans("", "", "-._~"))
    if not path.startswith("/") or "//" in path or not (plain.isalnum() and plain.isascii()):
        raise ValueError("it must begin with a slash and have letters, digits and - . _ ~ between slashes")
    if {".", ".."} & set(path.split("/")):
        raise ValueError("it has a part that is only dots")
    return path


def _browsable(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host

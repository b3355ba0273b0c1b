"""Turns PostgreSQL addresses into Django's DATABASES."""

from collections.abc import Generator, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from config.process import DatabaseClient

CONNECT_SECONDS = 3

# A network that swallows packets would otherwise hold a thread until the kernel gives up, after a quarter of
# an hour. In seconds, but for tcp_user_timeout's milliseconds; sockets of this machine ignore all of it.
DEAD_PEER = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
POOL_WAIT_SECONDS = 3

# Past this the pool gives a dead connection up and makes a new one when a request needs it. Its back-off
# doubles each time: with the default of 5 minutes a database that returns would be noticed minutes late.
POOL_RECONNECT_SECONDS = 8


# The primary is asked what a replica has not answered by then, and has time to do it.
REPLICA_POOL_WAIT_SECONDS = 1.0
REPLICA_ANSWER_SECONDS = 2.0

T = TypeVar("T")


class ReplicaConnection(psycopg.Connection[TupleRow]):
    """Waits `REPLICA_ANSWER_SECONDS` for an answer at most, then raises `OperationalError`."""

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        return super().wait(gen, interval, REPLICA_ANSWER_SECONDS if timeout is None else timeout)


def django_databases(url: str, replica_urls: Sequence[str], process: DatabaseClient) -> dict[str, Any]:
    """The primary as "default"; where the process serves requests, its replicas as "replica_1" and so on."""
    served = replica_urls if process.connections else ()
    replicas = {f"replica_{number}": _replica(one, process) for number, one in enumerate(served, 1)}
    return {"default": django_database(url, process), **replicas}


def django_database(url: str, process: DatabaseClient) -> dict[str, Any]:
    """Give Django's settings for the database at `url`, pooled and with the timeouts of `process`."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    parts = {"connect_timeout": str(CONNECT_SECONDS), **DEAD_PEER, **parts}
    parts["application_name"] = process.name
    parts["options"] = " ".join([*_session_options(process), parts.get("options", "")]).strip()
    return {
        "ENGINE": "config.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        # Out of a pool, `config.postgresql` looks at them itself.
        "CONN_HEALTH_CHECKS": not process.connections,
        "OPTIONS": {**parts, **({"pool": _pool(process)} if process.connections else {})},
    }


def _pool(process: DatabaseClient) -> dict[str, Any]:
    return {
        "min_size": 1,
        "max_size": process.connections,
        "timeout": POOL_WAIT_SECONDS,
        "reconnect_timeout": POOL_RECONNECT_SECONDS,
    }


def _replica(url: str, process: DatabaseClient) -> dict[str, Any]:
    settings = django_database(url, process)
    options = settings["OPTIONS"]
    options["options"] += " -c default_transaction_read_only=on"
    options["pool"] |= {"timeout": REPLICA_POOL_WAIT_SECONDS, "connection_class": ReplicaConnection}
    return settings


def _session_options(process: DatabaseClient) -> list[str]:
    options = ["-c TimeZone=UTC"]
    if process.statement_seconds:
        options.append(f"-c statement_timeout={process.statement_seconds}s")
        options.append(f"-c idle_in_transaction_session_timeout={process.statement_seconds * 2}s")
    if process.lock_seconds:
        options.append(f"-c lock_timeout={process.lock_seconds}s")
    return options

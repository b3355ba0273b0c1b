"""The embedded server's settings: for this machine, and for tables that are queues."""

from collections.abc import Mapping
from pathlib import Path

import psutil

MB = 1024 * 1024


def settings(memory: int) -> dict[str, str]:
    """Settings for a machine with `memory` bytes, most of which are the jobs'."""
    return {
        "shared_buffers": _mb(memory // 16, 64, 2048),
        "effective_cache_size": _mb(memory // 2, 256, 1 << 20),
        "work_mem": _mb(memory // 1024, 4, 32),
        "maintenance_work_mem": _mb(memory // 64, 64, 512),
        "max_connections": "100",
        "max_locks_per_transaction": "256",  # a query over partitions locks each of them
        "wal_buffers": "16MB",
        "min_wal_size": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling costs more than our short queries take
        # Rows of a queue change many times in their life: clean up early, little by little.
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_scale_factor": "0.02",
        "autovacuum_analyze_scale_factor": "0.02",
        "autovacuum_vacuum_insert_scale_factor": "0.1",
        "autovacuum_vacuum_cost_limit": "1000",
    }


# For a cluster that is thrown away: what is lost in a crash does not matter.
NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
}


def configuration(data: Path, conf: Path, socket_dir: Path, extra: Mapping[str, str]) -> str:
    """The text of postgresql.conf: only reachable through the socket, logging to stderr."""
    values = settings(psutil.virtual_memory().total) | {
        "data_directory": str(data),
        "hba_file": str(conf / "pg_hba.conf"),
        "ident_file": str(conf / "pg_ident.conf"),
        "listen_addresses": "",
        "unix_socket_directories": '"{}"'.format(str(socket_dir).replace('"', '""')),
        "unix_socket_permissions": "0700",
        "cluster_name": "jobdeck",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_line_prefix": "%m [%p] %q%a ",
        "log_checkpoints": "off",
        "log_min_error_statement": "panic",  # statements carry people's data
        "max_wal_senders": "2",
        **extra,
    }
    return "".join(f"{name} = '{_quoted(value)}'\n" for name, value in values.items())


def _mb(size: int, least: int, most: int) -> str:
    return f"{min(max(size // MB, least), most)}MB"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")

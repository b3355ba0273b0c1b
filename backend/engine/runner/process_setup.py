"""What the runner and its guard set up in their own process, once: their log, their rights."""

import ctypes
import json
import logging
import os
import resource
from datetime import UTC, datetime

PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


class EcsFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "@timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "log.level": record.levelname.lower(),
            "message": record.getMessage(),
            "log.logger": record.name,
            "service.name": "jobdeck-runner",
            "ecs.version": "8.11.0",
        }
        if record.exc_info:
            fields["error.stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def configure_logging() -> None:
    """On stderr: readable text, or one JSON object a line with LOG_FORMAT=ecs."""
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s runner: %(message)s")
    handler.setFormatter(EcsFormatter() if os.environ.get("LOG_FORMAT") == "ecs" else text)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.raiseExceptions = False


def become_subreaper() -> None:
    """Orphans of our jobs become our children, so that they stay in reach and are reaped. Raises OSError."""
    _prctl(PR_SET_CHILD_SUBREAPER)


def renounce_new_privileges() -> None:
    """Nothing that is executed from here on gains rights by its set-user-id bit. Raises OSError."""
    _prctl(PR_SET_NO_NEW_PRIVS)


def raise_open_files() -> int:
    """Take as many descriptors as are allowed; returns how many that is."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def _prctl(option: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option} was refused")

"""One way of logging for every process: readable text, or JSON in the Elastic Common Schema."""

import re
import sys
from typing import Any

import ecs_logging
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRETS = re.compile(r"\bjd_[A-Za-z0-9_-]{12,}")


def logging_config(log_format: str, process: str) -> dict[str, Any]:
    """
    Give Django's LOGGING for a process.

    `log_format` is "text" or "ecs"; everything goes to stderr. Loggers of the standard library and of
    structlog come out alike.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_last_steps(log_format, process),
                ],
                "foreign_pre_chain": _shared_steps(),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # Django would tell of every 4xx and 5xx a second time; the request log has them all.
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "ERROR"},
            # "error connecting" at every try; what depends on the connection says it once, and better.
            "psycopg.pool": {"level": "ERROR"},
            "asyncio": {"level": "WARNING"},
            "_granian": {"level": "WARNING"},
        },
    }


def configure_structlog() -> None:
    """Make structlog's own loggers go through the standard library's handlers."""
    structlog.configure(
        processors=[*_shared_steps(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def escape_unprintable(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Write out whatever could pass for a line of ours, or command a terminal, whoever brought it in."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            if key == "exception":
                # A traceback keeps its lines; set in, none of them looks like an event of its own.
                event[key] = "\n".join(f"  {_escaped(line)}" for line in value.split("\n"))
            else:
                event[key] = _escaped(value)
    return event


def _escaped(text: str) -> str:
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def mask_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Cut tokens out of the text of an event, whoever let them in."""
    for key, value in event.items():
        if isinstance(value, str) and "jd_" in value:
            event[key] = SECRETS.sub("jd_…", value)
    return event


def _shared_steps() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        # As text, without local variables: those may be tokens, codes, whole environments.
        structlog.processors.format_exc_info,
        mask_secrets,
        escape_unprintable,
    ]


def _last_steps(log_format: str, process: str) -> list[Processor]:
    if log_format == "ecs":
        return [_named(process), _ecs]
    return [
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=0,
        ),
    ]


def _ecs(logger: WrappedLogger, name: str, event: EventDict) -> str:
    return _ecs_formatter(logger, name, dict(event))


_ecs_formatter = ecs_logging.StructlogFormatter()


def _named(process: str) -> Processor:
    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service.name"] = process
        return event

    return add

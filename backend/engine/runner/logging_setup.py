"""The runner's own log on stderr: readable text, or one JSON object a line with LOG_FORMAT=ecs."""

import json
import logging
import os
from datetime import UTC, datetime


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


def configure() -> None:
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s runner: %(message)s")
    handler.setFormatter(EcsFormatter() if os.environ.get("LOG_FORMAT") == "ecs" else text)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.raiseExceptions = False

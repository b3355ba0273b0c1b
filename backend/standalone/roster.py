"""The children on record, so that a supervisor that was killed leaves nothing that runs for ever."""

import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from standalone import processes
from standalone.child import Child

# In the order of a stop. The database's server is ended by its own lock file.
GRACE_SECONDS = {"web": 5.0, "agent": 10.0, "runner": 15.0}


def write(path: Path, children: Iterable[Child]) -> None:
    """Record the pids and start times of what runs now."""
    running = [
        {"name": child.name, "pid": child.pid, "started": child.started}
        for child in children
        if child.running
    ]
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(running))
    draft.chmod(0o600)
    os.replace(draft, path)  # noqa: PTH105  (whole or not at all)


def end_former(path: Path) -> list[str]:
    """End what a former supervisor left running, and give its names.

    Only a process whose pid and start time are both on record is touched.
    """
    try:
        on_record = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return []
    ended = []
    for name, seconds in GRACE_SECONDS.items():
        for entry in on_record:
            process = processes.find(entry["pid"], entry["started"]) if entry["name"] == name else None
            if process is not None:
                processes.end([process], (signal.SIGTERM, seconds), (signal.SIGKILL, 5.0))
                ended.append(name)
    path.unlink(missing_ok=True)
    return ended

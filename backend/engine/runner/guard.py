"""`python -m engine.runner.guard`: ends what the runner no longer can.

The runner starts it, and tells it of every attempt who its main process is and by when it has to be over.
Where that moment passes and the runner has not acted (it is stopped, or hangs in a write), the guard ends the
attempt. Where the runner is gone without a farewell, the guard ends all that it ran, and then itself. It
touches no disk: its world is the socket on its stdin, /proc and the cgroups.
"""

import argparse
import json
import logging
import select
import signal
import socket
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypedDict

from engine.runner import process_setup
from engine.runner.cgroup import Cgroup
from engine.runner.clock import boottime
from engine.runner.limits import Cgroups
from engine.runner.mark import Mark
from engine.runner.process_group import ProcessGroup
from engine.runner.process_tree import Forest, HomeTree, ProcessTree
from engine.runner.processes import ProcessInfo
from engine.runner.snapshot import Snapshots

LONGEST_SLEEP = 1.0
"""The wait is by CLOCK_MONOTONIC, which stands still while the machine sleeps; CLOCK_BOOTTIME does not."""

PAUSE = 0.05
GIVE_UP_AFTER = 30.0
"""Seconds after which what no signal ends is left to the next runner."""

log = logging.getLogger(__name__)


class Watched(NamedTuple):
    """An attempt's main process, and the CLOCK_BOOTTIME second by which all of it has to be over."""

    pid: int
    start_time: int
    over_by: float


class Message(TypedDict):
    """A line from the runner. `watched` None: that attempt is over. `attempt_id` None: farewell."""

    attempt_id: int | None
    watched: Watched | None


@dataclass(frozen=True, slots=True)
class Guard:
    """`tracking` is the cgroup that holds one for every attempt, None where there are none."""

    runner: socket.socket
    home: str
    tracking: Path | None

    def serve(self) -> None:
        watched: dict[int, Watched] = {}
        received = bytearray()
        while self._hears(received, _seconds_until_due(watched)):
            for message in _taken(received):
                attempt_id = message["attempt_id"]
                if attempt_id is None:
                    return
                watched.pop(attempt_id, None)
                if (told := message["watched"]) is not None:
                    watched[attempt_id] = Watched(*told)
            overdue = {number: one for number, one in watched.items() if one.over_by <= boottime()}
            if overdue and self._end(self._groups(overdue)):
                watched = {number: one for number, one in watched.items() if number not in overdue}
        self._end_all(watched)

    def _hears(self, received: bytearray, seconds: float | None) -> bool:
        """Wait, and take in all that was said; False once the runner is gone."""
        select.select([self.runner], [], [], seconds)
        while True:
            try:
                data = self.runner.recv(1 << 16)
            except BlockingIOError:
                return True
            except ConnectionError:
                return False
            if not data:
                return False
            received += data

    def _groups(self, watched: dict[int, Watched]) -> list[ProcessGroup]:
        """Of these attempts: their cgroups, and what they started wherever it is."""
        snapshots = Snapshots()
        trees = [
            ProcessTree(snapshots, _main(one), Mark(self.home, attempt_id), adopted=True)
            for attempt_id, one in watched.items()
        ]
        groups: list[ProcessGroup] = [Forest(snapshots, trees)]
        if self.tracking is not None:
            cgroups = Cgroups(self.tracking, {})
            groups = [*(Cgroup(cgroups, str(attempt_id)) for attempt_id in watched), *groups]
        return groups

    def _end(self, groups: Iterable[ProcessGroup]) -> bool:
        """One stroke; whether nothing is left. Where something is, it is called again soon."""
        groups = list(groups)
        for group in groups:
            group.kill()
        left = not all(group.is_empty() for group in groups)
        if left:
            time.sleep(PAUSE)
        return not left

    def _end_all(self, watched: dict[int, Watched]) -> None:
        groups = [*self._groups(watched), HomeTree(Snapshots(), self.home)]
        if self.tracking is not None and self.tracking.is_dir():
            groups += Cgroup.left_by_others(Cgroups(self.tracking, {}))
        give_up = boottime() + GIVE_UP_AFTER
        while not self._end(groups):
            if boottime() >= give_up:
                log.error("The runner is gone, and some processes that it ran do not die.")
                return
        log.warning("The runner is gone; all that it ran has been ended.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.runner.guard", description=__doc__)
    parser.add_argument("--home-tag", required=True, help="what the marks of this home begin with")
    parser.add_argument("--tracking", type=Path, help="the cgroup that holds one for every attempt")
    options = parser.parse_args()
    process_setup.configure_logging()
    # The runner alone decides when it ends.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=sys.stdin.fileno()) as runner:
        runner.setblocking(False)
        Guard(runner, options.home_tag, options.tracking).serve()
    return 0


def _seconds_until_due(watched: dict[int, Watched]) -> float | None:
    if not watched:
        return None
    soonest = min(one.over_by for one in watched.values())
    return min(LONGEST_SLEEP, max(0.0, soonest - boottime()))


def _taken(received: bytearray) -> list[Message]:
    """The whole lines; what is left of the last one stays."""
    end = received.rfind(b"\n") + 1
    lines = bytes(received[:end]).splitlines()
    del received[:end]
    return [json.loads(line) for line in lines]


def _main(one: Watched) -> ProcessInfo:
    return ProcessInfo(one.pid, 0, one.pid, one.start_time, 0, 0)


if __name__ == "__main__":
    sys.exit(main())

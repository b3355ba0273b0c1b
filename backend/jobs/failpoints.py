"""Named places where a test may stop, hold or kill the process: races and crashes, met on purpose.

Pure: imports nothing of ours. In production nothing is armed, and a place costs one look into an empty
dictionary.
A process of its own is armed by its environment: `JOBDECK_FAILPOINTS="agent.claimed=kill"`.
"""

import os
import signal
from collections.abc import Callable

_armed: dict[str, Callable[[], None]] = {}


def reach(name: str) -> None:
    """Say that the place `name` was reached, and do what a test asked for."""
    action = _armed.get(name)
    if action is not None:
        action()


def arm(name: str, action: Callable[[], None]) -> None:
    """Do `action` whenever `name` is reached in this process."""
    _armed[name] = action


def disarm(name: str) -> None:
    """Forget what was armed at `name`; nothing happens if nothing was."""
    _armed.pop(name, None)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm_from_environment() -> None:
    for item in filter(None, os.environ.get("JOBDECK_FAILPOINTS", "").split(",")):
        name, _, action = item.partition("=")
        if action != "kill":
            raise ValueError(f"JOBDECK_FAILPOINTS: {item!r} is not of the form name=kill")
        arm(name, _die)


_arm_from_environment()

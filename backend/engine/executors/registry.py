"""The executors that there are. One more is one more line here."""

from collections.abc import Callable

from engine.executors import local
from engine.executors.base import Executor

Factory = Callable[[str], Executor | None]
"""Makes the executor for the worker of that name; None where the settings do not ask for it."""

FACTORIES: dict[str, Factory] = {
    "local": local.configured,
}


def configured_executors(worker: str) -> list[Executor]:
    """Those that the settings ask for."""
    return [executor for make in FACTORIES.values() if (executor := make(worker)) is not None]

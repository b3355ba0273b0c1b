"""The executor of this machine: its runner, over the Unix socket."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar, TypeVar

from engine.executors.base import Capabilities, ExecutorGone, Refused
from engine.runner.client import Event, RefusedError, RunnerClient, RunnerGoneError
from engine.runner.protocol import Hello, Lease, Record, Spec
from jobs.attempts import StopReason

T = TypeVar("T")


class LocalExecutor:
    """Not connected until `connect`; after ExecutorGone it has to be connected anew."""

    name: ClassVar[str] = "local"

    def __init__(self, socket: Path, agent: str) -> None:
        self._socket = socket
        self._agent = agent
        self._client: RunnerClient | None = None

    def connect(self) -> Hello:
        """Take the place of whoever was connected before. Raises ExecutorGone."""
        self.close()
        try:
            self._client = RunnerClient(self._socket, agent=self._agent)
        except RunnerGoneError as error:
            raise ExecutorGone(str(error)) from error
        return self._client.hello

    @property
    def connected(self) -> bool:
        return self._client is not None

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def fileno(self) -> int:
        """Readable when there may be events. Raises ExecutorGone."""
        return self._call(RunnerClient.fileno)

    def events(self) -> list[Event]:
        """What has come in so far; never waits."""
        return self._call(RunnerClient.events)

    def capabilities(self) -> Capabilities:
        hello = self._call(lambda client: client.hello)
        return {
            "cancel": True,
            "timeout": True,
            "logs": True,
            "progress": True,
            "limits": hello["limits"],
            "kill_by": hello["kill_by"],
        }

    def submit(self, spec: Spec) -> None:
        self._call(lambda client: client.start(spec))

    def cancel(self, attempt_id: int, lease: str, *, reason: StopReason, grace: float) -> None:
        self._call(lambda client: client.stop(attempt_id, lease, reason=reason, grace=grace))

    def poll(self) -> list[Record]:
        return self._call(RunnerClient.attempts)

    def extend(self, leases: Iterable[Lease]) -> list[int]:
        return self._call(lambda client: client.extend(leases))

    def forget(self, attempt_id: int, lease: str) -> None:
        self._call(lambda client: client.forget(attempt_id, lease))

    def _call(self, ask: Callable[[RunnerClient], T]) -> T:
        if self._client is None:
            raise ExecutorGone("The runner is not connected.")
        try:
            return ask(self._client)
        except RefusedError as error:
            raise Refused(error.code, str(error)) from error
        except RunnerGoneError as error:
            self.close()
            raise ExecutorGone(str(error)) from error

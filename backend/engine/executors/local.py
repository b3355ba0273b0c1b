"""The executor of this machine: its runner, over the Unix socket, and what that keeps in the spool."""

import logging
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, TypeVar, cast

from django.conf import settings

from engine.executors.base import (
    AttemptRecord,
    Capabilities,
    Executor,
    ExecutorGone,
    ExecutorNews,
    Refused,
)
from engine.executors.folder import AttemptFolder
from engine.runner import protocol
from engine.runner.client import RefusedError, RunnerClient, RunnerGoneError
from engine.runner.protocol import Lease, Record, Spec, ref_of
from engine.runner.spool import Entry
from jobs.attempts import AttemptRef, Exit, StopReason, Stream, Workload

LEAST_FREE_DISK = 500 * 1000 * 1000
"""Bytes; with less in the spool nothing is started."""

_NEWS: dict[str, Literal["ended", "lingers"]] = {"ended": "ended", "lingers": "lingers"}

T = TypeVar("T")

log = logging.getLogger(__name__)


class LocalExecutor(Executor):
    """Not connected until `connect`; after ExecutorGone it has to be connected anew.

    `cpus` and `memory_mb` are what jobs may use of this machine; None: all of it.
    """

    name: ClassVar[str] = "local"

    def __init__(
        self,
        socket: Path,
        spool: Path,
        agent: str,
        *,
        cpus: float | None = None,
        memory_mb: int | None = None,
    ) -> None:
        self._socket = socket
        self._spool = spool
        self._agent = agent
        self._cpus = cpus
        self._memory_mb = memory_mb
        self._client: RunnerClient | None = None
        self._exits: dict[int, Exit] = {}

    def connect(self) -> None:
        """Take the place of whoever was connected before."""
        self.close()
        self._exits.clear()
        try:
            self._client = RunnerClient(self._socket, agent=self._agent)
        except RunnerGoneError as error:
            raise ExecutorGone(str(error)) from error
        self.connected = True
        hello = self._client.hello
        log.info("Connected to the runner, pid %d; it ends jobs by %s.", hello["pid"], hello["kill_by"])

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self.connected = False

    def fileno(self) -> int:
        return self._call(RunnerClient.fileno)

    def news(self) -> list[ExecutorNews]:
        heard = self._call(RunnerClient.events)
        self._exits |= {event.attempt_id: event.exit for event in heard if event.exit is not None}
        return [ExecutorNews(_NEWS.get(event.name, "output"), event.attempt_id) for event in heard]

    def capabilities(self) -> Capabilities:
        hello = self._call(lambda client: client.hello)
        return {
            "cancel": True,
            "timeout": True,
            "logs": True,
            "progress": True,
            "limits": dict(cast(Mapping[str, bool], hello["limits"])),
            "kill_by": hello["kill_by"],
            "capacity": {
                "cpus": self._cpus or float(hello["cpus"]),
                "memory_mb": self._memory_mb or hello["memory_mb"],
            },
        }

    def obstacle(self) -> str:
        hello = self._call(lambda client: client.hello)
        if mismatch := protocol.of_another_version(protocol.VERSION, hello["protocol"]):
            return mismatch
        free = shutil.disk_usage(self._spool).free
        if free >= LEAST_FREE_DISK:
            return ""
        return f"{self._spool} has {free // 1_000_000} MB free, fewer than {LEAST_FREE_DISK // 1_000_000}."

    def submit_many(
        self, items: Sequence[tuple[AttemptRef, Workload]], *, deadline: float, grace: float, log_cap: int
    ) -> dict[int, Refused | None]:
        specs = [
            Spec(
                ref=ref,
                command=work.command,
                environment=dict(work.environment),
                working_directory=work.working_directory,
                timeout=work.timeout,
                deadline=deadline,
                grace=grace,
                memory_mb=work.memory_mb or None,
                cpus=work.cpus,
                log_cap=log_cap,
            )
            for ref, work in items
        ]
        refused = self._call(lambda client: client.start_many(specs))
        return {
            ref.attempt_id: Refused(no.code, str(no)) if (no := refused.get(ref.attempt_id)) else None
            for ref, _ in items
        }

    def cancel(self, ref: AttemptRef, *, reason: StopReason, grace: float) -> None:
        self._call(lambda client: client.stop(ref.attempt_id, str(ref.lease), reason=reason, grace=grace))

    def poll(self) -> list[AttemptRecord]:
        return [_record(record) for record in self._call(RunnerClient.attempts)]

    def extend(self, refs: Iterable[AttemptRef], deadline: float) -> list[int]:
        leases: list[Lease] = [
            {"attempt_id": ref.attempt_id, "lease": str(ref.lease), "deadline": deadline} for ref in refs
        ]
        return self._call(lambda client: client.extend(leases))

    def forget_many(self, refs: Iterable[AttemptRef]) -> set[int]:
        leases = {ref.attempt_id: str(ref.lease) for ref in refs}
        refused = self._call(lambda client: client.forget_many(leases))
        # Under another lease it is another agent's.
        kept = {attempt_id for attempt_id, no in refused.items() if no.code != "unknown_attempt"}
        for attempt_id in leases.keys() - kept:
            self._exits.pop(attempt_id, None)
        return kept

    def exit(self, ref: AttemptRef) -> Exit | None:
        """As the runner has told; where that was missed, as it stands in the spool."""
        return self._exits.get(ref.attempt_id) or self._folder(ref).exit()

    def log_size(self, ref: AttemptRef, stream: Stream) -> int:
        return 0 if self._wrote_nothing(ref, stream) else self._folder(ref).size(stream)

    def read_log(self, ref: AttemptRef, stream: Stream, offset: int, limit: int) -> bytes:
        return b"" if self._wrote_nothing(ref, stream) else self._folder(ref).read(stream, offset, limit)

    def progress(self, ref: AttemptRef) -> bytes | None:
        return self._folder(ref).progress()

    def result(self, ref: AttemptRef) -> bytes | None:
        return self._folder(ref).result()

    def _wrote_nothing(self, ref: AttemptRef, stream: Stream) -> bool:
        """Told by its end, which spares a look into the spool."""
        ended = self._exits.get(ref.attempt_id)
        return ended is not None and ended["streams"].get(stream, {"size": 1})["size"] == 0

    def _folder(self, ref: AttemptRef) -> AttemptFolder:
        return AttemptFolder(Entry(self._spool, ref.attempt_id))

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


def configured(worker: str) -> LocalExecutor:
    """Every worker has one: its own machine."""
    env = settings.ENV
    return LocalExecutor(
        env.home.runner_socket, env.home.spool, worker, cpus=env.cpus, memory_mb=env.memory_mb
    )


def _record(record: Record) -> AttemptRecord:
    return AttemptRecord(
        ref_of(record),
        running=record["state"] == "running",
        exit=record["exit"],
        lingers=record.get("lingers", False),
    )

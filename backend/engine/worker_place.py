"""Where a worker lives: a home on a machine, told apart from their copies."""

import socket
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.runner.clock import boot_id
from engine.runner.folder_identity import FolderIdentity
from jobs.models import Worker

MACHINE_ID = Path("/etc/machine-id")
PRODUCT_ID = Path("/sys/class/dmi/id/product_uuid")
NETWORK = Path("/sys/class/net")
_BUILT_IN = frozenset({"pci", "virtio", "vmbus", "xen"})


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """`machine` outlives a reboot and `boot_id` does not; `home` is the folder."""

    machine: str
    boot_id: str
    host: str
    home: FolderIdentity

    @classmethod
    def here(cls, home: Path) -> "WorkerPlace":
        return cls(machine(), boot_id(), socket.gethostname(), FolderIdentity.of(home))

    def is_of(self, worker: Worker) -> bool:
        """Whether the worker lives here."""
        home = FolderIdentity.parse(worker.home)
        same_machine = worker.boot_id == self.boot_id or worker.machine == self.machine
        return same_machine and home is not None and home.is_same_as(self.home)


def machine() -> str:
    """A digest of what is this machine's own. A clone of its disk shares the first, and seldom the rest."""
    parts = [_text(MACHINE_ID), _text(PRODUCT_ID), *sorted(_addresses())]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def _addresses() -> list[str]:
    """Of the network cards that are built in: what can be plugged in comes and goes."""
    if not NETWORK.is_dir():
        return []
    return [
        _text(card / "address")
        for card in NETWORK.iterdir()
        if (card / "device" / "subsystem").resolve().name in _BUILT_IN
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        return ""

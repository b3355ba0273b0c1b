"""What the runner asks of the kernel for itself, once, at its start."""

import ctypes
import resource

PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


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

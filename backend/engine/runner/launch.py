"""Starts one command so that nothing of it runs before it is on record.

A small shell is started first and waits at a gate, a pipe on its stdin. Meanwhile its pid is known, it is
moved into its cgroups and `started` is written; only then is it told to turn into the command. When the
runner dies in between, the gate closes and the shell goes away without having run anything.
"""

import contextlib
import fcntl
import functools
import os
import pwd
import resource
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from engine.runner.command import StartFailedError
from engine.runner.mark import VARIABLE as MARK_VARIABLE
from engine.runner.mark import Mark
from engine.runner.protocol import Spec
from engine.runner.spool import Entry

GATE = 'read -r go || exit 125; exec "$@" </dev/null'
STREAMS = ("stdout", "stderr")
OPEN_FILES = 1024
OOM_SCORE = 200
RLIMIT_LOCKS = 10
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(slots=True)
class Launched:
    """A process that waits at its gate. `pipes` are the reading ends, by stream."""

    process: subprocess.Popen[bytes]
    pipes: dict[str, int] = field(default_factory=dict)

    @property
    def pid(self) -> int:
        return self.process.pid

    def open_gate(self) -> None:
        """The shell may have been killed while it waited; then its end tells, as that of any job."""
        gate = self._gate()
        with contextlib.suppress(BrokenPipeError):
            gate.write(b"go\n")
        gate.close()

    def give_up(self) -> None:
        """Close the gate; the shell ends without having run the command, and is reaped here."""
        self._gate().close()
        self.process.wait()
        self.close_pipes()

    def close_pipes(self) -> None:
        for descriptor in self.pipes.values():
            os.close(descriptor)
        self.pipes.clear()

    def ended(self, returncode: int) -> None:
        """Somebody else has reaped it: `subprocess` must not wait for that pid again."""
        self.process.returncode = returncode

    def _gate(self) -> IO[bytes]:
        gate = self.process.stdin
        if gate is None:
            raise RuntimeError("A launched process has a gate.")
        return gate


def environment(spec: Spec, entry: Entry, mark: Mark) -> dict[str, str]:
    """All that the job inherits: a few names of the runner's own, the job's, and ours."""
    user = _user()
    work = entry.work
    return {
        "PATH": os.environ.get("PATH") or DEFAULT_PATH,
        "HOME": os.environ.get("HOME") or user.pw_dir,
        "LANG": os.environ.get("LANG") or "C.UTF-8",
        "USER": user.pw_name,
        "SHELL": os.environ.get("SHELL") or user.pw_shell or "/bin/sh",
        "TMPDIR": str(work / "tmp"),
        "PYTHONUNBUFFERED": "1",
        **spec.environment,
        "JOBDECK_JOB_ID": str(spec.ref.job_id),
        "JOBDECK_ATTEMPT": str(spec.ref.number),
        "JOBDECK_PROGRESS": str(work / "progress"),
        "JOBDECK_RESULT": str(work / "result.json"),
        "JOBDECK_ARTIFACTS": str(work / "artifacts"),
        MARK_VARIABLE: mark.text,
    }


def launch(words: list[str], folder: Path, variables: Mapping[str, str], mark: Mark) -> Launched:
    """Start the shell that will become the command, in a session of its own. Raises StartFailedError."""
    readers: dict[str, int] = {}
    writers: dict[str, int] = {}
    try:
        for stream in STREAMS:
            readers[stream], writers[stream] = _pipe()
        process = subprocess.Popen(
            ["/bin/sh", "-c", GATE, "jobdeck", *words],
            stdin=subprocess.PIPE,
            stdout=writers["stdout"],
            stderr=writers["stderr"],
            bufsize=0,
            cwd=folder,
            env=variables,
            umask=0o022,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        for descriptor in readers.values():
            os.close(descriptor)
        raise StartFailedError(f"The command could not be started: {_reason(error)}.") from error
    finally:
        for descriptor in writers.values():
            os.close(descriptor)
    launched = Launched(process, readers)
    _prepare(process.pid, mark)
    return launched


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe2(os.O_CLOEXEC)
    # The writing end must block, or programs see EAGAIN; only ours may not.
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_NONBLOCK)
    # Whoever opens /dev/stdout opens this pipe by its permissions.
    os.fchmod(writer, 0o600)
    return reader, writer


def _prepare(pid: int, mark: Mark) -> None:
    """What the waiting shell passes on: usual limits in place of the runner's, the seal, and to go before us
    when memory runs out."""
    with contextlib.suppress(OSError, ValueError):
        _, most_files = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (min(OPEN_FILES, most_files), most_files))
    with contextlib.suppress(OSError, ValueError):
        resource.prlimit(pid, RLIMIT_LOCKS, (mark.seal, mark.seal))
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(OOM_SCORE))


@functools.cache
def _user() -> pwd.struct_passwd:
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return pwd.struct_passwd((str(uid), "", uid, os.getgid(), "", "/", "/bin/sh"))


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)

"""`python -m engine.runner --home DIR --socket PATH --spool DIR`: run until SIGTERM."""

import argparse
import contextlib
import logging
import os
import selectors
import sys
from pathlib import Path

from engine.runner import process_setup
from engine.runner.guard_link import GuardLink
from engine.runner.handlers import RequestHandlers
from engine.runner.limits import detect
from engine.runner.lock_file import LockFile, LockFileError
from engine.runner.mark import home_tag
from engine.runner.processes import Offspring
from engine.runner.protocol import DEFAULT_LOG_CAP
from engine.runner.recovery import Recovery
from engine.runner.registry import AttemptRegistry
from engine.runner.server import RunnerServer, listen
from engine.runner.snapshot import Snapshots
from engine.runner.spool import Spool
from engine.runner.start import Starter

DESCRIPTORS_PER_JOB = 8
MOST_JOBS = 2000
ANOTHER_RUNS = 3

log = logging.getLogger(__name__)


def main() -> int:
    options = _options()
    # By this variable the supervisor's successor finds the runner; what the runner starts is not the runner.
    os.environ.pop("JOBDECK_PROCESS", None)
    process_setup.configure_logging()
    try:
        lock = LockFile(options.home / "run" / "runner.lock")
    except LockFileError as error:
        log.critical("%s", error)
        return 1
    with contextlib.closing(lock):
        if not lock.take():
            log.critical("The runner with pid %s holds %s.", lock.holder(), options.home)
            return ANOTHER_RUNS
        lock.sign(str(os.getpid()))
        _run(options)
    return 0


def _run(options: argparse.Namespace) -> None:
    with contextlib.suppress(OSError):
        process_setup.renounce_new_privileges()
    process_setup.become_subreaper()
    most = min(MOST_JOBS, process_setup.raise_open_files() // DESCRIPTORS_PER_JOB)
    home = home_tag(options.home)
    cgroups = None if options.no_cgroup else detect(f"jobdeck-{home}")
    offspring, selector = Offspring(), selectors.DefaultSelector()
    guard = GuardLink(options.home / "run" / "guard.lock", home, cgroups, selector, offspring)
    guard.tend()
    snapshots = Snapshots()
    spool = Spool(options.spool)
    former = Recovery(spool, cgroups, snapshots, home, options.log_cap).run()
    starter = Starter(spool, cgroups, snapshots, offspring, guard, home=home, log_cap=options.log_cap)
    attempts = AttemptRegistry(selector, spool, starter, offspring, guard, former=former, most=most)
    with listen(options.socket) as listening:
        log.info("Ready. Jobs are held together by %s.", "cgroups" if cgroups else "a mark")
        RunnerServer(selector, listening, attempts, RequestHandlers(attempts, cgroups)).serve()
    options.socket.unlink(missing_ok=True)
    guard.close()
    if cgroups:
        cgroups.remove()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.runner", description="Run and supervise jobs.")
    parser.add_argument("--home", type=Path, required=True, help="folder of this installation")
    parser.add_argument("--socket", type=Path, required=True, help="where the agent connects")
    parser.add_argument("--spool", type=Path, required=True, help="folder for what is known of each attempt")
    parser.add_argument("--log-cap", type=int, default=DEFAULT_LOG_CAP, help="bytes kept of each stream")
    parser.add_argument("--no-cgroup", action="store_true", help="hold jobs together by a mark alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

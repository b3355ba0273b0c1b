"""`python -m standalone`: run Jobdeck on this machine.

`stop` ends it, `home` prints where its data lives, `manage COMMAND` runs a management command with the
database that it needs.
"""

import signal
import sys
import time
from collections.abc import Callable

from config.env import BadSettings, Env, load_env
from config.paths import FolderRefused
from standalone import cluster_lock, commands, orphans, processes
from standalone.errors import CannotStart
from standalone.lock import Holder, SupervisorLock, holder
from standalone.manage import manage
from standalone.supervisor import Supervisor, longest_stop
from standalone.terminal import Terminal
from standalone.web_address import check_free

USAGE = "Usage: python -m standalone [run | stop | home | manage COMMAND...]"


def main(arguments: list[str]) -> int:
    action, *rest = arguments or ["run"]
    actions: dict[str, Callable[[Env], int]] = {"run": run, "stop": stop, "home": show_home}
    if action == "manage" and rest:
        actions[action] = lambda env: manage(make_home(env), rest)
    elif action not in actions or rest:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        return actions[action](load_env())
    except (BadSettings, CannotStart, FolderRefused) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"Jobdeck cannot go on: {error.strerror or error}: {error.filename or 'no file'}", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        return 130


def make_home(env: Env) -> Env:
    """The same, with its home made. Raises `CannotStart` where it cannot be."""
    try:
        env.home.make()
    except OSError as error:
        raise CannotStart(
            f"{env.home.root} cannot be made ({error.strerror}: {error.filename}). "
            "Choose a folder of yours: JOBDECK_HOME=/some/folder make run"
        ) from error
    return env


def run(env: Env) -> int:
    make_home(env)
    address = commands.where_it_listens(env)
    with SupervisorLock(env.home.supervisor_lock, Holder.this_process(env.url, address)):
        terminal = Terminal(env.home.logs / "supervisor.log", env.log_format)
        former = end_orphans(env)
        if former:
            terminal.say(f"Ended what a former supervisor left running: {', '.join(former)}.", "warning")
        check_free(env.host, env.port)
        Supervisor(env, terminal).run()
    return 0


def stop(env: Env) -> int:
    """Ask the supervisor of this home to stop and wait until it has; end what a killed one left running."""
    by = holder(env.home.supervisor_lock)
    process = processes.find(by.pid, by.started) if by else None
    if process is None:
        print(stop_orphans(env))
        return 0
    process.send_signal(signal.SIGTERM)
    seconds = longest_stop(env)
    deadline = time.monotonic() + seconds
    while processes.alive(process):
        if time.monotonic() > deadline:
            raise CannotStart(f"Process {process.pid} has not ended after {seconds:g} s.")
        time.sleep(0.1)
    print(f"Stopped. The data stays in {env.home.root}.")
    return 0


def stop_orphans(env: Env) -> str:
    """End what a killed supervisor left, and say so. Raises `CannotStart` where one is just starting."""
    if not env.home.run.is_dir():
        return f"No Jobdeck runs on {env.home.root}."
    with SupervisorLock(env.home.supervisor_lock, Holder.this_process("no address (it is being stopped)")):
        ended = end_orphans(env)
    if not ended:
        return f"No Jobdeck runs on {env.home.root}."
    return f"Its supervisor was gone. Ended what it left running: {', '.join(ended)}."


def end_orphans(env: Env) -> list[str]:
    """End what a killed supervisor left running, the database last; the names of what ran."""
    ended = orphans.end(env.home.root)
    if cluster_lock.end_servers(env.home.postgres_data):
        ended.append("postgres")
    return ended


def show_home(env: Env) -> int:
    print(env.home.root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

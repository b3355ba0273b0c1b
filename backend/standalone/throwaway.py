"""A PostgreSQL that is thrown away: `python -m standalone.throwaway FOLDER`.

Makes a cluster in FOLDER, runs it, says "ready" on stdout, and when its stdin ends stops it and removes
FOLDER. Whoever started it may be interrupted or killed: the pipe ends with it, so nothing is left behind.
"""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from config.paths import Home
from standalone.errors import CannotStart
from standalone.postgres import EmbeddedPostgres


def main(folder: Path) -> int:
    # Ctrl-C reaches the whole terminal; only the end of stdin means stop.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    home = Home(folder / "home")
    home.make()
    postgres = EmbeddedPostgres(home, durable=False)
    server: subprocess.Popen[bytes] | None = None
    try:
        postgres.prepare()
        with (home.logs / "postgres.log").open("wb") as log:
            server = postgres.start(log)
        postgres.wait_until_ready(server)
        print("ready", flush=True)
        sys.stdin.read()
    except CannotStart as error:
        print(error, flush=True)
        return 1
    except BrokenPipeError:
        pass
    finally:
        if server is not None:
            postgres.stop(server)
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

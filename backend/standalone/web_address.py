"""Where web listens: is the port free, which one is, and is web ready there?"""

import errno
import http.client
import json
import socket

from config.env import Env
from standalone.errors import CannotStart

LOOKED_AT = 100
ANSWER_SECONDS = 5.0


def check_free(host: str, port: int) -> None:
    """Raise `CannotStart` when the port cannot be listened on now, with the next free one."""
    reason = _refusal(host, port)
    if reason is None:
        return
    if reason.errno == errno.EACCES:
        raise CannotStart(f"Port {port} needs more rights than you have. Try: PORT=8000 make run")
    if reason.errno != errno.EADDRINUSE:
        raise CannotStart(f"Jobdeck cannot listen on {host}, port {port}: {reason.strerror or reason}.")
    free = next_free(host, port)
    way_out = f" The next free one is {free}: PORT={free} make run" if free else ""
    raise CannotStart(f"Port {port} of {host} is taken by another program.{way_out}")


def address(host: str) -> str:
    """The IP address to listen on for a host name; an address stays as it is."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0]
    return str(found)


def next_free(host: str, port: int) -> int | None:
    """The first free port after `port`, near it."""
    for candidate in range(port + 1, min(port + 1 + LOOKED_AT, 65536)):
        if _refusal(host, candidate) is None:
            return candidate
    return None


def is_ready(env: Env) -> bool:
    """Whether `/readyz` answers 200 now."""
    return what_is_missing(env) == ""


def what_is_missing(env: Env) -> str:
    """What has to be done until `/readyz` answers 200, in its own words; "" when it does."""
    connection = http.client.HTTPConnection(_reachable(env.host), env.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", f"{env.prefix}/readyz")
        answer = connection.getresponse()
        if answer.status == 200:
            return ""
        checks = json.loads(answer.read())["checks"].items()
        return "; ".join(f"{name}: {check['message']}" for name, check in checks if not check["ok"])
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return "web does not answer"
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """An address of this machine for a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)


def _refusal(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections of a server that just ended do not hold its port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None

"""Does the web process answer that everything is ready?"""

import http.client

from config.env import Env

ANSWER_SECONDS = 5.0


def is_ready(env: Env) -> bool:
    """Whether `/readyz` answers 200 now."""
    host, port = reachable(env.host), env.port
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", f"{env.prefix}/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """An address of this machine for a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)

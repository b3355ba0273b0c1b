"""Which names this server answers to, and from which pages it takes orders."""

from collections.abc import Iterable

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
WILDCARDS = ("0.0.0.0", "::", "[::]")  # noqa: S104  (compared, not bound)
DEFAULT_PORTS = {"http": 80, "https": 443}


def served_origins(host: str, port: int, extra: Iterable[str]) -> frozenset[str]:
    """
    Give every origin ("http://localhost:8000") whose pages may use this server.

    Loopback and HOST are plain http on PORT. An extra name without a port is also what a TLS proxy
    in front of us is called; one with a port is taken as it stands.
    """
    origins = {origin("http", name, port) for name in (*LOOPBACK, _bracketed(host)) if name not in WILDCARDS}
    for entry in extra:
        name, given_port = split_host(entry)
        if given_port is None:
            origins.add(origin("https", name, 443))
            origins.update(origin(scheme, name, port) for scheme in DEFAULT_PORTS)
        elif given_port in DEFAULT_PORTS.values():
            origins.update(origin(s, name, p) for s, p in DEFAULT_PORTS.items() if p == given_port)
        else:
            origins.update(origin(scheme, name, given_port) for scheme in DEFAULT_PORTS)
    return frozenset(origins)


def served_hosts(origins: Iterable[str]) -> frozenset[str]:
    """Give the Host headers that go with these origins."""
    return frozenset(one.split("://", 1)[1] for one in origins)


def is_tls_only(host: str, origins: Iterable[str]) -> bool:
    """Say whether browsers reach us under this Host header by https and by nothing else."""
    return {one.partition("://")[0] for one in origins if one.endswith(f"://{host.lower()}")} == {"https"}


def origin(scheme: str, host: str, port: int) -> str:
    """Write an origin as browsers do: lower case, without the scheme's own port."""
    name = host.lower()
    return f"{scheme}://{name}" if DEFAULT_PORTS[scheme] == port else f"{scheme}://{name}:{port}"


def split_host(value: str) -> tuple[str, int | None]:
    """Split "name:8000" or "[::1]:8000" into name and port; the port is None when there is none."""
    name, colon, port = value.rpartition(":")
    if colon and port.isascii() and port.isdigit() and (":" not in name or name.endswith("]")):
        return name, int(port)
    return _bracketed(value), None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host

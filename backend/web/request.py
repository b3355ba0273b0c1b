"""A request before its body is read: as granian has it, and as WSGI wants it."""

import io
import sys
from dataclasses import dataclass, replace
from wsgiref.types import WSGIEnvironment

from granian.rsgi import Scope

AUTHORITY = "jobdeck.authority"
"""Where the environ has the host and port of an address that names them; None where it does not."""

_LENGTHS = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Request:
    """
    What came before the body.

    `path` is percent-decoded, `query` is not. Header names are in lower case; what came twice is joined by
    commas. `authority` is what an absolute address (`GET http://host:port/path`) names.
    """

    scope: Scope
    method: str
    path: str
    query: str
    authority: str | None
    headers: dict[str, str]

    @classmethod
    def of(cls, scope: Scope) -> "Request":
        """Take all there is from granian, each thing once: it makes it anew whenever it is asked."""
        headers: dict[str, str] = {}
        for name, value in scope.headers.items():
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return cls(scope, scope.method, scope.path, scope.query_string, scope.authority, headers)

    def below(self, prefix: str) -> "Request | None":
        """Give the request as it is below the prefix, or None where it is not."""
        if not prefix:
            return self
        return replace(self, path=self.path[len(prefix) :]) if self.path.startswith(f"{prefix}/") else None

    @property
    def host(self) -> str:
        """Host and port that it was sent to, by the header or, without one (as in HTTP/2), by the address."""
        return self.headers.get("host", self.authority or "")

    @property
    def is_plain(self) -> bool:
        """Whether all headers are ASCII. Granian leaves out values that are not, but not their names."""
        return len(self.headers) == len(self.scope.headers.keys())

    def environ(self, body: bytes) -> WSGIEnvironment:
        """Give what WSGI wants of a request with this body (PEP 3333)."""
        server, _, server_port = self.scope.server.rpartition(":")
        client, _, client_port = self.scope.client.rpartition(":")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _as_latin_1(self.path),
            "QUERY_STRING": _as_latin_1(self.query),
            "SERVER_PROTOCOL": f"HTTP/{self.scope.http_version}",
            "SERVER_NAME": server.strip("[]"),
            "SERVER_PORT": server_port,
            "REMOTE_ADDR": client.strip("[]"),
            "REMOTE_PORT": client_port,
            "HTTP_HOST": self.host,
            AUTHORITY: self.authority,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scope.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            # With "_" another header could pass for the one that WSGI writes the same.
            if name not in _LENGTHS and "_" not in name:
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        if "content-type" in self.headers:
            environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE")
        if body:
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ


def _as_latin_1(text: str) -> str:
    """Write text as WSGI does: each of its bytes a character."""
    return text.encode().decode("latin-1")

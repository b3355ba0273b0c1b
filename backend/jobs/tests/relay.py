"""A TCP relay in front of the tests' PostgreSQL, which itself listens on a Unix socket only.

It can require TLS, as a server with only `hostssl` in its pg_hba.conf does, and it can stop forwarding
without closing anything, as a network does that swallows packets.
"""

import select
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_NEW_CERTIFICATE = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
    *("-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"),
)
NO_ENCRYPTION = b"no pg_hba.conf entry, no encryption"


@dataclass
class _Session:
    name: str
    swallowed: threading.Event = field(default_factory=threading.Event)


@dataclass
class Relay:
    """`refused` are the application names of those that came without TLS where it is required."""

    target: str
    listening: socket.socket
    tls: ssl.SSLContext | None
    refused: list[str] = field(default_factory=list)
    bad_handshakes: int = 0
    _sessions: list["_Session"] = field(default_factory=list)
    _open: bool = True

    @property
    def sessions(self) -> list[str]:
        """The application names of all that got through, in order."""
        return [session.name for session in self._sessions]

    @property
    def port(self) -> int:
        port: int = self.listening.getsockname()[1]
        return port

    def swallow(self, name: str = "") -> None:
        """Forward nothing more for those who are connected now (under a name), and tell them nothing."""
        for session in self._sessions:
            if name in ("", session.name):
                session.swallowed.set()

    def serve(self) -> None:
        while self._open:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def stop(self) -> None:
        self._open = False
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _one(self, client: socket.socket) -> None:
        with suppress(OSError), closing(client):
            first = _message(client)
            while first == SSL_REQUEST or first[4:8] == struct.pack("!i", 80877104):  # TLS, GSSAPI
                if first != SSL_REQUEST or self.tls is None:
                    client.sendall(b"N")
                    first = _message(client)
                    continue
                client.sendall(b"S")
                try:
                    client = self.tls.wrap_socket(client, server_side=True)
                except OSError:
                    self.bad_handshakes += 1
                    raise
                first = _message(client)
            name = _application_name(first)
            if self.tls is not None and not isinstance(client, ssl.SSLSocket):
                if name:  # a request to cancel has none
                    self.refused.append(name)
                client.sendall(_error(NO_ENCRYPTION))
                return
            session = _Session(name)
            self._sessions.append(session)
            with closing(socket.socket(socket.AF_UNIX)) as server:
                server.connect(self.target)
                server.sendall(first)
                self._forward(client, server, session.swallowed)

    def _forward(self, client: socket.socket, server: socket.socket, swallowed: threading.Event) -> None:
        while self._open:
            pending = isinstance(client, ssl.SSLSocket) and client.pending()
            readable = [client] if pending else select.select([client, server], [], [], 0.1)[0]
            while swallowed.is_set() and self._open:
                time.sleep(0.1)
            for one in readable:
                data = one.recv(65536)
                if not data:
                    return
                (server if one is client else client).sendall(data)


@contextmanager
def relay(tls: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """Run a relay to the tests' database on a free port of this machine."""
    database = connection.settings_dict
    target = f"{database['HOST']}/.s.PGSQL.{database['PORT'] or 5432}"
    running = Relay(target, socket.create_server(("127.0.0.1", 0)), tls)
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.stop()
        thread.join()


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A new certificate, signed by itself, for 127.0.0.1: the file to trust, and the server's side of it."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        [*_NEW_CERTIFICATE, "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def _message(client: socket.socket) -> bytes:
    """A message of the start of a connection: its length, then the rest."""
    head = _exactly(client, 4)
    return head + _exactly(client, struct.unpack("!i", head)[0] - 4)


def _exactly(client: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        piece = client.recv(length - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return data


def _application_name(startup: bytes) -> str:
    words = startup[8:].split(b"\0")
    pairs = dict(zip(words[::2], words[1::2], strict=False))
    return pairs.get(b"application_name", b"").decode()


def _error(message: bytes) -> bytes:
    fields = b"SFATAL\0VFATAL\0C28000\0M" + message + b"\0\0"
    return b"E" + struct.pack("!i", len(fields) + 4) + fields

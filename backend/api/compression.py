"""Compresses an answer while it is made, where the caller takes that (Accept-Encoding)."""

import zlib
from collections.abc import Iterable, Iterator

from rest_framework.request import Request

GZIP_WINDOW = 16 + zlib.MAX_WBITS  # with gzip's header and checksum
LEVEL = 2  # half as small again takes four times as long


def takes_gzip(request: Request) -> bool:
    """Whether the caller takes gzip, by name or by `*`, and not with a weight of nothing."""
    weights = dict(_weights(request.headers.get("Accept-Encoding", "")))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, compressed. Each can be read as soon as it is there; those of nothing stay that."""
    packer = zlib.compressobj(LEVEL, wbits=GZIP_WINDOW)
    for piece in pieces:
        yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH) if piece else b""
    yield packer.flush()


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for part in header.lower().split(","):
        coding, *parameters = (one.strip() for one in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            yield coding, float(weight)
        except ValueError:
            continue

"""The logs of attempts: shipped by the engine in pieces, read by byte offset or by line."""

from ..attempts import STREAMS, Stream
from .read import LogSlice, find_log, read_slice, read_tail, stream_bytes
from .ship import CHUNK_BYTES, Piece, finish, ship, ship_many

__all__ = [
    "CHUNK_BYTES",
    "STREAMS",
    "LogSlice",
    "Piece",
    "Stream",
    "find_log",
    "finish",
    "read_slice",
    "read_tail",
    "ship",
    "ship_many",
    "stream_bytes",
]

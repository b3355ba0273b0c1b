"""The logs of attempts: shipped by the engine in pieces, read by byte offset or by line."""

from ..attempts import STREAMS, Stream
from .read import LogSlice, find_log, read_slice, read_tail, stream_bytes
from .ship import CHUNK_BYTES, finish, ship

__all__ = [
    "CHUNK_BYTES",
    "STREAMS",
    "LogSlice",
    "Stream",
    "find_log",
    "finish",
    "read_slice",
    "read_tail",
    "ship",
    "stream_bytes",
]

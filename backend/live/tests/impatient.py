"""The server, but with little patience: for readers who stall, and in looking who is still signed in."""

from config.rsgi import application  # isort: skip  (sets Django up for the others)

from jobs import listening
from live import connection, consumer

connection.SEND_SECONDS = 1.0
consumer.LOOK_AGAIN_SECONDS = 0.3
listening.SILENCE_SECONDS = 0.5
listening.PROBE_SECONDS = 3.0

__all__ = ["application"]

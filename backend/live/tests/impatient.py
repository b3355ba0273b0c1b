"""The server, but with little patience for readers who stall."""

from config.asgi import application  # isort: skip  (sets Django up for the others)

from live import connection

connection.SEND_SECONDS = 1.0

__all__ = ["application"]

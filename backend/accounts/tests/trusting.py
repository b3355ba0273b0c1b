"""The server, but what it knows of who asks it forgets only when it is told that something has changed."""

from config.rsgi import application  # isort: skip  (sets Django up for the others)

from accounts import known

known.KEPT_SECONDS = 3600.0

__all__ = ["application"]

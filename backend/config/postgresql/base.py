"""PostgreSQL as Django reaches it, but for two things that cost every request."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import adapters, pq

TIMESTAMPTZ = adapters.types["timestamptz"].oid
FAST_LOADER = adapters.get_loader(TIMESTAMPTZ, pq.Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    """
    Django's (ENGINE).

    It would ask each connection out of the pool whether it is alive, and wait for the answer. An idle one has
    nothing to say, and one that was cut has: its last words, or its end. So only one that has is asked.

    It would read times with a loader in Python, to put them into a time zone. They are in UTC already, and
    psycopg has a loader in C, which leaves them as they are. A list has hundreds of times.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and not _is_alive(connection):
            connection.close()
            self.pool.putconn(connection)  # which makes another in its place
            connection = super().get_new_connection(conn_params)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name)
        cursor.adapters.register_loader(TIMESTAMPTZ, FAST_LOADER)
        return cursor


def _is_alive(connection: "psycopg.Connection[Any]") -> bool:
    heard = select.poll()
    try:
        heard.register(connection.fileno(), select.POLLIN)
        if heard.poll(0):
            connection.execute("")
    except psycopg.Error:
        return False
    return True

"""PostgreSQL as Django reaches it, but for how the pool's connections are known to be alive."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """
    Django's (ENGINE).

    It would ask each connection out of the pool whether it is alive, and wait for the answer. An idle one has
    nothing to say, and one that was cut has: its last words, or its end. So only one that has is asked.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and not _is_alive(connection):
            connection.close()
            self.pool.putconn(connection)  # which makes another in its place
            connection = super().get_new_connection(conn_params)
        return connection


def _is_alive(connection: "psycopg.Connection[Any]") -> bool:
    heard = select.poll()
    try:
        heard.register(connection.fileno(), select.POLLIN)
        if heard.poll(0):
            connection.execute("")
    except psycopg.Error:
        return False
    return True

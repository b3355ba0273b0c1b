"""How long one request may look for jobs, and what happens to a statement that would take longer."""

import time
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import OperationalError

from ..reading import read_transaction, reader
from ..sql import fetch_tuples

SEARCH_MILLISECONDS = 80
"""Of one request, for finding. Past it the answer is what was found so far, and where to go on."""
COUNT_MILLISECONDS = 8
"""Of those, for counting what no counter knows. Past it the count is a bound."""


class OutOfTime(Exception):
    """A statement was stopped because the budget was used up."""


class Budget:
    """Time for finding jobs, running since it was made."""

    def __init__(self, milliseconds: float | None = None) -> None:
        self._began = time.perf_counter()
        self._milliseconds = SEARCH_MILLISECONDS if milliseconds is None else milliseconds

    @property
    def used(self) -> float:
        """Milliseconds."""
        return (time.perf_counter() - self._began) * 1000

    @property
    def left(self) -> float:
        """Milliseconds; not above zero when it is used up."""
        return self._milliseconds - self.used

    def fetch(self, sql: str, params: Mapping[str, Any], most: float | None = None) -> list[tuple[Any, ...]]:
        """The rows of a statement that is stopped where the budget ends, or after `most` milliseconds.

        :raises OutOfTime: it was stopped.
        """
        milliseconds = max(1, int(min(self.left, self.left if most is None else most)))
        within = reader().in_atomic_block
        try:
            with read_transaction():
                _run(f"SET LOCAL statement_timeout = {milliseconds}")
                rows = fetch_tuples(sql, params)
                if within:
                    _run("SET LOCAL statement_timeout TO DEFAULT")
                return rows
        except OperationalError as error:
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                raise OutOfTime from None
            raise


def _run(statement: str) -> None:
    with reader().cursor() as cursor:
        cursor.execute(statement)

"""
One per web process: hears which jobs have changed, reads those that somebody watches once, and hands each
frame, encoded once, to everyone who watches it.
"""

import asyncio
import logging
from collections.abc import Iterable

from django.db import DatabaseError, InterfaceError

from jobs.events import Changes
from jobs.permissions import may_see
from live import frames
from live.connection import Connection
from live.listener import Listener
from live.pace import Pace
from live.reading import read_jobs, read_totals
from live.subscriptions import Index
from live.tasks import start_task
from live.threads import in_thread

# How long changes are gathered before the rows are read.
GATHER_SECONDS = 0.05
# Lists and totals move with every job; nobody reads faster than this.
SUMMARY_SECONDS = 1.0
# Logs are looked at this often without a hint too: a hint may be lost.
LOOK_SECONDS = 5.0
MOST_ROWS = 200

log = logging.getLogger(__name__)


class Hub:
    """Connections, and the tasks that feed them."""

    def __init__(self, most_connections: int = 500) -> None:
        self.most_connections = most_connections
        self.connections: set[Connection] = set()
        self._rows: Index[Connection] = Index()
        self._logs: Index[Connection] = Index()
        self._changed: set[int] = set()
        self._rows_pace = Pace(self._send_rows, GATHER_SECONDS)
        self._list_pace = Pace(self._send_list_changed, SUMMARY_SECONDS)
        self._stats_pace = Pace(self._send_stats, SUMMARY_SECONDS)
        self.listener = Listener(self.hear, self.refetch)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen, in the running event loop."""
        paces = (self._rows_pace, self._list_pace, self._stats_pace)
        runs = [self.listener.run(), self._look_at_logs(), *(pace.run() for pace in paces)]
        self._tasks = [start_task(run) for run in runs]

    async def stop(self) -> None:
        """Stop listening. By then the server has cut the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what the listener says ---

    def hear(self, changes: Changes) -> None:
        """Take note of what has changed; returns at once."""
        if changes.everything:
            self.refetch()
            return
        self._changed.update(self._rows.watched(changes.ids))
        self._rows_pace.ask()
        for job_id in self._logs.watched(changes.ids):
            for connection in self._logs.of(job_id):
                connection.log_may_have_grown(job_id)
        if changes.ids:
            self._list_pace.ask()
            self._stats_pace.ask()

    def refetch(self) -> None:
        """Tell everyone to read anew what they show: hints may have been missed."""
        for connection in self.connections:
            connection.put("refetch", frames.REFETCH)
            connection.log_may_have_grown()
        self._stats_pace.ask()

    # --- what connections say ---

    def join(self, connection: Connection) -> bool:
        """Take a connection in; False when there is no room."""
        if len(self.connections) >= self.most_connections:
            return False
        self.connections.add(connection)
        return True

    def part(self, connection: Connection) -> None:
        """Forget a connection."""
        self.connections.discard(connection)
        self._rows.move(connection, connection.watches.row_ids(), frozenset())
        self._logs.move(connection, connection.watches.log_ids(), frozenset())

    def watches_changed(self, connection: Connection, rows: frozenset[int], logs: frozenset[int]) -> None:
        """Note what a connection watches now; `rows` and `logs` are the ids from before."""
        self._rows.move(connection, rows, connection.watches.row_ids())
        self._logs.move(connection, logs, connection.watches.log_ids())
        # What changed between the browser's own reading and now would be missed: send the new ones once.
        self._changed.update(connection.watches.row_ids() - rows)
        self._rows_pace.ask()

    def stats_wanted(self) -> None:
        """Somebody new watches the totals."""
        self._stats_pace.ask()

    # --- what goes out ---

    async def _send_rows(self) -> None:
        changed, self._changed = self._rows.watched(self._changed), set()
        for start in range(0, len(changed), MOST_ROWS):
            await self._send_some_rows(changed[start : start + MOST_ROWS])

    async def _send_some_rows(self, ids: list[int]) -> None:
        try:
            found = await in_thread(read_jobs, ids)
        except (DatabaseError, InterfaceError) as error:
            log.info("live rows not read: %s", error)
            return
        for job_id in ids:
            row = found.get(job_id)
            frame = frames.job(row) if row else frames.job_deleted(job_id)
            for connection in self._rows.of(job_id):
                if row is None or may_see(connection.user, row["owner"]):
                    connection.put(("job", job_id), frame)

    async def _send_list_changed(self) -> None:
        self._broadcast("list_changed", frames.LIST_CHANGED, (c for c in self.connections if c.watches.list))

    async def _send_stats(self) -> None:
        if not any(connection.watches.stats for connection in self.connections):
            return
        try:
            frame = frames.stats(await in_thread(read_totals))
        except (DatabaseError, InterfaceError) as error:
            log.info("live totals not read: %s", error)
            return
        self._broadcast("stats", frame, (c for c in self.connections if c.watches.stats))

    def _broadcast(self, about: str, frame: str, to: Iterable[Connection]) -> None:
        for connection in to:
            connection.put(about, frame)

    async def _look_at_logs(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for connection in self.connections:
                connection.log_may_have_grown()

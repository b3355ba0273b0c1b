"""
One per web process: hears which jobs have changed, reads those that somebody watches once, and hands each
frame, encoded once, to everyone who watches it.
"""

import asyncio
from collections.abc import Iterable

from jobs.counters import totals
from jobs.events import CHANGED, Changes
from jobs.permissions import actions_of, may_see
from jobs.queries import JobJSON, jobs_by_ids
from jobs.replicas import replicas
from live import frames
from live.background import NOT_READ, Debounce, read, start_task
from live.connection import LiveConnection
from live.listener import Ear, Listener
from live.subscriptions import WatchIndex

# How long changes are gathered before the rows are read.
GATHER_SECONDS = 0.05
# Lists and totals move with every job; nobody reads faster than this.
SUMMARY_SECONDS = 1.0
# Logs are looked at this often without a notification too: one may be lost.
LOOK_SECONDS = 5.0
MOST_ROWS = 200


class Hub:
    """Connections, and the tasks that feed them."""

    def __init__(self, most_connections: int = 500) -> None:
        self.most_connections = most_connections
        self.connections: set[LiveConnection] = set()
        self._rows: WatchIndex[LiveConnection] = WatchIndex()
        self._logs: WatchIndex[LiveConnection] = WatchIndex()
        self._changed: set[int] = set()
        self._send_rows_soon = Debounce(self._send_rows, GATHER_SECONDS)
        self._send_list_changed_soon = Debounce(self._send_list_changed, SUMMARY_SECONDS)
        self._send_stats_soon = Debounce(self._send_stats, SUMMARY_SECONDS)
        self.listener = Listener()
        self.listener.ears[CHANGED] = Ear(lambda payload: self.hear(Changes.read(payload)), self.refetch)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen, in the running event loop."""
        actions = (self._send_rows_soon, self._send_list_changed_soon, self._send_stats_soon)
        runs = [self.listener.run(), self._look_at_logs(), *(action.run() for action in actions)]
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
        self._send_rows_soon.ask()
        for job_id in self._logs.watched(changes.ids):
            for connection in self._logs.of(job_id):
                connection.log_may_have_grown(job_id)
        if changes.ids:
            self._send_list_changed_soon.ask()
            self._send_stats_soon.ask()

    def refetch(self) -> None:
        """Tell everyone to read anew what they show: changes may have been missed."""
        for connection in self.connections:
            connection.put("refetch", frames.REFETCH)
            connection.log_may_have_grown()
        self._send_stats_soon.ask()

    # --- what connections say ---

    def join(self, connection: LiveConnection) -> bool:
        """Take a connection in; False when there is no room."""
        if len(self.connections) >= self.most_connections:
            return False
        self.connections.add(connection)
        return True

    def part(self, connection: LiveConnection) -> None:
        """Forget a connection."""
        self.connections.discard(connection)
        self._rows.move(connection, connection.watches.row_ids(), frozenset())
        self._logs.move(connection, connection.watches.log_ids(), frozenset())

    def watches_changed(self, connection: LiveConnection, rows: frozenset[int], logs: frozenset[int]) -> None:
        """Note what a connection watches now; `rows` and `logs` are the ids from before."""
        self._rows.move(connection, rows, connection.watches.row_ids())
        self._logs.move(connection, logs, connection.watches.log_ids())
        # What changed between the browser's own reading and now would be missed: send the new ones once.
        self._changed.update(connection.watches.row_ids() - rows)
        self._send_rows_soon.ask()

    def stats_wanted(self) -> None:
        """Somebody new watches the totals."""
        self._send_stats_soon.ask()

    # --- what goes out ---

    async def _send_rows(self) -> None:
        changed, self._changed = self._rows.watched(self._changed), set()
        for start in range(0, len(changed), MOST_ROWS):
            ids = changed[start : start + MOST_ROWS]
            try:
                rows = await read(jobs_by_ids, ids)
            except NOT_READ:
                self._changed.update(changed[start:])  # for the next run
                raise
            self._put_rows(ids, {row["id"]: row for row in rows})

    def _put_rows(self, ids: list[int], found: dict[int, JobJSON]) -> None:
        replicas().browsers_told()
        for job_id in ids:
            self._put_row(job_id, found.get(job_id))

    def _put_row(self, job_id: int, row: JobJSON | None) -> None:
        """People who may take the same actions are told the same; there are three kinds of them at most."""
        encoded: dict[tuple[str, ...], str] = {}
        for connection in self._rows.of(job_id):
            if row is None or not may_see(connection.user, row["owner"]):
                connection.put_job(job_id, None)
                continue
            actions = actions_of(connection.user, row)
            frame = encoded.get(actions) or frames.job({**row, "actions": actions})
            encoded[actions] = frame
            connection.put_job(job_id, frame)

    async def _send_list_changed(self) -> None:
        replicas().browsers_told()
        self._broadcast("list_changed", frames.LIST_CHANGED, (c for c in self.connections if c.watches.list))

    async def _send_stats(self) -> None:
        if not any(connection.watches.stats for connection in self.connections):
            return
        frame = frames.stats(await read(totals))
        self._broadcast("stats", frame, (c for c in self.connections if c.watches.stats))

    def _broadcast(self, about: str, frame: str, to: Iterable[LiveConnection]) -> None:
        for connection in to:
            connection.put(about, frame)

    async def _look_at_logs(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for connection in self.connections:
                connection.log_may_have_grown()

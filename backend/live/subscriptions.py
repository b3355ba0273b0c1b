"""Who watches what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from live.messages import BadMessage, JobTopic, ListTopic, LogTopic, StatsTopic, Topic

MOST_JOBS = 32
MOST_LOGS = 8

Watcher = TypeVar("Watcher")


@dataclass(slots=True)
class LogWatch:
    """A log that somebody follows: `offset` is where the next piece begins, `due` that there may be one."""

    topic: LogTopic
    offset: int
    due: bool = True


@dataclass(slots=True)
class Watches:
    """What one browser watches, within bounds."""

    jobs: set[int] = field(default_factory=set)
    rows: frozenset[int] = frozenset()
    list: bool = False
    stats: bool = False
    logs: dict[tuple[int, int, str], LogWatch] = field(default_factory=dict)

    def add(self, topic: Topic) -> None:
        """Begin to watch. Raises `BadMessage` past the bounds."""
        match topic:
            case JobTopic(id=job_id):
                if len(self.jobs) >= MOST_JOBS and job_id not in self.jobs:
                    raise BadMessage(f"At most {MOST_JOBS} jobs can be watched at once.")
                self.jobs.add(job_id)
            case ListTopic(ids=ids):
                self.rows, self.list = ids, True
            case LogTopic():
                key = log_key(topic)
                if len(self.logs) >= MOST_LOGS and key not in self.logs:
                    raise BadMessage(f"At most {MOST_LOGS} logs can be followed at once.")
                self.logs[key] = LogWatch(topic, topic.offset)
            case StatsTopic():
                self.stats = True

    def remove(self, topic: Topic) -> None:
        """Stop to watch; what is not watched is no error."""
        match topic:
            case JobTopic(id=job_id):
                self.jobs.discard(job_id)
            case ListTopic():
                self.rows, self.list = frozenset(), False
            case LogTopic():
                self.logs.pop(log_key(topic), None)
            case StatsTopic():
                self.stats = False

    def row_ids(self) -> frozenset[int]:
        """The jobs whose rows are wanted."""
        return self.rows | self.jobs

    def log_ids(self) -> frozenset[int]:
        """The jobs whose logs are followed."""
        return frozenset(job_id for job_id, _, _ in self.logs)


def log_key(topic: LogTopic) -> tuple[int, int, str]:
    """What a log is known by."""
    return topic.id, topic.attempt, topic.stream


class WatchIndex(Generic[Watcher]):
    """From a job's id to those who watch it."""

    def __init__(self) -> None:
        self._watchers: defaultdict[int, set[Watcher]] = defaultdict(set)

    def move(self, watcher: Watcher, before: frozenset[int], after: frozenset[int]) -> None:
        """Note that a watcher's ids have changed."""
        for job_id in after - before:
            self._watchers[job_id].add(watcher)
        for job_id in before - after:
            watchers = self._watchers[job_id]
            watchers.discard(watcher)
            if not watchers:
                del self._watchers[job_id]

    def of(self, job_id: int) -> Iterator[Watcher]:
        """Give those who watch a job."""
        return iter(tuple(self._watchers.get(job_id, ())))

    def watched(self, ids: Iterable[int]) -> list[int]:
        """Give those of the ids that somebody watches."""
        return [job_id for job_id in ids if job_id in self._watchers]

    def __len__(self) -> int:
        return len(self._watchers)

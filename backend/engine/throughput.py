"""How many short jobs a machine gets through, and of what size. Pure."""

from collections import deque
from collections.abc import Iterable

from engine.capacity import Resources

WINDOW_SECONDS = 1.0


class Throughput:
    """Remembers what ended within the last second. Times are in seconds, of any one clock."""

    def __init__(self) -> None:
        self._ended: deque[tuple[float, Resources]] = deque()

    def note(self, needs: Iterable[Resources], moment: float) -> None:
        """Short jobs have ended, which needed so much."""
        self._ended.extend((moment, need) for need in needs)

    def per_second(self, moment: float) -> int:
        while self._ended and self._ended[0][0] <= moment - WINDOW_SECONDS:
            self._ended.popleft()
        return len(self._ended)

    def largest(self) -> Resources:
        """The room that becomes free by the end of the largest of them."""
        needs = [need for _, need in self._ended]
        return Resources(
            max((need.cpus for need in needs), default=0.0),
            max((need.memory_mb for need in needs), default=0),
        )

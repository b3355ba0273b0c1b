"""What a browser has still to be sent: the newest of each thing only, so a slow reader costs no memory."""

import asyncio


class Outbox:
    """
    Frames by what they tell of.

    A job that changes ten times while its reader is busy is sent once, as it is then; so at most one frame
    waits for everything that is watched.
    """

    def __init__(self) -> None:
        self._frames: dict[object, str] = {}
        self._something = asyncio.Event()

    def put(self, about: object, frame: str) -> None:
        """Add a frame, in place of one that tells of the same thing."""
        self._frames[about] = frame
        self._something.set()

    def nudge(self) -> None:
        """Wake the reader for something that is not in here."""
        self._something.set()

    async def take(self) -> list[str]:
        """Wait until there is something, and give all there is (nothing after a mere nudge)."""
        await self._something.wait()
        self._something.clear()
        frames, self._frames = list(self._frames.values()), {}
        return frames

    def __len__(self) -> int:
        return len(self._frames)

"""How far a long command has come: a bar that is redrawn on a terminal, a line now and then elsewhere."""

from time import monotonic

from django.core.management.base import OutputWrapper

WIDTH = 30
LINES_EVERY = 10.0  # seconds
DRAWN_EVERY = 0.2


class ProgressBar:
    """Of `total` things."""

    def __init__(self, out: OutputWrapper, total: int) -> None:
        self._out, self._total = out, total
        self._draws = out.isatty()
        self._began = self._shown = monotonic()

    def show(self, done: int) -> None:
        """So many are done; shown now and then, and at the end."""
        ends = done >= self._total
        since = monotonic() - self._shown
        if since < (DRAWN_EVERY if self._draws else LINES_EVERY) and not ends:
            return
        self._shown = monotonic()
        if self._draws:
            self._out.write(f"\r{self._line(done)}\x1b[K", ending="\n" if ends else "")
            self._out.flush()
        else:
            self._out.write(self._line(done))

    def say(self, line: str) -> None:
        """A line of its own."""
        self._out.write(line)

    def _line(self, done: int) -> str:
        seconds = monotonic() - self._began
        rate = done / seconds if seconds else 0.0
        left = max(self._total - done, 0) / rate if rate else 0.0
        share = min(done / self._total, 1.0) if self._total else 1.0
        bar = "█" * int(share * WIDTH)
        return f"[{bar:{WIDTH}}] {share:4.0%}  {done:,} of {self._total:,}  {rate:,.0f}/s  {left:.0f} s left"

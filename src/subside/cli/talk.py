"""What a command says beside its result: on stderr, so that stdout holds results alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Talk"]

# A bar that flashes up for an instant is noise; one that comes late is a hang.
SHOW_PROGRESS_AFTER_S = 0.7


class Talk:
    """Speaks to the person at the terminal; silent about results."""

    def say(self, text: str) -> None:
        """Print one line to stderr at once."""
        print(text, file=sys.stderr, flush=True)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[float], None] | None]:
        """Give a function that takes the share done (0 to 1), or None where no one watches.

        The bar shows on a terminal only, and only once the work has lasted a moment.
        """
        if not sys.stderr.isatty():
            yield None
            return
        bar = _Bar(what)
        try:
            yield bar.update
        finally:
            bar.close()


class _Bar:
    def __init__(self, what: str) -> None:
        self.what = what
        self.started = time.monotonic()
        self._close: Callable[[], None] | None = None
        self._set: Callable[[float], None] | None = None

    def update(self, share: float) -> None:
        if self._set is None:
            if time.monotonic() - self.started < SHOW_PROGRESS_AFTER_S:
                return
            self._open()
        if self._set is not None:
            self._set(share)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        task = progress.add_task(self.what, total=1.0)
        progress.start()
        self._set = lambda share: progress.update(task, completed=min(max(share, 0.0), 1.0))
        self._close = progress.stop

    def close(self) -> None:
        if self._close is not None:
            self._close()

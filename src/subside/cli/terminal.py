"""The console that results are printed on."""

from __future__ import annotations

from rich.console import Console

__all__ = ["Terminal"]


class Terminal(Console):
    """A console that lets a reader (head, less) stop early: the command is then done, not failed."""

    def on_broken_pipe(self) -> None:
        """Pass the event on; rich itself would leave with exit code 1, which here means a finding."""
        raise BrokenPipeError

"""The command line: one module a verb, found through one table, loaded when it is called."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a finding, 2 a wrong call, 3 our failure."""
    from subside.cli.app import run

    return run(argv)

"""What a worker of our own cluster does as it starts (a preload of Dask)."""

from __future__ import annotations

import signal


def dask_setup(_worker: object) -> None:
    """Leave Ctrl-C to the process that asked: it ends its workers, and they need not tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

"""Blocks of patients over threads.

The block kernels release the interpreter lock, so plain threads run side by side; the compile is
four times shorter than with a parallel loop inside the compiler. Work is cut into fixed chunks,
so the answer does not depend on the number of workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

BLOCKS_PER_CHUNK = 8


def available_threads() -> int:
    """Return the number of processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def over_blocks(
    work: Callable[[int, int], None],
    n_blocks: int,
    *,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Call ``work(first_block, last_block)`` until every block is done.

    Args:
        work: Computes blocks ``first`` to ``last - 1``; must release the interpreter lock.
        n_blocks: Number of blocks.
        threads: Workers; all processors of this process when not given.
        progress: Told the share done, from 0 to 1.
    """
    chunks = [
        (first, min(first + BLOCKS_PER_CHUNK, n_blocks)) for first in range(0, n_blocks, BLOCKS_PER_CHUNK)
    ]
    workers = min(threads or available_threads(), len(chunks))
    if workers <= 1:
        for done, (first, last) in enumerate(chunks, start=1):
            work(first, last)
            if progress:
                progress(done / len(chunks))
        return
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, first, last) for first, last in chunks]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress:
                progress(done / len(chunks))

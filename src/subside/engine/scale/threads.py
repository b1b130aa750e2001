"""A large run in this process: threads take block after block and count into one tally."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from subside.engine.kernel.pool import available_threads
from subside.engine.scale.job import Job, Keeper, Tallies, count_block

LOOK_UP_S = 0.2  # how often the main thread looks for Ctrl-C


def in_threads(
    job: Job,
    *,
    threads: int | None = None,
    keeper: Keeper | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tallies:
    """Return the tallies of all patients.

    Args:
        job: What is asked.
        threads: Workers; all processors of this process when not given. The result does not depend on it.
        keeper: Takes the full curves of the case's own arm.
        progress: Told the share done, from 0 to 1.
    """
    plans = job.plans()
    waiting = job.blocks()
    turn, stop = threading.Lock(), threading.Event()
    whole: Tallies = {}
    done = 0

    def work() -> None:
        nonlocal done
        while not stop.is_set():
            with turn:
                block = next(waiting, None)
            if block is None:
                break
            count_block(job, plans, *block, whole, keeper, turn)
            with turn:
                done += block[1] - block[0]

    workers = max(1, min(threads or available_threads(), -(-job.n_patients // job.block)))
    with ThreadPoolExecutor(workers) as pool:
        pending = {pool.submit(work) for _ in range(workers)}
        try:
            while pending:
                finished, pending = wait(pending, timeout=LOOK_UP_S, return_when=FIRST_EXCEPTION)
                for future in finished:
                    future.result()
                if progress:
                    progress(done / job.n_patients)
        finally:
            stop.set()  # after Ctrl-C or a failure the others end with the block at hand
    return whole

"""A large run on a Dask cluster: a scheduler that is running, or one of its own on this machine.

A task is a range of patient numbers; its answer is what it counted. A worker that dies costs the tasks it was at:
they run again elsewhere, draw the same people by their numbers, and count the same.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

from subside.engine.kernel.pool import available_threads
from subside.engine.scale.job import (
    Job,
    Keeper,
    Tallies,
    check_code,
    count_block,
    merge_into,
)
from subside.engine.scale.tally import Tally
from subside.errors import ComputationError, MissingExtraError, ParameterError

LOOPBACK = "127.0.0.1"
# Each death of a worker counts against every task it held: three, the default, would take innocent ones along.
DEATHS_A_TASK_MAY_SEE = 10
ANSWERS_WITHIN_S = 15
BYTES_A_WORKER = 2 * 1024**3
SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS_A_TASK_MAY_SEE,
    # one block is at work in a worker, and its curves are gone when it is counted
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.preload": ["subside.engine.scale.worker"],
}


def on_cluster(
    job: Job,
    *,
    workers: int = 0,
    scheduler: str | None = None,
    keeper: Keeper | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tallies:
    """Return the tallies of all patients, counted by a cluster.

    Args:
        job: What is asked.
        workers: Processes of a cluster on this machine, one thread each; all processors if 0.
        scheduler: Address of a running scheduler instead.
        keeper: Takes the full curves; every worker must reach its store.
        progress: Told the share done, from 0 to 1.

    Raises:
        ParameterError: If the scheduler does not answer.
        ComputationError: If a task fails, or its workers die too often.
        MissingExtraError: If Dask is not installed.
    """
    with _client(workers, scheduler) as client:
        from distributed import as_completed
        from distributed.scheduler import KilledWorker

        whole: Tallies = {}
        done = 0
        futures = {
            client.submit(_task, job, first, last, keeper, pure=False): last - first
            for first, last in job.tasks()
        }
        try:
            for future in as_completed(list(futures), loop=client.loop):
                merge_into(whole, {name: Tally.unpack(packed) for name, packed in future.result().items()})
                done += futures.pop(future)
                if progress:
                    progress(done / job.n_patients)
        except KilledWorker as error:
            raise ComputationError(
                f"every task must end on some worker; one was given up after its workers died "
                f"{DEATHS_A_TASK_MAY_SEE} times ({error}). Give the workers more memory, or use fewer on a machine."
            ) from error
        finally:
            client.cancel(list(futures), force=True)
    return whole


def _task(job: Job, first: int, last: int, keeper: Keeper | None) -> dict[str, Any]:
    """Count the patients from ``first`` to ``last - 1``; runs in a worker."""
    check_code(job)
    own: Tallies = {}
    plans = job.plans()
    for block in job.blocks(first, last):
        count_block(job, plans, *block, own, keeper)
    return {name: tally.pack() for name, tally in own.items()}


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Any]:
    """Give a client of the scheduler, or of a cluster that lives as long as the run."""
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise MissingExtraError("cohort", needed_for="A cluster (--scheduler, --workers)") from error
    with _quiet(), dask.config.set(SETTINGS):
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=ANSWERS_WITHIN_S, set_as_default=False)
            except (OSError, ValueError) as error:
                raise ParameterError(
                    f"scheduler must be the address of a running Dask scheduler; got {scheduler!r}, which did not "
                    f"answer. Start one with `dask scheduler` and pass what it prints, such as tcp://10.0.0.5:8786."
                ) from error
            with client:
                yield client
            return
        with (
            _own_cluster(workers or available_threads()) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


@contextlib.contextmanager
def _own_cluster(workers: int) -> Iterator[Any]:
    """Give a cluster on this machine alone: nothing outside reaches it."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host=LOOPBACK,
        dashboard_address=None,
        memory_limit=BYTES_A_WORKER,
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's talk of lost workers, which the run survives, from the terminal."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)

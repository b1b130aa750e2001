"""What every peer's process does: solve once to warm up, then for the clock, and save both answers."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.kpm_problem import population

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


def pin() -> None:
    """Keep this process on one core: BENCHMARK_CORE, or the first it may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(os.environ.get("BENCHMARK_CORE", min(os.sched_getaffinity(0))))})


def main(solve: Callable[[NDArray[np.float64]], Any], *, repeats: int = 1) -> None:
    """Time ``solve`` (parameters in, ``(patient, time, state)`` out) as the command line says.

    Seconds are the processor's: on one core they are the seconds that pass, less what other programs take.
    """
    n, out = int(sys.argv[1]), sys.argv[2]
    pin()
    people = population(10_000)[:n]
    y = solve(people)
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        y = solve(people)
        seconds.append(time.process_time() - began)
    np.savez(out, seconds=np.array(seconds), y=y[:20])

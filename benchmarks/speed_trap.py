"""Has the kernel become slow? Its time as a multiple of a fixed loop's, so that no machine is meant.

Traps that cost a factor of two to five without changing a number: a division that the compiler may not
vectorize, an atomic reference count inside the time loop, arrays off their cache lines. The fixed loop is
plain scalar arithmetic; the limit leaves room for a processor with narrower vectors.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any

import numba

from benchmarks.kpm import RESULTS
from benchmarks.kpm_problem import population

#: Seconds of KPM for 1,000 patients over seconds of the fixed loop: 0.9 when this was written, with vectors
#: of four or eight doubles.
LIMIT = 2.0


@numba.njit(error_model="numpy")
def fixed_loop(n: int) -> float:
    """Return a sum of exponentials; about 0.05 s at n = 10 million on a processor of 2023."""
    total = 0.0
    for i in range(n):
        total += math.exp(-1e-7 * i)
    return total


def best(work: Callable[[], object], repeats: int) -> float:
    """Return the least processor seconds of some calls, after one that does not count."""
    work()
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure, print the ratio beside its limit, write ``results/speed_trap.json``."""
    from subside.engine.systems import kpm

    people, out = population(1000), kpm.buffer(1000)
    repeats = 5 if quick else 20
    ours = best(lambda: kpm.simulate(people, out=out, threads=1), repeats)
    theirs = best(lambda: fixed_loop(10_000_000), repeats)
    result = {"ratio": ours / theirs, "limit": LIMIT, "regression": ours / theirs > LIMIT}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "speed_trap.json").write_text(json.dumps(result, indent=2) + "\n")
    print(f"\nKPM over the fixed loop: {result['ratio']:.2f} (limit {LIMIT})")
    return result


if __name__ == "__main__":
    run()

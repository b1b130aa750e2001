"""A sweep of 200 parameter sets through the 1 Hz wind-up probe, beside Brian2 on the same cells.

``python benchmarks/circuit.py`` in the environment of ``constraints-neuro.txt``; writes
``benchmarks/results/circuit.json``. Brian2 runs as C++ standalone, one set (each set would need a run of
its own; its build is stated apart and would be needed once). Goal: at least 5 times faster a set.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from subside.engine.circuit.ensemble import ensemble
from subside.engine.circuit.experiments import wind_up
from subside.engine.circuit.members import HEALTHY
from subside.engine.circuit.simulate import descending_rates, over_threads, run, run_arrivals
from subside.engine.circuit.stimuli import Train, arrivals
from subside.engine.kernel.pool import available_threads

SETS = 200
GOAL = 5.0
OUT = Path(__file__).parent / "results" / "circuit.json"
TRAIN = Train(frequency_hz=1.0, count=16, tail_ms=3000.0)


def sweep(n_sets: int) -> tuple[float, float]:
    """Return wall and processor seconds a set."""
    whole = ensemble()
    jobs = [
        lambda k=k: run(whole[k % len(whole)], (TRAIN,), cord=HEALTHY, seed=1 + k // len(whole))
        for k in range(n_sets)
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    over_threads(jobs)
    return (time.perf_counter() - wall) / n_sets, (time.process_time() - cpu) / n_sets


def probe_s() -> float:
    """Return the seconds of the probe that the command line answers with."""
    began = time.perf_counter()
    wind_up(ensemble()[:6], frequency_hz=1.0)
    return time.perf_counter() - began


def brian2() -> dict[str, float]:
    """Return Brian2's build and run seconds on one set, and both programs' spikes."""
    from benchmarks.peers.circuit_brian2 import simulate

    member = ensemble()[0]
    on, off = descending_rates(member, HEALTHY)
    found = arrivals(TRAIN, animal=member.animal, seed=1, on_hz=on, off_hz=off)
    mine = run_arrivals(member, found, cord=HEALTHY)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = simulate(member, found, cord=HEALTHY, standalone=folder)
    return {
        "build_s": theirs.build_s,
        "run_s": theirs.run_s,
        "spikes": len(theirs.cell),
        "spikes_subside": len(mine.cell),
    }


def run_all(*, quick: bool = False) -> dict[str, object]:
    """Measure, print, write, and return the result."""
    n_sets = 20 if quick else SETS
    sweep(2)  # compile
    rounds = [sweep(n_sets) for _ in range(1 if quick else 3)]
    probe = min(probe_s() for _ in range(3))
    peer = brian2()
    wall = statistics.median(w for w, _ in rounds)
    result: dict[str, object] = {
        "what": "1 Hz wind-up probe, 16 stimuli, 18.5 s of 249 cells and 225 fibers, step 0.1 ms",
        "sets": n_sets,
        "threads": available_threads(),
        "s_per_set": wall,
        "processor_s_per_set": statistics.median(c for _, c in rounds),
        "probe_of_six_members_s": probe,
        "brian2_cpp_standalone": peer,
        "times_faster_than_brian2_run": peer["run_s"] / wall,
        "goal": GOAL,
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
        "machine": platform.processor() or platform.machine(),
    }
    print(json.dumps(result, indent=2))
    if not quick:
        OUT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return result


if __name__ == "__main__":
    run_all(quick="--quick" in sys.argv)

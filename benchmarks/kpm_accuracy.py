"""The kernel's error on random patients under random regimens, against SciPy's LSODA at rtol 1e-10."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.kpm_problem import LAST_DAY, error, population
from benchmarks.peers.scipy_lsoda import solve_one
from subside.engine.kernel.lanes import LANES
from subside.engine.systems import kpm

PATIENTS = 2000


def random_regimen(rng: np.random.Generator, n_patients: int) -> kpm.Regimen:
    """Return one to eight infusions of 40 minutes to 4 days, in up to three rate steps, and the time after.

    The patients share the clock, on multiples of 10 minutes; each has rates of its own, 0.02-2 mg/kg/h.
    Outputs: every 10 minutes until 2 hours after each change of rate, every 6 hours else.
    """
    changes, on, now = [0.0], [False], 0.0
    for _ in range(rng.integers(1, 9)):
        now += rng.integers(1, 12 * 24) / 6.0
        for _ in range(rng.integers(1, 4)):
            changes.append(now)
            on.append(True)
            now += (
                float(
                    rng.choice([4, 6, 12, 24, 6 * 8, 6 * 24, 6 * 96], p=[0.2, 0.2, 0.2, 0.2, 0.1, 0.07, 0.03])
                )
                / 6
            )
        changes.append(now)
        on.append(False)
    end = now + float(rng.integers(24, 90 * 24))
    every = np.arange(0.0, end, 6.0)
    close = (np.array(changes)[:, None] + np.arange(13) / 6.0).ravel()
    minutes = np.unique(np.round(60 * np.concatenate([every, close, [end]]))).astype(int)
    times = minutes[minutes <= round(60 * min(end, LAST_DAY * 24.0))] / 60.0
    rates = np.exp(rng.uniform(np.log(0.02), np.log(2.0), (n_patients, len(changes)))) * np.array(on)
    return kpm.Regimen(changes_h=np.array(changes), mg_per_kg_per_h=rates, times_h=times)


def errors(n_patients: int, *, seed: int, progress: bool = False) -> NDArray[np.float64]:
    """Return the largest error of each state: ``(patient, state)``; every block has its own regimen."""
    people = population(n_patients, seed)
    rng = np.random.default_rng(seed)
    found = []
    for first in range(0, n_patients, LANES):
        some = people[first : first + LANES]
        regimen = random_regimen(rng, len(some))
        ours = kpm.trajectories(some, regimen=regimen)
        stops = np.append(regimen.changes_h[1:], regimen.times_h[-1])
        theirs = [
            solve_one(
                p, rtol=1e-10, atol=1e-13, times=regimen.times_h,
                pieces=[
                    (begin, min(finish, regimen.times_h[-1]), rate)
                    for begin, finish, rate in zip(regimen.changes_h, stops, rates, strict=True)
                    if begin < regimen.times_h[-1]
                ],
            )
            for p, rates in zip(some, regimen.mg_per_kg_per_h, strict=True)
        ]  # fmt: skip
        found.append(error(ours, np.stack(theirs)))
        if progress:
            print(f"\r{first + len(some)} of {n_patients} patients", end="", file=sys.stderr, flush=True)
    return np.concatenate(found)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure, print, write ``results/kpm_accuracy.json``."""
    from benchmarks.kpm import RESULTS

    by_state = errors(200 if quick else PATIENTS, seed=1, progress=True)
    worst = by_state.max(axis=1)
    result = {
        "patients": len(worst),
        "median": float(np.median(worst)),
        "p99": float(np.quantile(worst, 0.99)),
        "worst": float(worst.max()),
        "worst_state": kpm_state(int(by_state.max(axis=0).argmax())),
        "regression": bool(np.quantile(worst, 0.99) > 1e-4),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "kpm_accuracy.json").write_text(json.dumps(result, indent=2) + "\n")
    print(
        f"\nKPM, {result['patients']} random patients and regimens: median error {result['median']:.1e}, "
        f"99 % below {result['p99']:.1e}, worst {result['worst']:.1e} ({result['worst_state']})"
    )
    return result


def kpm_state(index: int) -> str:
    """Return the name of a state."""
    from benchmarks.kpm_problem import STATES

    return STATES[index]


if __name__ == "__main__":
    run()

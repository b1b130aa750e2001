"""The whole model: against SciPy's LSODA, and what a user waits for.

One core: Subside against LSODA with a compiled right-hand side, at equal accuracy, on ten outpatient
infusions and 90 days. All cores: full curves of 10,000 patients into a reused buffer, endpoint summaries of
10,000 in a fresh process, the first compile, ``--help`` and one patient as JSON. Writes
``results/full_model.json``.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import subside
from benchmarks.kpm import RESULTS, ROOT, machine
from benchmarks.peers.run import ONE_THREAD, pin
from subside.engine.arms import own
from subside.engine.group import gather, prepare
from subside.engine.kernel.lanes import LANES
from subside.engine.population.beliefs import fitted
from subside.engine.population.draws import PARTS
from subside.engine.systems.chronic_pain.layout import (
    AT,
    BOLUS_ROWS,
    EXPECTATION,
    N_INPUTS,
    N_LINEAR,
    N_SLOW,
    RELIEF,
)
from subside.engine.systems.chronic_pain.loop import EXTRA, N_ROWS, VARYING, evaluate
from subside.engine.systems.chronic_pain.protocol import Protocol
from subside.engine.systems.chronic_pain.solve import People, buffer, solve, solve_into
from subside.engine.times import default_times_h
from subside.engine.verify.resolve import error_norm

CASE = "examples/from_papers/schwartzman_2009_crps.toml"
MANY = 10_000
RESOLVED = 8
# LSODA's tolerance, the loosest found to meet 1e-4 on these patients.
RTOL = 1e-5
ENDPOINTS_H = np.array([0.0, 7 * 24.0, 28 * 24.0, 84 * 24.0])
GOALS = {
    "scipy_lsoda": 300.0,
    "curves_of_10000_s": 2.0,
    "summaries_of_10000_s": 1.0,
    "summaries_of_10000_mb": 500.0,
    "help_s": 0.15,
    "one_patient_json_s": 1.0,
}

Array = NDArray[np.float64]
#: What is fixed while one patient is solved: dense linear part, decays, parameters in lanes.
Patient = tuple[Array, Array, Array]
_varying = np.array(VARYING)


def people_and_plan(n: int) -> tuple[People, Protocol]:
    """Return ``n`` patients of the case and what happens to them, at the default output times."""
    case = subside.read_case(ROOT / CASE)
    group = gather(case, fitted(), n, seed=1, alike=True, vary=PARTS)
    return prepare(group, own(case), default_times_h(case))


@numba.njit(error_model="numpy")
def rhs(_t, state, rate, matrix, decay, q):  # type: ignore[no-untyped-def]
    """Return dy/dt of one patient, from the same scalar equations, the linear part as a dense matrix."""
    x = np.empty((N_LINEAR + N_INPUTS, LANES))
    y = np.empty((N_SLOW, LANES))
    n = np.empty(N_ROWS * LANES)
    for i in range(N_LINEAR):
        x[i] = state[i]
    for i in range(N_INPUTS):
        x[N_LINEAR + i] = rate[i]
    for i in range(N_SLOW):
        y[i] = state[N_LINEAR + i]
    evaluate(y.reshape(-1), x.reshape(-1), np.zeros(len(RELIEF)), q, n)
    change = np.empty(N_LINEAR + N_SLOW)
    change[:N_LINEAR] = matrix @ np.ascontiguousarray(x[:, 0])
    for i in range(N_SLOW):
        change[N_LINEAR + i] = n[i * LANES] - decay[i] * state[N_LINEAR + i]
    for row in range(len(_varying)):
        index = _varying[row]
        change[N_LINEAR + index] -= n[(EXTRA + row) * LANES] * state[N_LINEAR + index]
    return change


def by_lsoda(people: People, row: int, plan: Protocol, rtol: float) -> Array:
    """Return all states of one patient at the output times, restarted at every change of rate."""
    matrix = np.zeros((N_LINEAR, N_LINEAR + N_INPUTS))
    for (r, c), value in zip(people.non_zeros, people.rates[row], strict=True):
        matrix[r, c] += value
    patient: Patient = matrix, people.slow_rates[row], np.repeat(people.parameters[row], LANES)
    clock = plan.clock
    times = np.round(clock.times_h * 3600.0).astype(np.int64)
    ends = clock.begins_s + clock.size_s
    events = plan.visit.astype(bool) | plan.bolus_mg.any(axis=1)
    events[1:] |= (np.diff(plan.dose_mg_per_h, axis=0) != 0.0).any(axis=1)
    firsts = np.unique(np.concatenate([[0], np.flatnonzero(events)]))
    state = np.concatenate([np.zeros(N_LINEAR), people.start[row]])
    out = np.empty((len(times), N_LINEAR + N_SLOW))
    out[times <= clock.start_s] = state
    atol = rtol * 1e-3 * np.concatenate([np.full(N_LINEAR, 10.0), np.full(N_SLOW, 0.1)])
    for first, following in zip(firsts, [*firsts[1:], len(ends)], strict=True):
        if plan.visit[first]:
            expected = people.parameters[row, AT["expectation"]]
            state[N_LINEAR + EXPECTATION] = max(state[N_LINEAR + EXPECTATION], expected)
        state[list(BOLUS_ROWS)] += plan.bolus_mg[first]
        begin, finish = int(clock.begins_s[first]), int(ends[following - 1])
        inside = (times > begin) & (times <= finish)
        wanted = np.union1d(times[inside], [finish]) / 3600.0
        found = solve_ivp(
            rhs, (begin / 3600.0, finish / 3600.0), state, "LSODA", wanted,
            args=(plan.dose_mg_per_h[first], *patient), rtol=rtol, atol=atol,
        )  # fmt: skip
        out[inside] = found.y.T[: int(inside.sum())]
        state = found.y[:, -1].copy()
    return out


def best(work: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    """Return the least time of some calls, after one that does not count."""
    work()
    seconds = []
    for _ in range(repeats):
        began = clock()
        work()
        seconds.append(clock() - began)
    return min(seconds)


def one_core(repeats: int) -> dict[str, Any]:
    """Return seconds per 1,000 patients and errors, of Subside and of LSODA."""
    n = 1000
    people, plan = people_and_plan(n)
    few = people.take(np.arange(RESOLVED))
    out = buffer(n, len(plan.clock.times_h), np.float64)
    ours = best(lambda: solve_into(out, people, plan, threads=1), repeats, time.process_time)
    theirs = best(lambda: [by_lsoda(few, i, plan, RTOL) for i in range(RESOLVED)], 1, time.process_time)
    states = solve(few, plan, keep_states=True, dtype=np.float64, threads=1).states
    reference = np.stack([by_lsoda(few, i, plan, 1e-10) for i in range(RESOLVED)])
    loose = np.stack([by_lsoda(few, i, plan, RTOL) for i in range(RESOLVED)])
    return {
        "s_per_1000": {"subside": ours * 1000 / n, "scipy_lsoda": theirs * 1000 / RESOLVED},
        "max_error": {
            "subside": float(error_norm(states, reference).max()),
            "scipy_lsoda": float(error_norm(loose, reference).max()),
        },
        "steps": len(plan.clock.size_s),
        "output_times": len(plan.clock.times_h),
    }


def curves_of_many(repeats: int) -> float:
    """Return the seconds for full float32 curves of 10,000 patients on all cores, buffer reused."""
    people, plan = people_and_plan(MANY)
    out = buffer(MANY, len(plan.clock.times_h), np.float32)
    return best(lambda: solve_into(out, people, plan), repeats, time.perf_counter)


def summaries_of_many() -> dict[str, float]:
    """Return seconds and peak memory of endpoint summaries of 10,000 patients, from case to course."""
    case = subside.read_case(ROOT / CASE)
    subside.simulate(case, n_patients=LANES, times_h=ENDPOINTS_H, keep=False, verify=False)
    began = time.perf_counter()
    subside.simulate(case, n_patients=MANY, times_h=ENDPOINTS_H, keep=False, verify=False)
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {"summaries_of_10000_s": seconds, "summaries_of_10000_mb": peak_mb}


def command(arguments: list[str], repeats: int, **environment: str) -> float:
    """Return the least wall seconds of a ``subside`` command in a fresh process."""
    run = [sys.executable, "-c", "import sys; from subside.cli import main; sys.exit(main())", *arguments]
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run(run, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)  # fmt: skip
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure, print, write ``results/full_model.json``."""
    repeats = 3 if quick else 7
    result: dict[str, Any] = _apart("one_core", repeats, **ONE_THREAD) | {"cores": 1}
    result["times_subside"] = result["s_per_1000"]["scipy_lsoda"] / result["s_per_1000"]["subside"]
    waits = {"curves_of_10000_s": _apart("curves_of_many", repeats)}
    found = [_apart("summaries_of_many") for _ in range(repeats)]
    waits |= {name: min(f[name] for f in found) for name in found[0]}
    one = ["simulate", str(ROOT / CASE), "--json"]
    with tempfile.TemporaryDirectory() as folder:
        waits["first_run_compiling_s"] = command(one, 1, SUBSIDE_CACHE_DIR=folder)
    command(one, 1)
    waits["one_patient_json_s"] = command(one, repeats)
    waits["help_s"] = command(["--help"], repeats)
    result |= {"waits": waits, "waits_cores": os.cpu_count(), "goals": GOALS, "machine": machine()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "full_model.json").write_text(json.dumps(result, indent=2) + "\n")
    _show(result)
    return result


def _apart(function: str, *arguments: object, **environment: str) -> Any:
    """Run a function of this file in a fresh process, pinned to one core if it has one thread."""
    code = f"""
import json
from benchmarks import full_model
{"full_model.pin()" if environment else ""}
print(json.dumps(full_model.{function}(*{arguments!r})))
"""
    paths = os.pathsep.join([str(ROOT), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment | {"PYTHONPATH": paths},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def _show(result: dict[str, Any]) -> None:
    print(f"\nThe whole model, one core: {result['steps']} steps, {result['output_times']} output times\n")
    for name, s in result["s_per_1000"].items():
        print(f"{name:15}{s:>12.3f} s per 1,000   worst error {result['max_error'][name]:.1e}")
    print(f"LSODA takes {result['times_subside']:.0f} times as long (goal: at least 300)\n")
    for name, value in result["waits"].items():
        goal = f"goal: below {GOALS[name]:g}" if name in GOALS else ""
        print(f"{name:28}{value:>10.2f}   {goal}")


__all__ = ["curves_of_many", "one_core", "pin", "run", "summaries_of_many"]

if __name__ == "__main__":
    run()

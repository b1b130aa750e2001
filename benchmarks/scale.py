"""Many patients: cost per patient from a thousand to a million, memory, and one worker against two.

Endpoint summaries (five times) over 90 days of ten outpatient infusions, from a case to a course. Every run is in a
process of its own, compiled beforehand. Wall seconds say what a user waits for; processor seconds, of the process
and of the workers it started, do not depend on what else the machine does. Writes ``results/scale.json``.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import subside
from benchmarks.kpm import RESULTS, ROOT, machine
from subside.engine.kernel.pool import available_threads
from subside.engine.scale import summaries

CASE = "examples/from_papers/schwartzman_2009_crps.toml"
ENDPOINTS_H = np.array([0.0, 7.0, 28.0, 84.0, 90.0]) * 24.0
SIZES = (1_000, 10_000, 100_000, 1_000_000)
FOR_WORKERS = 400_000
GOALS = {
    "million_s": 60.0,
    "million_peak_mb": 1500.0,
    "cost_of_a_million_over_a_thousand": 1.2,
    "two_workers_times_one": 1.7,
}


def counted(n: int, workers: int, curves: str = "") -> dict[str, float]:
    """Return what one run costs; with no ``workers``, the threads of this process do it."""
    case = subside.read_case(ROOT / CASE)
    summaries(case, 64, times_h=ENDPOINTS_H, verify=False)  # compiled code is read from disk
    store = Path(curves) if curves else None
    before, began = _processor_s(), time.perf_counter()
    summaries(case, n, times_h=ENDPOINTS_H, verify=False, workers=workers, curves=store)
    return {
        "patients": n,
        "wall_s": time.perf_counter() - began,
        "processor_s": _processor_s() - before,
        "peak_mb": _peak_mb(),
    }


def _processor_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _peak_mb() -> float:
    """Return the peak of this process or, if larger, of the largest worker it waited for."""
    return max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024.0


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure, print, write ``results/scale.json``; ``quick`` stops at a hundred thousand."""
    _apart("counted", 64, 0)  # compile
    sizes = [n for n in SIZES if n <= 100_000 or not quick]
    by_size = [_best("counted", n, 0, repeats=3 if n <= 10_000 else 1) for n in sizes]
    for one in by_size:
        one["processor_us_per_patient"] = 1e6 * one["processor_s"] / one["patients"]
    n = FOR_WORKERS // (8 if quick else 1)
    by_workers = {str(w): _apart("counted", n, w) for w in (1, 2)}
    with tempfile.TemporaryDirectory() as folder:
        curves = _apart("counted", 20_000, 0, str(Path(folder) / "curves.zarr"))
    costs = [one["processor_us_per_patient"] for one in by_size]
    result: dict[str, Any] = {
        "case": CASE,
        "times": len(ENDPOINTS_H),
        "processors": available_threads(),
        "by_size": by_size,
        "by_workers": by_workers,
        "with_curves": curves,
        "cost_of_a_million_over_a_thousand" if not quick else "cost_of_most_over_a_thousand": costs[-1] / costs[0],
        "two_workers_times_one": by_workers["1"]["wall_s"] / by_workers["2"]["wall_s"],
    }
    if not quick:
        result |= {"million_s": by_size[-1]["wall_s"], "million_peak_mb": by_size[-1]["peak_mb"]}
    result |= {"goals": GOALS, "load_when_done": os.getloadavg()[1], "machine": machine()}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "scale.json").write_text(json.dumps(result, indent=2) + "\n")
    _show(result)
    return result


def _best(function: str, *arguments: object, repeats: int) -> dict[str, float]:
    found = [_apart(function, *arguments) for _ in range(repeats)]
    return min(found, key=lambda one: one["processor_s"])


def _apart(function: str, *arguments: object) -> Any:
    """Run a function of this file in a fresh process that workers can start from."""
    code = (
        "import json\nfrom benchmarks import scale\n"
        f"if __name__ == '__main__':\n    print(json.dumps(scale.{function}(*{arguments!r})))\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "apart.py"
        script.write_text(code, encoding="utf-8")
        paths = os.pathsep.join([str(ROOT), *sys.path])
        done = subprocess.run(
            [sys.executable, str(script)], cwd=ROOT, env=os.environ | {"PYTHONPATH": paths},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def _show(result: dict[str, Any]) -> None:
    print(f"\nEndpoint summaries over 90 days, {result['processors']} processors\n")
    for one in result["by_size"]:
        print(
            f"{one['patients']:>9,} patients {one['wall_s']:>8.2f} s   "
            f"{one['processor_us_per_patient']:>6.0f} us of processor a patient   peak {one['peak_mb']:.0f} MB"
        )
    for workers, one in result["by_workers"].items():
        print(f"{one['patients']:>9,} patients {one['wall_s']:>8.2f} s   {workers} Dask worker(s)")
    for name, goal in GOALS.items():
        if name in result:
            print(f"{name:36}{result[name]:>10.2f}   goal: {goal:g}")


if __name__ == "__main__":
    run()

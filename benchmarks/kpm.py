"""The reference problem KPM: Subside beside its peers, one core each, at equal accuracy.

Every engine solves the same patients in a process of its own, pinned to one core, after a warm-up; each
at the loosest tolerance found to keep the error of 20 patients below about 1e-4. The rounds go through
all engines in turn, and the best round of each counts. Writes ``results/kpm.json``.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import subside
from benchmarks.kpm_problem import error
from benchmarks.peers.run import ONE_THREAD

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
ROUNDS = 3
#: Name, module it needs, patients a run: enough to be timed well, few enough to wait for.
ENGINES = (
    ("subside", "numba", 1000),
    ("libroadrunner", "roadrunner", 60),
    ("heyoka", "heyoka", 200),
    ("scipy_lsoda", "scipy", 20),
    ("diffrax", "diffrax", 20),
)
GOALS = {"libroadrunner": 150.0, "heyoka": 25.0}


def run(*, rounds: int = ROUNDS, quick: bool = False) -> dict[str, Any]:
    """Measure, print a table, write ``results/kpm.json`` and return what was written."""
    here = [e for e in ENGINES if importlib.util.find_spec(e[1])]
    for name in {e[0] for e in ENGINES} - {e[0] for e in here}:
        print(f"{name} is not installed here; `make bench` installs it.", file=sys.stderr)
    seconds: dict[str, float] = {}
    errors: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        reference = _peer("scipy_lsoda", "reference", Path(folder) / "reference.npz")["y"]
        for turn in range(1 if quick else rounds):
            for name, _, n in here:
                print(f"round {turn + 1}: {name}, {n} patients", file=sys.stderr, flush=True)
                found = _peer(name, n, Path(folder) / f"{name}.npz")
                best = float(found["seconds"].min()) * 1000.0 / n
                seconds[name] = min(best, seconds.get(name, np.inf))
                errors[name] = float(error(found["y"], reference).max())
    result = {
        "s_per_1000": seconds,
        "max_error": errors,
        "cores": 1,
        "times_subside": {name: s / seconds["subside"] for name, s in seconds.items()},
        "versions": {name: _version(name) for name in seconds},
        "machine": machine(),
        "how": "best of the rounds, processor seconds on one core, full curves of 13 states at 1,809 times; "
        "errors of 20 patients against SciPy's LSODA at rtol 1e-10",
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "kpm.json").write_text(json.dumps(result, indent=2) + "\n")
    _show(result)
    return result


def _peer(name: str, patients: int | str, out: Path) -> dict[str, Any]:
    """Run one engine in a process of its own and return what it saved."""
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-m", f"benchmarks.peers.{name}", str(patients), str(out)]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    with np.load(out) as found:
        return dict(found)


def _version(name: str) -> str:
    if name == "subside":
        return subside.__version__
    return importlib.metadata.version({"scipy_lsoda": "scipy"}.get(name, name))


def machine() -> dict[str, str]:
    """Return what the numbers were measured on."""
    return {"processor": _processor(), "python": platform.python_version()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")


def _show(result: dict[str, Any]) -> None:
    print("\nKPM, one core: 13 states, 10 infusions, 90 days, 1,809 output times\n")
    print(f"{'engine':15}{'s per 1,000':>12}{'against Subside':>17}{'worst error':>13}   goal")
    for name, s in sorted(result["s_per_1000"].items(), key=lambda item: item[1]):
        goal = f"at least {GOALS[name]:g} times" if name in GOALS else ""
        ratio = result["times_subside"][name]
        print(f"{name:15}{s:>12.4f}{ratio:>15.1f} x{result['max_error'][name]:>13.1e}   {goal}")


if __name__ == "__main__":
    run()

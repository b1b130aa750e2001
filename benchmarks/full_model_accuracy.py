"""The whole model's error on random patients under random regimens, against steps eight times finer.

What integrates it exactly, SciPy's Radau, takes minutes a patient; ``tests/analytic`` holds some patients
against it. Here many are held against refinement, whose own error is far smaller. Norm: as in
``engine.verify``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, parse_case
from subside.engine.arms import own
from subside.engine.group import gather, prepare
from subside.engine.population.beliefs import prior
from subside.engine.population.draws import PARTS
from subside.engine.systems.chronic_pain.layout import AT
from subside.engine.systems.chronic_pain.solve import solve
from subside.engine.verify.resolve import error_norm

RESULT = Path(__file__).parent / "results" / "full_model_accuracy.json"
PATIENTS, A_REGIMEN = 2000, 50
BOUND = 1e-4
FINER = 8
PATIENT = """
format = 1
title = "invented"
[patient]
age_years = 52
weight_kg = 70
condition = "complex_regional_pain_syndrome"
nrs_pain = 7
phq9_total = 11
"""
TIMES_H = np.array([0, 0.5, 1, 3, 4, 5, 8, 9, 24, 26, 48, 52, 72, 100, 101, 104, 168, 336, 672, 1344, 2160.0])


def random_case(rng: np.random.Generator) -> tuple[Case, NDArray[np.float64]]:
    """Return a series of one to five infusions of up to three days, and when to look."""
    rate, hours = rng.uniform(0.05, 1.0), rng.uniform(0.5, 72.0)
    count = int(rng.integers(1, 6))
    case = parse_case(
        f"""{PATIENT}
[[infusion]]
drug = "{rng.choice(["esketamine", "racemic_ketamine"])}"
start = "0 h"
steps = [ {{ rate = "{rate:.3f} mg/kg/h", for = "{hours * 3600:.0f} s" }} ]
series = {{ every = "{hours / 24 + rng.uniform(0.5, 3):.3f} d", count = {count} }}
""",
        origin="invented",
    )
    return case, np.unique(np.concatenate([TIMES_H, np.linspace(0, hours, 13)]))


def errors(n_patients: int, *, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the worst error of each patient over states and times, and who has the bistable form."""
    rng = np.random.default_rng(seed)
    worst, bistable = [], []
    for k in range(n_patients // A_REGIMEN):
        case, times = random_case(rng)
        group = gather(case, prior(), A_REGIMEN, seed=seed + k, vary=PARTS)
        people, plan = prepare(group, own(case), times)
        coarse = solve(people, plan, keep_states=True, dtype=np.float64)
        fine = solve(*prepare(group, own(case), times, refine=FINER), keep_states=True, dtype=np.float64)
        assert coarse.states is not None
        assert fine.states is not None
        worst.append(error_norm(coarse.states, fine.states).max(axis=1))
        bistable.append(people.parameters[:, AT["feedback_share"]] > 0.0)
    return np.concatenate(worst), np.concatenate(bistable)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure, write and return the result."""
    worst, bistable = errors(PATIENTS // 10 if quick else PATIENTS, seed=100)
    above = worst > BOUND
    result = {
        "patients": len(worst),
        "reference": f"steps {FINER} times finer",
        "median": float(np.median(worst)),
        "p99": float(np.quantile(worst, 0.99)),
        "worst": float(worst.max()),
        "worst_monostable": float(worst[~bistable].max()),
        "above_bound": int(above.sum()),
        "above_bound_bistable": int((above & bistable).sum()),
        "bound": BOUND,
        "note": "above the bound lie bistable people whose sensitization crosses its threshold between two "
        "resting states: there any error grows until the crossing is over",
    }
    if not quick:
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    return result

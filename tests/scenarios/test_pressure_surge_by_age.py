"""An old person with hypertension and a young one without, the same infusion."""

from __future__ import annotations

import numpy as np

from subside.case import parse_case
from subside.engine.arms import own
from subside.engine.group import Samples, gather, treat
from subside.engine.population.beliefs import fitted

TIMES_H = np.array([0.0, 0.5, 0.667])


def half_mg_per_kg(age_years: int, patient: str = "") -> Samples:
    case = parse_case(
        f"""
format = 1
title = "Invented"
[patient]
age_years = {age_years}
sex = "male"
weight_kg = 80
condition = "neuropathic_pain"
{patient}
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ {{ dose = "0.5 mg/kg", for = "40 min" }} ]
""",
        origin="test",
    )
    group = gather(case, fitted(), 64, seed=11, vary=("patient", "parameter", "trial"), alike=True)
    return treat(group, own(case), TIMES_H)


def surge(samples: Samples) -> np.ndarray:
    return np.asarray(samples["sbp_mmhg"][:, -1] - samples["sbp_mmhg"][:, 0])


def test_an_80_year_old_with_hypertension_rises_more_than_a_30_year_old_without() -> None:
    old = half_mg_per_kg(80, 'sbp_mmhg = 150\ndbp_mmhg = 80\nhistory = { hypertension = "yes" }')
    young = half_mg_per_kg(30, 'sbp_mmhg = 115\ndbp_mmhg = 70\nhistory = { hypertension = "no" }')
    # the same draws for both: person by person, not on average only
    assert np.mean(surge(old) > surge(young)) > 0.95
    assert np.median(old["sbp_mmhg"][:, -1]) > 155.0


def test_age_alone_makes_the_surge_larger() -> None:
    resting = "sbp_mmhg = 125\ndbp_mmhg = 75"
    assert np.all(surge(half_mg_per_kg(80, resting)) >= surge(half_mg_per_kg(40, resting)))


def test_what_a_case_leaves_out_about_pressure_follows_what_it_says_of_hypertension() -> None:
    rest = {
        answer: float(
            half_mg_per_kg(55, f'history = {{ hypertension = "{answer}" }}')["sbp_mmhg"][:, 0].mean()
        )
        for answer in ("no", "unknown", "yes")
    }
    assert rest["no"] < rest["unknown"] < rest["yes"]

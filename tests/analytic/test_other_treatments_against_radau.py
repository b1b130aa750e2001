"""An injury, two opioids and other treatments in the whole model, against an adaptive solver.

The oracle integrates the linear part as a dense matrix and the slow part with step control of its own
(``engine.verify``); shared are the scalar equations.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from subside.case import Case, parse_case
from subside.engine.arms import own
from subside.engine.group import gather, prepare, treat
from subside.engine.population.beliefs import fitted
from subside.engine.population.draws import PARTS
from subside.engine.systems.chronic_pain.layout import AT, INJURY, N_LINEAR, O_DEPOT, OPIOID_FIRST, PER_OPIOID
from subside.engine.systems.chronic_pain.solve import solve
from subside.engine.verify.resolve import worst_error

BOUND = 1e-4  # of the design, in the norm of ``verify.error_norm``

TEXT = """
format = 1
title = "Everything at once, invented"
[patient]
age_years = 50
weight_kg = 70
height_cm = 170
sex = "female"
condition = "neuropathic_pain"
nrs_pain = 6.5
[[infusion]]
drug = "esketamine"
start = "24 h"
steps = [ { rate = "10 mg/h", for = "6 h" } ]
[[treatment]]
kind = "drug"
name = "remifentanil"
rate = "0.5 mg/h"
from = "2 h"
until = "4 h"
[[treatment]]
kind = "drug"
name = "morphine"
dose = "15 mg"
route = "oral"
every = "8 h"
from = "4 h"
until = "3 d"
[[treatment]]
kind = "drug"
name = "pregabalin"
dose = "150 mg"
every = "12 h"
from = "0 h"
[[treatment]]
kind = "drug"
name = "ibuprofen"
dose = "600 mg"
every = "6 h"
from = "12 h"
until = "5 d"
"""
TIMES_H = np.array([0.0, 2.5, 4.0, 4.5, 9.0, 24.0, 30.0, 48.0, 72.0, 96.0, 168.0, 336.0])


def _case(text: str = TEXT) -> Case:
    return parse_case(text, origin="invented")


@pytest.mark.parametrize("form", ["monostable", "bistable"])
def test_injury_opioids_and_other_treatments_agree_with_an_adaptive_solver(form: str) -> None:
    case = _case(TEXT + f'[options]\nsensitization = "{form}"\n')
    group = gather(case, fitted(), 3, seed=4, alike=True, vary=PARTS)
    system, plan = prepare(group, own(case), TIMES_H)
    system.parameters[:, AT["injury_drive"]] = 0.6
    injury = np.zeros_like(plan.injury)
    injury[np.searchsorted(plan.clock.begins_s, 2 * 3600)] = 1
    plan = replace(plan, injury=injury)
    solution = solve(system, plan, keep_states=True)
    assert solution.states is not None
    for state in (N_LINEAR + INJURY, OPIOID_FIRST + PER_OPIOID + O_DEPOT):
        assert solution.states[:, :, state].max() > 0.1  # it did happen
    assert worst_error(system, plan, np.arange(3), rtol=1e-9, method="Radau") < BOUND


def test_treatments_that_are_not_there_leave_no_trace() -> None:
    bare = _case(TEXT[: TEXT.index("[[treatment]]")])
    group = gather(bare, fitted(), 8, seed=4, alike=True, vary=PARTS)
    samples = treat(group, own(bare), TIMES_H)
    assert "ce_opioid_c50" not in samples
    system, plan = prepare(group, own(bare), TIMES_H)
    moved = system.parameters.copy()
    for name in ("nsaid_share", "gabapentinoid_share", "tricyclic_share", "therapy_share", "opioid_emax",
                 "peripheral_share", "injury_drive", "hyperalgesia_gain"):  # fmt: skip
        moved[:, AT[name]] = 0.5
    was, now = solve(system, plan), solve(replace(system, parameters=moved), plan)
    np.testing.assert_allclose(now["nrs_pain"], was["nrs_pain"], rtol=1e-5)


def test_an_opioid_eases_pain_and_breathing_and_what_fades_of_it_is_tolerance() -> None:
    alone = _case(TEXT.replace('drug = "esketamine"\nstart = "24 h"', 'drug = "esketamine"\nstart = "300 h"'))
    group = gather(alone, fitted(), 64, seed=4, alike=True, vary=PARTS)
    with_opioid = treat(group, own(alone), TIMES_H)
    without = treat(group, own(_case(TEXT[: TEXT.index("[[treatment]]")])), TIMES_H)
    at = {t: i for i, t in enumerate(TIMES_H)}
    gap = (with_opioid["nrs_pain"] - without["nrs_pain"]).mean(axis=0)
    assert gap[at[4.0]] < -1.0
    assert (with_opioid["rr_per_min"] - without["rr_per_min"]).mean(axis=0)[at[4.0]] < -0.5
    assert (with_opioid["etco2_mmhg"] - without["etco2_mmhg"]).mean(axis=0)[at[4.0]] > 1.0

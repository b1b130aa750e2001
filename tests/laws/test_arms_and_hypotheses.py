"""What arms and named hypotheses change, and what stays off until it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from subside.case import Case, exposure, parse_case
from subside.engine import compare
from subside.engine.arms import ARMS, REGIMENS, Arm, named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import prior
from subside.errors import UnknownNameError

TEXT = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 80
condition = "neuropathic_pain"
nrs_pain = 7
phq9_total = 12
gad7_total = 10
pcl5_total = 30
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "24 h" } ]
"""
THERAPY = """
[[treatment]]
kind = "therapy"
name = "cognitive behavioral therapy"
every = "7 d"
from = "0 h"
"""
TIMES = np.array([0.0, 2.0, 24.0, 168.0, 700.0])
END, WEEK = 2, 3


def _case(**options: object) -> Case:
    return parse_case(TEXT, origin="invented").model_copy(update={"options": options})


def _treated(case: Case, arm: Arm | str = "case", *, people: int = 200) -> dict[str, np.ndarray]:
    group = gather(case, prior(), people, seed=2)
    chosen = arm if isinstance(arm, Arm) else own(case) if arm == "case" else named(arm, case)
    return {name: rows.astype(float) for name, rows in treat(group, chosen, TIMES).items()}


def _difference(case: Case, at: int = WEEK) -> float:
    """Mean pain under the drug minus mean pain under placebo."""
    drug, placebo = _treated(case), _treated(case, "placebo")
    return float((drug["nrs_pain"] - placebo["nrs_pain"])[:, at].mean())


# --- arms ----------------------------------------------------------------------------------------------


def test_visits_alone_relieve_and_the_drug_relieves_more() -> None:
    case = _case()
    none, placebo, drug = (
        _treated(case, arm)["nrs_pain"].mean(axis=0) for arm in ("none", "placebo", "case")
    )
    for at in (1, END, WEEK):
        assert none[at] > placebo[at] > drug[at]
    assert none[0] == placebo[0]  # read before the visit, which starts with the infusion


def test_a_placebo_leaves_every_level_and_vital_sign_where_it_was() -> None:
    placebo = _treated(_case(), "placebo")
    for name in ("cp_ketamine_ng_per_ml", "ce_ketamine_ng_per_ml", "nmda_block", "cadss_total"):
        assert placebo[name].max() < 1e-6, name  # a trace rate of the solver, far below any assay
    for name in ("sbp_mmhg", "hr_bpm", "spo2_percent", "etco2_mmhg", "moaas"):
        # single precision
        np.testing.assert_allclose(placebo[name], placebo[name][:, :1].repeat(len(TIMES), 1), rtol=1e-6)


def test_an_active_placebo_sedates_while_it_runs_and_relieves_no_more_than_an_inactive_one() -> None:
    case = _case()
    active, inactive = _treated(case, "active-placebo"), _treated(case, "placebo")
    assert (active["moaas"][:, 1] < inactive["moaas"][:, 1]).all()
    assert (active["etco2_mmhg"][:, 1] > inactive["etco2_mmhg"][:, 1]).all()
    np.testing.assert_allclose(active["moaas"][:, WEEK], inactive["moaas"][:, WEEK])
    np.testing.assert_allclose(active["nrs_pain"], inactive["nrs_pain"], atol=1e-5)


@pytest.mark.parametrize("name", REGIMENS)
def test_a_named_regimen_is_given_as_published_and_differs_from_the_case(name: str) -> None:
    case = _case()
    arm = named(name, case)
    drug = {"ketamine": "racemic_ketamine", "esketamine": "esketamine"}[name]
    assert arm.case.regimen().drugs == (drug,)
    assert arm.title != case.title
    assert arm.case.patient == case.patient
    mine = exposure(case.regimen(), drug="esketamine").total_mg.high
    assert exposure(arm.case.regimen(), drug=drug).total_mg.high != pytest.approx(mine)
    own_level = _treated(case)["cp_ketamine_ng_per_ml"][:, END]
    its_level = _treated(case, arm)["cp_ketamine_ng_per_ml"][:, END]
    assert np.abs(np.log(np.maximum(its_level, 1e-9) / own_level)).min() > 0.01


def test_racemic_ketamine_leaves_both_enantiomers_and_esketamine_one() -> None:
    case = _case()
    racemate, esketamine = (_treated(case, named(name, case)) for name in REGIMENS)
    assert racemate["cp_r_ketamine_ng_per_ml"].max() > 10.0
    assert esketamine["cp_r_ketamine_ng_per_ml"].max() == 0.0


def test_an_unknown_arm_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'placebo'"):
        named("plcebo", _case())
    assert "placebo" in ARMS


def test_the_same_people_come_back_in_every_arm_also_beside_another_case() -> None:
    case = _case()
    other = parse_case(TEXT.replace("20 mg/h", "2 mg/h").replace("invented", "a tenth"), origin="invented")
    found = compare(case, ["none", other], draws=32, times_h=[0.0, 168.0])
    assert set(found.arms) == {"case", "none", "a tenth"}
    before = [arm.samples["sbp_mmhg"][:, 0] for arm in found.arms.values()]  # type: ignore[index]
    for rows in before[1:]:
        np.testing.assert_array_equal(rows, before[0])


# --- hypotheses ----------------------------------------------------------------------------------------


def test_a_broken_blind_widens_the_gap_between_drug_and_placebo_from_both_sides() -> None:
    closed, broken = _case(unblinding="off"), _case(unblinding="on")
    assert _difference(broken) < _difference(closed) - 0.1
    drug, placebo = (
        (_treated(broken, arm)["nrs_pain"] - _treated(closed, arm)["nrs_pain"])[:, 1].mean()
        for arm in ("case", "placebo")
    )
    assert drug < 0.0 < placebo
    active = _treated(broken, "active-placebo")["nrs_pain"] - _treated(closed, "active-placebo")["nrs_pain"]
    np.testing.assert_allclose(active, 0.0, atol=1e-5)


@pytest.mark.parametrize(
    "hypothesis",
    [
        "tolerance", "rebound", "unblinding", "anxiety", "post_traumatic_stress", "opioid_counteraction",
        "therapy",
    ],
)  # fmt: skip
def test_what_no_data_support_is_off_until_asked_for_and_changes_something_then(hypothesis: str) -> None:
    text = TEXT.replace(
        "[[infusion]]",
        'medicines = [ { name = "oxycodone", dose = "40 mg", every = "12 h" } ]\n[[infusion]]',
        1,
    )
    case = parse_case(text + THERAPY, origin="invented")

    def result(**options: object) -> dict[str, np.ndarray]:
        return _treated(case.model_copy(update={"options": options}), people=40)

    plain, off, on = result(), result(**{hypothesis: "off"}), result(**{hypothesis: "on"})
    for name, rows in plain.items():
        np.testing.assert_array_equal(rows, off[name], err_msg=name)
    assert any(np.abs(rows - plain[name]).max() > 1e-3 for name, rows in on.items())


def test_anxiety_and_stress_stay_where_they_were_unless_switched_on() -> None:
    off = _treated(_case())
    on = _treated(_case(anxiety="on", post_traumatic_stress=True))
    for name in ("gad7_total", "pcl5_total"):
        np.testing.assert_allclose(off[name], off[name][:, :1].repeat(len(TIMES), 1), rtol=1e-6)
        assert on[name][:, END].mean() < on[name][:, 0].mean() - 0.5
    for name in ("nrs_pain", "phq9_total"):
        np.testing.assert_array_equal(off[name], on[name])


def test_therapy_is_a_coin_that_may_fall_either_way() -> None:
    alone, beside = _case(therapy="on"), parse_case(TEXT + THERAPY, origin="invented")
    beside = beside.model_copy(update={"options": {"therapy": "on"}})
    gap = (_treated(beside)["nrs_pain"] - _treated(alone)["nrs_pain"])[:, WEEK]
    assert 0.2 < (gap < 0).mean() < 0.8
    assert abs(gap.mean()) < 0.3


def test_without_coupling_pain_moves_neither_mood_nor_sleep_and_is_not_moved() -> None:
    apart = _treated(_case(coupling=False))
    np.testing.assert_allclose(apart["sleep_nrs"], apart["sleep_nrs"][:, :1].repeat(len(TIMES), 1), rtol=1e-6)
    together = _treated(_case())
    assert together["sleep_nrs"][:, WEEK].mean() < together["sleep_nrs"][:, 0].mean() - 0.1


def test_norketamine_that_opposes_takes_relief_away() -> None:
    neutral, opposing = (
        _treated(_case(norketamine=form))["nrs_pain"][:, END] for form in ("neutral", "opposing")
    )
    assert (opposing >= neutral - 1e-5).all()
    assert opposing.mean() > neutral.mean() + 0.1


def test_active_r_ketamine_adds_relief_and_dissociation_to_the_racemate_alone() -> None:
    racemate = parse_case(TEXT.replace('"esketamine"', '"racemic_ketamine"'), origin="invented")

    def result(case: Case, form: str) -> dict[str, np.ndarray]:
        return _treated(case.model_copy(update={"options": {"r_ketamine": form}}), people=60)

    still, active = result(racemate, "inactive"), result(racemate, "active")
    assert active["nrs_pain"][:, END].mean() < still["nrs_pain"][:, END].mean() - 0.02
    assert (active["cadss_total"][:, END] > still["cadss_total"][:, END]).all()
    for name, rows in result(_case(), "active").items():
        np.testing.assert_array_equal(rows, result(_case(), "inactive")[name], err_msg=name)


def test_a_form_that_is_not_known_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="bistable"):
        _treated(_case(sensitization="bistabel"), people=2)
    with pytest.raises(UnknownNameError, match="Did you mean 'unblinding'"):
        _treated(_case(unblindin="on"), people=2)

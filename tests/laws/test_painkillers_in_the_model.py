"""What treatments beside ketamine do in the whole model: only while they are there, and where they should."""

from __future__ import annotations

import numpy as np
import pytest

from subside.case import Case, parse_case
from subside.engine import compare, simulate
from subside.engine.arms import CONVENTIONAL, named, own, placebo_of
from subside.engine.beside import beyond_placebo
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import fitted
from subside.validation.conventional_protocols import protocols
from subside.validation.conventional_protocols import simulate as simulate_pair

HEAD = """
format = 1
title = "invented"
[patient]
age_years = 52
sex = "female"
weight_kg = 75
height_cm = 168
condition = "CONDITION"
nrs_pain = 6.5
"""
WEEK = 168.0


def case(condition: str = "neuropathic_pain", *tables: str) -> Case:
    text = HEAD.replace("CONDITION", condition) + "".join(f"[[treatment]]\n{table}\n" for table in tables)
    return parse_case(text, origin="invented")


def relief(arm_name: str, times: np.ndarray, condition: str = "neuropathic_pain") -> np.ndarray:
    """Mean difference of pain from the arm's own placebo, the same people."""
    one = case(condition)
    group = gather(one, fitted(), 120, seed=5, alike=True)
    arm = named(arm_name, one)
    gap = (
        treat(group, arm, times)["nrs_pain"].astype(float) - treat(group, placebo_of(arm), times)["nrs_pain"]
    )
    return gap.mean(axis=0)


@pytest.mark.parametrize(
    ("name", "end_wk"), [("opioid", 9), ("nsaid", 12), ("gabapentinoid", 12), ("tricyclic", 4)]
)
def test_a_painkiller_relieves_while_it_is_taken_and_leaves_nothing_four_weeks_after(name, end_wk):
    times = np.array([0.0, (end_wk - 0.1) * WEEK, (end_wk + 4.0) * WEEK])
    before, during, after = relief(name, times)
    assert abs(before) < 1e-3  # the first step of a level is its middle
    assert during < -0.02
    # Pain feeds sleep and mood, which take weeks to settle: a tenth of a point at most.
    assert abs(after) < 0.1


def test_an_anti_inflammatory_drug_does_more_where_more_comes_from_the_periphery():
    times = np.array([6 * WEEK])
    back, nerve, cord = (
        relief("nsaid", times, c)[0] for c in ("low_back_pain", "neuropathic_pain", "spinal_cord_injury_pain")
    )
    assert back < nerve < cord <= 0.0


def test_a_placebo_of_an_arm_has_its_visits_and_helps_by_expectation_alone():
    one = case()
    group = gather(one, fitted(), 120, seed=5, alike=True)
    arm = named("opioid", one)
    times = np.array([24.0, 6 * WEEK])
    placebo = treat(group, placebo_of(arm), times)
    nothing = treat(group, named("none", one), times)
    assert (placebo["nrs_pain"] - nothing["nrs_pain"]).mean() < -0.05
    assert "ce_opioid_c50" not in placebo


def test_breathing_falls_with_the_level_of_an_opioid_and_comes_back():
    one = case(
        "acute_pain",
        'kind = "drug"\nname = "fentanyl"\ndose = "2 mcg/kg"\nroute = "intravenous"\nfrom = "1 h"',
    )
    group = gather(one, fitted(), 60, seed=5, alike=True)
    times = np.array([0.9, 1.1, 1.5, 3.0, 12.0])
    samples = treat(group, own(one), times)
    carbon_dioxide = samples["etco2_mmhg"].mean(axis=0)
    level = samples["ce_opioid_c50"].mean(axis=0)
    assert level[1] > level[2] > level[3] > level[4]
    assert carbon_dioxide[1] > carbon_dioxide[2] > carbon_dioxide[3]
    assert carbon_dioxide[1] - carbon_dioxide[0] > 3.0
    assert abs(carbon_dioxide[4] - carbon_dioxide[0]) < 0.5


def test_tolerance_takes_part_of_the_relief_of_a_steady_opioid_within_weeks_and_then_no_more():
    one = case(
        "chronic_pain",
        'kind = "drug"\nname = "morphine slow release"\ndose = "40 mg"\nevery = "12 h"\nroute = "oral"\n'
        'from = "0 h"',
    )
    group = gather(one, fitted(), 120, seed=5, alike=True)
    times = np.array([3 * 24.0, 28 * 24.0, 84 * 24.0])
    arm = own(one)
    gap = (treat(group, arm, times)["nrs_pain"] - treat(group, placebo_of(arm), times)["nrs_pain"]).mean(
        axis=0
    )
    assert gap[0] < gap[1] < 0.0
    assert gap[2] == pytest.approx(gap[1], abs=0.15)


def test_a_steady_opioid_by_mouth_brings_no_hyperalgesia_and_a_high_level_that_falls_does():
    low = simulate_pair(
        protocols()["morphine"], fitted(), {"hyperalgesia_gain": {"median": 0.01}}, people=100
    )
    usual = simulate_pair(protocols()["morphine"], fitted(), people=100)
    assert usual.difference() == pytest.approx(low.difference(), abs=0.02)
    after_surgery = simulate_pair(protocols()["remifentanil"], fitted(), people=100)
    assert after_surgery.difference(0) > 0.3


def test_ketamine_during_the_operation_prevents_most_of_the_pain_that_remifentanil_brings():
    """joly_2005, koppert_2003: prevented. The pairs differ in remifentanil alone."""
    without = simulate_pair(protocols()["remifentanil"], fitted(), people=100)
    with_it = simulate_pair(protocols()["remifentanil_with_ketamine"], fitted(), people=100)
    for at in (0, 1):
        assert 0.0 <= with_it.difference(at) < 0.4 * without.difference(at)


@pytest.mark.parametrize("name", CONVENTIONAL)
def test_a_conventional_arm_runs_beside_ketamine_with_the_same_people(name):
    text = HEAD.replace("CONDITION", "neuropathic_pain") + (
        '[[infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ { rate = "10 mg/h", for = "4 h" } ]\n'
    )
    one = parse_case(text, origin="invented")
    times = [0.0, 24.0, 672.0]
    compared = compare(one, ["placebo", name], times_h=times, draws=40, verify=False)
    alone = compare(one, [name], times_h=times, draws=40, verify=False)
    np.testing.assert_array_equal(compared.arms[name]["nrs_pain"].median, alone.arms[name]["nrs_pain"].median)
    assert compared.arms[name]["cp_ketamine_ng_per_ml"].high.max() < 1e-6


def test_what_is_not_modeled_and_what_stands_in_are_said_with_the_result():
    one = case(
        "neuropathic_pain",
        'kind = "drug"\nname = "duloxetine"\ndose = "60 mg"\nevery = "1 d"\nfrom = "0 h"',
        'kind = "drug"\nname = "pregabalin"\ndose = "150 mg"\nevery = "12 h"\nfrom = "0 h"',
        'kind = "drug"\nname = "morphine"\ndose = "10 mg"\nroute = "oral"\nfrom = "0 h"',
    )
    course = simulate(one, times_h=[0.0, 24.0], draws=20, verify=False)
    said = {caution.code: caution.text for caution in course.cautions}
    assert "Duloxetine: no effect of it is modeled." in said["treatment_not_modeled"]
    assert "No plan for starting, changing or stopping an opioid." in said["opioid_given"]
    assert "gabapentinoid" in said["published_effect"]
    assert "gourlay_1988.mec" not in course.sources
    assert "morphine_stanpumpr.meac" in course.sources


def test_therapy_acts_only_where_it_is_given_and_may_fall_either_way():
    one = case("complex_regional_pain_syndrome")
    group = gather(one, fitted(), 200, seed=5, alike=True)
    arm, alone = named("ketamine+therapy", one), named("ketamine", one)
    times = np.array([6 * 24.0, 10 * WEEK])
    gap = treat(group, arm, times)["nrs_pain"].astype(float) - treat(group, alone, times)["nrs_pain"]
    assert np.abs(gap[:, 0]).max() < 1e-5  # before the first session
    assert (gap[:, 1] < -0.02).any()
    assert (gap[:, 1] > 0.02).any()
    assert abs(gap[:, 1].mean()) < 0.2  # centered on nothing


def test_the_picture_compares_each_arm_with_its_own_dummy():
    one = case()
    arms = tuple(named(name, one) for name in ("opioid", "nsaid", "placebo"))
    found = beyond_placebo(one, arms, seed=1, draws=60)
    assert [line.name for line in found] == ["opioid", "nsaid"]
    for line in found:
        middle, low, high = line.during
        assert low <= middle <= high
        assert line.after_h == pytest.approx(line.during_h + 4 * WEEK, abs=1.5)
        assert abs(line.after[0]) < 0.1

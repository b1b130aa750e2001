"""Laws that virtual trials keep: who is who, what is random, what a null drug shows, what a broken blind does."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from subside.engine.population.beliefs import fitted
from subside.trial import parse_trial, run_trial, trial_result
from subside.trial.ancova import wilson
from subside.trial.attrition import observed
from subside.trial.enrollment import enroll
from subside.trial.observing import observe
from subside.trial.page import render
from subside.trial.plan import MissingPlan, TrialPlan
from subside.trial.treating import treated

TRIAL = """
format = 1
title = "Invented"
study = "invented"

[population]
base = "chronic_pain_clinic"

[inclusion]
nrs_pain = [4, 10]

[design]
patients = 60
EXTRA

[[arm]]
name = "drug"
kind = "drug"
effect = "EFFECT"

[[arm.infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ { rate = "0.5 mg/kg/h", for = "1 h" } ]

[[arm]]
name = "placebo"
kind = "PLACEBO"
control = true

[blinding]
breach = "BREACH"

[visits]
at = ["1 wk"]

[[endpoint]]
what = "nrs_pain"
at = "1 wk"
primary = true

[missing]
drop_out = 0.05
per_point = 0.2

[power]
truth = "TRUTH"
"""


BRIEF = 'rate = "0.5 mg/kg/h", for = "1 h"'
FOUR_DAYS = 'rate = "0.25 mg/kg/h", for = "100 h"'


def _plan(
    effect: str = "model",
    breach: str = "none",
    truth: str = "uncertain",
    placebo: str = "placebo",
    extra: str = "",
    strong: bool = False,
) -> TrialPlan:
    text = TRIAL.replace(BRIEF, FOUR_DAYS) if strong else TRIAL
    for word, value in (
        ("EFFECT", effect), ("BREACH", breach), ("TRUTH", truth), ("PLACEBO", placebo), ("EXTRA", extra),
    ):  # fmt: skip
        text = text.replace(word, value)
    return parse_trial(text)[0]


def _found(plan: TrialPlan, repetitions: int, seed: int = 1) -> tuple[int, int]:
    """How many repetitions find a difference, and of how many."""
    trial = run_trial(plan, seed=seed, repetitions=repetitions, report=False)
    p = trial.contrasts[0, 0].p
    return int((p < 0.05).sum()), int(np.isfinite(p).sum())


def test_the_same_people_take_part_whatever_the_size() -> None:
    plan = _plan(extra='block = 4\nstrata = ["sex"]')
    small = enroll(plan, plan.description(), seed=3, repetitions=2, size=20)
    large = enroll(plan, plan.description(), seed=3, repetitions=3, size=60)
    numbers = large.people.numbers.reshape(3, 60)
    np.testing.assert_array_equal(small.people.numbers.reshape(2, 20), numbers[:2, :20])
    np.testing.assert_array_equal(small.arm, large.arm[:2, :20])
    assert len(np.unique(numbers)) == 180


def test_only_those_within_the_limits_take_part_and_everyone_is_accounted_for() -> None:
    plan = _plan(extra="declined = 0.2")
    found = enroll(plan, plan.description(), seed=3, repetitions=4, size=30)
    assert found.people.columns["nrs_pain"].min() >= 4.0
    kept_out = sum(found.reasons.values())
    np.testing.assert_array_equal(found.assessed, 30 + kept_out + found.declined)
    assert found.declined.sum() > 0


def test_blocks_keep_the_ratio_within_every_stratum() -> None:
    plan = _plan(extra='block = 6\nstrata = ["sex", "nrs_pain >= 7"]')
    arms = (plan.arms[0].model_copy(update={"ratio": 2}), plan.arms[1])
    plan = plan.model_copy(update={"arms": arms})
    found = enroll(plan, plan.description(), seed=3, repetitions=5, size=120)
    for r in range(5):
        for stratum in np.unique(found.stratum[r]):
            arm = found.arm[r][found.stratum[r] == stratum]
            whole = len(arm) // 6 * 6
            blocks = arm[:whole].reshape(-1, 6)
            np.testing.assert_array_equal((blocks == 0).sum(axis=1), 4)
    assert len({tuple(row) for row in found.arm[:, :12]}) > 1


def test_a_null_drug_leaves_each_person_as_the_placebo_does() -> None:
    plan = _plan(effect="null")
    enrolled = enroll(plan, plan.description(), seed=2, repetitions=1, size=60)
    swapped = replace(enrolled, arm=1 - enrolled.arm)
    one = treated(plan, enrolled, fitted(), seed=2)
    other = treated(plan, swapped, fitted(), seed=2)
    # float32 storage of a rating up to 10
    np.testing.assert_allclose(one.at["nrs_pain"], other.at["nrs_pain"], atol=2e-5)
    drug = one.arm == 0
    assert one.events["dissociation"][drug].mean() > 0.2  # what is felt stays


def test_the_real_drug_differs_from_placebo_person_by_person() -> None:
    plan = _plan(truth="typical")
    enrolled = enroll(plan, plan.description(), seed=2, repetitions=1, size=60)
    one = treated(plan, enrolled, fitted(), seed=2)
    other = treated(plan, replace(enrolled, arm=1 - enrolled.arm), fitted(), seed=2)
    drug = one.arm == 0
    difference = np.where(drug, one.at["nrs_pain"][..., 0] - other.at["nrs_pain"][..., 0], 0.0)
    assert np.all(difference <= 1e-4)
    assert difference[drug].mean() < -1e-3


def test_a_trial_is_the_same_with_any_number_of_workers_and_beside_other_repetitions() -> None:
    plan = _plan(breach="dissociation")
    one = run_trial(plan, seed=4, repetitions=3, threads=1, report=False)
    two = run_trial(plan, seed=4, repetitions=5, threads=2, report=False)
    for name in ("nrs_pain", "phq9_total"):
        np.testing.assert_array_equal(one.observed.at[name], two.observed.at[name][:, :3])
    np.testing.assert_array_equal(one.contrasts[0, 0].p, two.contrasts[0, 0].p[:3])


def test_people_of_one_repetition_share_a_clinic_and_repetitions_differ() -> None:
    uncertain = run_trial(_plan(strong=True), seed=1, repetitions=60, report=False).contrasts[0, 0]
    typical = run_trial(_plan(strong=True, truth="typical"), seed=1, repetitions=60, report=False).contrasts[0, 0]
    # With one truth the spread between repetitions is the standard error; else it is larger.
    assert typical.estimate.std() == pytest.approx(np.sqrt((typical.se**2).mean()), rel=0.3)
    assert uncertain.estimate.std() > 1.1 * typical.estimate.std()


def test_simulated_power_is_that_of_the_closed_form_where_one_truth_holds() -> None:
    plan = _plan(truth="typical", strong=True).model_copy(update={"missing": MissingPlan()})
    small = plan.model_copy(update={"design": plan.design.model_copy(update={"patients": 20})})
    power = run_trial(small, seed=1, repetitions=250, report=False).powers[0, 0][0]
    assert power.closed_form is not None
    error = np.sqrt(power.closed_form * (1 - power.closed_form) / 250)
    # three Monte Carlo standard errors; ratings end at 0 and 10, which costs a percent or two
    assert power.power == pytest.approx(power.closed_form, abs=3 * error + 0.02)


def test_a_null_drug_is_found_as_often_as_chance_says() -> None:
    k, n = _found(_plan(effect="null"), 200)
    # 99.9 % of binomial counts with p = 0.05 and n = 200 lie within 2 to 21
    assert 2 <= k <= 21
    assert n == 200


@pytest.mark.slow
def test_over_a_thousand_repetitions_a_null_drug_is_found_in_one_of_twenty() -> None:
    k, n = _found(_plan(effect="null"), 1000)
    low, high = wilson(np.array([k]), np.array([n]), level=0.99)
    assert low[0] < 0.05 < high[0]


@pytest.mark.slow
def test_a_blind_that_breaks_finds_a_null_drug_more_often() -> None:
    k, n = _found(_plan(effect="null", breach="dissociation"), 1000)
    low, _ = wilson(np.array([k]), np.array([n]), level=0.95)
    assert low[0] > 0.05


def test_who_feels_a_drug_believes_in_it_and_expects_more() -> None:
    plan = _plan(effect="null", breach="dissociation")
    enrolled = enroll(plan, plan.description(), seed=2, repetitions=6, size=60)
    broken = treated(plan, enrolled, fitted(), seed=2)
    whole = treated(_plan(effect="null"), enrolled, fitted(), seed=2)
    drug = broken.arm == 0
    assert broken.believes[drug].mean() > broken.believes[~drug].mean() + 0.2
    np.testing.assert_array_equal(broken.believes, whole.believes)
    change = (broken.at["nrs_pain"] - whole.at["nrs_pain"])[..., 0]
    # Expectation can also be of harm: on average over people belief relieves.
    assert change[broken.believes].mean() < 0.0 < change[~broken.believes].mean()


def test_an_active_placebo_is_taken_for_the_drug_more_often_than_salt_water() -> None:
    salt = run_trial(_plan(), seed=1, repetitions=4, report=False).records
    midazolam = run_trial(_plan(placebo="active-placebo"), seed=1, repetitions=4, report=False).records
    control = salt.arm == 1
    assert midazolam.believes[control].mean() > salt.believes[control].mean() + 0.1


def test_an_arm_of_whom_more_is_expected_hurts_less() -> None:
    plan = _plan(effect="null")
    arms = (plan.arms[0].model_copy(update={"expectation": 2.0}), plan.arms[1])
    hoping = run_trial(plan.model_copy(update={"arms": arms}), seed=1, repetitions=20, report=False)
    assert hoping.contrasts[0, 0].estimate.mean() < -0.3


def test_those_whose_pain_stays_leave_more_often_where_missing_depends_on_it() -> None:
    n = 4000
    start = np.full(n, 7.0)
    pain = np.where(np.arange(n)[:, None] < n // 2, 7.0, 3.0) * np.ones((n, 4))
    plan = MissingPlan(drop_out=0.1, per_point=0.5, visits=0.05)
    seen, stays = observed(plan, pain, start, people=np.arange(n), study="invented")
    unhelped, helped = (stays < 4)[: n // 2].mean(), (stays < 4)[n // 2 :].mean()
    # Unchanged pain: 0.1 a visit, 1 - 0.9^4. Four points less: log odds lower by 2 from the second visit on.
    later = 1.0 / (1.0 + np.exp(-(np.log(0.1 / 0.9) - 2.0)))
    four_se = 4 * np.sqrt(0.25 / (n / 2))
    assert unhelped == pytest.approx(1 - 0.9**4, abs=four_se)
    assert helped == pytest.approx(1 - 0.9 * (1 - later) ** 3, abs=four_se + 0.01)  # a missed visit delays it
    assert not seen[stays[:, None] <= np.arange(4)].any()


def test_without_drop_out_only_single_visits_are_missing() -> None:
    seen, stays = observed(
        MissingPlan(visits=0.25), np.zeros((2000, 3)), np.zeros(2000), people=np.arange(2000), study="invented"
    )
    assert np.all(stays == 3)
    assert seen.mean() == pytest.approx(0.75, abs=4 * np.sqrt(0.1875 / 6000))


def test_who_is_gone_counts_as_a_non_responder_and_is_censored_for_relapse() -> None:
    text = TRIAL.replace("EFFECT", "model").replace("BREACH", "none").replace("PLACEBO", "placebo")
    text = text.replace("EXTRA", "").replace("TRUTH", "uncertain").replace('["1 wk"]', '["1 wk", "4 wk", "8 wk"]')
    text += '[[endpoint]]\nwhat = "relapse"\nas = "time"\n'
    plan, description = parse_trial(text.replace("drop_out = 0.05", "drop_out = 0.4"))
    enrolled = enroll(plan, description, seed=1, repetitions=4, size=60)
    records = treated(plan, enrolled, fitted(), seed=1)
    data = observe(plan, enrolled, records, seed=1)
    gone = data.stays < 3
    ends = np.array([0.0, *plan.visits.at_h])[np.minimum(data.stays, 3)]
    assert np.all(data.relapse_h[gone] <= ends[gone])
    assert not data.relapsed[gone & (records.relapse_h > ends)].any()
    np.testing.assert_array_equal(data.relapse_h[~gone], records.relapse_h[~gone])


CROSSOVER = TRIAL.replace("EXTRA", 'kind = "crossover"\nwashout = "4 wk"')


def _crossover(effect: str) -> TrialPlan:
    text = CROSSOVER.replace("EFFECT", effect).replace("BREACH", "none").replace("PLACEBO", "placebo")
    return parse_trial(text.replace("TRUTH", "typical"))[0]


def test_in_a_crossover_everyone_has_both_treatments() -> None:
    trial = run_trial(_crossover("model"), seed=1, repetitions=3)
    np.testing.assert_array_equal(trial.observed.arm[0] + trial.observed.arm[1], 1)
    result = trial_result(trial)
    assert result["arms"]["drug"]["randomized"] + result["arms"]["placebo"]["randomized"] == 60
    assert trial.reported[0, 0].method == "ANCOVA within people"
    seen = int(np.isfinite(trial.observed.at["nrs_pain"][:, 0, :, 0]).all(axis=0).sum())
    assert trial.reported[0, 0].n == trial.reported[0, 0].n_control == seen
    assert sum(arm["in_primary_analysis"] for arm in result["flow"]["arms"].values()) == seen


def test_who_felt_unreal_believes_to_have_the_drug() -> None:
    records = run_trial(_plan(), seed=1, repetitions=3, report=False).records
    felt = records.events["psychomimetic"]
    assert felt.any()
    assert records.believes[felt].all()


def test_a_crossover_of_a_null_drug_finds_nothing_and_its_periods_swing_apart() -> None:
    trial = run_trial(_crossover("null"), seed=1, repetitions=40, report=False)
    contrast = trial.contrasts[0, 0]
    assert contrast.estimate.mean() == pytest.approx(0.0, abs=4 * contrast.estimate.std() / np.sqrt(40))
    noise = trial.records.at["nrs_pain"][..., 0] - trial.records.start["nrs_pain"]
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.5


def test_power_of_a_crossover_is_that_of_its_closed_form() -> None:
    plan = _crossover("model")
    plan = plan.model_copy(update={"arms": (_plan(strong=True).arms[0], plan.arms[1])})
    small = plan.model_copy(update={"design": plan.design.model_copy(update={"patients": 8})})
    power = run_trial(small, seed=1, repetitions=200, report=False).powers[0, 0][0]
    assert power.closed_form is not None
    error = np.sqrt(power.closed_form * (1 - power.closed_form) / 200)
    assert power.power == pytest.approx(power.closed_form, abs=3 * error + 0.03)  # skewed effects of few people


def test_within_people_the_same_number_tells_more() -> None:
    within = run_trial(_crossover("model"), seed=1, repetitions=20, report=False).contrasts[0, 0]
    between = run_trial(_plan(truth="typical"), seed=1, repetitions=20, report=False).contrasts[0, 0]
    assert within.se.mean() < between.se.mean()


def test_what_a_period_leaves_behind_is_there_at_the_start_of_the_next() -> None:
    text = CROSSOVER.replace("EFFECT", "model").replace("BREACH", "none").replace("PLACEBO", "placebo")
    text = text.replace("TRUTH", "typical").replace(BRIEF, FOUR_DAYS)
    plan, description = parse_trial(text.replace('washout = "4 wk"', 'washout = "3 d"'))
    enrolled = enroll(plan, description, seed=1, repetitions=2, size=60)
    records = treated(plan, enrolled, fitted(), seed=1)
    after_drug = records.start["nrs_pain"][1][records.arm[0] == 0]
    after_placebo = records.start["nrs_pain"][1][records.arm[0] == 1]
    # 60 people each: a difference of a point is several standard errors
    assert after_drug.mean() < after_placebo.mean() - 0.5


AT_HOME = """
format = 1
title = "Invented, taken at home"
[population]
base = "chronic_pain_clinic"
conditions = { neuropathic_pain = 1 }
[design]
patients = 60
[[arm]]
name = "gabapentin"
kind = "drug"
[[arm.treatment]]
kind = "drug"
name = "gabapentin"
dose = "600 mg"
every = "8 h"
from = "0 h"
[[arm]]
name = "placebo"
kind = "placebo"
control = true
[visits]
at = ["4 wk", "8 wk"]
average = "7 d"
[[endpoint]]
what = "nrs_pain"
at = "8 wk"
primary = true
"""


def test_a_drug_taken_at_home_has_a_placebo_of_its_own_and_relieves_more() -> None:
    plan, description = parse_trial(AT_HOME)
    trial = run_trial(plan, description, seed=1, repetitions=12, report=False)
    data, placebo = trial.observed, trial.observed.arm == 1
    fell = (data.start["nrs_pain"] - data.at["nrs_pain"][..., 0])[placebo]
    assert np.nanmean(fell) > 0.2  # visits alone relieve
    assert trial.contrasts[0, 0].estimate.mean() < 0.0
    arms = (plan.arms[0].model_copy(update={"effect": "null"}), plan.arms[1])
    null = run_trial(plan.model_copy(update={"arms": arms}), description, seed=1, repetitions=12, report=False)
    mean = null.contrasts[0, 0].estimate.mean()
    assert abs(mean) < 4 * null.contrasts[0, 0].estimate.std() / np.sqrt(12)


ODD = """
format = 1
title = "Invented, of which little is left"
[population]
base = "chronic_pain_clinic"
conditions = { fibromyalgia = 0.3, neuropathic_pain = 0.7 }
[design]
patients = PATIENTS
block = 8
declined = 0.3
strata = ["sex", "condition", "nrs_pain >= 7"]
[[arm]]
name = "by name"
kind = "drug"
regimen = "ketamine"
ratio = 2
[[arm]]
name = "nothing"
kind = "none"
control = true
[[arm]]
name = "at home"
kind = "drug"
regimen = "opioid"
expectation = 0.5
[blinding]
kind = "open"
[visits]
at = ["3 h", "2 wk"]
average = "3 d"
baseline = "7 d"
[[endpoint]]
what = "nrs_pain_movement"
as = "percent_change"
at = "2 wk"
primary = true
[[endpoint]]
what = "relapse"
as = "time"
[missing]
drop_out = 0.5
visits = 0.5
[analysis]
method = "mixed"
level = 0.9
"""


@pytest.mark.parametrize("people", [4, 31])
def test_a_trial_of_which_little_is_left_gives_nothing_rather_than_nonsense(people: int) -> None:
    plan, description = parse_trial(ODD.replace("PATIENTS", str(people)))
    for seed in (1, 2, 3):
        result = trial_result(run_trial(plan, description, seed=seed, repetitions=3))
        json.dumps(result, allow_nan=False)
    page = render(result, warnings=[], sources=[], version="0", seed=1)
    assert "nan" not in page.split("</style>")[1]
    for endpoint in result["endpoints"]:
        for arm in endpoint["arms"].values():
            report = arm["reported"]
            if report["estimate"] is None:
                assert report["note"]
            else:
                assert report["low"] <= report["estimate"] <= report["high"]
                assert abs(report["estimate"]) < 200.0

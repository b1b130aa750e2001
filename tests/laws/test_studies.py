"""Studies that have not been done: what a file means, and laws of what they would report."""

from __future__ import annotations

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.arms import named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import fitted
from subside.errors import CaseError
from subside.research.outcomes import labels_of, roots, simulate_study
from subside.research.scaling import scaled
from subside.research.study import parse_studies

CASE = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "neuropathic_pain"
nrs_pain = 7
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "6 h" } ]
"""
TEXT = """
format = 1
title = "invented"
[[study]]
name = "one"
case = "people.toml"
control = "placebo"
[[study.arm]]
name = "esketamine"
give = "case"
n = 30
[[study.arm]]
name = "placebo"
give = "placebo"
n = 30
[[study.endpoint]]
name = "nrs_pain"
at = "4 wk, 1 wk"
"""
TEXTS = {"people.toml": CASE}


def _study(text=TEXT):
    return parse_studies(text, texts=TEXTS).studies[0]


def test_a_study_says_what_its_file_says():
    study = _study()
    assert [(arm.name, arm.arm.kind, arm.n) for arm in study.arms] == [
        ("esketamine", "drug", 30), ("placebo", "placebo", 30),
    ]  # fmt: skip
    assert study.times_h == (168.0, 672.0)
    assert [label.words for label in labels_of(study)] == [
        "nrs_pain at 7 d, esketamine - placebo", "nrs_pain at 4 wk, esketamine - placebo",
    ]  # fmt: skip


def test_every_mistake_of_a_file_is_told_in_one_go():
    text = TEXT.replace("n = 30", "n = 1", 1).replace('give = "placebo"', 'give = "plcebo"')
    text = text.replace("nrs_pain", "nrs_pian").replace("4 wk, 1 wk", "4 wk, soon").replace("control", "contol")
    with pytest.raises(CaseError) as error:
        _study(text)
    lines = text.splitlines()
    for problem in error.value.problems:
        assert problem.where.split(".")[-1] in lines[problem.line - 1]
    told = str(error.value)
    for part in ("n: got 1", "Did you mean 'placebo'", "Did you mean 'nrs_pain'", "soon", "Did you mean 'control'"):
        assert part in told


def test_a_rate_times_a_tenth_is_a_tenth_of_every_dose():
    case = parse_case(CASE, origin="invented")
    before, after = case.regimen().segments, scaled(case, 0.1).regimen().segments
    assert [s.mg_per_h for s in after] == pytest.approx([0.1 * s.mg_per_h for s in before])
    assert scaled(case, 0.1).regimen().end_h == case.regimen().end_h


def test_a_clinic_here_is_the_clinic_of_the_engine():
    """One clinic at a time from the engine's own draws gives the same values of every parameter."""
    from subside.engine.population.beliefs import from_scale
    from subside.engine.population.draws import BOUNDS, draw
    from subside.research.outcomes import clinic_shifts

    beliefs = fitted()
    drawn = draw(beliefs, 5, seed=9, vary=("parameter", "trial", "structure"))
    shifts = clinic_shifts(beliefs, 5, 9)
    for name, b in beliefs.parameters.items():
        value = from_scale(b.location + shifts[name], b.scale)
        value = np.clip(value, *BOUNDS[name]) if name in BOUNDS else value
        np.testing.assert_allclose(value, drawn.values[name], rtol=1e-12, err_msg=name)


def test_without_doubt_a_study_reports_what_the_same_people_show():
    """All spreads between clinics at zero: the mean difference is that of the engine's own group."""
    beliefs = fitted()
    still = {name: {"uncertainty_sd": 0.0, "trial_sd": 0.0} for name in beliefs.parameters}
    from dataclasses import replace

    sure = replace(beliefs.with_values(still), joint=(), joint_cholesky=np.zeros((0, 0)))
    forms = {name: hypothesis.typical for name, hypothesis in sure.hypotheses.items()}
    found = simulate_study(_study(), sure, replicates=3, seed=2, forms=forms, people=64)
    case = parse_case(CASE, origin="invented").model_copy(update={"options": forms})
    group = gather(case, sure, 64, seed=2, alike=True, vary=("patient",))
    times = np.array([168.0, 672.0])
    drug, other = (treat(group, arm, times)["nrs_pain"] for arm in (own(case), named("placebo", case)))
    expected = (drug.mean(axis=0) - other.mean(axis=0)).astype(float)
    np.testing.assert_allclose(found.means, np.tile(expected, (3, 1)), atol=1e-4)  # single precision


def test_the_sampling_error_falls_with_the_root_of_the_number_of_people():
    small = simulate_study(_study(), fitted(), replicates=4, seed=1)
    large = simulate_study(_study(TEXT.replace("n = 30", "n = 120")), fitted(), replicates=4, seed=1)
    np.testing.assert_array_equal(small.means, large.means)
    np.testing.assert_allclose(large.errors, small.errors / 4.0, rtol=1e-12)


def test_arms_that_share_a_control_share_its_error():
    text = TEXT.replace("[[study.endpoint]]", '[[study.arm]]\nname = "low"\ngive = "case"\ntimes_rate = 0.1\nn = 30\n'
                        "[[study.endpoint]]")  # fmt: skip
    found = simulate_study(_study(text), fitted(), replicates=4, seed=1)
    assert found.means.shape == (4, 4)
    shared = found.errors[:, 0, 2]
    assert np.all(shared > 0)
    assert np.all(shared < found.errors[:, 0, 0])
    lower = roots(found.errors)
    np.testing.assert_allclose(lower @ lower.transpose(0, 2, 1), found.errors, rtol=1e-4, atol=1e-5)


def test_the_same_clinics_and_people_stand_behind_every_study():
    text = TEXT + '[[study]]\nname = "two"' + TEXT.split('name = "one"')[1]
    one, two = parse_studies(text, texts=TEXTS).studies
    a, b = (simulate_study(s, fitted(), replicates=6, seed=4) for s in (one, two))
    np.testing.assert_array_equal(a.means, b.means)


def test_an_arm_may_get_another_drug_and_is_then_named_as_the_file_names_it():
    text = TEXT.replace('name = "esketamine"\ngive = "case"', 'name = "tablets"\ngive = "nsaid"')
    study = _study(text)
    assert (study.arms[0].name, study.arms[0].arm.name, study.arms[0].arm.kind) == ("tablets", "tablets", "other")
    found = simulate_study(study, fitted(), replicates=4, seed=1, people=8)
    assert np.isfinite(found.means).all()


def test_a_rate_is_multiplied_only_where_there_is_one():
    with pytest.raises(CaseError, match="times_rate multiplies infusions"):
        _study(TEXT.replace('give = "placebo"', 'give = "placebo"\ntimes_rate = 0.5'))


def test_a_form_that_the_case_fixes_holds_in_every_clinic():
    texts = {"people.toml": CASE + '[options]\nsensitization = "bistable"\n'}
    study = parse_studies(TEXT, texts=texts).studies[0]
    found = simulate_study(study, fitted(), replicates=20, seed=1, people=4)
    assert set(found.choices["sensitization"]) == {"bistable"}
    assert len(set(found.choices["low_dose_route"])) > 1


def test_a_case_that_is_missing_hides_no_other_mistake():
    text = TEXT.replace("people.toml", "nobody.toml").replace('give = "placebo"', 'give = "plcebo"')
    with pytest.raises(CaseError) as error:
        _study(text)
    assert "nobody.toml" in str(error.value)
    assert "Did you mean 'placebo'" in str(error.value)


def test_the_sampling_error_is_the_scatter_of_trials_with_people_of_their_own():
    """Two hundred small trials in one clinic, everyone in them another person: mean and scatter as said."""
    from dataclasses import replace

    beliefs = fitted()
    still = {name: {"uncertainty_sd": 0.0, "trial_sd": 0.0} for name in beliefs.parameters}
    sure = replace(beliefs.with_values(still), joint=(), joint_cholesky=np.zeros((0, 0)))
    forms = {name: hypothesis.typical for name, hypothesis in sure.hypotheses.items()}
    trials, n = 200, 10
    study = _study(TEXT.replace("n = 30", f"n = {n}"))
    found = simulate_study(study, sure, replicates=1, seed=2, forms=forms, people=600)
    case = parse_case(CASE, origin="invented").model_copy(update={"options": forms})
    group = gather(case, sure, 2 * trials * n, seed=77, alike=True, vary=("patient",))
    times = np.array(study.times_h)
    drug = treat(group, own(case), times)["nrs_pain"][: trials * n].reshape(trials, n, -1).mean(axis=1)
    other = treat(group, named("placebo", case), times)["nrs_pain"][trials * n :].reshape(trials, n, -1)
    reported = (drug - other.mean(axis=1)).astype(float)
    error = np.sqrt(np.diagonal(found.errors[0]))
    # A standard deviation of 200 values is known to 5 %; of 600 people to 3 %: four of both together.
    np.testing.assert_allclose(reported.std(axis=0, ddof=1), error, rtol=4 * np.hypot(0.05, 0.03))
    # The mean of 200 trials against that of the same 600 people in both arms, whose error is smaller.
    assert np.all(np.abs(reported.mean(axis=0) - found.means[0]) < 5 * error / np.sqrt(trials))
    between = np.corrcoef(reported.T)[0, 1]
    said = found.errors[0][0, 1] / (error[0] * error[1])
    assert between == pytest.approx(said, abs=4 * (1 - said**2) / np.sqrt(trials))  # error of a correlation

"""The analysis of many trials at once gives what statsmodels, lifelines and closed forms give one by one."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages these import
    import statsmodels.api as sm
    from lifelines.statistics import logrank_test
    from statsmodels.stats.power import TTestIndPower

from subside.trial.ancova import ancova, crossover, log_rank, newcombe, shares, wilson
from subside.trial.observing import Observed
from subside.trial.power import simulated, t_power
from subside.trial.read import parse_trial
from subside.trial.reported import reported

REPETITIONS, PEOPLE = 12, 40


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def _data(rng: np.random.Generator, repetitions: int = REPETITIONS, n: int = PEOPLE):  # type: ignore[no-untyped-def]
    arm = np.tile(np.arange(n) % 3, (repetitions, 1))
    baseline = rng.normal(7.0, 1.5, (repetitions, n))
    y = 2.0 + 0.6 * baseline - 0.8 * (arm == 1) + rng.normal(0.0, 1.2, (repetitions, n))
    y[rng.random(y.shape) < 0.15] = np.nan
    return y, baseline, arm


def test_analysis_of_covariance_is_that_of_statsmodels(rng: np.random.Generator) -> None:
    y, baseline, arm = _data(rng)
    stratum = (np.arange(PEOPLE) < 20).astype(float) * np.ones_like(y)
    found = ancova(y, [baseline, stratum], arm, of=1, control=0, level=0.9)
    for r in range(REPETITIONS):
        seen = np.isfinite(y[r])
        x = np.stack([np.ones(PEOPLE), arm[r] == 1, arm[r] == 2, baseline[r], stratum[r]], axis=1).astype(float)
        fit = sm.OLS(y[r, seen], x[seen]).fit()
        low, high = fit.conf_int(alpha=0.1)[1]
        # Two ways to solve the same normal equations: rounding alone.
        assert found.estimate[r] == pytest.approx(fit.params[1], rel=1e-9)
        assert found.se[r] == pytest.approx(fit.bse[1], rel=1e-9)
        assert found.p[r] == pytest.approx(fit.pvalues[1], rel=1e-8)
        assert (found.low[r], found.high[r]) == pytest.approx((low, high), rel=1e-9)
        assert found.df[r] == fit.df_resid
        assert found.sd[r] == pytest.approx(np.sqrt(fit.scale), rel=1e-9)


def test_a_stratum_that_holds_no_one_changes_nothing(rng: np.random.Generator) -> None:
    y, baseline, arm = _data(rng)
    with_it = ancova(y, [baseline, np.zeros_like(y)], arm, of=1, control=0)
    without = ancova(y, [baseline], arm, of=1, control=0)
    np.testing.assert_allclose(with_it.se, without.se, rtol=1e-9)
    np.testing.assert_array_equal(with_it.df, without.df)


def test_a_score_that_does_not_move_gives_no_contrast(rng: np.random.Generator) -> None:
    _, baseline, arm = _data(rng)
    noise = 1e-7 * rng.normal(size=baseline.shape)  # of storage in single precision
    found = ancova(baseline + noise, [baseline], arm, of=1, control=0)
    assert np.isnan(found.estimate).all()
    assert np.isnan(found.p).all()


def test_the_log_rank_test_is_that_of_lifelines(rng: np.random.Generator) -> None:
    arm = np.tile(np.arange(PEOPLE) % 2, (REPETITIONS, 1))
    # whole weeks, with ties; some are lost from view
    time = np.ceil(rng.exponential(np.where(arm == 1, 6.0, 3.0)))
    seen = (time <= 8.0) & (rng.random(time.shape) > 0.1)
    time = np.minimum(time, 8.0)
    found = log_rank(time, seen, arm, of=1, control=0)
    for r in range(REPETITIONS):
        one, other = arm[r] == 1, arm[r] == 0
        test = logrank_test(time[r, one], time[r, other], seen[r, one], seen[r, other])
        assert found.p[r] == pytest.approx(test.p_value, rel=1e-9)


def test_intervals_of_shares_are_the_published_examples() -> None:
    # Newcombe 1998, Stat Med 17:857, table I: 81 of 263; and 17:873, table II: 56 of 70 against 48 of 80.
    low, high = wilson(np.array([81]), np.array([263]))
    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=5e-5)  # half the last printed digit
    low, high = newcombe(np.array([56]), np.array([70]), np.array([48]), np.array([80]))
    assert (low[0], high[0]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_test_of_two_shares_is_the_chi_square_test() -> None:
    from scipy.stats import chi2_contingency

    success = np.array([[True] * 14 + [False] * 6 + [True] * 7 + [False] * 13])
    arm = np.array([[1] * 20 + [0] * 20])
    found = shares(success, arm, of=1, control=0)
    expected = chi2_contingency([[14, 6], [7, 13]], correction=False).pvalue
    assert found.p[0] == pytest.approx(expected, rel=1e-9)
    assert found.estimate[0] == pytest.approx(0.35)


def test_a_crossover_is_freed_of_period_effects(rng: np.random.Generator) -> None:
    first = np.tile(np.arange(PEOPLE) < 15, (REPETITIONS, 1))  # sequences of unequal size
    person = rng.normal(0.0, 2.0, (REPETITIONS, PEOPLE))
    period, effect = 1.7, -1.1
    treated = person + effect + np.where(first, 0.0, period)
    control = person + np.where(first, period, 0.0)
    noise = 1e-3 * rng.normal(size=person.shape)
    found = crossover(treated - control + noise, rng.normal(size=person.shape), first)
    # the noise's own standard error, five times
    np.testing.assert_allclose(found.estimate, effect, atol=5e-3 / np.sqrt(15))


def test_the_power_of_a_t_test_is_that_of_statsmodels() -> None:
    for d, n, ratio in ((0.5, 30, 1.0), (0.8, 12, 2.0), (0.0, 20, 1.0), (-0.6, 25, 1.5)):
        expected = TTestIndPower().power(d, nobs1=n, alpha=0.05, ratio=ratio, alternative="two-sided")
        ours = t_power(d, sd=1.0, n=n, n_control=n * ratio, df=n + n * ratio - 2)
        assert ours == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_simulated_power_agrees_with_the_closed_form(rng: np.random.Generator, correlation: float) -> None:
    repetitions, n, effect, sd = 4000, 50, -1.0, 2.0
    arm = np.tile(np.arange(n) % 2, (repetitions, 1))
    baseline = rng.normal(0.0, sd, (repetitions, n))
    y = correlation * baseline + effect * (arm == 1)
    y += np.sqrt(1.0 - correlation**2) * rng.normal(0.0, sd, y.shape)
    contrast = ancova(y, [baseline], arm, of=1, control=0)
    power = simulated(contrast, size=n, level=0.95, exact=True)
    # The textbook's form, from the parameters: the covariate leaves (1 - r^2) of the variance, and one df less.
    # A random covariate is not balanced between arms: the variance of the difference grows by 1 + 1/(df - 1).
    left = sd * np.sqrt((1.0 - correlation**2) * (1.0 + 1.0 / (n - 4)))
    expected = t_power(effect, sd=left, n=n / 2, n_control=n / 2, df=n - 3)
    error = np.sqrt(expected * (1 - expected) / repetitions)
    assert power.power == pytest.approx(expected, abs=4 * error)  # four Monte Carlo standard errors
    assert power.closed_form == pytest.approx(expected, abs=0.02)  # its difference and SD are estimates


def test_no_difference_is_found_as_often_as_the_level_says(rng: np.random.Generator) -> None:
    repetitions = 4000
    arm = np.tile(np.arange(30) % 2, (repetitions, 1))
    baseline = rng.normal(size=arm.shape)
    y = 0.5 * baseline + rng.normal(size=arm.shape)
    p = ancova(y, [baseline], arm, of=1, control=0).p
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / repetitions))


TRIAL = """
format = 1
title = "Invented"
[population]
base = "chronic_pain_clinic"
[design]
patients = 40
[[arm]]
name = "drug"
kind = "drug"
[[arm.infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "10 mg/h", for = "1 h" } ]
[[arm]]
name = "placebo"
kind = "placebo"
control = true
[visits]
at = ["1 wk", "4 wk"]
[[endpoint]]
what = "nrs_pain"
at = "4 wk"
primary = true
[analysis]
method = "METHOD"
"""


def _observed(rng: np.random.Generator, missing: float) -> Observed:
    n = 40
    arm = np.tile(np.arange(n) % 2, (1, 1, 1)).reshape(1, 1, n)
    start = rng.normal(7.0, 1.5, (1, 1, n))
    person = rng.normal(0.0, 1.0, (1, 1, n, 1))
    at = 2 + 0.6 * start[..., None] - 1.0 * (arm == 0)[..., None] + person + rng.normal(0.0, 0.8, (1, 1, n, 2))
    at[rng.random(at.shape) < missing] = np.nan
    return Observed(
        arm=arm, start={"nrs_pain": start}, at={"nrs_pain": at}, events={}, stays=np.full((1, n), 2),
        relapse_h=np.full((1, n), np.nan), relapsed=np.zeros((1, n), dtype=bool), stratum=np.zeros((1, n), dtype=int),
    )  # fmt: skip


@pytest.mark.parametrize("method", ["ancova", "mixed"])
def test_with_all_visits_seen_the_mixed_model_has_the_difference_of_the_one_visit(
    rng: np.random.Generator, method: str
) -> None:
    data = _observed(rng, missing=0.0)
    plan, _ = parse_trial(TRIAL.replace("METHOD", method))
    found = reported(plan, data, plan.primary, of=0)
    own = ancova(data.at["nrs_pain"][0, :, :, 1], [data.start["nrs_pain"][0]], data.arm[0], of=0, control=1)
    # Fixed effects saturated in arm and visit with a slope a visit: generalized least squares is least squares.
    assert found.estimate == pytest.approx(own.estimate[0], abs=1e-6)
    assert found.se == pytest.approx(own.se[0], rel=0.1)  # the mixed model pools the spread of both visits
    assert (found.n, found.n_control) == (20, 20)


def test_with_visits_missing_the_mixed_model_still_has_everyone(rng: np.random.Generator) -> None:
    data = _observed(rng, missing=0.25)
    plan, _ = parse_trial(TRIAL.replace("METHOD", "mixed"))
    found = reported(plan, data, plan.primary, of=0)
    alone = reported(parse_trial(TRIAL.replace("METHOD", "ancova"))[0], data, plan.primary, of=0)
    assert found.method == "mixed model"
    assert found.estimate != alone.estimate
    assert found.low < -1.0 < found.high  # the truth


def test_an_arm_without_anyone_gives_no_number_and_no_warning() -> None:
    arm = np.zeros((2, 6), dtype=int)
    y = np.arange(12.0).reshape(2, 6)
    found = shares(y > 3, arm, of=1, control=0)
    assert np.isnan(found.estimate).all()
    assert np.isnan(found.low).all()

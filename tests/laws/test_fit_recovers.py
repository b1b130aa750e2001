"""The fit finds what it was given: trials that the model itself played, with known parameters.

Recovery is judged where it can fail: in what the played trials determine (predictions) and in whether
the posterior holds the truth. What the design cannot tell stays at its prior, and must say so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from subside.validation import fit as fitting
from subside.validation.fit import FREE, SPREADS, Fit, Problem, Structure
from subside.validation.trials import WEEK, Target, Trial, change_points, mean_at, share_fraction

DAY = 24.0
TRUTH_SEED, NOISE_SEED = 7, 8
ONE = Structure(form="monostable", route="allosteric")


def _target(what: str, arm: str, time_h: float, statistic, se: float) -> Target:  # type: ignore[no-untyped-def]
    return Target(
        what=f"{what}, {arm}, {time_h:g} h", figures=("invented",), arms=(arm,), times_h=(time_h,),
        statistic=statistic, observed=0.0, se=se, se_basis="assumed",
    )  # fmt: skip


def _designs() -> tuple[Trial, ...]:
    """Two invented trials on a published regimen, with far more and far sharper figures than any real one."""
    times = (DAY, 4 * DAY, WEEK, 2 * WEEK, 4 * WEEK, 8 * WEEK, 12 * WEEK)
    trials = []
    for name in ("first", "second"):
        targets = [_target("mean", arm, t, mean_at, 0.1) for arm in ("case", "placebo") for t in times]
        targets += [_target("share", "case", t, share_fraction(0.5), 3.0) for t in (WEEK, 4 * WEEK)]
        targets += [_target("change", "none", t, change_points, 0.1) for t in (WEEK,)]
        trials.append(
            Trial(
                name=name, protocol="sigtermans_2009_crps", design="randomized",
                arms={"case": 7.0, "placebo": 7.0, "none": 7.0}, targets=tuple(targets),
            )
        )  # fmt: skip
    return tuple(trials)


class Recovered:
    """The truth, what was observed of it, and the fit."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(fitting, "PEOPLE", 48)
        anchors = fitting._anchors()
        designs = _designs()
        problem = Problem(designs, ONE)
        self.truth = 0.7 * np.random.default_rng(TRUTH_SEED).standard_normal(problem.size)
        exact = problem.predict(self.truth)
        noise = np.random.default_rng(NOISE_SEED).standard_normal(len(exact))
        self.observed = exact + problem.se * noise
        played, row = [], 0
        for trial in designs:
            n = len(trial.targets)
            values = self.observed[row : row + n]
            targets = tuple(replace(t, observed=float(v)) for t, v in zip(trial.targets, values, strict=True))
            played.append(replace(trial, targets=targets))
            row += n
        patch.setattr(fitting, "_anchors", lambda: (self.observed[row:], anchors[1]))
        self.fit: Fit = fitting.fit(ONE, studies=played)
        self.exact = exact

    @property
    def z(self) -> np.ndarray:
        """How many posterior SDs the truth lies from the fit."""
        return (self.fit.x - self.truth) / np.sqrt(np.diag(self.fit.covariance))


@pytest.fixture(scope="module")
def recovered() -> Recovered:
    with pytest.MonkeyPatch.context() as patch:
        return Recovered(patch)


def test_the_fitted_model_is_nearer_the_truth_than_the_noise_it_was_shown(recovered: Recovered) -> None:
    se = recovered.fit.problem.se
    fitted = np.sqrt(np.mean(((recovered.fit.predicted - recovered.exact) / se) ** 2))
    shown = np.sqrt(np.mean(((recovered.observed - recovered.exact) / se) ** 2))
    assert fitted < 0.8 * shown


def test_the_residuals_are_those_of_the_noise(recovered: Recovered) -> None:
    n = len(recovered.observed)
    squares = float(np.sum(recovered.fit.residuals**2))
    # chi-square of n less the directions that the data determine: its mean plus four SDs
    assert squares < n + 4 * np.sqrt(2 * n)
    assert squares > 0.2 * n  # not fitted through the noise: priors hold


def test_the_posterior_holds_the_truth(recovered: Recovered) -> None:
    z = recovered.z
    # 17 standardized gaps: their root mean square is 1 within 4 / sqrt(2 n); none beyond 3.5
    assert np.abs(z).max() < 3.5
    assert np.sqrt(np.mean(z**2)) < 1.0 + 4.0 / np.sqrt(2 * len(z))


def test_sharp_data_narrow_what_they_determine_and_leave_the_rest_to_its_prior(recovered: Recovered) -> None:
    names = [*FREE, *(f"{name}.{field}" for name, field, _ in SPREADS)]
    sd = dict(zip(names, np.sqrt(np.diag(recovered.fit.covariance)), strict=False))
    # twelve weeks of both arms tell how pain returns; two trials do not tell how trials differ
    assert sd["k_return_per_d"] < 0.5
    assert sd["expectation.trial_sd"] > 0.7
    assert max(sd.values()) < 1.05  # no fit knows less than the prior


def test_a_fit_that_starts_at_the_prior_moves_most_of_the_way_to_the_truth(
    recovered: Recovered,
) -> None:
    """The law can fail: the prior itself is many standard errors from what was observed."""
    problem = recovered.fit.problem
    before = np.sum(((problem.predict(np.zeros(problem.size)) - recovered.observed) / problem.se) ** 2)
    assert np.sum(recovered.fit.residuals**2) < 0.2 * before


def test_the_slope_of_the_residuals_is_that_of_small_steps(recovered: Recovered) -> None:
    problem, x = recovered.fit.problem, recovered.fit.x
    jac = problem.jacobian(x)
    rng = np.random.default_rng(1)
    direction = rng.standard_normal(problem.size)
    direction /= np.linalg.norm(direction)
    step = 0.01
    n = len(recovered.observed)
    there, here = (problem.residuals(x + s * step * direction)[:n] for s in (1.0, -1.0))
    straight = (there - here) / (2 * step)
    # one-sided differences of 0.03 prior SDs: the curvature leaves some percent
    gap = np.linalg.norm(jac[:n] @ direction - straight) / np.linalg.norm(straight)
    assert gap < 0.1


def test_the_spreads_and_typical_values_of_the_vector_reach_the_beliefs(recovered: Recovered) -> None:
    problem = recovered.fit.problem
    x = np.zeros(problem.size)
    at_prior = problem.beliefs(x)
    for i, name in enumerate(FREE):
        up = x.copy()
        up[i] = 1.0
        moved = problem.beliefs(up)[name].location - at_prior[name].location
        assert moved == pytest.approx(problem.prior[name].uncertainty_sd, rel=1e-9), name
    for i, (name, field, log_sd) in enumerate(SPREADS):
        up = x.copy()
        up[len(FREE) + i] = 1.0
        ratio = getattr(problem.beliefs(up)[name], field) / getattr(at_prior[name], field)
        assert ratio == pytest.approx(np.exp(log_sd), rel=1e-9), name
    k = problem.n_global + problem.effects.index(("second", "expectation"))
    up = x.copy()
    up[k] = 1.0
    gap = problem.beliefs(up, "second")["expectation"].median - at_prior["expectation"].median
    assert gap == pytest.approx(at_prior["expectation"].trial_sd)
    assert problem.beliefs(up, "first")["expectation"].median == at_prior["expectation"].median

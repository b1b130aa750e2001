"""The analysis that a trial reports: ANCOVA or a mixed model by statsmodels, survival by lifelines."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.errors import MissingExtraError
from subside.trial.ancova import Contrast
from subside.trial.observing import Observed, compared, is_share, outcome
from subside.trial.plan import EVENTS, Endpoint, TrialPlan, looked_at

__all__ = ["Curve", "Estimate", "Fits", "of_shares", "reported", "survival"]

Array = NDArray[np.float64]


LARGEST_SE = 5.0  # of a logarithm of a hazard ratio; beyond it lies an estimate that ran away
TOO_LITTLE = "too few people observed, or an outcome that does not move beyond its baseline"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One contrast of one trial; NaN where it cannot be estimated, and ``note`` says why.

    For the time to relapse ``estimate`` is the logarithm of the hazard ratio.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    n: int
    n_control: int
    method: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """Who still has relief, by Kaplan and Meier.

    Attributes:
        times_h: From the last infusion. Shape ``(step,)``.
        share: Shape ``(step,)``.
        median_h: None where more than half still have it at the end.
    """

    times_h: Array
    share: Array
    median_h: float | None


class Fits(dict[tuple[str, str], Any]):
    """Mixed models fitted so far, by outcome and measure: one fit holds every visit and arm."""


def reported(
    plan: TrialPlan, data: Observed, endpoint: Endpoint, *, of: int, fits: Fits | None = None
) -> Estimate:
    """Return one contrast as the trial would report it; ``data`` holds one repetition.

    ``fits`` keeps mixed models between calls of the same plan and data.
    """
    if endpoint.what == "relapse":
        return _cox(plan, data, of)
    own = compared(plan, data, endpoint, of=of)
    if is_share(endpoint) and plan.design.kind == "parallel":
        return of_shares(own)
    if plan.analysis.method == "mixed" and not is_share(endpoint):
        return _mixed(plan, data, endpoint, of, own, Fits() if fits is None else fits)
    return _ols(plan, data, endpoint, of, own)


def of_shares(contrast: Contrast) -> Estimate:
    """Return the difference of two shares as a trial reports it."""
    return _of(contrast, "difference of shares (Newcombe), z test")


def survival(data: Observed, arm: int) -> Curve:
    """Return who still has relief in one arm; ``data`` holds one repetition."""
    lifelines = _extra("lifelines", "Time to relapse")
    inside = (data.arm[0, 0] == arm) & np.isfinite(data.relapse_h[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = lifelines.KaplanMeierFitter().fit(data.relapse_h[0, inside], data.relapsed[0, inside])
    median = float(fitter.median_survival_time_)
    table = fitter.survival_function_
    return Curve(
        times_h=np.asarray(table.index, dtype=np.float64),
        share=np.asarray(table.iloc[:, 0], dtype=np.float64),
        median_h=median if np.isfinite(median) else None,
    )


def _of(c: Contrast, method: str, note: str = "") -> Estimate:
    return Estimate(
        estimate=float(c.estimate[0]), se=float(c.se[0]), low=float(c.low[0]), high=float(c.high[0]),
        p=float(c.p[0]), n=int(c.n[0]), n_control=int(c.n_control[0]), method=method, note=note,
    )  # fmt: skip


def _ols(plan: TrialPlan, data: Observed, endpoint: Endpoint, of: int, own: Contrast) -> Estimate:
    """Return the contrast by ordinary least squares: the covariate is the baseline, and strata."""
    api = _extra("statsmodels.api", "The analysis of a trial")
    y, columns, at = _at_one_visit(plan, data, endpoint, of)
    seen = np.isfinite(y) & np.isfinite(columns).all(axis=1)
    method = "ANCOVA" if plan.design.kind == "parallel" else "ANCOVA within people"
    if not np.isfinite(own.estimate[0]):
        return _of(own, method, TOO_LITTLE)
    fit = api.OLS(y[seen], columns[seen]).fit()
    low, high = fit.conf_int(alpha=1.0 - plan.analysis.level)[at]
    return Estimate(
        estimate=float(fit.params[at]), se=float(fit.bse[at]), low=float(low), high=float(high),
        p=float(fit.pvalues[at]), n=int(own.n[0]), n_control=int(own.n_control[0]), method=method,
    )  # fmt: skip


def _at_one_visit(
    plan: TrialPlan, data: Observed, endpoint: Endpoint, of: int
) -> tuple[Array, Array, int]:
    """Return outcomes, the design matrix and the column of the contrast."""
    if endpoint.what in EVENTS:
        y = data.events[endpoint.what][:, 0].astype(np.float64)
        start = np.zeros_like(y)
    else:
        visit = plan.visits.at_h.index(endpoint.at_h or 0.0)
        start = data.start[endpoint.what][:, 0]
        y = outcome(endpoint, data.at[endpoint.what][:, 0, :, visit], start)
    if plan.design.kind == "crossover":
        first = data.arm[0, 0] == of
        difference = np.where(first, y[0] - y[1], y[1] - y[0])
        before = np.where(first, start[0] - start[1], start[1] - start[0])
        return difference, np.stack([np.ones(len(before)), np.where(first, -1.0, 1.0), before], axis=1), 0
    arm = data.arm[0, 0]
    others = [a for a in range(len(plan.arms)) if a != plan.control]
    columns = [np.ones(len(arm)), *((arm == a).astype(float) for a in others), start[0]]
    columns += [(data.stratum[0] == s).astype(float) for s in np.unique(data.stratum)[1:]]
    return y[0], np.stack(columns, axis=1), 1 + others.index(of)


def _mixed(
    plan: TrialPlan, data: Observed, endpoint: Endpoint, of: int, own: Contrast, fits: Fits
) -> Estimate:
    """Return the contrast of a linear mixed model over all visits: arm by visit, baseline by visit.

    A random intercept a person (REML). What is missing at random is so allowed for.
    """
    api = _extra("statsmodels.api", "The analysis of a trial")
    y, columns, groups, at = _over_all_visits(plan, data, endpoint, of)
    seen = np.isfinite(y) & np.isfinite(columns).all(axis=1)
    method = "mixed model" if plan.design.kind == "parallel" else "mixed model within people"
    if not np.isfinite(own.estimate[0]):
        return _of(own, method, TOO_LITTLE)
    key = (endpoint.what, endpoint.as_)
    if key not in fits:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                fit = api.MixedLM(y[seen], columns[seen], groups=groups[seen]).fit(reml=True)
            except (np.linalg.LinAlgError, ValueError) as error:
                return _ols_instead(plan, data, endpoint, of, own, str(error))
        fits[key] = fit, "; ".join(dict.fromkeys(str(w.message).splitlines()[0] for w in said))
    fit, note = fits[key]
    estimate, se = float(fit.fe_params[at]), float(fit.bse_fe[at])
    if not np.isfinite(se):
        return _ols_instead(plan, data, endpoint, of, own, note or "no standard error")
    from scipy.stats import norm

    half = float(norm.ppf(0.5 + plan.analysis.level / 2.0)) * se
    return Estimate(
        estimate=estimate, se=se, low=estimate - half, high=estimate + half,
        p=float(2.0 * norm.sf(abs(estimate / se))), n=int(own.n[0]), n_control=int(own.n_control[0]),
        method=method, note=note,
    )  # fmt: skip


def _ols_instead(
    plan: TrialPlan, data: Observed, endpoint: Endpoint, of: int, own: Contrast, why: str
) -> Estimate:
    from dataclasses import replace

    found = _ols(plan, data, endpoint, of, own)
    return replace(found, note=f"the mixed model could not be fitted ({why.splitlines()[0]})")


def _over_all_visits(
    plan: TrialPlan, data: Observed, endpoint: Endpoint, of: int
) -> tuple[Array, Array, NDArray[np.int64], int]:
    """Return stacked outcomes, the design matrix, whose row each is, and the column of the contrast."""
    start = data.start[endpoint.what][:, 0]
    values = outcome(endpoint, data.at[endpoint.what][:, 0], start[..., None])
    periods, n, count = values.shape
    visit = plan.visits.at_h.index(endpoint.at_h or 0.0)
    person = np.broadcast_to(np.arange(n)[None, :, None], values.shape).ravel()
    period = np.broadcast_to(np.arange(periods)[:, None, None], values.shape).ravel()
    when = np.broadcast_to(np.arange(count)[None, None, :], values.shape).ravel()
    arm = np.broadcast_to(data.arm[:, 0, :, None], values.shape).ravel()
    base = np.broadcast_to(start[..., None], values.shape).ravel()
    columns: list[Array] = [(when == v).astype(float) for v in range(count)]
    others = [a for a in range(len(plan.arms)) if a != plan.control]
    at = len(columns) + others.index(of) * count + visit
    columns += [((arm == a) & (when == v)).astype(float) for a in others for v in range(count)]
    columns += [(when == v) * (base - base.mean()) for v in range(count)]
    columns += [(period == k).astype(float) for k in range(1, periods)]
    stratum = np.broadcast_to(data.stratum[0][None, :, None], values.shape).ravel()
    columns += [(stratum == s).astype(float) for s in np.unique(stratum)[1:]]
    return values.ravel(), np.stack(columns, axis=1), person.astype(np.int64), at


def _cox(plan: TrialPlan, data: Observed, of: int) -> Estimate:
    """Return the hazard ratio by Cox regression, and the p value of the log-rank test."""
    lifelines = _extra("lifelines", "Time to relapse")
    statistics = _extra("lifelines.statistics", "Time to relapse")
    pandas = _extra("pandas", "Time to relapse")
    arm, time, lost = data.arm[0, 0], data.relapse_h[0], data.relapsed[0]
    pair = ((arm == of) | (arm == plan.control)) & np.isfinite(time)
    own = compared(plan, data, looked_at("relapse", "time"), of=of)
    table = pandas.DataFrame(
        {"time": time[pair], "lost": lost[pair].astype(int), "drug": (arm[pair] == of).astype(float)}
    )
    method = "Cox regression, log-rank test"
    if not np.isfinite(own.estimate[0]):
        return _of(own, method, "no relapse, or none at risk beside it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = lifelines.CoxPHFitter(alpha=1.0 - plan.analysis.level).fit(table, "time", "lost")
            one, other = table[table["drug"] == 1.0], table[table["drug"] == 0.0]
            test = statistics.logrank_test(
                one["time"], other["time"], event_observed_A=one["lost"], event_observed_B=other["lost"]
            )
    except lifelines.exceptions.ConvergenceError:
        return _of(own, "log-rank test, one-step estimate", "Cox regression did not converge")
    if not float(fit.standard_errors_["drug"]) < LARGEST_SE:
        return _of(own, "log-rank test, one-step estimate", "Cox regression ran away: no finite ratio")
    interval = fit.confidence_intervals_.loc["drug"]
    return Estimate(
        estimate=float(fit.params_["drug"]), se=float(fit.standard_errors_["drug"]),
        low=float(interval.iloc[0]), high=float(interval.iloc[1]), p=float(test.p_value),
        n=int(own.n[0]), n_control=int(own.n_control[0]), method=method,
    )  # fmt: skip


def _extra(name: str, needed_for: str) -> Any:
    from importlib import import_module

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of packages that these import
            return import_module(name)
    except ImportError as error:
        raise MissingExtraError("cohort", needed_for=needed_for) from error

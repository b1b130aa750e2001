"""Many trials analyzed at once: analysis of covariance, differences of shares, crossovers, log-rank.

The same least squares that a statistics package does one by one (``tests/analytic`` compares them
with statsmodels), over a leading axis of repetitions. What is not observed carries weight zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["Contrast", "ancova", "crossover", "log_rank", "newcombe", "shares", "wilson"]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast:
    """One arm minus the control, repetition by repetition; NaN where it cannot be estimated.

    Attributes:
        estimate, se, low, high, p: Shape ``(repetition,)`` each; ``p`` is two-sided.
        df: Degrees of freedom; infinite for a normal statistic.
        sd: Residual standard deviation; NaN where there is none.
        n, n_control: Observed in both arms.
    """

    estimate: Array
    se: Array
    df: Array
    low: Array
    high: Array
    p: Array
    sd: Array
    n: NDArray[np.int64]
    n_control: NDArray[np.int64]


def ancova(
    y: Array, covariates: list[Array], arm: NDArray[np.int64], *, of: int, control: int, level: float = 0.95
) -> Contrast:
    """Return the difference between two arms at the same covariates, by least squares over all arms.

    Args:
        y: Outcomes, NaN where not observed. Shape ``(repetition, person)``.
        covariates: Such as the baseline; shape as ``y``.
        arm: Place of each person's arm; shape as ``y``.
        of, control: The two arms.
        level: Of the interval.
    """
    arms = sorted({of, *np.unique(arm).tolist()} - {control})
    columns = [np.ones_like(y), *((arm == a).astype(np.float64) for a in arms), *covariates]
    return _least_squares(y, columns, 1 + arms.index(of), arm == of, arm == control, level)


def crossover(y: Array, x: Array, first: Bools, *, level: float = 0.95) -> Contrast:
    """Return treatment minus control within people of a two-period crossover.

    Differences between periods, each less its own baseline where one is given, regressed on the
    sequence: half the difference between sequences is the effect, freed of period effects.

    Args:
        y: Outcome of treatment minus that of control, person by person; NaN where one is missing.
            Shape ``(repetition, person)``.
        x: Baseline before treatment minus that before control; shape as ``y``.
        first: Who had the treatment first; shape as ``y``.
        level: Of the interval.
    """
    # y = effect +/- period; +1 where treatment came second
    sign = np.where(first, -1.0, 1.0)
    found = _least_squares(y, [np.ones_like(y), sign, x], 0, first, ~first, level)
    pairs = found.n + found.n_control  # everyone had both
    return replace(found, n=pairs, n_control=pairs)


def _least_squares(
    y: Array, columns: list[Array], at: int, one: Bools, other: Bools, level: float
) -> Contrast:
    from scipy.stats import t as student

    x = np.stack([np.broadcast_to(c, y.shape) for c in columns], axis=-1)
    seen = np.isfinite(y) & np.isfinite(x).all(axis=-1)
    w = seen.astype(np.float64)
    x0, y0 = np.where(seen[..., None], x, 0.0), np.where(seen, y, 0.0)
    # Scaled columns: a covariate that does not vary must not look like rounding noise.
    size = np.sqrt(np.einsum("rnp,rnp->rp", x0, x0))
    size = np.where(size > 0.0, size, 1.0)
    xs = x0 / size[:, None, :]
    gram = np.einsum("rnp,rnq->rpq", xs, xs)
    inverse = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    beta = np.einsum("rpq,rnq,rn->rp", inverse, xs, y0)
    rank = np.rint(np.einsum("rpq,rqp->r", inverse, gram))
    n = seen.sum(axis=1)
    df = n - rank
    residual = w * (y0 - np.einsum("rnp,rp->rn", xs, beta))
    # A score that does not move beyond its baseline leaves rounding noise, and noise is no evidence.
    spread = np.einsum("rn,rn->r", residual, residual) > 1e-10 * np.einsum("rn,rn->r", y0, y0)
    ok = (df > 0) & spread & (np.sum(seen & one, axis=1) > 1) & (np.sum(seen & other, axis=1) > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.einsum("rn,rn->r", residual, residual) / df
        estimate = np.where(ok, beta[:, at] / size[:, at], np.nan)
        se = np.where(ok, np.sqrt(variance * inverse[:, at, at]) / size[:, at], np.nan)
        p = 2.0 * student.sf(np.abs(estimate / se), np.maximum(df, 1))
    half = student.ppf(0.5 + level / 2.0, np.maximum(df, 1)) * se
    return Contrast(
        estimate=estimate,
        se=se,
        df=df.astype(np.float64),
        low=estimate - half,
        high=estimate + half,
        p=p,
        sd=np.where(ok, np.sqrt(variance), np.nan),
        n=np.sum(seen & one, axis=1),
        n_control=np.sum(seen & other, axis=1),
    )


def shares(success: Bools, arm: NDArray[np.int64], *, of: int, control: int, level: float = 0.95) -> Contrast:
    """Return the difference of two shares, with Newcombe's interval and the pooled z test.

    Args:
        success: Shape ``(repetition, person)``; who is not observed has not succeeded.
        arm: Place of each person's arm; shape as ``success``.
        of, control: The two arms.
        level: Of the interval.

    Source: Newcombe 1998, Stat Med 17:873 (method 10).
    """
    from scipy.stats import norm

    a, b = arm == of, arm == control
    n1, n0 = a.sum(axis=1), b.sum(axis=1)
    k1, k0 = (success & a).sum(axis=1), (success & b).sum(axis=1)
    p1, p0 = _ratio(k1, n1), _ratio(k0, n0)
    pooled = (k1 + k0) / np.maximum(n1 + n0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n0))
        difference = p1 - p0
        p = np.where(se > 0.0, 2.0 * norm.sf(np.abs(difference / se)), 1.0)
    low, high = newcombe(k1, n1, k0, n0, level=level)
    nothing = np.full(len(p1), np.nan)
    return Contrast(
        estimate=difference, se=se, df=np.full(len(p1), np.inf), low=low, high=high, p=p, sd=nothing,
        n=n1, n_control=n0,
    )  # fmt: skip


def wilson(k: NDArray[np.int64], n: NDArray[np.int64], *, level: float = 0.95) -> tuple[Array, Array]:
    """Return the ends of Wilson's interval of a share.

    >>> low, high = wilson(np.array([8]), np.array([20]))
    >>> low.round(3), high.round(3)
    (array([0.219]), array([0.613]))
    """
    from scipy.stats import norm

    z = norm.ppf(0.5 + level / 2.0)
    share = _ratio(k, n)
    n = np.where(n > 0, n, np.nan)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def _ratio(k: NDArray[np.int64], n: NDArray[np.int64]) -> Array:
    """Return k of n; NaN of no one."""
    share: Array = np.divide(k, n, out=np.full(np.shape(n), np.nan), where=np.asarray(n) > 0)
    return share


def newcombe(
    k1: NDArray[np.int64], n1: NDArray[np.int64], k0: NDArray[np.int64], n0: NDArray[np.int64],
    *, level: float = 0.95,
) -> tuple[Array, Array]:  # fmt: skip
    """Return the ends of Newcombe's interval of a difference of shares."""
    (low1, high1), (low0, high0) = wilson(k1, n1, level=level), wilson(k0, n0, level=level)
    p1, p0 = _ratio(k1, n1), _ratio(k0, n0)
    return (
        p1 - p0 - np.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2),
        p1 - p0 + np.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2),
    )


def log_rank(
    time: Array, happened: Bools, arm: NDArray[np.int64], *, of: int, control: int, level: float = 0.95
) -> Contrast:
    """Return the log hazard ratio from the log-rank test (one-step estimate), by repetition.

    Args:
        time: Time of the event or of the last look; NaN leaves someone out. Shape ``(repetition, person)``.
        happened: Whether the event was seen; shape as ``time``.
        arm: Place of each person's arm; shape as ``time``.
        of, control: The two arms.
        level: Of the interval.

    Source: Peto et al. 1977, Br J Cancer 35:1; the estimate is (observed - expected) / variance.
    """
    from scipy.stats import norm

    a, b = (arm == of) & np.isfinite(time), (arm == control) & np.isfinite(time)
    excess = np.zeros(len(time))
    variance = np.zeros(len(time))
    for moment in np.unique(time[happened & (a | b)]):
        at_risk = time >= moment
        n1, n0 = (at_risk & a).sum(axis=1), (at_risk & b).sum(axis=1)
        now = happened & (time == moment)
        d1, d0 = (now & a).sum(axis=1), (now & b).sum(axis=1)
        n, d = n1 + n0, d1 + d0
        with np.errstate(divide="ignore", invalid="ignore"):
            excess += np.where(n > 0, d1 - d * n1 / n, 0.0)
            variance += np.where(n > 1, d * n1 * n0 * (n - d) / (n**2 * (n - 1.0)), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(variance > 0.0, excess / variance, np.nan)
        se = np.where(variance > 0.0, 1.0 / np.sqrt(variance), np.nan)
        p = np.where(variance > 0.0, 2.0 * norm.sf(np.abs(excess) / np.sqrt(variance)), 1.0)
    half = norm.ppf(0.5 + level / 2.0) * se
    return Contrast(
        estimate=estimate, se=se, df=np.full(len(time), np.inf), low=estimate - half, high=estimate + half, p=p,
        sd=np.full(len(time), np.nan), n=a.sum(axis=1), n_control=b.sum(axis=1),
    )  # fmt: skip

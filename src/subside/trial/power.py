"""Power: simulated, as the trial would be analyzed, and by the closed form where there is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.trial.ancova import Contrast, wilson

__all__ = ["Power", "closed_form", "simulated"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Power:
    """How often a trial of this size finds a difference.

    Attributes:
        size: People randomized.
        power: Share of repetitions with p below 1 - level; NaN if none could be analyzed.
        low, high: Wilson's interval of that share: Monte Carlo error.
        in_favor: Share in which the arm moreover had the lower value.
        closed_form: By the noncentral t distribution; None where there is no closed form.
        repetitions: How many could be analyzed.
    """

    size: int
    power: float
    low: float
    high: float
    in_favor: float
    closed_form: float | None
    repetitions: int


def simulated(contrast: Contrast, *, size: int, level: float, exact: bool, up_is_good: bool = False) -> Power:
    """Return the power that the repetitions of one size show.

    Args:
        contrast: Of every repetition.
        size: People randomized.
        level: Of the intervals; the test is at 1 - level.
        exact: Whether all repetitions have one and the same truth, so that the closed form holds.
        up_is_good: Whether a higher value is the better one (shares of responders).
    """
    known = np.isfinite(contrast.p) & np.isfinite(contrast.estimate)
    n = int(known.sum())
    if n == 0:
        return Power(size=size, power=np.nan, low=np.nan, high=np.nan, in_favor=np.nan, closed_form=None,
                     repetitions=0)  # fmt: skip
    found = known & (contrast.p < 1.0 - level)
    better = contrast.estimate > 0.0 if up_is_good else contrast.estimate < 0.0
    low, high = wilson(np.array([found.sum()]), np.array([n]))
    form = closed_form(contrast, level=level) if exact and np.isfinite(contrast.sd[known]).all() else None
    return Power(
        size=size,
        power=float(found.sum() / n),
        low=float(low[0]),
        high=float(high[0]),
        in_favor=float((found & better).sum() / n),
        closed_form=form,
        repetitions=n,
    )


def closed_form(contrast: Contrast, *, level: float) -> float:
    """Return the power of a t test with the difference and the standard error of the repetitions.

    Analysis of covariance is the two-sample t test with the variance that the covariate leaves,
    (1 - r^2) of the whole, and as many fewer degrees of freedom; its standard error holds both.
    """
    shift = float(np.nanmean(contrast.estimate)) / float(np.sqrt(np.nanmean(contrast.se**2)))
    return _power(shift, float(contrast.df.mean()), level)


def t_power(
    difference: float, *, sd: float, n: float, n_control: float, df: float, level: float = 0.95
) -> float:
    """Return the two-sided power of a two-sample t test.

    >>> round(t_power(1.0, sd=2.0, n=64, n_control=64, df=126), 3)  # Cohen 1988: d = 0.5, 64 a group
    0.801
    """
    return _power(difference / (sd * np.sqrt(1.0 / n + 1.0 / n_control)), df, level)


def _power(shift: float, df: float, level: float) -> float:
    """Return how often a t statistic with this noncentrality lies beyond its bounds, on either side."""
    from scipy.stats import nct
    from scipy.stats import t as student

    edge = student.ppf(0.5 + level / 2.0, df)
    return float(nct.sf(edge, df, shift) + nct.cdf(-edge, df, shift))

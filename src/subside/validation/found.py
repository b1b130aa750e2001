"""What a fit found for one parameter, and the small statistics that several fits share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from subside.errors import ParameterError
from subside.evidence import Figure, figure

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A fitted parameter, as it is written to ``evidence/fitted``.

    Attributes:
        median: Typical value, in the parameter's unit.
        rows: Ids of the figures it was fitted to.
        note: How, and what is not identifiable.
        uncertainty_sd, patient_sd, trial_sd: On the parameter's normal scale; None: as the prior has it.
        basis: ``computed`` unless what it rests on is weaker.
    """

    name: str
    median: float
    rows: tuple[str, ...]
    note: str
    uncertainty_sd: float | None = None
    patient_sd: float | None = None
    trial_sd: float | None = None
    basis: str = "computed"

    def fields(self) -> dict[str, Any]:
        """Return the fields of a belief that this changes."""
        given = {
            "median": self.median,
            "uncertainty_sd": self.uncertainty_sd,
            "patient_sd": self.patient_sd,
            "trial_sd": self.trial_sd,
            "basis": self.basis,
            "rows": self.rows,
            "note": self.note,
        }
        return {key: item for key, item in given.items() if item is not None}


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What one fit found, and the covariance (normal scales) of those of its parameters that move together.

    ``covariance`` has the shape ``(joint, joint)`` in the order of ``joint``; both empty where each
    parameter stands alone.
    """

    found: tuple[Found, ...]
    joint: tuple[str, ...] = ()
    covariance: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def changes(self) -> dict[str, dict[str, Any]]:
        """Return what this changes of beliefs."""
        return {one.name: one.fields() for one in self.found}


def covariance_of(jacobian: Array) -> Array:
    """Return the covariance of a weighted least-squares fit from the Jacobian at its best."""
    return np.asarray(np.linalg.pinv(jacobian.T @ jacobian), dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Given:
    """A figure whose parts are there, or an error that says which is not."""

    figure: Figure

    @property
    def value(self) -> float:
        """The number; the middle of a bare range."""
        if self.figure.value is None and self.figure.low is not None and self.figure.high is not None:
            return 0.5 * (self.figure.low + self.figure.high)
        return self._part(self.figure.value, "value")

    @property
    def size(self) -> float:
        """SD or standard error."""
        return self._part(self.figure.size, "spread of a size")

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of an interval."""
        return self._part(self.figure.low, "lower end"), self._part(self.figure.high, "upper end")

    @property
    def n(self) -> int:
        """Number of people."""
        return int(self._part(self.figure.n, "number of people"))

    def _part(self, part: float | None, name: str) -> float:
        if part is None:
            raise ParameterError(
                f"figure '{self.figure.id}' has no {name}; the fit needs one. "
                "Add it to the study file, or leave the figure out of the fit."
            )
        return part


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """A mean over studies on the normal scale."""

    mean: float
    se: float
    tau: float


def pool(values: Sequence[float], errors: Sequence[float], *, tau_scale: float) -> Pooled:
    """Return the random-effects mean of a few studies, with the SD between them.

    Two or three studies hardly tell how far studies differ, so that SD has a half-normal prior of scale
    ``tau_scale`` (Gelman, Bayesian Anal 1 (2006) 515); the mean has none. Posterior means, on a grid.
    """
    y, v = np.asarray(values, dtype=np.float64), np.square(np.asarray(errors, dtype=np.float64))
    taus = np.linspace(1e-3, 6.0 * tau_scale, 600)
    w = 1.0 / (v[None, :] + taus[:, None] ** 2)
    total = w.sum(axis=1)
    means = (w * y).sum(axis=1) / total
    log_p = (
        -0.5 * (taus / tau_scale) ** 2 + 0.5 * np.log(w).sum(axis=1) - 0.5 * np.log(total)
        - 0.5 * (w * (y - means[:, None]) ** 2).sum(axis=1)
    )  # fmt: skip
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    mean = float(p @ means)
    variance = float(p @ (1.0 / total + means**2)) - mean**2
    return Pooled(mean=mean, se=math.sqrt(variance), tau=float(p @ taus))


def given(figure_id: str) -> Given:
    """Return what a figure holds, each part refused when asked for and absent.

    Raises:
        UnknownNameError: If there is no such figure.
    """
    return Given(figure=figure(figure_id))


def solve(function: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Return the positive argument at which a rising function meets the target, by its logarithm.

    Raises:
        ValueError: If the target lies outside what the function takes between low and high.
    """
    log_at = brentq(
        lambda g: function(math.exp(g)) - target, math.log(low), math.log(high), xtol=1e-4, rtol=1e-4
    )
    return math.exp(float(log_at))


def lognormal_sd(cv: float) -> float:
    """Return the SD on the log scale of a lognormal with this coefficient of variation."""
    return math.sqrt(math.log1p(cv * cv))

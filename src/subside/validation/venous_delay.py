"""Fits how fast venous levels follow the arterial ones of a named set.

One rate constant k: dCv/dt = k (Ca - Cv). It is fitted to

- the printed peaks of Hasan 2021 (venous, 30-min infusion), with their standard errors;
- the decays traced from its figure from 1 h to 8 h (later levels lie near the smallest step that the
  tracing can tell);
- the contrast between arterial and venous sets: what the venous set Otto 2021 predicts for the
  stepped infusion of Kamp 2020 (Br J Anaesth), weighted down, since it is a prediction.

The paper behind Kamp 2020 has two delay compartments. A second path (a share that follows at once)
is fitted beside the first as a check; its gain is printed.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from subside.engine.drugs import Parameter, PkSet, pk_set
from subside.engine.pk import Covariates, individual, levels
from subside.errors import ComputationError
from subside.evidence import figure
from subside.evidence.curves import traced_curve
from subside.validation.pk_protocols import predict, stepped_infusion

__all__ = ["CORES", "DelayFit", "fit_delay", "misfit", "render_study"]

CORES: Final = ("kamp_2020", "simons_2022")

_DECAY_H: Final = (1.0, 8.0)
_READING_RELATIVE: Final = 0.10  # the lower end of what the tracers state for this figure
_READING_STEP_NG_PER_ML: Final = 0.063  # all traced values are multiples of it
_PREDICTION_SD: Final = 0.30  # log scale; twice the proportional residual of the Otto set, rounded down
_CONTRAST_TIMES_H: Final = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.25, 3.5, 4.0, 5.0)
_RANGE_PER_H: Final = (0.5, 200.0)
_CHI2_95: Final = 3.84  # one parameter


@dataclass(frozen=True, kw_only=True)
class DelayFit:
    """The fitted rate constant of one core.

    Attributes:
        per_h: Best value.
        low_per_h, high_per_h: Where the misfit has risen by 3.84 (profile likelihood, 95 %).
        misfit: Sum of squared errors over their variance at the best value.
        misfit_at_once: The same without any delay.
        n_data: How many terms the sum has.
    """

    core: str
    per_h: float
    low_per_h: float
    high_per_h: float
    misfit: float
    misfit_at_once: float
    n_data: int


def fit_delay(core: str) -> DelayFit:
    """Return the rate constant that fits best, with its profile interval.

    Raises:
        ComputationError: If the best value lies on the edge of the range looked at.
    """
    bare = pk_set(core)

    def cost(log_k: float) -> float:
        return float(np.sum(misfit(bare, math.exp(log_k)) ** 2))

    low, high = (math.log(edge) for edge in _RANGE_PER_H)
    # A coarse look first: the cost has one valley, but a bounded search may stop on its slope.
    grid = np.linspace(low, high, 40)
    at = grid[int(np.argmin([cost(g) for g in grid]))]
    step = grid[1] - grid[0]
    best = minimize_scalar(cost, bounds=(at - step, at + step), method="bounded", options={"xatol": 1e-6})
    if not low + step < best.x < high - step:
        raise ComputationError(
            f"the venous delay of {core} fits best at the edge, {math.exp(best.x):.3g} per h; "
            f"looked at {_RANGE_PER_H[0]} to {_RANGE_PER_H[1]}. Widen the range or drop the delay."
        )
    edges = []
    for outer in (low, high):
        rise = cost(outer) - best.fun - _CHI2_95
        edges.append(
            outer if rise < 0 else brentq(lambda g: cost(g) - best.fun - _CHI2_95, outer, best.x, xtol=1e-5)
        )
    return DelayFit(
        core=core,
        per_h=math.exp(best.x),
        low_per_h=math.exp(edges[0]),
        high_per_h=math.exp(edges[1]),
        misfit=float(best.fun),
        misfit_at_once=cost(math.log(1e4)),
        n_data=len(misfit(bare, 5.0)),
    )


def misfit(bare: PkSet, per_h: float) -> NDArray[np.float64]:
    """Return every error over its standard deviation. Shape ``(datum,)``."""
    delayed = dataclasses.replace(
        bare, parameters={**bare.parameters, "venous_per_h": Parameter(value=per_h, figures=())}
    )
    terms: list[NDArray[np.float64]] = []
    for isomer in ("s", "r"):
        curve = traced_curve(f"hasan_2021.{isomer}_ketamine")
        predicted = predict(delayed, curve)
        assert predicted is not None
        times, traced = np.array(curve.times_h), np.array(curve.ng_per_ml)
        peak = figure(f"hasan_2021.cmax_{isomer}")
        assert peak.value is not None
        assert peak.size is not None
        assert peak.n is not None
        relative = peak.size / peak.value / math.sqrt(peak.n)
        terms.append(np.log(predicted[times == 0.5] / peak.value) / relative)
        decay = (times >= _DECAY_H[0]) & (times <= _DECAY_H[1])
        sd = np.hypot(_READING_RELATIVE * traced[decay], _READING_STEP_NG_PER_ML)
        terms.append((predicted[decay] - traced[decay]) / sd)
    person = Covariates(weight_kg=[70.0])
    venous = pk_set("otto_2021")
    ours = levels(delayed, individual(delayed, person), stepped_infusion(), _CONTRAST_TIMES_H)["venous"][0]
    theirs = levels(venous, individual(venous, person), stepped_infusion(), _CONTRAST_TIMES_H)["venous"][0]
    terms.append(np.log(ours / theirs) / _PREDICTION_SD)
    return np.concatenate(terms)


def render_study(fits: tuple[DelayFit, ...]) -> str:
    """Return the study file that holds the fitted values, in the format of the evidence."""
    lines = [
        "# Written by: python -m subside.validation.pk_sets",
        "[source]",
        'citation = "Subside: venous delay fitted by subside.validation.pk_sets to Hasan 2021 and Otto 2021"',
        'address = ""',
        "",
        "[defaults]",
        'basis = "computed"',
        'use = "input"',
    ]
    for fit in fits:
        lines += [
            "",
            f"[{fit.core}]",
            f'quantity = "rate constant at which venous levels follow the arterial ones of {fit.core}"',
            f"value = {fit.per_h:.3g}",
            f"low = {fit.low_per_h:.3g}",
            f"high = {fit.high_per_h:.3g}",
            'spread = "ci95"',
            'unit = "1/h"',
            f'note = "profile likelihood; misfit {fit.misfit:.0f} on {fit.n_data} data, '
            f'{fit.misfit_at_once:.0f} without a delay; one compartment stands for the two of the paper"',
        ]
    return "\n".join(lines) + "\n"

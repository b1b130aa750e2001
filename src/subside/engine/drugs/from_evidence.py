"""From printed figures to canonical parameters: L, h, and SD on the log scale."""

from __future__ import annotations

import math

from subside.engine.drugs.kinds import Parameter
from subside.errors import ParameterError
from subside.evidence import figure, value
from subside.units import MINUTES_PER_H

__all__ = ["omega", "residual_ng_per_ml", "typical"]

# printed unit -> factor to L, L/h, 1/h or h (values per kg: at 70 kg)
_FACTORS = {
    "L": 1.0,
    "L/70 kg": 1.0,
    "L/kg": 70.0,
    "L/h": 1.0,
    "L/h/70 kg": 1.0,
    "L/min": MINUTES_PER_H,
    "L/min/70 kg": MINUTES_PER_H,
    "1/h": 1.0,
    "1/min": MINUTES_PER_H,
    "min": 1.0 / MINUTES_PER_H,
    "1": 1.0,
}


def typical(figure_id: str, *, weight_exponent: float = 0.0) -> Parameter:
    """Return a figure as the typical value at 70 kg, in L, L/h, 1/h or h."""
    unit = figure(figure_id).unit
    if unit not in _FACTORS:
        raise ParameterError(
            f"figure '{figure_id}' is in '{unit}', which is no unit of a disposition parameter; "
            f"known: {', '.join(_FACTORS)}. Add the factor here or correct the figure."
        )
    return Parameter(
        value=value(figure_id, unit=unit) * _FACTORS[unit],
        weight_exponent=weight_exponent,
        figures=(figure_id,),
    )


def omega(figure_id: str) -> float:
    """Return the SD on the log scale that a figure prints as omega^2 or as CV% between people."""
    found = figure(figure_id)
    if found.high is not None and found.spread == "omega2":
        return math.sqrt(found.high)
    if found.high is not None and found.spread == "cv_percent":
        return math.sqrt(math.log1p((found.high / 100.0) ** 2))
    raise ParameterError(
        f"figure '{figure_id}' has no variability between people; got spread '{found.spread}'. "
        "Accepted: omega2 or cv_percent. Name a figure that prints one."
    )


def residual_ng_per_ml(figure_id: str, *, g_per_mol: float) -> float:
    """Return an additive residual SD in ng/mL from one printed in nmol/mL."""
    return value(figure_id, unit="nmol/mL") * g_per_mol

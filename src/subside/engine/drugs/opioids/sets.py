"""From printed figures of an opioid to L, L/h and 1/h, and to the person's size."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from subside.engine.drugs.opioids.kinds import Body
from subside.errors import ParameterError
from subside.evidence import figure, value
from subside.units import MCG_PER_MG, MINUTES_PER_H

__all__ = ["assumed", "cv", "ke0_for_peak", "lean_body_mass_kg", "mme_factor_of_levels", "scale"]

REFERENCE_KG = 70.0


def assumed(name: str, *, unit: str = "1") -> float:
    """Return a value of ``opioid_assumptions``."""
    return value(f"opioid_assumptions.{name}", unit=unit)


def cv(figure_id: str) -> float:
    """Return the SD on the log scale of a figure that prints a CV% between people."""
    found = figure(figure_id)
    size = found.size if found.spread == "cv_percent" else found.value
    if size is None:
        raise ParameterError(
            f"figure '{figure_id}' has no spread between people; got '{found.spread}'. "
            "Accepted: cv_percent. Name a figure that prints one."
        )
    return math.sqrt(math.log1p((size / 100.0) ** 2))


def scale(body: Body) -> tuple[float, float]:
    """Return by how much volumes and clearances differ from those at 70 kg."""
    ratio = body.weight_kg / REFERENCE_KG
    return ratio, ratio ** assumed("weight_exponent")


def lean_body_mass_kg(body: Body) -> float:
    """Return lean body mass in kg by James' formula, which the remifentanil set was made with.

    The formula turns over in obesity; beyond its top the top is kept. Without a height the typical
    height of adults of this sex stands in (``opioid_assumptions.height_female``, ``height_male``).
    """
    female = body.sex == "female"
    height = body.height_cm or assumed("height_female" if female else "height_male", unit="cm")
    linear, square = (1.07, 148.0) if female else (1.1, 128.0)
    top = linear * height**2 / (2.0 * square)
    weight = min(body.weight_kg, top)
    return linear * weight - square * (weight / height) ** 2


@cache
def ke0_for_peak(
    t_peak_h: float, k10: float, k12: float, k21: float, k13: float = 0.0, k31: float = 1.0
) -> float:
    """Return the ke0 in 1/h with which the effect site peaks this long after a bolus.

    At the peak the effect site equals plasma; that equation has one root. Rate constants in 1/h.
    """
    matrix = np.array([[-(k10 + k12 + k13), k21, k31], [k12, -k21, 0.0], [k13, 0.0, -k31]])
    rates, vectors = np.linalg.eig(matrix)
    lambdas = -rates.real
    shares = (vectors[0] * np.linalg.solve(vectors, np.array([1.0, 0.0, 0.0]))).real
    plasma = np.exp(-lambdas * t_peak_h)

    def site_minus_plasma(ke0: float) -> float:
        gap = ke0 - lambdas
        return float(np.sum(shares * (ke0 * (plasma - np.exp(-ke0 * t_peak_h)) / gap - plasma)))

    low, high = 1e-4 / t_peak_h, 1e3 / t_peak_h
    for _ in range(200):
        middle = math.sqrt(low * high)
        if site_minus_plasma(middle) > 0.0:
            high = middle
        else:
            low = middle
    return math.sqrt(low * high)


def mme_factor_of_levels(
    *, cl_l_per_h: float, c50_ng_per_ml: float, morphine_cl_l_per_h: float, morphine_f: float
) -> float:
    """Return oral morphine equivalents of 1 mg into the vein, by effect-site levels over their C50."""
    per_mg = MCG_PER_MG / cl_l_per_h / c50_ng_per_ml
    morphine = morphine_f * MCG_PER_MG / morphine_cl_l_per_h / assumed("c50_morphine", unit="ng/mL")
    return per_mg / morphine


def per_h(figure_id: str) -> float:
    """Return a rate constant or flow printed by the minute, by the hour."""
    return value(figure_id, unit=figure(figure_id).unit) * MINUTES_PER_H

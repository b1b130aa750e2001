"""Dissociation and sedation.

Symptoms rise in proportion to the level up to 200 ng/mL without a plateau (``bowdle_1998``); the total
of the scale bounds them. They fade when the drug does, and are weaker on repeat (``abdallah_2022``; by
how much was not read): each exposure leaves some tolerance, which fades over weeks.
"""

from __future__ import annotations

from subside.engine.kernel.functions import exp, power
from subside.engine.kernel.jit import scalar

CADSS_MOST = 92.0


@scalar
def cadss(c: float, per_ng_per_ml: float, tolerance: float) -> float:
    """Return the dissociation total (0 to 92); linear at low levels, bounded by the scale."""
    x = per_ng_per_ml * c * (1.0 - tolerance)
    return CADSS_MOST * (1.0 - exp(-x / CADSS_MOST))


@scalar
def p_psychomimetic(cadss_total: float, background: float, half: float) -> float:
    """Return the probability that a psychomimetic effect is reported."""
    return background + (1.0 - background) * cadss_total / (cadss_total + half)


@scalar
def alertness(
    c: float, half_ng_per_ml: float, steepness: float, benzodiazepine: float, opioid: float
) -> float:
    """Return the expected MOAA/S, 5 (awake) to 0.

    A benzodiazepine or opioid on board lowers the level that sedates; the two arguments are the
    share by which each lowers it and, alone, the share of one point it takes.
    """
    half = half_ng_per_ml * (1.0 - benzodiazepine) * (1.0 - opioid)
    x = power(c / half, steepness)
    return max(5.0 * (1.0 - x / (1.0 + x)) - benzodiazepine - opioid, 0.0)

"""Breathing: ventilatory drive, carbon dioxide, oxygen saturation, also on added oxygen.

Steady closed form. The controller asks for ventilation D G (P - B); the body makes carbon dioxide
at a constant rate, so alveolar ventilation is V0 P0 / P. Equal, this is a quadratic in P. D is the
share of the drive that drugs leave. Oxygen follows from the alveolar gas equation, saturation from
Severinghaus' curve (evidence ``respiratory_physiology``). Added oxygen lifts saturation and leaves
carbon dioxide where it is: saturation on oxygen is no evidence of breathing.
"""

from __future__ import annotations

import math

from subside.engine.kernel.jit import scalar

PACO2_REST_MMHG = 40.0
DEAD_SPACE_GRADIENT_MMHG = 3.0  # arterial minus end-tidal at rest
BAROMETRIC_MMHG = 760.0
WATER_VAPOR_MMHG = 47.0
RESPIRATORY_QUOTIENT = 0.8
ROOM_AIR = 0.21


@scalar
def drive_left(ketamine: float, opioid: float, benzodiazepine: float, interaction: float) -> float:
    """Return the share of the ventilatory drive that is left, between 0.02 and 1.

    Each argument is the share that this drug alone takes. Drugs of different kinds together take
    more than their product: ``interaction`` (0: independent) multiplies the pairwise overlap.
    """
    left = (1.0 - ketamine) * (1.0 - opioid) * (1.0 - benzodiazepine)
    pairs = ketamine * opioid + ketamine * benzodiazepine + opioid * benzodiazepine
    return max(left * (1.0 - min(interaction * pairs, 0.9)), 0.02)


@scalar
def depression(c: float, emax: float, half_ng_per_ml: float) -> float:
    """Return the share of the drive that ketamine takes: small until levels of anesthesia."""
    x = c / half_ng_per_ml
    return emax * x * x / (1.0 + x * x)


@scalar
def arterial_co2(drive: float, gain_mmhg: float) -> float:
    """Return PaCO2 in mmHg; ``gain_mmhg`` is how far resting PaCO2 lies above the apneic threshold."""
    threshold = PACO2_REST_MMHG - gain_mmhg
    return 0.5 * (threshold + math.sqrt(threshold * threshold + 4.0 * gain_mmhg * PACO2_REST_MMHG / drive))


@scalar
def respiratory_rate(rr0: float, paco2: float) -> float:
    """Return breaths a minute: ventilation falls as PaCO2 rises, two thirds of it by rate."""
    return rr0 * (1.0 - 0.667 * (1.0 - PACO2_REST_MMHG / paco2))


@scalar
def saturation(paco2: float, fio2: float, gradient_mmhg: float) -> float:
    """Return the oxygen saturation in percent; ``gradient_mmhg`` is alveolar minus arterial."""
    alveolar = fio2 * (BAROMETRIC_MMHG - WATER_VAPOR_MMHG) - paco2 / RESPIRATORY_QUOTIENT
    # The gradient widens with inspired oxygen; a third of the added tension never arrives.
    added = (fio2 - ROOM_AIR) * (BAROMETRIC_MMHG - WATER_VAPOR_MMHG)
    p = max(alveolar - gradient_mmhg - 0.333 * added, 1.0)
    return 100.0 / (1.0 + 23400.0 / (p * p * p + 150.0 * p))

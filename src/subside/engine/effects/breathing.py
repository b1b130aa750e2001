"""Breathing: ventilatory drive, carbon dioxide, oxygen saturation, also on added oxygen.

Steady closed form. The controller asks for ventilation D G (P - B), with P the arterial tension of
carbon dioxide and B the tension below which nobody breathes; the body makes carbon dioxide at a
constant rate, so ventilation is V0 P0 / P. Equal, this is a quadratic in P. D is the share of
ventilation that drugs leave *at a fixed carbon dioxide*: that is how potencies are measured
(``bouillon_2003``, ``glass_1999``, ``jonkman_2018_breathing``, ``forster_1980``), and the rise of
carbon dioxide then takes back part of what is lost at rest.

Left out: the minutes in which carbon dioxide builds up. After a bolus breathing pauses before carbon
dioxide has risen, so the first minutes are worse than this form says (``bouillon_2003``, whose
indirect response has a time constant of 12 min). Oxygen follows from the alveolar gas equation,
saturation from Severinghaus' curve. Added oxygen lifts saturation and leaves carbon dioxide where it
is: saturation on oxygen is no evidence of breathing.
"""

from __future__ import annotations

from subside.engine.kernel.functions import sqrt
from subside.engine.kernel.jit import scalar

# Constants of physiology; a test holds them against evidence (respiratory_physiology, severinghaus_1979).
ETCO2_REST_MMHG = 38.0
DEAD_SPACE_GRADIENT_MMHG = 4.0  # arterial minus end-tidal at rest
PACO2_REST_MMHG = ETCO2_REST_MMHG + DEAD_SPACE_GRADIENT_MMHG  # 42: bouillon_2003 measured 42.4
BAROMETRIC_MMHG = 760.0  # sea level
WATER_VAPOR_MMHG = 47.0  # at 37 degrees C
RESPIRATORY_QUOTIENT = 0.8
ROOM_AIR = 0.21
SEVERINGHAUS_CUBIC = 23400.0
SEVERINGHAUS_LINEAR = 150.0
OXYGEN_LOST = 0.333  # of added tension: the gradient widens with inspired oxygen (assumed)
BY_RATE = 0.667  # of a change of ventilation; the rest by depth (assumed)


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
def opioid_share(share: float, c: float, reversible: float, doubling_ng_per_ml: float) -> float:
    """Return the share of the drive that opioids take when ketamine counteracts them.

    ``share`` is what they take alone, x / (1 + x); ``c`` raises their C50, twofold at
    ``doubling_ng_per_ml``. Only the part ``reversible`` of their effect yields (the sensitivity to
    carbon dioxide); 0 switches the hypothesis off, as it is by default.
    """
    x = share / (1.0 - share)
    return (1.0 - reversible) * share + reversible * x / (1.0 + c / doubling_ng_per_ml + x)


@scalar
def arterial_co2(drive: float, gain_mmhg: float) -> float:
    """Return PaCO2 in mmHg; ``gain_mmhg`` is how far resting PaCO2 lies above the apneic threshold.

    It is resting ventilation over the slope of the ventilatory response to carbon dioxide.
    """
    threshold = PACO2_REST_MMHG - gain_mmhg
    return 0.5 * (threshold + sqrt(threshold * threshold + 4.0 * gain_mmhg * PACO2_REST_MMHG / drive))


@scalar
def respiratory_rate(rr0: float, paco2: float) -> float:
    """Return breaths a minute: ventilation falls as PaCO2 rises, two thirds of it by rate."""
    return rr0 * (1.0 - BY_RATE * (1.0 - PACO2_REST_MMHG / paco2))


@scalar
def oxygen_tension(paco2: float, fio2: float, gradient_mmhg: float) -> float:
    """Return the arterial tension of oxygen in mmHg; ``gradient_mmhg``: alveolar minus arterial."""
    dry = BAROMETRIC_MMHG - WATER_VAPOR_MMHG
    alveolar = fio2 * dry - paco2 / RESPIRATORY_QUOTIENT
    return max(alveolar - gradient_mmhg - OXYGEN_LOST * (fio2 - ROOM_AIR) * dry, 1.0)


@scalar
def saturation(paco2: float, fio2: float, gradient_mmhg: float) -> float:
    """Return the oxygen saturation in percent (Severinghaus 1979)."""
    p = oxygen_tension(paco2, fio2, gradient_mmhg)
    return 100.0 / (1.0 + SEVERINGHAUS_CUBIC / (p * p * p + SEVERINGHAUS_LINEAR * p))

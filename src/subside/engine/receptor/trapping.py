"""Ketamine's trapping block of the channel, in its steady closed form.

While channels open, db/dt = Po [B(V) (1 - b) kb C - ku(V) b]; Po cancels at steady state, so the
share of channels blocked is that of a competitive site whose potency depends on voltage and
magnesium. Rates: Gilling 2009 (evidence ``gilling_2009``): half block of 0.71 uM at -70 mV without
magnesium, an electrical distance of 0.79, full trapping.
"""

from __future__ import annotations

import math

from subside.engine.receptor.magnesium import unblocked

ELECTRICAL_DISTANCE = 0.79
RT_OVER_F_MV = 25.3  # at room temperature, where the rates were measured
REFERENCE_MV = -70.0


def potency_shift(v_mv: float, mg_mm: float) -> float:
    """Return how many times weaker the block is than at -70 mV without magnesium.

    Depolarization lets ketamine leave faster; magnesium occupies the channel it needs.
    """
    leaving = math.exp(ELECTRICAL_DISTANCE * (v_mv - REFERENCE_MV) / RT_OVER_F_MV)
    return leaving / unblocked(v_mv, mg_mm)


def blocked(ligand: float, shift: float) -> float:
    """Return the share of channels blocked.

    ``ligand`` is the sum over ligands of unbound concentration over its half-blocking concentration
    (at -70 mV, no magnesium); ``shift`` is ``potency_shift``.
    """
    x = ligand / shift
    return x / (1.0 + x)

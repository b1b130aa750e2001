"""The share of NMDA receptor channels that magnesium leaves open.

Source: Jahr & Stevens 1990, as retyped in evidence ``jahr_stevens_1990``. Symmetric and instantaneous:
ketamine's apparent potency then shifts about 17-fold at -65 mV, as measured; an asymmetric scheme
overshoots.
"""

from __future__ import annotations

import math

MG_HALF_MM = 3.57  # at 0 mV
PER_MV = 0.062


def unblocked(v_mv: float, mg_mm: float) -> float:
    """Return the share of channels free of magnesium at this voltage (mV) and level (mM)."""
    return 1.0 / (1.0 + mg_mm / MG_HALF_MM * math.exp(-PER_MV * v_mv))

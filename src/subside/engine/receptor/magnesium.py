"""The share of NMDA receptor channels that magnesium leaves open.

Source: Jahr & Stevens 1990, as retyped in evidence ``jahr_stevens_1990``. Symmetric and instantaneous:
ketamine's apparent potency then shifts about 17-fold at -65 mV, as measured; an asymmetric scheme
overshoots.
"""

from __future__ import annotations

import math

from subside.errors import ParameterError

MG_HALF_MM = 3.57  # at 0 mV
PER_MV = 0.062


def unblocked(v_mv: float, mg_mm: float, *, weakness: float = 1.0) -> float:
    """Return the share of channels free of magnesium at this voltage (mV) and level (mM).

    ``weakness`` is how many times more magnesium than at GluN2A/2B receptors is needed: above 1 for
    receptors with GluN2C/2D, and in over-active receptors.
    """
    return 1.0 / (1.0 + mg_mm / (MG_HALF_MM * weakness) * math.exp(-PER_MV * v_mv))


def weakness_from_shift(shift: float, *, v_mv: float, mg_mm: float) -> float:
    """Return the ``weakness`` under which magnesium makes a pore blocker ``shift`` times weaker.

    A pore blocker needs a channel that magnesium has left, so the shift of its half block is
    ``1 / unblocked``. Raises ParameterError unless the shift is above 1.

    >>> round(1.0 / unblocked(-66.0, 1.0, weakness=weakness_from_shift(3.55, v_mv=-66.0, mg_mm=1.0)), 2)
    3.55
    """
    if not shift > 1.0:
        raise ParameterError(
            f"shift must be above 1, since magnesium weakens a pore blocker; got {shift}. "
            "Give half block with magnesium over half block without."
        )
    return mg_mm / MG_HALF_MM * math.exp(-PER_MV * v_mv) / (shift - 1.0)

"""Nausea and dizziness: the probability that it is reported at this level."""

from __future__ import annotations

from subside.engine.kernel.functions import power
from subside.engine.kernel.jit import scalar


@scalar
def probability(c: float, background: float, half_ng_per_ml: float, steepness: float) -> float:
    """Return background + (1 - background) c^h / (c^h + half^h)."""
    x = power(c / half_ng_per_ml, steepness)
    return background + (1.0 - background) * x / (1.0 + x)

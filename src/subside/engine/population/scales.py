"""Two scales of depression linked: which MADRS goes with which PHQ-9, and back.

Straight lines between the three linked pairs that were read (Kim 2024, equipercentile linking in 555
older adults), and zero with zero. For groups: single people scatter widely around the link.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from subside.evidence import value

LINKED_PHQ9 = (1, 15, 27)
Array = NDArray[np.float64]


@cache
def _knots() -> tuple[tuple[float, ...], tuple[float, ...]]:
    linked = [value(f"kim_2024.madrs_at_phq9_{score}", unit="points (MADRS)") for score in LINKED_PHQ9]
    return (0.0, *map(float, LINKED_PHQ9)), (0.0, *linked)


def madrs_of_phq9(phq9_total: Array) -> Array:
    """Return the MADRS total that corresponds to a PHQ-9 total of 0 to 27."""
    phq9, madrs = _knots()
    return np.asarray(np.interp(phq9_total, phq9, madrs), dtype=np.float64)


def phq9_of_madrs(madrs_total: Array) -> Array:
    """Return the PHQ-9 total that corresponds to a MADRS total; 27 from 48 points on."""
    phq9, madrs = _knots()
    return np.asarray(np.interp(madrs_total, madrs, phq9), dtype=np.float64)

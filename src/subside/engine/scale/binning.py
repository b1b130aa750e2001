"""The fixed bins in which each quantity is counted, and with them the error of a percentile.

Widths are powers of two, so that finding a bin is exact arithmetic on every machine. Scores, shares and vital
signs have 1,000 to 2,000 bins of one width from 0 to the end of their scale. Levels span seven decades: their
bins are 1/64 of an octave wide (1.6 % of the value), and one bin holds what lies below 2**-10 ng/mL.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.course import quantity

FEWEST = 1024
#: Where a quantity has no upper end of its own; more extreme values fall into the last bin.
ENDS = {"mmHg": 400.0, "/min": 320.0}
LOWEST_OCTAVE, HIGHEST_OCTAVE = -10, 15
PER_OCTAVE_BITS = 6
MANTISSA_BITS = 23
BIAS = 127  # of the exponent of a float32
#: Values become whole numbers of 2**-BITS of their scale's end before they are summed.
BITS = 30


@dataclass(frozen=True, kw_only=True)
class Bins:
    """How one quantity is counted.

    Attributes:
        low: Lower end of the first bin.
        width: Width of a bin; of one octave's bins if ``by_octave``, as a share of the octave's start.
        n: How many.
        by_octave: Bins that widen with the value.
        scale: Whole numbers a unit, a power of two, for exact sums.
    """

    low: float
    width: float
    n: int
    by_octave: bool
    scale: float

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges of the bins, rising. Shape ``(n + 1,)``."""
        if not self.by_octave:
            return self.low + self.width * np.arange(self.n + 1, dtype=np.float64)
        octave, part = np.divmod(np.arange(self.n), 1 << PER_OCTAVE_BITS)
        rising = np.exp2(LOWEST_OCTAVE + octave) * (1.0 + self.width * part)
        return np.concatenate([[0.0], rising])


def bins(name: str, *, of_differences: bool = False) -> Bins:
    """Return the bins of a quantity, or of differences of it between two arms.

    >>> bins("nrs_pain")
    Bins(low=0.0, width=0.0078125, n=1280, by_octave=False, scale=67108864.0)
    """
    known = quantity(name)
    end = known.high if known.high is not None else ENDS.get(known.unit)
    if end is None:
        if of_differences:
            raise ValueError(f"differences of {name} have no bins")
        octaves = HIGHEST_OCTAVE - LOWEST_OCTAVE
        return Bins(
            low=0.0,
            width=2.0**-PER_OCTAVE_BITS,
            n=1 + (octaves << PER_OCTAVE_BITS),
            by_octave=True,
            scale=2.0 ** (BITS - HIGHEST_OCTAVE),
        )
    width = 2.0 ** math.floor(math.log2(end / FEWEST))
    n = math.ceil(end / width)
    return Bins(
        low=-n * width if of_differences else 0.0,
        width=width,
        n=2 * n if of_differences else n,
        by_octave=False,
        scale=2.0 ** (BITS - math.ceil(math.log2(end))),
    )


def can_differ(name: str) -> bool:
    """Return whether differences of a quantity are counted; levels are not."""
    known = quantity(name)
    return known.high is not None or known.unit in ENDS

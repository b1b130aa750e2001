"""Counting compiled: every value of a block of patients into its bin and its sums.

Values are float32 and every scale and width a power of two, so a product is exact and the whole number it is
rounded to is the same on every machine. Squares have up to 62 bits; they are added in two halves.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.jit import compiled, inner
from subside.engine.scale.binning import BIAS, LOWEST_OCTAVE, MANTISSA_BITS, PER_OCTAVE_BITS

SUM, HIGH_HALVES, LOW_HALVES = range(3)
LEAST, MOST = range(2)
HALF_WORD = 31
LARGEST = 3_000_000_000  # its square still fits; only a value thrice beyond its scale's end is cut here
SHIFT = MANTISSA_BITS - PER_OCTAVE_BITS
FIRST_BITS = (LOWEST_OCTAVE + BIAS) << PER_OCTAVE_BITS


def empty_sums(n_times: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return sums (shape ``(3, time)``) and ends (shape ``(2, time)``) of nobody."""
    ends = np.empty((2, n_times), dtype=np.float32)
    ends[LEAST], ends[MOST] = np.inf, -np.inf
    return np.zeros((3, n_times), dtype=np.int64), ends


@inner
def _sum(value, scale, time, sums, ends):  # type: ignore[no-untyped-def]
    whole = math.floor(value * scale + 0.5)
    whole = min(max(whole, -LARGEST), LARGEST)
    square = whole * whole
    sums[SUM, time] += whole
    sums[HIGH_HALVES, time] += square >> HALF_WORD
    sums[LOW_HALVES, time] += square & ((1 << HALF_WORD) - 1)
    ends[LEAST, time] = min(ends[LEAST, time], value)
    ends[MOST, time] = max(ends[MOST, time], value)


@compiled
def count_evenly(values, good, low, per_width, n, scale, counts, sums, ends):  # type: ignore[no-untyped-def]
    """Count ``values`` (patient, time) of those who are ``good`` into bins of one width."""
    for patient in range(values.shape[0]):
        if good[patient]:
            for time in range(values.shape[1]):
                value = values[patient, time]
                at = math.floor((value - low) * per_width)
                counts[time, min(max(at, 0), n - 1)] += 1
                _sum(value, scale, time, sums, ends)


@compiled
def count_by_octave(values, good, n, scale, counts, sums, ends):  # type: ignore[no-untyped-def]
    """Count as ``count_evenly``, into bins by octave: the leading bits of a float32 are its bin."""
    for patient in range(values.shape[0]):
        if good[patient]:
            for time in range(values.shape[1]):
                value = values[patient, time]
                at = (int(np.float32(value).view(np.int32)) >> SHIFT) - FIRST_BITS + 1
                counts[time, min(max(at, 0), n - 1)] += 1
                _sum(value, scale, time, sums, ends)

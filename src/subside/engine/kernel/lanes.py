"""How patients sit in memory inside a compiled loop.

A block holds ``LANES`` patients side by side: element ``[item * LANES + lane]`` of a flat array is
item ``item`` (a state, a parameter) of patient ``lane``. The innermost loop always runs over the
lanes, so that one vector instruction serves several patients. Flat arrays with a constant lane
count are what lets the compiler prove that two items do not overlap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LANES = 16


def blocks(n_patients: int) -> int:
    """Return the number of blocks that hold ``n_patients``."""
    return -(-n_patients // LANES)


def to_lanes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values of shape ``(patient, item)`` as ``(block, item * LANES)``.

    The last block is filled up with copies of the last patient: harmless work, no special case.
    """
    n, items = values.shape
    padded = np.empty((blocks(n) * LANES, items))
    padded[:n] = values
    padded[n:] = values[-1]
    by_block = padded.reshape(blocks(n), LANES, items)
    return np.ascontiguousarray(by_block.transpose(0, 2, 1)).reshape(blocks(n), items * LANES)


def from_lanes(output: NDArray[np.floating], n_patients: int) -> NDArray[np.floating]:
    """Return output of shape ``(block, time, item, lane)`` as a view ``(patient, time, item)``.

    The view copies only if NumPy must: blocks and lanes are merged, so it does.
    """
    n_blocks, n_times, n_items, lanes = output.shape
    return output.transpose(0, 3, 1, 2).reshape(n_blocks * lanes, n_times, n_items)[:n_patients]

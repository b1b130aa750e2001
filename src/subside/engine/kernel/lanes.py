"""How patients sit in memory inside a compiled loop.

A block holds ``LANES`` patients side by side: element ``[item * LANES + lane]`` of a flat array is
item ``item`` (a state, a parameter) of patient ``lane``. The innermost loop always runs over the
lanes, so that one vector instruction serves several patients. Flat arrays with a constant lane
count are what lets the compiler prove that two items do not overlap.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.jit import compiled

LANES = 16
CACHE_LINE = 64  # bytes


@compiled
def scratch(n):  # type: ignore[no-untyped-def]
    """Return an array of ``n`` doubles for use inside a compiled loop, aligned like ``aligned``."""
    raw = np.empty(n + CACHE_LINE // 8)
    start = (-raw.ctypes.data % CACHE_LINE) // 8
    return raw[start : start + n]


def blocks(n_patients: int) -> int:
    """Return the number of blocks that hold ``n_patients``."""
    return -(-n_patients // LANES)


def aligned(shape: tuple[int, ...], dtype: type = np.float64) -> NDArray[Any]:
    """Return an empty array that starts on a cache line, so that output can be streamed into it."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    raw = np.empty(size + CACHE_LINE, dtype=np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + size].view(dtype).reshape(shape)


def to_lanes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values of shape ``(patient, item)`` as ``(block, item * LANES)``.

    The last block is filled up with copies of the last patient: harmless work, no special case.
    """
    n, items = values.shape
    full, rest = divmod(n, LANES)
    by_block: NDArray[np.float64] = aligned((blocks(n), items, LANES))
    by_block[:full] = values[: full * LANES].reshape(full, LANES, items).transpose(0, 2, 1)
    if rest:
        by_block[full, :, :rest] = values[full * LANES :].T
        by_block[full, :, rest:] = values[-1][:, None]
    return by_block.reshape(blocks(n), items * LANES)


def from_lanes(output: NDArray[np.floating], n_patients: int) -> NDArray[np.floating]:
    """Return output of shape ``(block, time, item, lane)`` as ``(patient, time, item)``.

    A copy in which each item lies together: ``[:, :, item]``, which is what readers take, is contiguous.
    """
    n_blocks, n_times, n_items, lanes = output.shape
    by_item = output.transpose(2, 0, 3, 1).reshape(n_items, n_blocks * lanes, n_times)
    return by_item[:, :n_patients].transpose(1, 2, 0)


def failed(output: NDArray[np.floating], n_patients: int) -> NDArray[np.bool_]:
    """Return which patients have no finite answer at the last time: ``(patient,)``.

    ``output`` has the shape ``(block, time, item, lane)``. What fails stays failed, so the last time
    tells of all; a caller marks such rows and says so, and never counts them as people who are well.
    """
    finite = np.isfinite(output[:, -1]).all(axis=1)
    return ~finite.reshape(-1)[:n_patients]

"""The step list of a run: fine after every change of rate, coarse when little happens.

The grid is fixed before the run and shared by all patients of a block, so no step is ever rejected,
a result is a smooth function of the parameters, and the step sizes are few (each needs its own
coefficients).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.errors import ParameterError

ROUNDING_H = 1e-9  # moments closer than this are one moment

Rung = tuple[float, float]


class Grid(NamedTuple):
    """Steps, in order.

    Attributes:
        sizes_h: The distinct step sizes, rising.
        size: Which of them each step has. Shape ``(step,)``.
        segment: Which constant-rate segment each step lies in (0 before the second change).
        keep: Whether the end of the step is one of the output times.
        times_h: Output times, in order, the start of the run among them only if it was asked for.
    """

    sizes_h: NDArray[np.float64]
    size: NDArray[np.int64]
    segment: NDArray[np.int64]
    keep: NDArray[np.bool_]
    times_h: NDArray[np.float64]


def grid(changes_h: ArrayLike, times_h: ArrayLike, *, ladder: tuple[Rung, ...]) -> Grid:
    """Return the steps from the first change to the last output time.

    Args:
        changes_h: Where a segment starts, rising; the first is the start of the run.
        times_h: Output times, rising, none before the start. Steps end at each of them.
        ladder: Pairs (time since the last change, largest step up to then), in h, both rising; the
            last pair reaches to infinity.

    Raises:
        ParameterError: If moments do not rise, or an output time lies before the start.
    """
    changes = np.asarray(changes_h, dtype=np.float64)
    times = np.asarray(times_h, dtype=np.float64)
    if changes.size == 0 or times.size == 0 or not (_rises(changes) and _rises(times)):
        raise ParameterError(
            f"changes_h and times_h must each hold rising, finite moments in h; got {changes_h!r} and "
            f"{times_h!r}. Sort them and drop repeats, for example with numpy.unique()."
        )
    if times[0] < changes[0]:
        raise ParameterError(
            f"times_h must not lie before the start of the run at {changes[0]} h; got {times[0]} h. "
            "Start the run earlier."
        )
    until, largest = np.array(ladder).T
    rungs = (changes[:, None] + until[:-1]).ravel()
    moments = np.sort(np.concatenate([changes, times, rungs]))
    moments = moments[np.diff(moments, prepend=-np.inf) > ROUNDING_H]
    moments = moments[moments <= times[-1] + ROUNDING_H]
    gaps, starts = np.diff(moments), moments[:-1] + ROUNDING_H
    segment = np.searchsorted(changes, starts, side="right") - 1
    since = starts - changes[segment]
    allowed = largest[np.minimum(np.searchsorted(until, since, side="right"), len(largest) - 1)]
    parts = np.ceil(gaps / allowed - ROUNDING_H).astype(np.int64)
    # The same step, differing in the last bits, counts once; its first occurrence stands for all.
    _, first, size = np.unique(np.round(gaps / parts, 10), return_index=True, return_inverse=True)
    keep = np.zeros(int(parts.sum()), dtype=bool)
    nearest = times[np.minimum(np.searchsorted(times, moments[1:] - ROUNDING_H), len(times) - 1)]
    keep[np.cumsum(parts) - 1] = np.abs(nearest - moments[1:]) <= ROUNDING_H
    return Grid((gaps / parts)[first], np.repeat(size, parts), np.repeat(segment, parts), keep, times)


def _rises(moments: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(moments).all() and (np.diff(moments) > ROUNDING_H).all())

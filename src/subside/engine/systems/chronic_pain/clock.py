"""Time cut into steps: fine after every change of rate, coarse in the weeks after.

All times are whole seconds and every step is a power of two of a second, so that the propagators of
all step sizes follow from the smallest by squaring. A step never crosses a change of rate, a bolus, a
decision of a titration policy or an output time. Its largest size grows with the time since the last
change: a quarter of it, within bounds found by refinement (``tests/analytic``).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SECONDS_PER_H = 3600
SMALLEST_S = 32  # the first step after a change, unless a mark is nearer
GROWTH = 0.25  # of the time since the last change
LARGEST_ACTIVE_S = 1024  # while drug runs, and the first day after a change
LARGEST_LATE_S = 8192  # 2.3 h
LARGEST_STILL_S = 16384  # 4.6 h, when only the slow states move
ACTIVE_S = 24 * SECONDS_PER_H
LATE_S = 7 * 24 * SECONDS_PER_H


@dataclass(frozen=True, kw_only=True, eq=False)
class Clock:
    """The steps of a run.

    Attributes:
        start_s: Start, in whole seconds from the start of the first infusion.
        size_s: Length of each step, a power of two. Shape ``(step,)``.
        sizes_s: The distinct lengths, rising. Shape ``(size,)``.
        index: Which of ``sizes_s`` each step has. Shape ``(step,)``.
        begins_s: Start of each step. Shape ``(step,)``.
        output_at: Index of the output time at the end of each step, or -1. Shape ``(step,)``.
        times_h: Output times, rising. Shape ``(time,)``; a first time equal to the start counts.
    """

    start_s: int
    size_s: NDArray[np.int64]
    sizes_s: NDArray[np.int64]
    index: NDArray[np.int64]
    begins_s: NDArray[np.int64]
    output_at: NDArray[np.int64]
    times_h: NDArray[np.float64]


def seconds(hours: float) -> int:
    """Return a time in whole seconds."""
    return round(hours * SECONDS_PER_H)


def clock(
    changes_s: list[int],
    outputs_s: list[int],
    *,
    dosing_s: list[tuple[int, int]] | None = None,
    refine: int = 1,
) -> Clock:
    """Return the steps from the first to the last of all these times.

    Args:
        changes_s: Times at which a rate changes, a bolus is given or a policy decides.
        outputs_s: Times at which the state is wanted.
        dosing_s: When drug runs, (start, end); steps stay short there.
        refine: Divide every bound on the step size by this; for checks of accuracy.
    """
    outputs = sorted(set(outputs_s))
    last = outputs[-1]
    start = min(0, outputs[0])
    changes = sorted({t for t in changes_s if start <= t < last})
    marks = sorted({start, *changes, *outputs})
    is_change = set(changes)
    sizes: list[int] = []
    begins: list[int] = []
    ends_at: list[int] = []
    at_output = {t: i for i, t in enumerate(outputs)}
    since = 10 * LATE_S  # at rest before the first change
    spans = dosing_s or []
    for mark, following in itertools.pairwise(marks):
        dosing = any(first <= mark < last for first, last in spans)
        if mark in is_change:
            since = 0
        now = mark
        while now < following:
            size = _largest(since, following - now, dosing, refine)
            sizes.append(size)
            begins.append(now)
            now += size
            since += size
            ends_at.append(at_output.get(now, -1) if now == following else -1)
    size_s = np.array(sizes, dtype=np.int64)
    # every power of two up to the largest: each follows from the one before by squaring
    top = int(size_s.max()) if len(size_s) else 1
    smallest = int(size_s.min()) if len(size_s) else 1
    ladder = [smallest]
    while ladder[-1] < top:
        ladder.append(2 * ladder[-1])
    ladder_s = np.array(ladder, dtype=np.int64)
    return Clock(
        start_s=start,
        size_s=size_s,
        sizes_s=ladder_s,
        index=np.searchsorted(ladder_s, size_s).astype(np.int64),
        begins_s=np.array(begins, dtype=np.int64),
        output_at=np.array(ends_at, dtype=np.int64),
        times_h=np.array(outputs, dtype=np.float64) / SECONDS_PER_H,
    )


def _largest(since: int, left: int, dosing: bool, refine: int) -> int:
    """Return the largest allowed power of two."""
    if dosing or since < ACTIVE_S:
        cap = LARGEST_ACTIVE_S
    else:
        cap = LARGEST_LATE_S if since < LATE_S else LARGEST_STILL_S
    bound = min(left, max(1, max(SMALLEST_S, min(cap, int(GROWTH * since))) // refine))
    return 1 << (bound.bit_length() - 1)

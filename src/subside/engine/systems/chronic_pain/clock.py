"""Time cut into steps: fine after every change of rate, coarse in the weeks after.

All times are whole seconds. A step never crosses a change of rate, a bolus, a decision of a titration
policy or an output time; what lies between two such marks is cut into equal parts no longer than
``LADDER`` allows so long after the last change (bounds found by refinement, ``tests/analytic``). Each
size of step needs its own coefficients, so sizes should be few: where the marks are so uneven that
they are not, every step is a power of two instead.
"""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SECONDS_PER_H = 3600
#: Time since the last change, largest step up to then, both in s.
LADDER = (
    (120, 30), (300, 60), (600, 150), (1800, 300), (3600, 600), (6 * SECONDS_PER_H, 1200),
    (24 * SECONDS_PER_H, 2400), (96 * SECONDS_PER_H, SECONDS_PER_H),
)  # fmt: skip
LARGEST_S = 4 * SECONDS_PER_H  # later, when only the slow states move
LARGEST_DOSING_S = 900  # while drug runs
MOST_SIZES = 48


@dataclass(frozen=True, kw_only=True, eq=False)
class Clock:
    """The steps of a run.

    Attributes:
        start_s: Start, in whole seconds from the start of the first infusion.
        size_s: Length of each step. Shape ``(step,)``.
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
    begin_s: int = 0,
    refine: int = 1,
) -> Clock:
    """Return the steps from the first to the last of all these times.

    Args:
        changes_s: Times at which a rate changes, a bolus is given or a policy decides.
        outputs_s: Times at which the state is wanted.
        dosing_s: When drug runs, (start, end); steps stay short there.
        begin_s: Where to begin at the latest.
        refine: Divide every bound on the step size by this; for checks of accuracy.
    """
    outputs = sorted(set(outputs_s))
    last = outputs[-1]
    start = min(begin_s, 0, outputs[0])
    changes = sorted({t for t in changes_s if start <= t < last})
    marks = sorted({start, *changes, *outputs, *_rungs(changes, last)})
    spans = dosing_s or []
    bounds = [max(1, _largest(mark, changes, spans) // refine) for mark in marks[:-1]]
    gaps = [following - mark for mark, following in itertools.pairwise(marks)]
    parts = [_equal(gap, bound) for gap, bound in zip(gaps, bounds, strict=True)]
    if len({size for part in parts for size in part}) > MOST_SIZES:
        parts = [_powers(gap, bound) for gap, bound in zip(gaps, bounds, strict=True)]
    at_output = {t: i for i, t in enumerate(outputs)}
    ends_at = [
        [-1] * (len(part) - 1) + [at_output.get(end, -1)] for part, end in zip(parts, marks[1:], strict=True)
    ]
    size_s = np.array([size for part in parts for size in part], dtype=np.int64)
    sizes_s, index = np.unique(size_s, return_inverse=True)
    return Clock(
        start_s=start,
        size_s=size_s,
        sizes_s=sizes_s,
        index=index.astype(np.int64),
        begins_s=start + np.cumsum(size_s) - size_s,
        output_at=np.array([k for part in ends_at for k in part], dtype=np.int64),
        times_h=np.array(outputs, dtype=np.float64) / SECONDS_PER_H,
    )


def _rungs(changes: list[int], last: int) -> list[int]:
    """Return where a longer step becomes allowed: after each change, unless the next comes first."""
    ends = [*changes[1:], last]
    return [
        change + since
        for change, end in zip(changes, ends, strict=False)
        for since, _ in LADDER
        if change + since < end
    ]


def _largest(mark: int, changes: list[int], spans: list[tuple[int, int]]) -> int:
    """Return the longest step allowed from this mark on."""
    at = bisect.bisect_right(changes, mark) - 1
    since = mark - changes[at] if at >= 0 else LARGEST_S * 100  # at rest before the first change
    largest = next((size for until, size in LADDER if since < until), LARGEST_S)
    dosing = any(first <= mark < end for first, end in spans)
    return min(largest, LARGEST_DOSING_S) if dosing else largest


def _equal(gap: int, bound: int) -> list[int]:
    """Return equal parts of a gap, or, where none are whole seconds, parts that differ by one second."""
    fewest = -(-gap // bound)
    for count in range(fewest, 2 * fewest + 1):
        if gap % count == 0:
            return [gap // count] * count
    size, more = divmod(gap, fewest)
    return [size + 1] * more + [size] * (fewest - more)


def _powers(gap: int, bound: int) -> list[int]:
    """Return powers of two that fill a gap, the longest first."""
    parts = []
    while gap:
        parts.append(1 << (min(gap, bound).bit_length() - 1))
        gap -= parts[-1]
    return parts

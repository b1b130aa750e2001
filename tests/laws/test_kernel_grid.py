"""The step list: every moment that matters is hit, and no step is longer than allowed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subside.engine.kernel.grid import grid
from subside.errors import ParameterError

LADDER = ((0.2, 0.02), (2.0, 0.25), (np.inf, 3.0))
ROUNDING = 1e-8  # of a moment, after adding up a thousand steps of 1e-10 each


def moments(most_h: float):
    return st.lists(st.integers(1, int(most_h * 60)), unique=True, max_size=8).map(
        lambda minutes: np.array(sorted(minutes)) / 60.0
    )


@settings(max_examples=100, deadline=None)
@given(changes=moments(30.0), times=moments(60.0).filter(len))
def test_steps_meet_every_change_and_every_output_and_stay_below_the_ladder(changes, times) -> None:
    changes = np.concatenate([[0.0], changes])
    found = grid(changes, times, ladder=LADDER)
    h = found.sizes_h[found.size]
    ends = np.cumsum(h)
    starts = ends - h
    assert abs(ends[-1] - times[-1]) < ROUNDING
    assert np.abs(ends[found.keep] - times).max() < ROUNDING
    for change in changes[changes <= times[-1]]:
        assert np.abs(np.concatenate([[0.0], ends]) - change).min() < ROUNDING
    assert (changes[found.segment] <= starts + ROUNDING).all()
    later = np.append(changes[1:], np.inf)[found.segment]
    assert (ends <= later + ROUNDING).all()
    since = starts - changes[found.segment]
    for until, largest in reversed(LADDER):
        assert (h[since < until - ROUNDING] <= largest + ROUNDING).all()


def test_equal_gaps_share_one_step_size() -> None:
    times = np.arange(1, 2000) * 10.0 / 60.0  # no sum of these is exact
    assert len(grid([0.0], times, ladder=((np.inf, 1.0),)).sizes_h) == 1


@pytest.mark.parametrize(
    ("changes", "times"),
    [([], [1.0]), ([0.0], []), ([0.0, 0.0], [1.0]), ([0.0], [2.0, 1.0]), ([0.0], [np.nan])],
)
def test_moments_that_do_not_rise_are_refused(changes, times) -> None:
    with pytest.raises(ParameterError, match="rising, finite moments"):
        grid(changes, times, ladder=LADDER)


def test_an_output_before_the_start_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"got -1\.0 h"):
        grid([0.0], [-1.0, 2.0], ladder=LADDER)

"""Swings of pain from day to day: one person has one course of them, whatever is asked of it."""

from __future__ import annotations

import numpy as np
import pytest

from subside.engine.population.fluctuation import swing

PEOPLE = np.arange(4000)
ONE, TAU_D = np.ones(len(PEOPLE)), np.full(len(PEOPLE), 5.0)


def _at(*days: float) -> np.ndarray:
    times = 24.0 * np.array(days)
    return swing(times, people=PEOPLE, study="invented", sd_nrs=ONE, tau_d=TAU_D)


@pytest.mark.parametrize("day", [-20.0, -3.5, 0.0, 7.0, 83.25])
def test_a_persons_day_is_the_same_whatever_other_times_are_asked_for(day: float) -> None:
    alone = _at(day)[:, 0]
    for days in ([-30.0, day], [day, 90.0], [-30.0, day, 90.0]):
        np.testing.assert_allclose(_at(*days)[:, days.index(day)], alone, rtol=1e-12)


def test_swings_have_the_spread_and_the_memory_of_the_process_before_and_after_day_zero() -> None:
    days = [-10.0, -5.0, 0.0, 5.0, 10.0]
    found = _at(*days)
    # 4,000 people: 5 standard errors of a standard deviation and of a correlation
    np.testing.assert_allclose(found.std(axis=0), 1.0, atol=5.0 / np.sqrt(2 * len(PEOPLE)))
    for i in range(len(days)):
        for j in range(i):
            wanted = np.exp(-(days[i] - days[j]) / 5.0)
            assert np.corrcoef(found[:, i], found[:, j])[0, 1] == pytest.approx(
                wanted, abs=5.0 / np.sqrt(len(PEOPLE))
            )

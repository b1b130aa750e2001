"""A day after surgery at a pump of one's own, with ketamine and without: less morphine, no more pain."""

from __future__ import annotations

import numpy as np
import pytest

from subside.engine.population.beliefs import fitted
from subside.validation.opioid_sparing import BOLUS_MG, HOURS, day_after


@pytest.fixture(scope="module")
def days():
    return tuple(day_after(fitted(), ketamine=given, people=40, seed=11) for given in (False, True))


def test_ketamine_spares_morphine_in_nobody_s_favor_of_more_pain(days):
    without, with_it = days
    assert with_it.morphine_mg.mean() < without.morphine_mg.mean()
    # Both halves settle for the same pain, so what ketamine does shows in morphine.
    assert with_it.mean_pain.mean() <= without.mean_pain.mean() + 0.1


def test_the_same_person_needs_no_more_with_ketamine_than_without(days):
    without, with_it = days
    assert np.mean(with_it.morphine_mg > without.morphine_mg + 2 * BOLUS_MG) < 0.05


def test_a_pump_gives_whole_doses_and_never_more_than_its_lockout_allows(days):
    for day in days:
        assert np.all(day.morphine_mg % BOLUS_MG == 0.0)
        assert day.morphine_mg.max() <= HOURS * 12.0


def test_the_same_day_comes_back_from_the_same_seed(days):
    again = day_after(fitted(), ketamine=True, people=40, seed=11)
    np.testing.assert_array_equal(again.morphine_mg, days[1].morphine_mg)

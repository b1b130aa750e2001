"""Sigtermans 2009: 60 people, 100 h of esketamine or placebo; what a new trial of that design would show.

A hundred and twenty trials of thirty people an arm are played: each has its own parameters, clinic and rival
form, both arms share them, and the arms hold different people. Their spread is the 90 % interval;
the published means lie inside it, or the test says that they do not.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from subside.engine.arms import named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import fitted
from subside.evidence import value
from subside.validation.protocols import protocol_case
from subside.validation.trials import WEEK

TRIALS, ARM = 120, 30  # people an arm, as published
WEEKS = np.array([1, 2, 4, 8, 12])
NRS = "NRS 0-10"


def _figure(name: str, unit: str = NRS) -> float:
    return value(f"sigtermans_2009.{name}", unit=unit)


class Played:
    """Pain (trial, person, week) of both arms, and what was stated before."""

    def __init__(self) -> None:
        case, beliefs = protocol_case("sigtermans_2009_crps"), fitted()
        pain: dict[str, list[np.ndarray]] = {"esketamine": [], "placebo": []}
        before: dict[str, list[np.ndarray]] = {"esketamine": [], "placebo": []}
        for trial in range(TRIALS):
            for name, people in (("esketamine", slice(0, ARM)), ("placebo", slice(ARM, 2 * ARM))):
                stated = _figure(f"nrs_baseline_{name}")
                patient = case.patient.model_copy(update={"nrs_pain": stated, "nrs_pain_movement": None})
                its = case.model_copy(update={"patient": patient})
                group = gather(its, beliefs, 2 * ARM, seed=9000 + trial, alike=True, same_trial=True)
                arm = own(its) if name == "esketamine" else named("placebo", its)
                pain[name].append(treat(group, arm, WEEK * WEEKS)["nrs_pain"][people].astype(np.float64))
                before[name].append(group.stated_pain[people])
        self.pain = {name: np.array(rows) for name, rows in pain.items()}
        self.before = {name: np.array(rows) for name, rows in before.items()}

    def mean(self, arm: str, week: int) -> np.ndarray:
        """Return the mean pain of an arm in each trial."""
        return self.pain[arm][:, :, list(WEEKS).index(week)].mean(axis=1)

    def difference(self, week: int) -> np.ndarray:
        return self.mean("esketamine", week) - self.mean("placebo", week)

    def spread(self, arm: str) -> np.ndarray:
        """Return the standard deviation between people at week 1 in each trial."""
        return self.pain[arm][:, :, 0].std(axis=1, ddof=1)

    def share_with_a_third_less(self, arm: str) -> np.ndarray:
        """Return the share (%) whose pain fell by 30 % or more at week 1 in each trial."""
        return 100.0 * (self.pain[arm][:, :, 0] <= 0.7 * self.before[arm]).mean(axis=1)


@pytest.fixture(scope="module")
def played() -> Played:
    return Played()


def _inside(published: float, trials: np.ndarray) -> bool:
    low, high = np.quantile(trials, [0.05, 0.95])
    return bool(low <= published <= high)


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(
            "esketamine",
            marks=pytest.mark.xfail(
                strict=True,
                reason="2.7 points lie just below the interval: this was the best of the trials, and the other "
                "six pull a new trial's answer up",
            ),
        ),
        "placebo",
    ],
)
def test_mean_pain_at_week_1_lies_within_what_a_new_trial_would_show(played: Played, arm: str) -> None:
    assert _inside(_figure(f"nrs_week_1_{arm}"), played.mean(arm, 1))


def test_the_difference_at_week_1_lies_within_what_a_new_trial_would_show(played: Played) -> None:
    assert _inside(_figure("nrs_week_1_difference"), played.difference(1))


def test_the_interval_of_the_difference_is_narrow_enough_to_be_wrong(played: Played) -> None:
    """The laws above can fail: a trial in which ketamine adds two points of pain is outside."""
    assert not _inside(2.0, played.difference(1))
    assert not _inside(-6.5, played.difference(1))


@pytest.mark.xfail(
    strict=True,
    reason="the typical new trial shows about two of the published 2.8 points: a trial of six others pulls "
    "the typical effect down, and this one is read as a favorable clinic",
)
def test_the_typical_new_trial_is_within_a_standard_error_of_the_published_difference(played: Played) -> None:
    published = _figure("nrs_week_1_difference")
    # SE of the difference as computed from the two printed ones
    assert abs(np.median(played.difference(1)) - published) < 0.7


def test_the_difference_of_week_12_lies_within_what_a_new_trial_would_show(played: Played) -> None:
    # printed: P = 0.07, two-sided; with the SE of week 1 (0.70) that is -1.27
    assert _inside(-1.812 * 0.70, played.difference(12))


def test_the_difference_shrinks_from_week_to_week(played: Played) -> None:
    course = [float(np.median(played.difference(week))) for week in WEEKS]
    assert all(later > earlier for earlier, later in itertools.pairwise(course))
    assert course[-1] < 0.0


@pytest.mark.xfail(
    strict=True,
    reason="people of the model are still too alike: standard deviation about 2.0 where the printed standard "
    "errors of thirty people give 2.8 and 2.6. The fit sees both spreads and widens what it may, but a swing, "
    "an excess at entry and an expectation that wide are held back by their priors",
)
@pytest.mark.parametrize("arm", ["esketamine", "placebo"])
def test_people_differ_at_week_1_as_much_as_the_printed_standard_errors_say(played: Played, arm: str) -> None:
    standard_error = {"esketamine": 0.51, "placebo": 0.48}[arm]  # printed beside the means
    assert _inside(standard_error * np.sqrt(ARM), played.spread(arm))


@pytest.mark.parametrize("arm", ["esketamine", "placebo"])
def test_the_share_with_an_effect_lies_within_what_a_new_trial_would_show(played: Played, arm: str) -> None:
    """Dahan 2011: probability of an effect 67 % and 23 %; read here as a fall of 30 % at week 1."""
    published = value(f"dahan_2011.p_effect_{arm}", unit="% of patients")
    assert _inside(published, played.share_with_a_third_less(arm))

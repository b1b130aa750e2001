"""Published outcomes of pain against the 90 % intervals that the model gave for them."""

from __future__ import annotations

import math

import pytest

from subside.evidence import figure
from subside.validation import pain_outcomes
from subside.validation.outcome import Outcome
from subside.validation.table import score

#: Known misses, each with what stands behind it; a new miss, or one that is mended, fails a test.
MISSED = {
    "kiefer_2008.pain_relief": "four people, none relieved at levels of the trial of 2009; "
    "the model says 3.5 points",
    "noppers_2011_fibromyalgia.response_50_180_min_esketamine": "half had half their pain three hours on; "
    "the model's people are too alike, and its acute relief has gone by then",
    "sigtermans_2009.nrs_week_1_esketamine": "the best of the trials: six others pull a new trial's answer up",
    "correll_2004.complete_relief": "retrospective, uncontrolled; the model knows no complete relief",
    "lauritsen_2016.reached_target": "six of six, raised until they did; uncontrolled migraine",
}


@pytest.fixture(scope="module")
def of_trials() -> list[Outcome]:
    """Outcomes of single trials, a few replicates each; the pooled ones take longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pain_outcomes, "pooled", lambda: ())
        return pain_outcomes.outcomes(replicates=30)  # the ends of an interval from ten are chance


def test_every_outcome_has_an_answer_an_interval_and_a_published_figure(of_trials: list[Outcome]) -> None:
    assert len(of_trials) >= 19
    for outcome in of_trials:
        assert figure(outcome.figure).use in ("outcome", "context"), outcome.figure
        assert math.isfinite(outcome.predicted)
        assert outcome.low < outcome.predicted < outcome.high
        assert outcome.high - outcome.low > outcome.se  # type: ignore[operator]


def test_outcomes_outside_their_interval_are_the_known_ones(of_trials: list[Outcome]) -> None:
    missed = {o.figure for o in of_trials if not o.covered}
    assert missed <= set(MISSED), missed - set(MISSED)


def test_outcomes_that_were_fitted_lie_in_their_intervals_as_often_as_they_should(
    of_trials: list[Outcome],
) -> None:
    fitted = [o for o in of_trials if o.used_to_fit]
    # 80 to 97 % is what the design asks of a nominal 90 %; 17 outcomes move in steps of 6 %
    assert 0.80 <= score(fitted).covered <= 1.0


def test_uncontrolled_series_that_report_relief_of_nearly_everyone_are_not_believed(
    of_trials: list[Outcome],
) -> None:
    unseen = [o for o in of_trials if not o.used_to_fit]
    assert {o.verdict for o in unseen} == {"too low"}


@pytest.mark.slow
def test_nominal_90_percent_intervals_hold_80_to_97_percent_of_all_outcomes_of_pain() -> None:
    found = pain_outcomes.outcomes()
    assert 0.80 <= score(found).covered <= 0.97
    pooled = [o for o in found if "pooled" in o.what]
    assert len(pooled) == len(pain_outcomes.pooled())
    assert {o.figure for o in pooled if not o.covered} <= {
        "orhurhu_2019.nrs_difference"
    }  # its trials are not at hand

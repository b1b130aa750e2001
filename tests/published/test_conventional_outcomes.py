"""Published outcomes of treatments beside ketamine: what was fitted, what was held out, what is missed."""

from __future__ import annotations

import pytest

from subside.engine.population.beliefs import fitted
from subside.evidence import figure
from subside.validation.conventional import outcomes, points_of_nnt, pooled
from subside.validation.conventional_outcomes import predict, targets
from subside.validation.conventional_protocols import protocols
from subside.validation.opioid_levels import opioid_outcomes

#: Known misses, each with its reason on the page docs/explanation/other-painkillers.md.
MISSED = {
    "finnerup_2015.nnt_strong_opioids",
    "freeman_2015_trials.pregabalin_300_3",
    "kapila_1995.half_time_level_min",
    "mildh_2001.fall_of_minute_volume",
    "villesen_2006.cl_oxycodone",
}


def test_every_outcome_is_covered_or_known_to_be_missed():
    assert {o.figure for o in outcomes() if not o.covered} <= MISSED


def test_every_target_and_every_level_has_its_stored_answer():
    stored = {o.figure for o in outcomes()}
    assert {t.figure for t in targets()} <= stored
    assert {o.figure for o in opioid_outcomes(fitted())} <= stored
    assert {"brinck_2018.morphine_24h_change", "cortinez_2001.morphine_24_h_without"} <= stored


def test_a_third_at_least_of_what_is_compared_was_held_out():
    held = [o for o in outcomes() if not o.used_to_fit]
    assert len(held) >= len(outcomes()) / 3
    covered = [o for o in held if o.covered]
    assert len(covered) / len(held) >= 0.6


@pytest.mark.parametrize("target", targets(), ids=lambda t: t.figure)
def test_a_target_observes_what_its_figure_prints(target):
    found = figure(target.figure)
    assert found.value is not None
    # One over it, a tenth of it, or as it stands: nothing else is done to a printed number.
    forms = (100.0 / found.value, found.value, 0.1 * found.value)
    assert any(target.observed == pytest.approx(form) for form in forms)
    assert target.protocol in protocols()


def test_a_number_needed_to_treat_means_people_in_a_hundred():
    points, error = points_of_nnt("finnerup_2015.nnt_tricyclics")
    assert points == pytest.approx(100 / 3.6)
    low, high = 100 / 4.4, 100 / 3.0
    assert points - 2.5 * error < low < points < high < points + 2.5 * error


def test_trials_are_weighed_by_their_intervals():
    rows = [f"freeman_2015_trials.pregabalin_600_{k}" for k in (1, 2, 3, 4)]
    mean, error = pooled(rows)
    stated = figure("freeman_2015_trials.pregabalin_600")
    assert mean == pytest.approx(stated.value, abs=0.005)  # the digits printed
    values = [figure(row).value for row in rows]
    assert min(values) < mean < max(values)
    assert error < 0.3


@pytest.mark.slow
def test_the_stored_answers_are_those_of_the_model_that_ships():
    now = {o.figure: o for o in predict(fitted(), n_studies=30)}
    for stored in outcomes():
        again = now[stored.figure]
        # Half as many studies: medians agree within half of the interval's width.
        width = max(stored.high - stored.low, 1e-6)
        assert again.predicted == pytest.approx(stored.predicted, abs=0.5 * width), stored.figure

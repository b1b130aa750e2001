"""Dahan 2011 described the trial of 2009 by one slow level: do its numbers come out of the model's course?

Neither its half-life nor its C50 was put in. First the refit itself is tried on a course that *was* made
with them; then on the model's own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from subside.engine.population.beliefs import Beliefs, fitted
from subside.evidence import figure
from subside.validation import refit
from subside.validation.refit import Emerged, emerged

HALF_LIFE = figure("dahan_2011.half_life_on_off")
C50 = figure("dahan_2011.c50_chronic_pain")


@pytest.fixture(scope="module")
def form() -> Emerged:
    return emerged()


def _only(sensitization: str) -> Beliefs:
    beliefs = fitted()
    hypotheses = dict(beliefs.hypotheses)
    hypotheses["sensitization"] = replace(hypotheses["sensitization"], weights={sensitization: 1.0})
    return replace(beliefs, hypotheses=hypotheses)


def test_the_refit_finds_the_published_numbers_in_a_course_that_was_made_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def played(group, arm, hours, **_):  # type: ignore[no-untyped-def]
        level = np.where(hours <= 100.0, 250.0 * (1.0 - np.exp(-hours / 3.0)), 0.0)
        rate_per_h = np.log(2.0) / (24.0 * (HALF_LIFE.value or np.nan))
        slow = refit._slow_level(hours, level, rate_per_h)
        fall = 3.5 * slow / (slow + (C50.value or np.nan)) if arm.kind == "drug" else np.zeros_like(hours)
        return {"cp_s_ketamine_ng_per_ml": level[None, :], "nrs_pain": (6.5 - fall)[None, :]}

    monkeypatch.setattr(refit, "treat", played)
    found = emerged(people=1)
    # the optimizer stops at relative changes of 1e-8; twelve weeks without noise leave nothing else
    assert found.half_life_d == pytest.approx(HALF_LIFE.value, rel=1e-3)
    assert found.c50_ng_per_ml == pytest.approx(C50.value, rel=1e-3)
    assert found.largest_fall == pytest.approx(3.5, rel=1e-3)


def test_the_published_form_describes_the_course_of_the_model(form: Emerged) -> None:
    # a tenth of a point: below what a rating resolves, and a thirtieth of the published effect
    assert form.rms_points < 0.1
    assert 0.0 < form.half_life_d < np.inf


def test_the_c50_is_not_identified_and_what_the_design_allows_overlaps_the_published_interval(
    form: Emerged,
) -> None:
    low, high = form.flat
    assert high > 2.0 * low  # at 250 ng/mL the effect is saturated: the curve hardly tells
    assert low < (C50.high or 0.0)
    assert high > (C50.low or np.inf)


@pytest.mark.xfail(
    strict=True,
    reason="about 80 d: more than half the weight lies on the bistable form, in which many people stay low, "
    "so that the mean of all falls in two speeds and the one-speed form takes the slow one",
)
def test_the_half_life_emerges(form: Emerged) -> None:
    assert (HALF_LIFE.low or 0.0) <= form.half_life_d <= (HALF_LIFE.high or 0.0)


@pytest.mark.xfail(
    strict=True,
    reason="relief in the model shrinks from the first week on, where the published form stays saturated "
    "for weeks and then drops: the refit makes the effect linear in the level, its largest fall at the bound",
)
def test_the_c50_emerges(form: Emerged) -> None:
    assert (C50.low or 0.0) <= form.c50_ng_per_ml <= (C50.high or 0.0)


def test_the_bistable_form_is_what_makes_the_half_life_long() -> None:
    one, two = emerged(_only("monostable")), emerged(_only("bistable"))
    assert one.half_life_d < 0.5 * two.half_life_d
    # Monostable alone comes near: the published form halves its effect a month after the infusion
    # (saturated at first), which is what a return of 2.4 % a day does from the start.
    assert one.half_life_d < 2.0 * (HALF_LIFE.high or 0.0)

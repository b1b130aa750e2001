"""Headache days: as many as the diary says at the start, never more with less pain, fewer after withdrawal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import subside.engine
from subside.case import Case, parse_case
from subside.course import Course

EXAMPLE = Path(__file__).parents[2] / "examples/from_papers/pomeroy_2017_migraine.toml"
DAYS_PER_MONTH = 30.4375
DIARY = {"headache_days_per_month": 24, "other_acute_days_per_month": 16}
D = 24.0


def case(answers: dict[str, Any], **options: str) -> Case:
    read = parse_case(EXAMPLE.read_text(encoding="utf-8"))
    return read.model_copy(update={"answers": answers, "options": options})


def simulated(one: Case, arm: str = "none", people: int = 300) -> Course:
    compared = subside.engine.compare(
        one, [arm], n_patients=people, seed=4, times_h=[-D, 0.0, 14 * D, 28 * D, 168 * D], verify=False
    )
    return compared.arms[arm]


def test_before_treatment_they_are_those_of_the_diary() -> None:
    found = simulated(case(DIARY))["headache_days_per_28_d"]
    wanted = 24 * 28 / DAYS_PER_MONTH
    # spells make the days of a person hang together: SD of a person's count is near 4; four standard errors
    assert found.mean[0] == pytest.approx(wanted, abs=4 * 4.0 / np.sqrt(300))


def test_they_stay_between_none_and_all() -> None:
    for days in (1, 15, 30):
        found = simulated(case({"headache_days_per_month": days}), people=60)
        assert found["headache_days_per_28_d"].low.min() >= 0.0
        assert found["headache_days_per_28_d"].high.max() <= 28.0


def test_a_person_with_less_pain_has_no_more_headache_days() -> None:
    one = case(DIARY)
    compared = subside.engine.compare(
        one, ["none"], n_patients=200, seed=4, times_h=[-D, *(D * k for k in range(0, 60, 2))], verify=False
    )
    drug, none = (compared.arms[name].samples for name in ("case", "none"))
    # at the ends of the scale a rating hides which of the two is higher
    inside = (drug["nrs_pain"] < 9.99).all(axis=1) & (none["nrs_pain"] > 0.01).all(axis=1)
    less = inside & (drug["nrs_pain"] <= none["nrs_pain"]).all(axis=1)
    assert less.sum() > 30
    assert (drug["headache_days_per_28_d"][less] <= none["headache_days_per_28_d"][less]).all()


def test_withdrawal_lowers_them_over_weeks_in_people_who_overuse_alone() -> None:
    on, gone = (simulated(case(DIARY, medication_overuse=form)) for form in ("on", "withdrawn"))
    both = [c["headache_days_per_28_d"].mean for c in (on, gone)]
    assert both[0][1] == both[1][1]  # at time zero nothing has happened
    assert both[1][4] < both[1][3] < both[1][2] < both[0][2]
    sober = {"headache_days_per_month": 24, "other_acute_days_per_month": 4}
    same = [simulated(case(sober, medication_overuse=form)) for form in ("on", "withdrawn")]
    np.testing.assert_array_equal(
        same[0]["headache_days_per_28_d"].mean, same[1]["headache_days_per_28_d"].mean
    )


def test_conditions_without_headache_have_none() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace('"chronic_migraine"', '"fibromyalgia"')
    found = subside.engine.simulate(parse_case(text), draws=4, times_h=[0.0], verify=False)
    assert "headache_days_per_28_d" not in found

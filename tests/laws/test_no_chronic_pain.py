"""Without chronic pain nothing is said of pain: depression, post-traumatic stress, healthy volunteers."""

from __future__ import annotations

import pytest

import subside.engine
from subside.case import parse_case
from subside.engine.conditions import PAIN_OUTPUTS

CASE = """
format = 1
title = "invented"
[patient]
age_years = 40
weight_kg = 70
condition = "{}"
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
steps = [ {{ dose = "0.5 mg/kg", for = "40 min" }} ]
"""


@pytest.mark.parametrize("condition", ["depression", "post_traumatic_stress", "healthy"])
@pytest.mark.parametrize("typical", [True, False])
def test_pain_and_response_to_its_treatment_are_left_out(condition: str, typical: bool) -> None:
    found = subside.engine.simulate(
        parse_case(CASE.format(condition)), draws=4, times_h=[0.0, 24.0], typical=typical
    )
    assert not set(PAIN_OUTPUTS) & set(found.curves)
    assert "phq9_total" in found
    codes = {caution.code for caution in found.cautions}
    assert "no_chronic_pain" in codes
    assert "condition" not in codes
    stand_ins = [c.text for c in found.cautions if c.code == "stand_ins"]
    assert not any("nrs_pain" in text for text in stand_ins)


def test_chronic_pain_keeps_all_of_it_and_a_stand_in_profile_is_named() -> None:
    found = subside.engine.simulate(parse_case(CASE.format("radicular_pain")), draws=4, times_h=[0.0, 24.0])
    assert set(PAIN_OUTPUTS) <= set(found.curves)
    (text,) = [c.text for c in found.cautions if c.code == "condition"]
    assert "its profile is that of neuropathic pain" in text

"""Pump rates in the report: mL/h stands beside mg/h with what the bag holds, and nowhere else."""

from __future__ import annotations

from subside.case import parse_case
from subside.report.regimen import in_words, lane

HEAD = """
format = 1
title = "Invented patient, invented bags"

[patient]
age_years = 50
weight_kg = 80
condition = "neuropathic_pain"
nrs_pain = 6
"""


def _said(infusions: str) -> str:
    return " ".join(in_words(lane(parse_case(HEAD + infusions, origin="invented.toml"))))


def test_without_a_concentration_no_volume_is_said():
    said = _said(
        '[[infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ { rate = "20 mg/h", for = "4 h" } ]\n'
    )
    assert "20 mg/h (0.25 mg/kg/h)" in said
    assert "mL" not in said


def test_each_bag_gives_its_own_volume_rate_and_says_what_it_holds():
    said = _said(
        """
[[infusion]]
drug = "esketamine"
start = "0 h"
concentration = "2 mg/mL"
steps = [ { rate = "20 mg/h", for = "4 h" } ]

[[infusion]]
drug = "esketamine"
start = "4 h"
concentration = "500 mcg/mL"
steps = [ { rate = "20 mg/h", for = "2 h" } ]

[[infusion]]
drug = "esketamine"
start = "6 h"
steps = [ { rate = "20 mg/h", for = "1 h" } ]
"""
    )
    # The rate is the same throughout, but the pump is not: steps of different bags are never joined.
    assert "20 mg/h (0.25 mg/kg/h; 10 mL/h at 2 mg/mL) for 4 h" in said
    assert "20 mg/h (0.25 mg/kg/h; 40 mL/h at 0.5 mg/mL) for 2 h" in said
    assert "20 mg/h (0.25 mg/kg/h) for 60 min" in said or "20 mg/h (0.25 mg/kg/h) for 1 h" in said
    assert said.count("mL/h") == 2


def test_a_titration_says_the_volume_of_its_start_and_of_its_ceiling():
    said = _said(
        """
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
concentration = "4 mg/mL"
[infusion.policy]
start_rate = "8 mg/h"
step = "4 mg/h"
every = "1 h"
for = "6 h"
ceiling = "40 mg/h"
floor = "4 mg/h"
raise_if_pain_above = 3
"""
    )
    assert "starts at 8 mg/h (0.1 mg/kg/h; 2 mL/h at 4 mg/mL)" in said
    assert "never above 40 mg/h (0.5 mg/kg/h; 10 mL/h at 4 mg/mL)" in said


def test_a_bolus_at_once_is_in_mg_alone_and_takes_nothing_from_the_bag_around_it():
    said = _said(
        """
[[infusion]]
drug = "esketamine"
start = "0 h"
concentration = "5 mg/mL"
steps = [ { rate = "10 mg/h", for = "2 h" }, { rate = "20 mg/h", for = "2 h" } ]

[[infusion]]
drug = "esketamine"
start = "1 h"
bolus = "5 mg"
"""
    )
    assert "bolus of 5 mg (0.062 mg/kg)" in said
    assert "2 mL/h at 5 mg/mL) for 2 h" in said
    assert "4 mL/h at 5 mg/mL) for 2 h" in said

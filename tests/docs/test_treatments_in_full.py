"""Every arm's regimen is printed in full: amounts, amounts per kg, times, totals."""

from __future__ import annotations

import re

import pytest

from subside.case import parse_case
from subside.cli.compare import ARMS as NAMED_BY_THE_COMMAND
from subside.engine.arms import ARMS, CONVENTIONAL, like, named, placebo_of
from subside.report.treatments import treatment_words

HEAD = """
format = 1
title = "An invented case"
[patient]
age_years = 50
weight_kg = 50
condition = "low_back_pain"
"""


def case(*tables: str):
    return parse_case(HEAD + "".join(f"[[treatment]]\n{table}\n" for table in tables))


def test_the_command_and_the_engine_know_the_same_arms():
    assert set(NAMED_BY_THE_COMMAND) == set(ARMS)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("opioid", r"morphine slow release by mouth: 41\.75 mg \(0\.83 mg/kg at 50 kg\) every 12 h, "
                   r"from 0 h until 9 wk; 126 doses, 83\.5 mg a day, 5,260\.5 mg in all\."),
        ("nsaid", r"naproxen by mouth: 500 mg \(10 mg/kg at 50 kg\) every 12 h, from 0 h until 12 wk; "
                  r"168 doses, 1,000 mg a day, 84,000 mg in all"),
        ("gabapentinoid", r"pregabalin by mouth: 150 mg .* until 1 wk; 14 doses, 300 mg a day"),
        ("tricyclic", r"amitriptyline by mouth: 75 mg .* every 24 h, from 0 h until 4 wk; 28 doses, 75 mg a day"),
        ("ketamine+therapy", r"cognitive behavioral therapy: a session every 1 wk, from 1 wk; 8 sessions"),
    ],
)  # fmt: skip
def test_a_conventional_regimen_is_printed_in_full(name, said):
    arm = named(name, case())
    assert re.match(said, treatment_words(arm.case)[0]), treatment_words(arm.case)


def test_a_rate_is_printed_with_what_it_adds_up_to():
    (said,) = treatment_words(
        case('kind = "drug"\nname = "remifentanil"\nrate = "0.1 mcg/kg/min"\nfrom = "0 h"\nuntil = "30 min"')
    )
    assert said == "remifentanil: 0.3 mg/h (0.006 mg/kg/h at 50 kg), from 0 h until 30 min; 0.15 mg in all."


@pytest.mark.parametrize("name", CONVENTIONAL)
def test_a_conventional_arm_gives_no_ketamine_and_has_a_placebo_with_the_same_visits(name):
    arm = named(name, case())
    assert arm.kind == "other"
    assert not arm.case.regimen()
    assert arm.visits_h
    assert arm.visits_h[0] == 0.0
    placebo = placebo_of(arm)
    assert placebo.kind == "placebo"
    assert placebo.visits_h == arm.visits_h
    assert placebo.case.treatments == ()


def test_the_patient_keeps_what_was_taken_for_long_and_gets_the_regimen_instead_of_their_own():
    long_taken = 'kind = "drug"\nname = "oxycodone"\ndose = "10 mg"\nevery = "12 h"\nfrom = "-90 d"'
    new = 'kind = "drug"\nname = "ibuprofen"\ndose = "600 mg"\nevery = "8 h"\nfrom = "0 h"'
    mine = case(long_taken, new)
    assert [t.name for t in named("tricyclic", mine).case.treatments] == ["oxycodone", "amitriptyline"]
    assert [t.name for t in named("placebo", mine).case.treatments] == ["oxycodone"]
    assert [t.name for t in like(case(new), mine, name="other").case.treatments] == ["oxycodone", "ibuprofen"]

"""A changed case must not remember what the old one resolved to."""

from __future__ import annotations

from subside.case import parse_case

TEXT = """
format = 1
title = "invented"
[patient]
age_years = 40
weight_kg = 50
condition = "fibromyalgia"
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "1 mg/kg/h", for = "1 h" } ]
"""


def test_a_case_under_another_regimen_forgets_the_regimen_resolved_before() -> None:
    case = parse_case(TEXT, origin="invented")
    assert case.regimen().segments[0].mg_per_h == 50.0
    other = parse_case(TEXT.replace("1 mg/kg/h", "2 mg/kg/h"), origin="invented")
    assert case.with_infusions(other.infusions).regimen().segments[0].mg_per_h == 100.0


def test_a_heavier_patient_gets_more_of_a_rate_per_kg() -> None:
    case = parse_case(TEXT, origin="invented")
    case.regimen()
    heavier = case.model_copy(update={"patient": case.patient.model_copy(update={"weight_kg": 100.0})})
    assert heavier.regimen().segments[0].mg_per_h == 100.0


def test_a_case_without_infusions_begins_and_ends_at_time_zero() -> None:
    case = parse_case(TEXT.split("[[infusion]]")[0], origin="invented")
    assert (case.start_h, case.end_h) == (0.0, 0.0)

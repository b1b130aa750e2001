"""Decisions exactly at their limits, and values of a case that must not get lost on their way to a rule."""

from __future__ import annotations

import re

import pytest

from subside.care import Facts, pain_course, review_after_third
from subside.care.benefit import published_benefit
from subside.care.limits import check_facts, facts_from_order
from subside.care.outcomes import StoppingCriterion
from subside.care.refractory import Tried, refractoriness
from subside.care.screening import facts_from_case, screen
from subside.care.screening.case_facts import prior_treatments
from subside.case import parse_case
from subside.errors import ParameterError

CASE = """\
format = 1
title = "An invented person"

[patient]
age_years = 50
weight_kg = 80
condition = "complex_regional_pain_syndrome"
{patient}

[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
{infusion}
"""
ONE_HOUR = 'steps = [ { rate = "5 mg/h", for = "1 h" } ]'


def case(patient: str = "", infusion: str = ONE_HOUR):
    return parse_case(CASE.format(patient=patient, infusion=infusion), origin="case.toml")


# --- from the case to the rules -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("labs = { egfr_ml_per_min = 45 }", "kidney_disease"),
        ("labs = { tsh_miu_per_l = 0.02 }", "hyperthyroidism"),
        ("oxygen_l_per_min = 2", "severe_lung_disease"),
        ("stop_bang_total = 5", "sleep_apnea_high_risk"),
        ("pcl5_total = 33", "ptsd"),
    ],
)
def test_a_value_of_the_case_answers_the_question_that_it_settles(written: str, fact: str) -> None:
    assert facts_from_case(case())[fact] is None
    assert facts_from_case(case(written))[fact] is True


@pytest.mark.parametrize(
    ("answers", "fact", "value"),
    [
        ({"baseline_oxygen_l_per_min": 0}, "severe_lung_disease", None),
        ({"baseline_oxygen_l_per_min": 0.5}, "severe_lung_disease", True),
        ({"egfr_ml_per_min": 60}, "kidney_disease", None),
        ({"egfr_ml_per_min": 59}, "kidney_disease", True),
        ({"tsh_miu_per_l": 0.1}, "hyperthyroidism", None),
        ({"tsh_miu_per_l": 0.09}, "hyperthyroidism", True),
        ({"condition": "post_traumatic_stress"}, "ptsd", True),
        ({"condition": "fibromyalgia"}, "ptsd", None),
    ],
)
def test_a_value_at_its_limit_leaves_the_question_open_and_one_beyond_answers_it(
    answers: dict[str, object], fact: str, value: bool | None
) -> None:
    assert Facts.of(answers)[fact] is value


def test_every_decision_names_its_subject_and_screening_carries_benefit_and_earlier_treatments() -> None:
    person = Facts.of({"condition": "complex_regional_pain_syndrome"})
    found = screen(person)
    assert found.subject == "screening"
    assert check_facts(person).subject == "limits"
    hoped = published_benefit("complex_regional_pain_syndrome")
    assert hoped is not None
    assert screen(person, benefit=hoped).benefit == hoped
    tried = [Tried(name="gabapentin", weeks=12.0, stopped_for="no benefit")]
    assert screen(person, refractoriness=refractoriness(tried)).refractoriness == refractoriness(tried)


def test_every_measurement_of_the_patient_reaches_the_rules() -> None:
    facts = facts_from_case(
        case(
            'sex = "female"\nheight_cm = 160\nnrs_pain = 7\npain_months = 24\nphq9_total = 12\npcl5_total = 20\n'
            "audit_c_total = 4\nstop_bang_total = 3\nasa_class = 2\nsbp_mmhg = 131\ndbp_mmhg = 79\n"
            "spo2_percent = 96\noxygen_l_per_min = 1\n"
            "labs = { egfr_ml_per_min = 70, tsh_miu_per_l = 1.2 }"
        )
    )
    for name, value in {
        "age_years": 50, "sex": "female", "weight_kg": 80, "height_cm": 160, "nrs_pain": 7, "pain_months": 24,
        "phq9_total": 12, "pcl5_total": 20, "audit_c_total": 4, "stop_bang_total": 3, "asa_class": 2,
        "sbp_mmhg": 131, "dbp_mmhg": 79, "spo2_percent": 96, "baseline_oxygen_l_per_min": 1,
        "egfr_ml_per_min": 70, "tsh_miu_per_l": 1.2, "condition": "complex_regional_pain_syndrome",
    }.items():  # fmt: skip
        assert facts[name] == value, name


def test_the_dose_of_an_earlier_treatment_is_kept_as_written() -> None:
    assert Tried(name="gabapentin").dose == ""
    given = case('prior_treatments = [ { kind = "gabapentin", dose = "300 mg", stopped_for = "harm" } ]')
    assert prior_treatments(given).refractory is False


def test_a_treatment_is_known_by_its_class_inside_a_longer_name() -> None:
    tried = [Tried(name="oral NSAID every day", weeks=12.0, stopped_for="no benefit")]
    assert refractoriness(tried).failed == ("anti_inflammatory",)


def test_infusions_within_a_year_are_counted_and_one_after_a_year_is_not() -> None:
    patient = 'history = { prior_ketamine = "no" }'
    facts = facts_from_order(case(patient, f'{ONE_HOUR}\nseries = {{ every = "8766 h", count = 2 }}'))
    assert facts["infusions_12_months"] == 1
    facts = facts_from_order(case(patient, f'{ONE_HOUR}\nseries = {{ every = "8765 h", count = 2 }}'))
    assert facts["infusions_12_months"] == 2


def test_an_order_without_an_infusion_is_refused_with_what_to_do() -> None:
    text = CASE.format(patient="", infusion=ONE_HOUR).partition("[[infusion]]")[0]
    with pytest.raises(ParameterError) as caught:
        facts_from_order(parse_case(text, origin="case.toml"))
    assert str(caught.value) == (
        "case must have at least one infusion to be checked; got none. "
        "Add an [[infusion]], or use subside screen for the person alone."
    )


def test_a_body_mass_index_that_was_rounded_is_no_contradiction() -> None:
    # 81 kg at 180 cm are 25.0; 24.5 is off by exactly 2 % of it.
    person = {"weight_kg": 81, "height_cm": 180}
    assert Facts.of({**person, "bmi": 24.5}).contradictions == ()
    (said,) = Facts.of({**person, "bmi": 24.4}).contradictions
    assert re.match(r"bmi = 24\.4, yet the other answers make it 25\b", said)


# --- outcomes at their edges --------------------------------------------------------------------------


def test_a_response_is_thirty_percent_and_not_a_tenth_less() -> None:
    assert pain_course(before=10, days=[1, 2], pain=[7.1, 7.0]).responded_at_d == 2
    assert pain_course(before=10, days=[1, 2], pain=[7.1, 7.1]).responded_at_d is None


def test_with_exactly_half_of_the_best_relief_left_it_is_no_relapse() -> None:
    assert pain_course(before=8, days=[1, 2, 3], pain=[4, 6, 6.1]).relapsed_at_d == 3


def review(criterion: StoppingCriterion, before: float, now: float) -> str:
    return review_after_third(infusions=3, criterion=criterion, nrs_before=before, nrs_now=now).verdict


def test_the_agreed_relief_is_met_at_its_very_number_and_not_below() -> None:
    agreed = StoppingCriterion(pain_percent=30.0, peg_points=None, agreed_on="first visit")
    assert review(agreed, 10, 7.0) == "criterion met"
    assert review(agreed, 10, 7.05) == "criterion not met: stop"


def test_who_had_no_pain_before_cannot_have_been_relieved_of_it() -> None:
    least = StoppingCriterion(pain_percent=1.0, peg_points=None, agreed_on="first visit")
    assert review(least, 0, 0) == "criterion not met: stop"


def test_the_agreed_gain_of_function_is_met_at_its_very_number() -> None:
    agreed = StoppingCriterion(pain_percent=30.0, peg_points=1.0, agreed_on="first visit")

    def verdict(peg_now: float) -> str:
        return review_after_third(
            infusions=3, criterion=agreed, nrs_before=8, nrs_now=4, peg_before=6.0, peg_now=peg_now
        ).verdict

    assert verdict(5.0) == "criterion met"
    assert verdict(5.1) == "criterion not met: stop"


def test_a_question_names_every_rule_that_its_answer_settles() -> None:
    order = {
        "drug": "racemic_ketamine", "setting": "outpatient", "weight_kg": 70, "height_cm": 168, "weight_unit": "kg",
        "weight_days_ago": 2, "entered_unit": "mg/h", "rate_mg_per_h": 10, "start_rate_mg_per_h": 5, "bolus_mg": 0,
        "total_mg": 38, "infusion_hours": 4, "earlier_infusions": 4, "infusions_12_months": 2,
        "last_drug": "racemic_ketamine", "last_rate_mg_per_h": 10, "last_weight_kg": 70, "benefit_last_course": "yes",
        "liver_test_days_ago": 20, "alt_times_uln": 0.9, "bladder_check_days_ago": 0, "cognition_check_days_ago": 60,
        "cognition_worse": "no", "misuse_screen_days_ago": 30, "bladder_disease": "no", "substance_problem": "no",
        "takes_opioid": "no", "prediction_given": "no",
    }  # fmt: skip
    (question,) = check_facts(Facts.of(order)).questions
    assert (question.name, question.settles) == ("added_up", ("BURDEN-010",))


@pytest.mark.parametrize(
    ("answers", "fact", "value"),
    [
        ({"bolus_mg": 35, "bolus_over_s": 60, "weight_kg": 70}, "bolus_mg_per_kg_min", 0.5),
        ({"bolus_mg": 35, "bolus_over_s": 1, "weight_kg": 70}, "bolus_mg_per_kg_min", 30.0),
        ({"bolus_mg": 35, "bolus_over_s": 0, "weight_kg": 70}, "bolus_mg_per_kg_min", float("inf")),
        ({"bolus_mg": 35, "bolus_over_s": 0.5, "weight_kg": 70}, "bolus_mg_per_kg_min", 60.0),
        ({"bolus_mg": 0, "bolus_over_s": 0, "weight_kg": 70}, "bolus_mg_per_kg_min", 0.0),
        ({"earlier_infusions": 1}, "repeats", True),
        ({"earlier_infusions": 0}, "repeats", False),
        ({}, "repeats", None),
        ({"earlier_infusions": 0}, "first_infusion", True),
        ({"earlier_infusions": 1}, "first_infusion", False),
        ({}, "first_infusion", None),
        ({"vial_mg_per_ml": 50, "vial_ml": 10}, "vial_total_mg", 500.0),
        ({"vial_mg_per_ml": 50}, "vial_total_mg", None),
        ({"vial_ml": 10}, "vial_total_mg", None),
        ({"total_mg": 140, "weight_kg": 70}, "total_mg_per_kg", 2.0),
        ({"rate_mg_per_h": 20, "label_mg_per_ml": 2, "pump_ml_per_h": 11}, "pump_over_order", 1.1),
        ({"rate_mg_per_h": 20, "label_mg_per_ml": 2}, "pump_over_order", None),
        ({"pump_ml_per_h": 11}, "pump_over_order", None),
        ({"rate_mg_per_h": 0, "label_mg_per_ml": 2, "pump_ml_per_h": 1}, "pump_over_order", None),
    ],
)
def test_what_follows_from_an_order_is_computed_and_nothing_from_half_of_it(
    answers: dict[str, object], fact: str, value: object
) -> None:
    found = Facts.of(answers)[fact]
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("pump", "rate", "label", "typed"),
    [
        (10, 10, 2, True),
        (10, 10, 1, False),  # at 1 mg/mL the two numbers are rightly the same
        (100, 99, 2, True),  # within 1 % it is the same number
        (100, 98.9, 2, False),
        (5, 10, 2, False),
        (10, 10, None, None),
        (10, None, 2, None),
        (None, 10, 2, None),
    ],
)
def test_milligrams_typed_as_milliliters_are_seen_by_the_number_itself(
    pump: float | None, rate: float | None, label: float | None, typed: bool | None
) -> None:
    facts = Facts.of({"pump_ml_per_h": pump, "rate_mg_per_h": rate, "label_mg_per_ml": label})
    assert facts["mg_number_typed_as_ml"] is typed


def test_a_thought_of_suicide_is_never_overruled_by_a_total_of_zero() -> None:
    facts = Facts.of({"phq9_item9": 1, "phq9_total": 0})
    assert facts["phq9_item9"] == 1
    assert facts.contradictions == ("phq9_item9 = 1, yet phq9_total = 0",)
    assert Facts.of({"phq9_total": 0})["phq9_item9"] == 0
    assert Facts.of({"phq9_total": 3})["phq9_item9"] is None

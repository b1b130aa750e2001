"""What is made of a person's record: criteria, medicines, earlier treatments, the case file."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.care import Facts, facts_from_case, facts_from_order, prior_treatments, published_benefit
from subside.care.criteria.budapest import CATEGORIES, budapest
from subside.care.medicines import classes_of, medicine_answers, unrecognized
from subside.care.refractory import Tried, refractoriness
from subside.case import parse_case
from subside.errors import ParameterError

ANSWERS = st.sampled_from([True, False, None])


def limb(symptoms, signs, *, disproportionate=True, other=False):
    values = {f"budapest_symptom_{g}": a for g, a in zip(CATEGORIES, symptoms, strict=True)}
    values |= {f"budapest_sign_{g}": a for g, a in zip(CATEGORIES, signs, strict=True)}
    return {
        **values,
        "budapest_disproportionate_pain": disproportionate,
        "budapest_other_diagnosis": other,
    }


def test_budapest_needs_three_groups_of_symptoms_and_two_of_signs():
    for symptoms in itertools.product([True, False], repeat=4):
        for signs in itertools.product([True, False], repeat=4):
            expected = sum(symptoms) >= 3 and sum(signs) >= 2
            assert budapest(limb(symptoms, signs)) is expected


def test_budapest_falls_with_another_diagnosis_or_with_pain_in_proportion():
    yes = [True] * 4
    assert budapest(limb(yes, yes, other=True)) is False
    assert budapest(limb(yes, yes, disproportionate=False)) is False
    assert budapest(limb(yes, yes, other=None)) is None
    assert budapest({}) is None


@given(st.tuples(*[ANSWERS] * 4), st.tuples(*[ANSWERS] * 4), ANSWERS, ANSWERS)
def test_budapest_is_unknown_only_while_an_answer_decides(symptoms, signs, pain, other):
    def both(answers):
        return itertools.product(*[[True, False] if a is None else [a] for a in answers])

    full = {
        budapest(limb(s, g, disproportionate=p, other=o))
        for s in both(symptoms)
        for g in both(signs)
        for p, o in both((pain, other))
    }
    found = budapest(limb(symptoms, signs, disproportionate=pain, other=other))
    assert found == (full.pop() if len(full) == 1 else None)


@pytest.mark.parametrize(
    ("wpi", "sss", "regions", "months", "met"),
    [
        (7, 5, 4, 3, True),
        (6, 9, 4, 3, True),
        (4, 9, 5, 24, True),
        (7, 4, 4, 3, False),
        (6, 8, 4, 3, False),
        (3, 12, 4, 3, False),
        (7, 5, 3, 3, False),
        (7, 5, 4, 2, False),
        (19, None, 4, 3, None),
        (3, None, 4, 3, False),  # too few areas for either way: severity no longer matters
    ],
)
def test_fibromyalgia_criteria_at_their_edges(wpi, sss, regions, months, met):
    facts = Facts.of(
        {
            "widespread_pain_index": wpi,
            "symptom_severity_scale": sss,
            "pain_regions": regions,
            "pain_months": months,
        }
    )
    assert facts["fibromyalgia_met"] is met


@pytest.mark.parametrize(
    ("days", "migraine", "months", "simple", "other", "chronic", "overuse"),
    [
        (15, 8, 4, 0, 0, True, False),
        (14, 8, 4, 20, 20, False, False),
        (15, 7, 4, 15, 0, False, True),
        (15, 8, 3, 15, 10, False, False),
        (20, 12, 12, 14, 10, True, True),
        (20, 12, 12, 14, 9, True, False),
        (20, 12, 12, None, 9, True, None),
        (20, 12, 12, None, 10, True, True),
    ],
)
def test_chronic_migraine_and_medication_overuse_at_their_edges(
    days, migraine, months, simple, other, chronic, overuse
):
    facts = Facts.of(
        {
            "headache_days_per_month": days,
            "migraine_days_per_month": migraine,
            "headache_months": months,
            "migraine_attacks_ever_5": True,
            "simple_analgesic_days_per_month": simple,
            "other_acute_days_per_month": other,
        }
    )
    assert facts["chronic_migraine_met"] is chronic
    assert facts["medication_overuse"] is overuse


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("Oxycodone HCl ER 20 mg", "takes_opioid"),
        ("fentanyl patch 25 mcg/h", "takes_opioid"),
        ("oxycodone / acetaminophen", "takes_opioid"),
        ("Clonazepam", "takes_benzodiazepine"),
        ("AMINOPHYLLINE", "takes_theophylline"),
        ("St John’s wort", "takes_st_johns_wort"),
        ("dextromethorphan and bupropion", "takes_other_nmda_antagonist"),
        ("ketamine troche", "takes_home_ketamine"),
    ],
)
def test_a_medicine_is_known_however_it_is_written(name, fact):
    assert fact in classes_of(name)
    assert unrecognized([name]) == ()


def test_a_name_nobody_knows_is_said_with_the_nearest():
    assert unrecognized(["oxycodon", "gabapentin"]) == (("oxycodon", "oxycodone"),)
    assert medicine_answers(["oxycodon"])["takes_unrecognized"] is True
    assert unrecognized(["  "]) == (("  ", ""),)
    # One unknown half is enough.
    assert medicine_answers(["gabapentin + zorblatine"])["takes_unrecognized"] is True


def test_no_list_is_unknown_and_an_empty_list_is_an_answer():
    assert set(medicine_answers(None).values()) == {None}
    assert set(medicine_answers([]).values()) == {False}


@pytest.mark.parametrize(
    ("tried", "answer", "failed"),
    [
        (None, None, 0),
        ([], False, 0),
        ([("gabapentin", 12, "no benefit"), ("duloxetine", 8, "side effects")], True, 2),
        ([("gabapentin", 12, "no benefit"), ("pregabalin", 12, "no benefit")], False, 1),  # one class
        ([("gabapentin", 3, "no benefit"), ("duloxetine", 8, "no benefit")], False, 1),  # too short
        ([("gabapentin", 4, "no benefit"), ("duloxetine", 8, "no benefit")], True, 2),
        ([("gabapentin", None, "no benefit"), ("duloxetine", 8, "no benefit")], None, 1),
        ([("gabapentin", 12, ""), ("duloxetine", 8, "no benefit")], None, 1),
        ([("gabapentin", None, "side effects"), ("nerve block", None, "no benefit")], True, 2),
        ([("gabapentin", 12, "insurance"), ("duloxetine", 8, "moved away")], False, 0),
        ([("graded motor imagery", 8, "no benefit"), ("amitriptyline", 1, "intolerance")], True, 2),
    ],
)
def test_refractory_means_two_classes_that_were_really_tried(tried, answer, failed):
    entries = None if tried is None else [Tried(name=n, weeks=w, stopped_for=s) for n, w, s in tried]
    found = refractoriness(entries)
    assert found.refractory is answer
    assert len(found.failed) == failed


CASE = """
format = 1
title = "An invented person"
[patient]
age_years = 61
weight_kg = 80
condition = "neuropathic_pain"
{more}
[[infusion]]
drug = "{drug}"
start = "0 h"
{infusion}
"""


def case(more="", drug="racemic_ketamine", infusion='steps = [ { rate = "10 mg/h", for = "4 h" } ]'):
    return parse_case(CASE.format(more=more, drug=drug, infusion=infusion), origin="test")


def test_what_a_case_does_not_say_is_unknown():
    facts = facts_from_case(case())
    unknown = ["sex", "sbp_mmhg", "hypertension", "takes_opioid", "refractory", "alt_times_uln", "phq9_total"]
    assert [facts[name] for name in unknown] == [None] * len(unknown)
    assert facts["given_at_home"] is False
    assert facts["ketamine_route"] == "intravenous"


def test_history_medicines_treatments_and_laboratory_of_a_case_become_answers():
    facts = facts_from_case(
        case(
            more="""medicines = [ { name = "morphine", dose = "30 mg", every = "12 h", route = "oral" } ]
prior_treatments = [
  { kind = "gabapentin", duration = "12 wk", stopped_for = "no benefit" },
  { kind = "nerve block", stopped_for = "no benefit" },
]
history = { hypertension = "no", coronary_disease = "unknown", sleep_apnea = "yes" }
labs = { alt_u_per_l = 120, alt_upper_limit_u_per_l = 40 }
[answers]
dissociative_ptsd = "yes"
cssrs_ideation = 2
"""
        )
    )
    assert facts["takes_opioid"] is True
    assert facts["takes_benzodiazepine"] is False
    assert facts["hypertension"] is False
    assert facts["coronary_disease"] is None
    assert facts["sleep_apnea"] is True
    assert facts["alt_times_uln"] == 3.0
    assert facts["refractory"] is True
    assert facts["cssrs_ideation"] == 2
    assert facts["ptsd"] is True  # the narrower yes answers the wider question
    assert facts_from_case(case(), sbp_mmhg=120)["sbp_mmhg"] == 120


def test_the_other_drugs_of_the_plan_count_as_medicines_once_the_list_is_known():
    more = """medicines = []
[[treatment]]
kind = "drug"
name = "oxycodone"
dose = "10 mg"
every = "12 h"
from = "0 h"
"""
    assert facts_from_case(case(more=more))["takes_opioid"] is True


def test_why_a_case_is_not_refractory_is_said():
    found = prior_treatments(
        case(more='prior_treatments = [ { kind = "gabapentin", stopped_for = "no benefit" } ]')
    )
    assert found.refractory is False
    assert "gabapentinoid" in found.why


@pytest.mark.parametrize(
    ("infusion", "expected"),
    [
        (
            'steps = [ { rate = "5 mg/h", for = "1 h" }, { rate = "20 mg/h", for = "2 h" } ]',
            {
                "rate_mg_per_h": 20,
                "start_rate_mg_per_h": 5,
                "total_mg": 45,
                "infusion_hours": 3,
                "bolus_mg": 0,
            },
        ),
        (
            'bolus = { dose = "0.2 mg/kg", over = "2 min" }\n'
            'steps = [ { rate = "0.1 mg/kg/h", for = "1 h" } ]',
            {"bolus_mg": 16, "bolus_over_s": 120, "bolus_mg_per_kg": 0.2, "weight_based": True},
        ),
        (
            'bolus = "8 mg"',
            {"bolus_mg": 8, "bolus_over_s": 0, "rate_mg_per_h": 0, "total_mg": 8},
        ),
        (
            'steps = [ { rate = "8 mg/h", for = "2 h" } ]\nseries = { every = "1 d", count = 5 }',
            {"total_mg": 16, "infusion_hours": 2, "rate_mg_per_kg_h": 0.1},
        ),
        (
            'concentration = "2 mg/mL"\nsteps = [ { rate = "5 mL/h", for = "2 h" } ]',
            {"rate_mg_per_h": 10, "weight_based": False},
        ),
        (
            'policy = { start_rate = "5 mg/h", step = "5 mg/h", every = "30 min", for = "2 h",'
            ' ceiling = "12 mg/h", raise_if_pain_above = 4 }',
            {"rate_mg_per_h": 12, "start_rate_mg_per_h": 5},
        ),
    ],
)
def test_the_order_of_a_case_is_looked_at_where_it_is_most(infusion, expected):
    facts = facts_from_order(case(infusion=infusion))
    # 1e-6: rounding of rates and durations, far below what a pump can set.
    assert {name: facts[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_someone_who_never_had_ketamine_has_nothing_that_added_up():
    more = 'history = { prior_ketamine = "no" }'
    facts = facts_from_order(
        case(
            more=more,
            infusion='steps = [ { rate = "8 mg/h", for = "2 h" } ]\nseries = { every = "1 d", count = 5 }',
        )
    )
    assert facts["earlier_infusions"] == 0
    assert facts["first_infusion"] is True
    assert facts["repeats"] is False
    assert facts["infusions_12_months"] == 5
    assert facts_from_order(case())["earlier_infusions"] is None


def test_an_order_needs_an_infusion():
    text = CASE.format(more="", drug="esketamine", infusion="").partition("[[infusion]]")[0]
    with pytest.raises(ParameterError, match="must have at least one infusion"):
        facts_from_order(parse_case(text, origin="test"))


def test_the_pooled_benefit_stands_with_both_grades_and_includes_none():
    found = published_benefit("complex_regional_pain_syndrome")
    # Cochrane 2025: 15.79 points of 100 lower, from 32.09 lower to 0.51 higher.
    assert (found.difference, found.low, found.high) == pytest.approx((1.579, -0.051, 3.209))
    assert "very low certainty" in found.grade
    assert "grade B" in found.grade
    assert "grade D" in published_benefit("fibromyalgia").grade
    assert published_benefit("chronic_migraine") is None


@pytest.mark.parametrize(
    ("bolus", "seconds", "speed"),
    [(35, 60, 0.5), (42, 60, 0.6), (70, 300, 0.2), (0, 0, 0.0), (7, None, None), (None, 60, None)],
)
def test_the_speed_of_a_bolus_per_kg_and_minute(bolus, seconds, speed):
    facts = Facts.of({"weight_kg": 70, "bolus_mg": bolus, "bolus_over_s": seconds})
    assert facts["bolus_mg_per_kg_min"] == (None if speed is None else pytest.approx(speed))


def test_a_bolus_at_once_is_faster_than_any_limit():
    assert Facts.of({"weight_kg": 70, "bolus_mg": 1, "bolus_over_s": 0})["bolus_mg_per_kg_min"] > 1e6


@pytest.mark.parametrize(
    ("answers", "fact", "value"),
    [
        ({"stop_bang_total": 5}, "sleep_apnea", True),
        ({"stop_bang_total": 4}, "sleep_apnea_high_risk", False),
        ({"alt_times_uln": 1.0}, "liver_enzymes_raised", False),
        ({"alt_times_uln": 1.2}, "liver_disease", True),
        ({"phq9_total": 5}, "phq9_item9", None),
    ],
)
def test_a_score_or_a_laboratory_value_answers_its_question_at_the_edge(answers, fact, value):
    assert Facts.of(answers)[fact] is value


def test_an_item_that_equals_its_total_is_no_contradiction():
    assert Facts.of({"phq9_total": 2, "phq9_item9": 2}).contradictions == ()
    assert Facts.of({"phq9_total": 1, "phq9_item9": 2}).contradictions == (
        "phq9_item9 = 2, yet phq9_total = 1",
    )

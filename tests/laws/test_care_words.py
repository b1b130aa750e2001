"""What care says, word for word: results for programs, lines for people, messages for whoever erred."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from subside.care import (
    NOT_A_DEVICE,
    Attributable,
    Benefit,
    Facts,
    Predicted,
    StoppingCriterion,
    Verdict,
    assess,
    check_case,
    check_facts,
    crisis_contact,
    load_profile,
    review_after_third,
    rule,
    screen,
    sign,
    start_gate,
    triage,
    urgent_path,
)
from subside.care.assessment import Seen, show_value
from subside.care.discharge import discharge_gate
from subside.care.instruments import change, instrument, score, score_from_total
from subside.care.limits import check_pump
from subside.care.logic import parse_expression
from subside.care.outcomes import pain_course, remission
from subside.care.profiles import parse_profile
from subside.care.refractory import Tried, refractoriness
from subside.case import parse_case
from subside.errors import ParameterError, UnknownNameError

TEXAS = load_profile("texas")


def the_message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def some_assessment(**more):
    rules = [rule(name) for name in ("CON-005", "CON-033", "PSY-004", "IND-001", "CON-017", "AIR-001")]
    facts = Facts.of(
        {
            "sbp_mmhg": 190,
            "age_years": 16,
            "phq9_item9": 1,
            "condition": "complex_regional_pain_syndrome",
            "spo2_percent": 97.5,
        }
    )
    return assess(rules, facts, profile=TEXAS, **more)


def test_the_result_for_programs_holds_everything_a_clinician_needs_to_disagree():
    benefit = Benefit(difference=1.6, low=-0.1, high=3.2, at="once", grade="very low", source="a review")
    tried = refractoriness([Tried(name="gabapentin", weeks=12, stopped_for="no benefit")])
    result = some_assessment(benefit=benefit, refractoriness=tried).result()
    assert set(result) == {
        "subject", "verdict", "words", "specialties", "reasons", "notes", "open", "clear", "conditions",
        "questions", "contradictions", "urgent", "benefit", "refractoriness", "profile", "statement",
    }  # fmt: skip
    assert (result["subject"], result["verdict"], result["words"]) == (
        "screening",
        "do not proceed",
        "do not proceed",
    )
    assert [reason["rule"] for reason in result["reasons"]] == ["CON-005", "CON-033", "PSY-004"]
    assert result["reasons"][0] == {
        "rule": "CON-005",
        "title": "Resting pressure uncontrolled",
        "verdict": "do not proceed",
        "specialty": "",
        "severity": "critical",
        "when": "sbp_mmhg > sbp_block or dbp_mmhg > dbp_block",
        "limits": {"sbp_block": 180, "dbp_block": 100},
        "seen": [
            {"name": "dbp_mmhg", "value": None, "unit": "mmHg"},
            {"name": "sbp_mmhg", "value": 190.0, "unit": "mmHg"},
        ],
        "do": "Treat the pressure first, then screen again.",
        "source": {
            "key": "ketamine_ch",
            "citation": "Ketamine, Swiss professional information, contraindications",
            "address": "https://ch.oddb.org/en/gcc/fachinfo/reg/67199/chapter/contra_indications",
        },
        "basis": "read",
        "unsigned": False,
    }
    assert [reason["unsigned"] for reason in result["reasons"]] == [False, True, False]
    assert [note["rule"] for note in result["notes"]] == ["IND-001"]
    assert [finding["rule"] for finding in result["open"]] == ["CON-017"]
    assert result["clear"] == ["AIR-001"]
    assert result["conditions"] == [f"Until answered: {rule('CON-017').do}"]
    assert (result["questions"], result["contradictions"], result["specialties"]) == ([], [], [])
    assert result["benefit"] == {
        "difference": 1.6, "low": -0.1, "high": 3.2, "at": "once", "grade": "very low", "source": "a review"
    }  # fmt: skip
    assert result["refractoriness"] == {
        "refractory": "no",
        "failed": ["gabapentinoid"],
        "unclear": [],
        "why": "1 of 2 classes failed (gabapentinoid)",
    }
    assert result["statement"] == NOT_A_DEVICE
    assert result["profile"]["name"] == "texas"
    assert result["profile"]["signed"] is False
    assert result["profile"]["statement"] == TEXAS.statement
    assert result["profile"]["hash"] == TEXAS.hash
    # No rule of the six is touched by a choice of this profile.
    assert result["profile"]["choices"] == []


def test_an_urgent_path_carries_its_steps_calls_and_contact():
    (path,) = some_assessment().result()["urgent"]
    assert set(path) == {"name", "title", "steps", "calls_h", "contact"}
    assert (path["name"], path["title"]) == ("suicidality", "Suicidality: same-day assessment")
    assert path["steps"][0].startswith("Do not leave the person alone")
    assert path["calls_h"] == [24, 48, 72]
    assert path["contact"] == {
        "name": "United States",
        "crisis": "call or text 988 (Suicide and Crisis Lifeline).",
        "emergency": "911",
        "source": "https://988lifeline.org",
        "basis": "recalled",
    }
    assert str(crisis_contact("US")) == (
        "United States: call or text 988 (Suicide and Crisis Lifeline). In danger now: 911"
    )
    red = urgent_path("red_flag", contact=crisis_contact("NZ"))
    assert (red.calls_h, red.contact.emergency, len(red.steps)) == ((), "111", 3)
    message = the_message(UnknownNameError, lambda: urgent_path("redflag", contact=crisis_contact("US")))
    assert message == "No urgent path 'redflag'. Did you mean 'red_flag'? Known: red_flag, suicidality."


def test_questions_and_contradictions_for_programs():
    facts = Facts.of({"brain_disease": False, "seizures": True})
    result = assess([rule("CON-028"), rule("CON-017")], facts, profile=TEXAS).result()
    assert result["verdict"] == "incomplete"
    assert result["contradictions"] == ["brain_disease = no, yet seizures = yes: ask again"]
    assert result["questions"] == [
        {"name": "uncontrolled_seizures", "ask": "Are seizures still occurring?", "settles": ["CON-028"]},
        {"name": "breastfeeding", "ask": "Breastfeeding?", "settles": ["CON-017"]},
    ]


def test_a_choice_of_the_profile_is_shown_where_it_bears_on_a_rule():
    found = assess([rule("DOSE-002")], Facts.of({}), profile=load_profile("anzca"))
    assert [choice.topic for choice in found.choices] == ["Setting", "Highest racemic rate"]
    assert found.result()["profile"]["choices"][1] == {
        "topic": "Highest racemic rate",
        "chosen": "0.5 mg/kg/h",
        "instead_of": "ASRA/AAPM/ASA 2018: 0.5 to 2 mg/kg/h",
    }
    assert found.finding("DOSE-002").limits == {"ceiling": 0.5}
    assert assess([rule("DOSE-002")], Facts.of({}), profile=TEXAS).finding("DOSE-002").limits == {
        "ceiling": 2
    }


def test_a_finding_in_one_line():
    found = some_assessment()
    assert str(found.finding("CON-033")) == (
        "CON-033 Adults only: age_years = 16 years. "
        "Children and adolescents are outside what this software covers. [design, unsigned]"
    )
    assert str(found.finding("CON-005")) == (
        "CON-005 Resting pressure uncontrolled: dbp_mmhg = unknown mmHg; sbp_mmhg = 190 mmHg. "
        "Treat the pressure first, then screen again."
    )
    assert found.finding("nothing") is None
    assert str(Seen(name="aneurysm", value=True)) == "aneurysm = yes"
    assert [show_value(v) for v in (None, True, False, 2.0, "lb")] == ["unknown", "yes", "no", "2", "lb"]


def test_benefit_in_one_line():
    benefit = Benefit(difference=1.58, low=-0.05, high=3.21, at="once", grade="very low", source="a review")
    assert str(benefit) == (
        "expected 1.6 points (of 10) below placebo at once, -0.1 to 3.2; evidence: very low (a review)"
    )


def test_reviews_name_every_specialty_once_and_the_gravest_reasons_stand_first():
    facts = Facts.of({"mania": True, "severe_lung_disease": True, "phq9_total": 21, "breastfeeding": True})
    rules = [rule(name) for name in ("CON-017", "CON-020", "CON-032", "PSY-005")]
    found = assess(rules, facts, profile=TEXAS)
    assert found.words == "review by psychiatry and pulmonology"
    assert [finding.rule.id for finding in found.fired] == ["CON-020", "CON-032", "PSY-005", "CON-017"]
    assert found.conditions == (rule("CON-017").do,)


def test_verdicts_in_words_and_how_much_they_admit():
    assert [(v.words, v.admits) for v in Verdict] == [
        ("proceed", 3),
        ("note", 3),
        ("proceed with conditions", 2),
        ("review", 1),
        ("incomplete", 0),
        ("do not proceed", 0),
    ]


def test_the_profile_speaks_about_its_signature():
    assert TEXAS.statement == (
        "Profile 'texas' is UNSIGNED: no medical director answers for its thresholds. "
        "Those of basis design, recalled or assumed are marked."
    )
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    signed = sign(TEXAS, who=" Example Person ", role=" medical director ", at=at)
    assert signed.statement == "Profile 'texas' signed by Example Person (medical director) on 2026-01-05."
    assert load_profile("texas", signature=signed.signature).is_signed
    stale = load_profile("anzca", signature=signed.signature).statement
    assert stale == (
        "Profile 'anzca' was signed by Example Person, but profile or rules have changed since: "
        "it counts as UNSIGNED until signed again."
    )
    assert the_message(UnknownNameError, lambda: load_profile("texsa")) == (
        "No profile 'texsa'. Did you mean 'texas'? Known: anzca, strict, texas."
    )


def test_the_hash_of_a_profile_changes_with_each_of_its_parts():
    base = 'title = "T"\ncountry = "US"\n[[choice]]\ntopic = "t"\nchosen = "c"\ninstead_of = "i"\nset = {}\n'
    variants = [
        base,
        base.replace('"US"', '"AU"'),
        base.replace('"c"', '"d"'),
        base.replace('topic = "t"', 'topic = "u"'),
        base.replace("{}", '{ "CON-005.sbp_block" = 170 }'),
        base.replace("{}", '{ "CON-005.sbp_block" = 171 }'),
        'follows = "texas"\n' + base,
    ]
    assert len({parse_profile(text, name="mine").hash for text in variants}) == len(variants)
    assert parse_profile(base, name="other").hash != parse_profile(base, name="mine").hash


def test_a_profile_is_read_as_written():
    text = (
        'title = "T"\ncountry = "IE"\nabout = "A"\nfollows = "texas"\n[[choice]]\ntopic = "t"\n'
        'chosen = "c"\ninstead_of = "i"\nset = { "CON-005.sbp_block" = 170 }\n'
    )
    found = parse_profile(text, name="mine")
    (choice,) = found.choices
    assert (found.name, found.title, found.country, found.about) == ("mine", "T", "IE", "A")
    assert (found.follows, found.signature) == ("texas", None)
    assert (choice.topic, choice.chosen, choice.instead_of) == ("t", "c", "i")
    assert found.limits(rule("CON-005")) == {"sbp_block": 170.0, "dbp_block": 100}
    bare = parse_profile('title = "T"\n[[choice]]\ntopic = "t"\nchosen = "c"\n', name="mine")
    assert (bare.country, bare.about, bare.follows) == ("", "", "mine")
    assert (bare.choices[0].instead_of, dict(bare.choices[0].thresholds)) == ("", {})


def test_messages_of_facts_and_conditions():
    assert the_message(ParameterError, lambda: Facts.of({"sbp_mmhg": 1220})) == (
        "sbp_mmhg must be a number from 40 to 300 (mmHg); got 1220. "
        "Write one of these, or leave it out if it is not known."
    )
    assert "sex must be one of female, male, other; got 'F'." in the_message(
        ParameterError, lambda: Facts.of({"sex": "F"})
    )
    assert "pregnancy must be yes, no or unknown; got 3." in the_message(
        ParameterError, lambda: Facts.of({"pregnancy": 3})
    )
    assert "medicines must be answered through its parts" in the_message(
        ParameterError, lambda: Facts.of({"medicines": True})
    )
    assert "condition must be a word; got 1." in the_message(
        ParameterError, lambda: Facts.of({"condition": 1})
    )
    assert the_message(ParameterError, lambda: parse_expression("a + 1")) == (
        "a rule's condition may hold names, constants, comparisons, in, and, or, not; got BinOp in 'a + 1'. "
        "Write the rest as a derived fact."
    )
    assert "got invalid syntax in 'a ='" in the_message(ParameterError, lambda: parse_expression("a ="))
    parsed = parse_expression(" a > b ")
    assert (parsed.text, parsed.names) == ("a > b", {"a", "b"})


def test_messages_of_instruments():
    bpi, phq9 = instrument("bpi_severity"), instrument("phq9")
    assert the_message(ParameterError, lambda: score(bpi, {"a": 1, "b": 2})) == (
        "answers to the items of BPI: severity are not taken: Copyright Cleeland 1991; no use or "
        "reproduction without permission. got 2 answers. Enter the total with score_from_total()."
    )
    assert the_message(ParameterError, lambda: score(phq9, {"item1": 4})) == (
        "item1 of phq9 must be a whole number from 0 to 3; got 4. "
        "Give the place of the answer in the list, not its label."
    )
    assert the_message(ParameterError, lambda: score_from_total(phq9, 28)) == (
        "the total of PHQ-9: depressive symptoms must be from 0 to 27; got 28. "
        "Check the form and the version of the instrument."
    )
    assert "must be from 0 to 27; got -1" in the_message(ParameterError, lambda: score_from_total(phq9, -1))
    assert "must be from 0 to 27; got 30" in the_message(
        ParameterError, lambda: change(phq9, before=10, after=30)
    )
    assert the_message(ParameterError, lambda: change(instrument("rass"), before=0, after=1)) == (
        "RASS: agitation and sedation has no direction that is better; got a change from 0 to 1. "
        "Look at the two values."
    )
    found = score_from_total(phq9, 12)
    assert (found.instrument, found.total, found.least, found.most, found.missing, found.opens) == (
        "phq9", 12.0, 12.0, 12.0, (), ()
    )  # fmt: skip
    moved = change(phq9, before=12, after=9)
    assert (moved.instrument, moved.points, moved.percent) == ("phq9", 3.0, 25.0)


def test_messages_of_outcomes():
    assert the_message(ParameterError, lambda: remission("peg", 1)) == (
        "remission is defined for gad7, nrs_pain, nrs_pain_movement, pcl5, phq9; got 'peg'. "
        "Look at the bands of the instrument."
    )
    assert the_message(ParameterError, lambda: pain_course(before=7, days=[1], pain=[])) == (
        "days and pain must be lists of one length, at least 1; got 1 and 0. Pass one pain value a day."
    )
    assert the_message(ParameterError, lambda: pain_course(before=0, days=[1], pain=[0])) == (
        "before must be pain above 0; got 0. Without pain there is no response to look for."
    )
    edge = pain_course(before=10, days=[1, 2, 3, 4], pain=[7, 4, 7, 7.1])
    # Exactly 30 % is a response; exactly half of the best relief is still kept, less is not.
    assert (edge.responded_at_d, edge.relapsed_at_d) == (1, 4)
    kept = pain_course(before=8, days=[1, 2, 3, 4], pain=[4, 4, 6, 6.5])
    assert (kept.best_at_d, kept.responded_at_d, kept.relapsed_at_d) == (1, 1, 4)


def third(**changed):
    given = {
        "infusions": 3,
        "criterion": StoppingCriterion(pain_percent=30, peg_points=1, agreed_on="5 January"),
        "nrs_before": 10,
        "nrs_now": 7,
        "peg_before": 6,
        "peg_now": 5,
        "attributable": Attributable(points=0.9, low=0.0, high=2.1, source="compare"),
    }
    return review_after_third(**{**given, **changed})


def test_the_review_after_the_third_infusion_word_for_word():
    found = third()
    assert found.verdict == "criterion met"  # exactly what was agreed is enough
    assert found.says == (
        "Pain: 3.0 points better (30 %).",
        "Function (PEG): 1.0 points better (17 %).",
        "Attributable to the drug: 0.9 points (0.0 to 2.1; compare). The interval includes none.",
        "Agreed beforehand (5 January): pain at least 30 % less and PEG at least 1 points better.",
        "Going on is never the default: the plan without a further infusion stands beside it.",
    )
    assert (found.pain.points, found.function.points, found.attributable.points) == (3, 1, 0.9)
    bare = third(criterion=None, peg_now=None, nrs_now=10, attributable=None)
    assert bare.says == (
        "Pain: unchanged.",
        "Function (PEG): not measured.",
        "Attributable to the drug: not computed; the change above includes placebo and time.",
        "No stopping criterion was agreed beforehand: agree on one before any further infusion.",
        "Going on is never the default: the plan without a further infusion stands beside it.",
    )
    sure = third(attributable=Attributable(points=0.9, low=0.1, high=2.1, source="compare"))
    assert sure.says[2] == "Attributable to the drug: 0.9 points (0.1 to 2.1; compare)."
    only_pain = third(criterion=StoppingCriterion(pain_percent=30, peg_points=None, agreed_on="then"))
    assert only_pain.says[3] == "Agreed beforehand (then): pain at least 30 % less."
    worse = third(nrs_before=6, nrs_now=7, peg_before=0, peg_now=2)
    assert worse.says[:2] == ("Pain: 1.0 points worse (17 %).", "Function (PEG): 2.0 points worse.")
    assert third(nrs_before=0, nrs_now=0).verdict == "criterion not met: stop"
    assert the_message(ParameterError, lambda: third(infusions=2)) == (
        "infusions must be at least 3 for this review; got 2. Review after the third."
    )


def test_refractoriness_in_one_line():
    assert refractoriness(None).why == "earlier treatments are not recorded"
    assert (refractoriness(None).failed, refractoriness(None).unclear) == ((), ())
    found = refractoriness(
        [
            Tried(name="nerve_block", stopped_for="No benefit at all"),
            Tried(name="Anti inflammatory", weeks=2, stopped_for="toxicity"),
            Tried(name="oral duloxetine"),
            Tried(name="anti-tnf wizardry", weeks=9, stopped_for="no effect"),
        ]
    )
    assert found.failed == ("block", "anti_inflammatory", "anti-tnf wizardry")
    assert found.unclear == ("antidepressant",)
    assert found.why == (
        "3 of 2 classes failed (block, anti inflammatory, anti-tnf wizardry); "
        "unclear: antidepressant (dose, duration or reason missing)"
    )
    none = refractoriness([Tried(name="cbt", weeks=9), Tried(name="tens")])
    assert none.why == (
        "0 of 2 classes failed; unclear: psychological, stimulation (dose, duration or reason missing)"
    )


CASE = """
format = 1
title = "An invented person"
[patient]
age_years = 44
weight_kg = 70
condition = "neuropathic_pain"
medicines = [ { name = "morphine" } ]
history = { prior_ketamine = "no" }
[[infusion]]
drug = "DRUG"
start = "0 h"
steps = [ { rate = "10 mg/h", for = "2 h" } ]
"""


def test_predictions_are_used_by_their_careful_bound():
    case = parse_case(CASE.replace("DRUG", "racemic_ketamine"), origin="test")
    predicted = [
        Predicted(name="sbp_mmhg", low=120, high=181),
        Predicted(name="spo2_percent", low=90, high=99),
        Predicted(name="pain_fall_points", low=0, high=2),
    ]
    found = check_case(case, predicted=predicted, opioid_mg_unchanged=True)
    assert {"PRED-001", "PRED-002", "OPIOID-001"} <= {f.rule.id for f in found.fired}
    seen = {s.name: s.value for f in found.findings for s in f.seen}
    assert seen["predicted_sbp_high_mmhg"] == 181
    assert seen["predicted_spo2_low_percent"] == 90
    assert seen["pain_fall_points"] == 2
    measured = parse_case(
        CASE.replace("DRUG", "racemic_ketamine") + "[answers]\npain_fall_points = 1\n", origin="test"
    )
    kept = check_case(measured, predicted=predicted, opioid_mg_unchanged=True)
    assert kept.finding("OPIOID-001").outcome == "clear"  # what was measured stands before it
    without = check_case(case, profile=TEXAS)
    assert without.finding("PRED-001").outcome == "clear"
    assert without.profile is TEXAS


def test_two_drug_forms_in_one_case_leave_the_form_open():
    second = CASE.partition("[[infusion]]")[2].replace('"0 h"', '"1 d"').replace("DRUG", "esketamine")
    text = CASE.replace("DRUG", "racemic_ketamine") + "[[infusion]]" + second
    found = check_case(parse_case(text, origin="test"))
    assert "drug" in [question.name for question in found.questions]


def test_answers_of_the_case_and_of_the_call_count_in_that_order():
    text = CASE.replace("DRUG", "esketamine") + '\n[answers]\nsetting = "inpatient"\nweight_unit = "lb"\n'
    case = parse_case(text, origin="test")
    found = check_case(case, setting="outpatient")
    seen = {s.name: s.value for f in found.findings for s in f.seen}
    assert (seen["setting"], seen["weight_unit"], seen["drug"]) == ("outpatient", "lb", "esketamine")
    assert (seen["weight_kg"], seen["takes_opioid"], seen["infusions_12_months"]) == (70, True, 1)


@pytest.mark.parametrize("decide", [screen, start_gate, check_facts, check_pump, discharge_gate])
def test_every_decision_uses_the_strict_profile_unless_told(decide):
    assert decide(Facts.of({})).profile.name == "strict"
    assert decide(Facts.of({}), profile=TEXAS).profile.name == "texas"


@pytest.mark.parametrize("decide", [screen, start_gate, discharge_gate])
def test_the_sites_own_crisis_contact_is_used(decide):
    own = crisis_contact("NZ")
    found = decide(Facts.of({"cssrs_ideation": 5, "mood_risk": True}), contact=own)
    assert [path.contact.name for path in found.urgent] == ["New Zealand"]


def test_screening_shows_benefit_and_refractoriness_and_minds_the_route():
    benefit = Benefit(difference=1, low=0, high=2, at="once", grade="low", source="s")
    tried = refractoriness(None)
    found = screen(Facts.of({}), benefit=benefit, refractoriness=tried)
    assert (found.benefit, found.refractoriness) == (benefit, tried)
    # A route that is not known is taken as what this software is about: by vein.
    assert found.finding("DDI-017") is None
    assert screen(Facts.of({"ketamine_route": "oral"})).finding("DDI-017") is not None


@pytest.mark.parametrize(
    ("answers", "contradiction"),
    [
        ({"bmi": 24.8, "weight_kg": 70, "height_cm": 168}, False),  # rounded
        ({"bmi": 26, "weight_kg": 70, "height_cm": 168}, True),
        ({"budapest_met": True, "budapest_other_diagnosis": True}, True),
        ({"budapest_met": False, "budapest_other_diagnosis": True}, False),
        ({"stop_bang_total": 6, "sleep_apnea_high_risk": False}, True),
    ],
)
def test_a_stated_answer_and_a_computed_one_have_to_agree(answers, contradiction):
    assert bool(Facts.of(answers).contradictions) is contradiction


def test_between_a_stated_and_a_computed_number_the_computed_one_counts():
    facts = Facts.of({"bmi": 26, "weight_kg": 70, "height_cm": 168})
    assert facts["bmi"] == pytest.approx(70 / 1.68**2)
    assert facts.contradictions == (f"bmi = 26.0, yet the other answers make it {70 / 1.68**2}",)


def test_what_a_person_reads_who_refers_themselves():
    def says(**answers):
        found = triage(screen(Facts.of(answers)))
        return found.queue, found.says

    waiting = (
        "Thank you. A clinician reads your answers and contacts you. Until then nothing is booked and "
        "nothing is decided."
    )
    assert says() == ("needs review", waiting)
    assert says(porphyria=True) == ("do not book", waiting)
    assert says(suicidal_ideation=True) == (
        "urgent",
        "Your answers suggest that you may be in danger. Please get help now; you do not have to wait for "
        "us. United States: call or text 988 (Suicide and Crisis Lifeline). In danger now: 911 "
        "A clinician of ours is told at once.",
    )
    assert says(thunderclap_headache=True, porphyria=True) == (
        "urgent",
        "One of your answers can be a sign of something that needs an emergency assessment today. Please go "
        "to an emergency department, or call 911. A clinician of ours is told at once.",
    )
    # Where both paths are open, the person is told about the nearer danger.
    assert "988" in says(thunderclap_headache=True, suicidal_ideation=True)[1]

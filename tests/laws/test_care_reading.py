"""Reading rules and instruments: what is written is what is held, and what is wrong is refused by name."""

from __future__ import annotations

import re

import pytest

from subside.care import Facts, Verdict, facts_from_order, prior_treatments, published_benefit
from subside.care.instruments import change, instrument, score
from subside.care.instruments.library import parse_instrument
from subside.care.logic import parse_expression, settlers
from subside.care.medicines import classes_of
from subside.care.outcomes import pain_course
from subside.care.profiles import at_least_as_strict, load_profile, parse_profile
from subside.care.refractory import Tried, refractoriness
from subside.care.rules import join_rules, parse_rules, rule
from subside.case import parse_case
from subside.errors import ParameterError, UnknownNameError

RULE = """
set = "limits"
[TEST-1]
title = "A title"
when = "sbp_mmhg > most or aneurysm"
limits = { most = 150, least = 3 }
tighter = { most = "lower" }
verdict = "review"
specialty = "cardiology"
urgent = "red_flag"
route = "oral"
only = ["texas", "strict"]
do = "Do it."
severity = "major"
source = "ketamine_ch"
basis = "recalled"
"""


def test_a_rule_is_held_as_written():
    (found,) = parse_rules(RULE)
    assert (found.id, found.set, found.title, found.do) == ("TEST-1", "limits", "A title", "Do it.")
    assert found.when.text == "sbp_mmhg > most or aneurysm"
    assert found.facts == ("aneurysm", "sbp_mmhg")
    assert dict(found.limits) == {"most": 150, "least": 3}
    assert dict(found.tighter) == {"most": "lower"}
    assert (found.verdict, found.specialty) == (Verdict.REVIEW, "cardiology")
    assert (found.urgent, found.route, found.only) == ("red_flag", "oral", ("texas", "strict"))
    assert (found.severity, found.basis, found.tier) == ("major", "recalled", "B")
    assert found.source.key == "ketamine_ch"
    assert found.source.citation.startswith("Ketamine, Swiss")
    assert found.needs_signature
    assert (found.holds_for("oral"), found.holds_for("intravenous")) == (True, False)


def test_what_a_rule_does_not_say_has_a_safe_default():
    bare = re.sub(r"^(limits|tighter|specialty|urgent|route|only) = .*\n", "", RULE, flags=re.M)
    bare = bare.replace("sbp_mmhg > most or ", "").replace('"review"', '"do_not_proceed"')
    (found,) = parse_rules(bare.replace('"recalled"', '"read"'))
    assert (dict(found.limits), dict(found.tighter), found.specialty, found.urgent) == ({}, {}, "", "")
    assert (found.route, found.only, found.verdict) == ("any", (), Verdict.DO_NOT_PROCEED)
    assert not found.needs_signature
    assert found.holds_for("intravenous")


def test_a_text_of_another_kind_holds_no_rules():
    assert parse_rules('[a]\nname = "b"\n') == ()
    assert parse_rules(RULE.replace('"limits"\n[', '"weather"\n[', 1)) == ()


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ('"recalled"', '"heard"', ParameterError, "rule TEST-1: basis must be read, retyped, secondary"),
        ('"major"', '"grave"', ParameterError, "severity must be info, warning, major, critical; got"),
        ('"review"', '"stop"', ParameterError, "rule TEST-1: verdict must be proceed, note, conditions"),
        ("specialty", "speciality", ParameterError, "rule TEST-1: specialty must be who reviews; got ''"),
        ("most = 150", "age_years = 1, most = 1", ParameterError, "limits must be a name that no fact has"),
        ('"lower"', '"down"', ParameterError, "tighter must be lower or higher, for thresholds of the rule"),
        ('tighter = { most', "tighter = { more", ParameterError, "tighter must be lower or higher"),
        ("aneurysm", "aneurism", UnknownNameError, "No fact 'aneurism'. Did you mean 'aneurysm'"),
        ("ketamine_ch", "ketamine_cg", UnknownNameError, "No source 'ketamine_cg'. Did you mean"),
        ("sbp_mmhg > most", "sbp_mmhg + most", ParameterError, "a rule's condition may hold"),
    ],
)  # fmt: skip
def test_a_rule_that_is_wrong_is_refused_by_its_id(old, new, error, message):
    assert old in RULE
    with pytest.raises(error) as caught:
        parse_rules(RULE.replace(old, new, 1))
    assert message in str(caught.value)


def test_the_message_of_a_wrong_rule_has_four_parts():
    with pytest.raises(ParameterError) as caught:
        parse_rules(RULE.replace('"major"', '"grave"'))
    assert str(caught.value) == (
        "rule TEST-1: severity must be info, warning, major, critical; got 'grave'. Correct the rule file."
    )


def test_an_id_stands_once_over_all_files():
    rules = parse_rules(RULE)
    second = parse_rules(RULE.replace("TEST-1", "TEST-2"))
    assert dict(join_rules([rules, second])) == {"TEST-1": rules[0], "TEST-2": second[0]}
    with pytest.raises(ParameterError, match="rule TEST-1: id must be an id that no other rule has"):
        join_rules([rules, rules])
    with pytest.raises(UnknownNameError, match=r"No rule 'CON-0055'\. Did you mean 'CON-005'"):
        rule("CON-0055")


SCALE = """
title = "A scale"
domain = "pain"
range = [0, 6]
scoring = "sum"
better = "lower"
items_shipped = true
recall = "now"
license = "Free."
source = "own"
address = ""
basis = "design"
options = ["no", "a little", "much"]
[loinc]
total = "1-1"
[[item]]
key = "a"
text = "How is a?"
low = 0
high = 2
opens = "suicidality"
[[item]]
key = "b"
text = "How is b?"
low = 0
high = 1
scored = false
options = ["never", "always"]
[[band]]
low = 0
high = 3
label = "little"
basis = "design"
[[change]]
percent = 30
label = "some"
basis = "design"
source = "own"
"""


def test_an_instrument_is_held_as_written():
    found = parse_instrument(SCALE, name="scale")
    assert (found.name, found.title, found.domain, found.low, found.high) == (
        "scale",
        "A scale",
        "pain",
        0,
        6,
    )
    assert (found.scoring, found.better, found.items_shipped) == ("sum", "lower", True)
    assert (found.recall, found.license, found.source, found.address) == ("now", "Free.", "own", "")
    assert (found.basis, found.stem, found.note) == ("design", "", "")
    assert dict(found.loinc) == {"total": "1-1"}
    a, b = found.items
    assert (a.options, b.options) == (("no", "a little", "much"), ("never", "always"))
    assert (a.opens, a.scored, b.scored) == ("suicidality", True, False)
    assert (found.scored_items, found.bands[0].label, found.changes[0].percent) == ((a,), "little", 30)


def test_what_an_instrument_does_not_say_is_empty():
    head = SCALE.partition("[loinc]")[0].replace('options = ["no", "a little", "much"]\n', "")
    found = parse_instrument(head + 'stem = "How often?"\nnote = "A trap."\n', name="scale")
    assert (found.items, found.bands, found.changes, dict(found.loinc)) == ((), (), (), {})
    assert (found.stem, found.note) == ("How often?", "A trap.")
    bare = parse_instrument(head + '[[item]]\nkey = "a"\ntext = "How?"\nlow = 0\nhigh = 9\n', name="scale")
    assert bare.items[0].options == ()


def test_items_that_may_not_be_shipped_are_refused_at_the_file():
    with pytest.raises(ParameterError, match="instrument scale must not hold items"):
        parse_instrument(SCALE.replace("items_shipped = true", "items_shipped = false"), name="scale")


def test_worsening_counts_in_percent_too():
    worse = change(instrument("nrs_pain"), before=5, after=7)
    assert ([c.label for c in worse.worsened], worse.improved) == (["minimal", "moderate"], ())
    assert change(instrument("nrs_pain"), before=7, after=5).worsened == ()


def test_a_score_names_its_instrument_and_a_band_only_when_complete():
    full = score(instrument("phq2"), {"item1": 2, "item2": 1})
    assert (full.instrument, full.band.label) == ("phq2", "ask the PHQ-9")
    part = score(instrument("phq2"), {"item1": 2})
    assert (part.band, part.least, part.most) == (None, 2, 5)
    with pytest.raises(UnknownNameError, match="No item of phq2 'item3'"):
        score(instrument("phq2"), {"item3": 1})


def test_the_pooled_benefit_says_when_and_from_where():
    found = published_benefit("fibromyalgia")
    assert found.at == "right after the infusion"
    assert "Ferraro" in found.source
    assert found.grade == (
        "very low certainty (Cochrane 2025); guideline 2018: "
        "weak or none, immediate only (grade D, low certainty)"
    )


def test_strictness_needs_every_rule_and_every_threshold():
    strict, texas, anzca = (load_profile(name) for name in ("strict", "texas", "anzca"))
    assert not at_least_as_strict(strict, anzca)  # "inpatients only" is in force there alone
    assert not at_least_as_strict(anzca, strict)
    assert at_least_as_strict(texas, texas)
    text = 'title = "T"\nfollows = "texas"\n[[choice]]\ntopic = "t"\nchosen = "c"\nset = { "%s" = %s }\n'
    base = parse_profile('title = "T"\nfollows = "texas"\n', name="base")

    def compared(key, value):
        mine = parse_profile(text % (key, value), name="mine")
        return at_least_as_strict(mine, base), at_least_as_strict(base, mine)

    assert compared("CON-005.sbp_block", 170) == (True, False)  # lower is stricter
    assert compared("CON-005.sbp_block", 190) == (False, True)
    assert compared("CON-033.youngest", 21) == (True, False)  # higher is stricter
    assert compared("CON-006.older", 70) == (False, False)  # no direction: not comparable
    assert compared("CON-005.sbp_block", 180) == (True, True)


def test_asking_minds_which_answer_is_wished():
    def ask(name, want):
        return (frozenset({f"{name} {want}"}),)

    def ways(text, want):
        return settlers(parse_expression(text), {"c": 1}, ask, want=want)

    assert ways("not a", False) == (frozenset({"a True"}),)
    assert ways("a and b", False) == (frozenset({"a False"}), frozenset({"b False"}))
    assert ways("a or b", False) == (frozenset({"a False", "b False"}),)
    assert ways("a > c", True) == (frozenset({"a True"}),)
    assert ways("a > b", False) == (frozenset({"a False", "b False"}),)
    assert ways("c > 0", False) == ()
    assert ways("c > 0", True) == (frozenset(),)


CASE = """
format = 1
title = "An invented person"
[patient]
age_years = 61
weight_kg = 80
condition = "neuropathic_pain"
{more}
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
{infusion}
"""


def order(infusion, more=""):
    return facts_from_order(parse_case(CASE.format(more=more, infusion=infusion), origin="test"))


def test_per_kg_is_seen_in_rates_boluses_doses_tapers_and_titrations():
    per_kg = [
        'steps = [ { rate = "0.1 mg/kg/h", for = "1 h" } ]',
        'steps = [ { dose = "0.3 mg/kg", for = "1 h" } ]',
        'bolus = { dose = "0.1 mg/kg", over = "2 min" }\nsteps = [ { rate = "5 mg/h", for = "1 h" } ]',
        'steps = [ { from_rate = "0.1 mg/kg/h", to_rate = "0.2 mg/kg/h", in_steps = 3, for = "1 h" } ]',
        'policy = { start_rate = "5 mg/h", step = "0.05 mg/kg/h", every = "30 min", for = "2 h",'
        ' ceiling = "12 mg/h", raise_if_pain_above = 4 }',
    ]
    assert [order(text)["weight_based"] for text in per_kg] == [True] * len(per_kg)
    assert order('bolus = "8 mg"\nsteps = [ { rate = "5 mg/hr", for = "1 h" } ]')["weight_based"] is False


def test_a_bolus_alone_has_no_rate_and_no_length():
    facts = order('bolus = "0.5 mg"')
    assert (facts["rate_mg_per_h"], facts["start_rate_mg_per_h"]) == (0, 0)
    assert (facts["total_mg"], facts["infusion_hours"], facts["weight_unit"]) == (0.5, 0, "kg")


def test_someone_who_had_ketamine_before_has_an_unknown_count():
    facts = order('bolus = "8 mg"', more='history = { prior_ketamine = "yes" }')
    assert (facts["earlier_infusions"], facts["infusions_12_months"]) == (None, None)


def test_earlier_treatments_of_a_case_keep_duration_and_reason():
    def why(entry):
        text = CASE.format(more=f"prior_treatments = [ {entry} ]", infusion='bolus = "8 mg"')
        return prior_treatments(parse_case(text, origin="test"))

    assert why('{ kind = "gabapentin", duration = "3 wk", stopped_for = "no benefit" }').failed == ()
    assert why('{ kind = "gabapentin", duration = "28 d", stopped_for = "no benefit" }').failed == (
        "gabapentinoid",
    )
    assert why('{ kind = "drug", name = "gabapentin", duration = "9 wk" }').unclear == ("gabapentinoid",)
    assert Tried(name="x").dose == ""


def test_one_laboratory_value_without_the_other_says_nothing():
    for labs in ("{ alt_u_per_l = 90 }", "{ alt_upper_limit_u_per_l = 40 }"):
        assert order('bolus = "8 mg"', more=f"labs = {labs}")["alt_times_uln"] is None


def test_stimulation_counts_without_a_duration_and_long_names_are_found_inside():
    found = refractoriness(
        [
            Tried(name="spinal cord stimulation", stopped_for="no benefit"),
            Tried(name="compound opioid syrup", weeks=5, stopped_for="no benefit"),
            Tried(name="intense snri-like thing", weeks=5, stopped_for="no benefit"),
        ]
    )
    # "snri" has four letters: too short to be looked for inside other words.
    assert found.failed == ("stimulation", "opioid", "intense snri-like thing")


def test_medicines_lose_form_and_strength_but_not_words():
    assert classes_of("(armour thyroid) 60 mg tablets.") == ("takes_thyroid_hormone",)
    assert classes_of("sodium oxybate") == ("takes_other_depressant",)


def test_pain_below_one_can_respond_and_the_best_day_is_no_relapse():
    found = pain_course(before=0.8, days=[1, 2], pain=[0.4, 0.4])
    assert (found.responded_at_d, found.relapsed_at_d, found.best_at_d) == (1, None, 1)


def test_numbers_close_to_each_other_count_as_the_same_field_error():
    base = {"rate_mg_per_h": 100, "label_mg_per_ml": 5}
    assert Facts.of({**base, "pump_ml_per_h": 101})["mg_number_typed_as_ml"] is True
    assert Facts.of({**base, "pump_ml_per_h": 102})["mg_number_typed_as_ml"] is False
    near_one = {"rate_mg_per_h": 100, "label_mg_per_ml": 1.005, "pump_ml_per_h": 100}
    assert Facts.of(near_one)["mg_number_typed_as_ml"] is False  # such a bag is 1 mg/mL


def test_a_fact_without_unit_or_range_says_only_what_it_takes():
    with pytest.raises(ParameterError, match=r"asa_class must be a number from 1 to 6; got 'two'\."):
        Facts.of({"asa_class": "two"})
    with pytest.raises(ParameterError, match=r"total_over_plan must be a number; got 'two'\."):
        Facts.of({"total_over_plan": "two"})

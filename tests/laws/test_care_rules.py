"""The rules as data: complete, sourced, reachable; profiles choose, and a signature is for one text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from subside.care import Facts, Verdict, assess, crisis_contact, load_profile, profile_names, rule_set, sign
from subside.care.facts import fact_kind, fact_kinds
from subside.care.profiles import at_least_as_strict, parse_profile
from subside.care.rules import RULE_SETS, all_rules, rule, rule_sources
from subside.errors import ParameterError, UnknownNameError

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RULES = sorted(all_rules())


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_says_what_to_do_and_where_it_comes_from(rule_id):
    found = rule(rule_id)
    assert found.title
    assert found.do.endswith((".", "?"))
    assert found.source.citation
    # Only what rests on design or memory may have no address.
    assert found.source.address.startswith("http") or found.basis in ("design", "recalled")


@pytest.mark.parametrize("rule_id", RULES)
def test_every_question_a_rule_can_raise_has_words(rule_id):
    for name in rule(rule_id).facts:
        for want in (True, False):
            for way in Facts.of({}).ways_to_ask(name, want):
                assert way
                assert all(fact_kind(question).ask for question in way), (name, way)


def test_every_number_that_rules_compare_has_a_direction_or_is_information():
    """Without it a profile could loosen a rule and still count as strict."""
    loose = {
        f"{found.id}.{name}"
        for found in all_rules().values()
        for name in found.limits
        if name not in found.tighter and found.verdict is not Verdict.NOTE
    }
    assert loose == {"CON-006.older"}  # at which age the other pair of limits holds: not a limit itself


def test_every_source_is_used_or_kept_for_the_reader():
    used = {found.source.key for found in all_rules().values()}
    assert used <= set(rule_sources())


def test_sets_are_known_and_an_unknown_one_suggests_the_nearest():
    assert {found.set for found in all_rules().values()} == set(RULE_SETS)
    with pytest.raises(UnknownNameError, match="Did you mean 'screening'"):
        rule_set("screning")


def test_wider_and_narrower_questions_form_trees():
    for kind in fact_kinds().values():
        seen = {kind.name}
        above = kind.under
        while above:
            assert above not in seen
            seen.add(above)
            assert fact_kinds()[above].kind == "yes_no"
            above = fact_kinds()[above].under


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_says_what_it_chose_and_instead_of_what(name):
    profile = load_profile(name)
    assert profile.about
    assert profile.country
    assert all(choice.chosen and choice.instead_of for choice in profile.choices)


def test_the_strict_profile_is_nowhere_looser_than_texas_and_texas_is_looser():
    strict, texas = load_profile("strict"), load_profile("texas")
    assert at_least_as_strict(strict, texas)
    assert not at_least_as_strict(texas, strict)


def test_strict_takes_every_number_of_anzca_too():
    """ANZCA also asks for an inpatient setting, which the strict profile leaves to the site and says so."""
    strict, anzca = load_profile("strict"), load_profile("anzca")
    for found in all_rules().values():
        if found.only and "anzca" in found.only and "strict" not in found.only:
            assert found.id == "SITE-001"
            continue
        for name, direction in found.tighter.items():
            mine, theirs = strict.limits(found)[name], anzca.limits(found)[name]
            assert mine <= theirs if direction == "lower" else mine >= theirs, f"{found.id}.{name}"


def test_a_signature_holds_for_the_text_that_was_signed_and_no_other():
    signed = sign(load_profile("texas"), who="Example Person", role="medical director", at=NOW)
    assert signed.is_signed
    assert "signed by Example Person (medical director) on 2026-01-05" in signed.statement
    changed = replace(signed, choices=signed.choices[1:])
    assert not changed.is_signed
    assert "counts as UNSIGNED" in changed.statement
    assert not replace(load_profile("anzca"), signature=signed.signature).is_signed


def test_what_rests_on_design_or_memory_is_marked_until_someone_signs():
    facts = Facts.of({"age_years": 16})
    unsigned = assess(rule_set("screening"), facts, profile=load_profile())
    assert unsigned.finding("CON-033").marked
    assert not unsigned.finding("CON-005").marked  # read on a label
    signed = sign(load_profile(), who="Example Person", role="medical director", at=NOW)
    assert not assess(rule_set("screening"), facts, profile=signed).finding("CON-033").marked


@pytest.mark.parametrize(
    ("who", "role", "at", "message"),
    [
        (" ", "medical director", NOW, "must name a person"),
        ("Example Person", "", NOW, "must name a person"),
        ("Example Person", "medical director", datetime(2026, 1, 5), "must have a time zone"),
    ],
)
def test_nobody_cannot_sign(who, role, at, message):
    with pytest.raises(ParameterError, match=message):
        sign(load_profile(), who=who, role=role, at=at)


def test_a_site_profile_may_set_only_thresholds_that_rules_have():
    text = 'title = "T"\n[[choice]]\ntopic = "t"\nchosen = "c"\ninstead_of = "i"\nset = { "%s" = 1 }\n'
    assert parse_profile(text % "CON-005.sbp_block", name="mine").thresholds == {"CON-005.sbp_block": 1.0}
    with pytest.raises(UnknownNameError, match="rule 'CON-999'"):
        parse_profile(text % "CON-999.sbp_block", name="mine")
    with pytest.raises(UnknownNameError, match="threshold of CON-005"):
        parse_profile(text % "CON-005.sbp", name="mine")


def test_a_site_profile_can_follow_the_site_rules_of_a_shipped_one():
    mine = parse_profile('title = "Mine"\nfollows = "texas"\n', name="mine")
    assert mine.holds(rule("TEST-009"))
    assert not mine.holds(rule("SITE-001"))
    assert not parse_profile('title = "Mine"\n', name="mine").holds(rule("TEST-009"))


def test_rules_for_oral_ketamine_are_not_even_looked_at_for_an_infusion():
    facts = Facts.of({"takes_cyp3a_inhibitor": True})
    by_vein = assess(rule_set("screening"), facts, profile=load_profile(), route="intravenous")
    by_mouth = assess(rule_set("screening"), facts, profile=load_profile(), route="oral")
    assert by_vein.finding("DDI-017") is None
    assert by_mouth.finding("DDI-017").outcome == "fired"


@pytest.mark.parametrize(("country", "number"), [("US", "988"), ("au", "13 11 14"), ("GB", "116 123")])
def test_the_crisis_contact_is_the_public_one_of_the_country(country, number):
    assert number in crisis_contact(country).crisis


def test_no_crisis_number_is_made_up_for_a_country_that_is_not_listed():
    contact = crisis_contact("ZZ")
    assert not any(character.isdigit() for character in contact.crisis + contact.emergency)
    assert "has to set" in contact.crisis


def test_the_site_can_set_its_own_crisis_contact():
    own = replace(crisis_contact("US"), name="Our clinic", crisis="call the clinic's on-call physician.")
    facts = Facts.of({"cssrs_ideation": 5})
    found = assess(rule_set("screening"), facts, profile=load_profile(), contact=own)
    assert [path.contact.name for path in found.urgent] == ["Our clinic"]
    assert found.urgent[0].calls_h == (24, 48, 72)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"sbp_mmhg": "high"}, "sbp_mmhg must be a number from 40 to 300"),
        ({"sbp_mmhg": 1220}, "got 1220"),
        ({"sbp_mmhg": float("nan")}, "got nan"),
        ({"aneurysm": "maybe"}, "yes, no or unknown"),
        ({"aneurysm": 1}, "yes, no or unknown"),
        ({"sex": "F"}, "one of female, male, other"),
        ({"medicines": "aspirin"}, "answered through its parts"),
        ({"condition": 3}, "a word"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(answers, message):
    with pytest.raises(ParameterError, match=message):
        Facts.of(answers)


def test_yes_no_and_unknown_are_read_as_written():
    facts = Facts.of({"aneurysm": "no", "stroke": "unknown", "glaucoma": "yes"})
    assert (facts["aneurysm"], facts["stroke"], facts["glaucoma"]) == (False, None, True)
    assert facts["eye_disease"] is True  # the narrower yes answers the wider question
    with pytest.raises(UnknownNameError, match="Did you mean 'glaucoma'"):
        facts["glaukoma"]


def test_a_wider_no_answers_the_narrower_questions_and_only_those():
    facts = Facts.of({"heart_disease": "no"})
    assert facts["severe_heart_disease"] is False
    assert facts["recent_myocardial_infarction"] is False  # two levels down
    assert facts["cardiovascular_disease"] is None
    assert facts["hypertension"] is None


def test_a_contradiction_is_asked_again_and_the_careful_answer_counts():
    facts = Facts.of({"brain_disease": "no", "uncontrolled_seizures": "yes"})
    assert facts["brain_disease"] is True
    assert "brain_disease = no, yet uncontrolled_seizures = yes" in facts.contradictions
    assert facts["dementia"] is None
    high = Facts.of({"liver_enzymes_raised": "no", "alt_times_uln": 5})
    assert high["liver_enzymes_raised"] is True
    assert high.contradictions
    assert Facts.of({"phq9_total": 0, "phq9_item9": 2}).contradictions
    assert Facts.of({"phq9_total": 0})["phq9_item9"] == 0

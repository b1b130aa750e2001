"""Instruments and outcomes: what may be shown, how it adds up, which change counts, when to stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.care import (
    Attributable,
    StoppingCriterion,
    pain_course,
    pain_response,
    positive_response,
    remission,
    review_after_third,
)
from subside.care.discharge import aldrete_circulation, aldrete_saturation, padss_pain, padss_vitals
from subside.care.instruments import change, instrument, instrument_names, score, score_from_total
from subside.errors import ParameterError, UnknownNameError

NAMES = instrument_names()
SHIPPED = [name for name in NAMES if instrument(name).items_shipped]
CLOSED = [name for name in NAMES if not instrument(name).items_shipped]


def answers_to(name, choose):
    return {item.key: choose(item) for item in instrument(name).items}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_lowest_and_highest_answers_give_the_range_of_the_scale(name):
    scale = instrument(name)
    lowest = score(scale, answers_to(name, lambda item: item.low))
    highest = score(scale, answers_to(name, lambda item: item.high))
    assert (lowest.total, highest.total) == (scale.low, scale.high)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_answer_has_words(name):
    for item in instrument(name).items:
        assert item.text
        if item.options:
            assert len(item.options) == item.high - item.low + 1


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_missing_answers_are_never_filled_in_and_the_total_lies_between_its_bounds(name, data):
    scale = instrument(name)
    full = answers_to(name, lambda item: data.draw(st.integers(item.low, item.high)))
    gone = data.draw(st.sets(st.sampled_from(sorted(full))))
    found = score(scale, {key: None if key in gone else value for key, value in full.items()})
    whole = score(scale, full)
    assert found.least - 1e-9 <= whole.total <= found.most + 1e-9
    counted = gone & {item.key for item in scale.scored_items}
    assert set(found.missing) == counted
    assert (found.total is None) == bool(counted)
    assert set(found.opens) <= set(whole.opens)


@pytest.mark.parametrize("name", CLOSED)
def test_items_that_may_not_be_shipped_are_not_there_and_totals_are_taken(name):
    scale = instrument(name)
    assert scale.items == ()
    with pytest.raises(ParameterError, match="are not taken"):
        score(scale, {"item1": 1})
    assert score_from_total(scale, scale.high).total == scale.high
    with pytest.raises(ParameterError, match="must be from"):
        score_from_total(scale, scale.high + 1)


@pytest.mark.parametrize(
    "name",
    "bpi_severity isi promis_sleep_disturbance paindetect dn4 lanss csi stop_bang "
    "ort fss cadss cadss_6 cssrs_ideation".split(),
)
def test_what_others_own_is_closed(name):
    assert name in CLOSED


def test_item_9_opens_the_safety_path_whatever_the_total_and_even_alone():
    phq9 = instrument("phq9")
    calm = answers_to("phq9", lambda item: item.low)
    assert score(phq9, calm).opens == ()
    assert score(phq9, {**calm, "item9": 1}).opens == ("suicidality",)
    assert score(phq9, {"item9": 3}).opens == ("suicidality",)
    assert score(phq9, {**calm, "item9": 1}).band.label == "minimal"


def test_the_difficulty_item_is_not_summed():
    worst = answers_to("phq9", lambda item: item.high)
    assert score(instrument("phq9"), worst).total == 27
    assert score(instrument("phq9"), {**worst, "difficulty": 0}).total == 27


def test_the_peg_is_a_mean_and_dissociation_the_highest_of_three():
    assert score(instrument("peg"), {"pain": 7, "enjoyment": 5, "activity": 6}).total == 6.0
    found = score(instrument("dissociation_nrs"), {"unreal": 2, "detached": 8, "distress": 3})
    assert (found.total, found.band.label[:6]) == (8.0, "strong")


def test_panel_and_total_never_share_a_code():
    for name in NAMES:
        codes = instrument(name).loinc
        if {"panel", "total"} <= set(codes):
            assert codes["panel"] != codes["total"]
    assert instrument("gad7").loinc["total"] == "70274-6"
    assert instrument("audit_c").loinc["total"] == "75626-2"


@pytest.mark.parametrize("name", NAMES)
def test_bands_rise_within_the_range_and_do_not_overlap(name):
    scale = instrument(name)
    edges = [edge for band in scale.bands for edge in (band.low, band.high)]
    assert edges == sorted(edges)
    assert all(scale.low <= edge <= scale.high for edge in edges)


@pytest.mark.parametrize(
    ("total", "label"),
    [(4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (19, "moderately severe"), (20, "severe")],
)
def test_bands_of_the_phq9_at_their_edges(total, label):
    assert score_from_total(instrument("phq9"), total).band.label == label


def test_an_answer_is_a_place_in_the_list():
    with pytest.raises(ParameterError, match="got 4"):
        score(instrument("phq9"), {"item1": 4})
    with pytest.raises(ParameterError, match="got True"):
        score(instrument("phq9"), {"item1": True})
    with pytest.raises(ParameterError, match=r"got 1\.5"):
        score(instrument("phq9"), {"item1": 1.5})
    with pytest.raises(UnknownNameError, match="Did you mean 'item9'"):
        score(instrument("phq9"), {"item99": 1})
    with pytest.raises(UnknownNameError, match="Did you mean 'phq9'"):
        instrument("phq-9")


def test_sources_that_differ_on_an_important_change_are_all_shown():
    found = change(instrument("phq9"), before=15, after=12)
    assert [c.points for c in found.improved] == [1.7]
    found = change(instrument("pcl5"), before=50, after=39)
    assert sorted(c.points for c in found.improved) == [5, 10]
    worse = change(instrument("pcl5"), before=39, after=51)
    assert (worse.improved, len(worse.worsened), worse.points) == ((), 3, -12)


def test_a_higher_moaas_is_better_and_rass_has_no_better_direction():
    assert change(instrument("moaas"), before=3, after=5).points == 2
    with pytest.raises(ParameterError, match="no direction that is better"):
        change(instrument("rass"), before=0, after=1)
    assert change(instrument("peg"), before=0, after=0).percent is None


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (10, 9.1, "none"),
        (10, 9, "minimal"),
        (10, 7.1, "minimal"),
        (10, 7, "moderate"),
        (8, 4, "substantial"),
        (5, 8, "none"),
    ],
)
def test_pain_response_at_its_edges(before, after, word):
    assert pain_response(before=before, after=after) == word


@pytest.mark.parametrize(
    ("relief", "weeks", "better", "series", "answer"),
    [
        (30, 3.1, True, False, True),
        (30, 3.0, True, False, False),
        (29, 10, True, False, False),
        (30, 6.0, True, True, False),
        (30, 6.1, True, True, True),
        (50, 8, False, True, False),
        (50, 8, None, True, None),
    ],
)
def test_the_guidelines_positive_response(relief, weeks, better, series, answer):
    found = positive_response(
        relief_percent=relief, weeks=weeks, function_or_satisfaction_better=better, series=series
    )
    assert found is answer


def test_remission_is_defined_where_a_source_defines_it():
    assert remission("phq9", 4)
    assert not remission("phq9", 5)
    with pytest.raises(ParameterError, match="remission is defined for"):
        remission("peg", 1)


def test_relapse_is_when_less_than_half_of_the_best_relief_is_left():
    found = pain_course(before=8, days=[1, 7, 14, 28, 42, 56], pain=[7, 5, 3, 4, 5.4, 5.6])
    assert (found.best, found.best_at_d, found.responded_at_d, found.relapsed_at_d) == (3, 14, 7, 56)


def test_without_a_response_there_is_no_relapse():
    found = pain_course(before=8, days=[1, 7, 14], pain=[7, 6, 8])
    assert (found.responded_at_d, found.relapsed_at_d) == (None, None)
    with pytest.raises(ParameterError, match="lists of one length"):
        pain_course(before=8, days=[1, 2], pain=[7])
    with pytest.raises(ParameterError, match="above 0"):
        pain_course(before=0, days=[1], pain=[0])


CRITERION = StoppingCriterion(pain_percent=30, peg_points=1, agreed_on="at the first visit")


def third(**changed):
    given_values = {
        "infusions": 3,
        "criterion": CRITERION,
        "nrs_before": 7,
        "nrs_now": 4,
        "peg_before": 6,
        "peg_now": 4.5,
        "attributable": Attributable(points=0.9, low=-0.4, high=2.1, source="compare"),
    }
    return review_after_third(**{**given_values, **changed})


def test_after_the_third_infusion_pain_and_function_both_have_to_meet_the_criterion():
    assert third().verdict == "criterion met"
    assert third(peg_now=5.5).verdict == "criterion not met: stop"
    assert third(nrs_now=5.5).verdict == "criterion not met: stop"
    assert third(
        criterion=StoppingCriterion(pain_percent=30, peg_points=None, agreed_on=""), peg_now=None
    ).verdict == ("criterion met")


def test_a_missing_value_or_agreement_is_incomplete_and_never_met():
    assert third(peg_now=None).verdict == "incomplete"
    assert third(nrs_now=None).verdict == "incomplete"
    assert third(criterion=None).verdict == "incomplete"
    # What is known to fail needs no further answer.
    assert third(nrs_now=7, peg_now=None).verdict == "criterion not met: stop"


def test_the_review_says_what_the_drug_may_claim_and_that_stopping_is_the_default():
    says = " ".join(third().says)
    assert "0.9 points (-0.4 to 2.1; compare). The interval includes none." in says
    assert "never the default" in says
    assert "not computed" in " ".join(third(attributable=None).says)
    assert "3.0 points better (43 %)" in says
    assert "1.0 points worse" in " ".join(third(nrs_now=8).says)
    assert "No stopping criterion was agreed" in " ".join(third(criterion=None).says)
    with pytest.raises(ParameterError, match="at least 3"):
        third(infusions=2)


@pytest.mark.parametrize(
    ("now_sbp", "points"), [(120, 2), (144, 2), (145, 1), (168, 1), (169, 0), (71, 0), (72, 1), (96, 2)]
)
def test_the_vital_signs_item_at_20_and_40_percent(now_sbp, points):
    found = padss_vitals(baseline_sbp_mmhg=120, now_sbp_mmhg=now_sbp, baseline_hr_bpm=70, now_hr_bpm=70)
    assert found == points


def test_the_worse_of_pressure_and_pulse_counts():
    assert padss_vitals(baseline_sbp_mmhg=120, now_sbp_mmhg=120, baseline_hr_bpm=70, now_hr_bpm=99) == 0


@pytest.mark.parametrize(("now", "points"), [(3, 2), (7, 2), (8, 1), (9, 1), (9.5, 0)])
def test_pain_is_scored_against_before(now, points):
    assert padss_pain(baseline_nrs_pain=7, now_nrs_pain=now) == points


@pytest.mark.parametrize(
    ("spo2", "oxygen", "points"),
    [
        (93, False, 2),
        (92, False, 1),
        (90, False, 0),
        (91, False, 1),
        (91, True, 1),
        (98, True, 1),
        (90, True, 0),
    ],
)
def test_saturation_on_oxygen_never_scores_full(spo2, oxygen, points):
    assert aldrete_saturation(now_spo2_percent=spo2, on_added_oxygen=oxygen) == points


@pytest.mark.parametrize(("now", "points"), [(144, 2), (145, 1), (180, 1), (181, 0), (59, 0)])
def test_the_circulation_item_at_20_and_50_percent(now, points):
    assert aldrete_circulation(baseline_sbp_mmhg=120, now_sbp_mmhg=now) == points

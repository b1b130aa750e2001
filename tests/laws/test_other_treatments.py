"""What a case's other treatments give: nothing lost, nothing counted twice, nothing guessed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from subside.case import parse_case
from subside.engine.drugs.opioids import opioid
from subside.engine.drugs.others import RELIEF_CHANNELS, Others, conventional_drugs, others
from subside.engine.population.background import morphine_equivalents_mg_per_d
from subside.errors import ParameterError, UnknownNameError
from subside.evidence import studies

HEAD = """
format = 1
title = "An invented case"
follow_up = "12 wk"
[patient]
age_years = 50
weight_kg = 80
condition = "low_back_pain"
"""


def given(*tables: str) -> Others:
    return others(parse_case(HEAD + "".join(f"[[treatment]]\n{table}\n" for table in tables)))


def drug(name: str, **keys: str) -> str:
    lines = {"kind": "drug", "name": name, **keys}
    return "\n".join(f'{key.rstrip("_")} = "{value}"' for key, value in lines.items())


def test_a_case_without_treatments_gives_nothing():
    nothing = given()
    assert not nothing
    assert nothing.changes_h() == ()
    assert nothing.level("nsaid", [0.0, 24.0]).tolist() == [0.0, 0.0]


def test_doses_by_mouth_are_each_given_once_until_the_end():
    found = given(drug("morphine", dose="10 mg", every="4 h", from_="0 h", until="24 h"))
    (course,) = found.opioids
    assert course.doses == tuple((4.0 * k, 10.0) for k in range(6))
    assert course.segments == ()
    assert course.boluses == ()
    assert found.changes_h() == tuple(4.0 * k for k in range(6))


def test_a_dose_by_kg_is_that_of_this_patient():
    (course,) = given(drug("morphine", dose="0.1 mg/kg", route="intravenous", from_="1 h")).opioids
    assert course.boluses == ((1.0, 8.0),)


def test_a_rate_flows_from_its_start_to_its_end():
    (course,) = given(drug("remifentanil", rate="0.1 mcg/kg/min", from_="0 h", until="30 min")).opioids
    ((start, end, rate),) = course.segments
    assert (start, end) == (0.0, 0.5)
    assert rate == pytest.approx(0.1 * 80 * 60 / 1000)


def test_a_slow_release_tablet_brings_as_much_as_arrives_of_it():
    (slow,) = given(
        drug("oxycodone extended release", dose="20 mg", every="12 h", from_="0 h", until="2 d")
    ).opioids
    ((start, end, rate),) = slow.segments
    f = opioid("oxycodone", weight_kg=80, age_years=50, height_cm=None, sex=None).bioavailability
    assert (start, end) == (0.0, 48.0)
    assert rate * (end - start) == pytest.approx(4 * 20 * f)


def test_a_series_is_given_at_its_own_times():
    table = drug("morphine", dose="5 mg", route="intravenous", from_="0 h")
    (course,) = given(
        table + '\nseries = { every = "1 d", count = 5, skip = "weekend", first_weekday = "thursday" }'
    ).opioids
    assert [at / 24 for at, _ in course.boluses] == [0, 1, 4, 5, 6]


def test_two_tables_of_one_opioid_are_one_course():
    found = given(
        drug("morphine", dose="5 mg", route="intravenous", from_="2 h"),
        drug("morphine sulfate", rate="1 mg/h", from_="0 h", until="4 h"),
    )
    assert [course.name for course in found.opioids] == ["morphine"]
    assert found.opioids[0].boluses
    assert found.opioids[0].segments


def test_a_third_opioid_is_refused_by_name():
    with pytest.raises(ParameterError, match="got morphine, oxycodone, fentanyl"):
        given(
            drug("morphine", dose="5 mg", from_="0 h"),
            drug("oxycodone", dose="5 mg", from_="0 h"),
            drug("fentanyl", dose="50 mcg", route="intravenous", from_="0 h"),
        )


@pytest.mark.parametrize("name", ["gabapentin", "oxycodone", "amitriptyline"])
def test_what_was_taken_again_and_again_before_time_zero_is_background(name):
    found = given(drug(name, dose="10 mg", every="8 h", from_="-30 d"))
    assert not found
    assert found.unmodeled == ()


def test_stopping_what_was_taken_before_is_not_modeled_and_says_so():
    found = given(drug("oxycodone", dose="10 mg", every="8 h", from_="-30 d", until="7 d"))
    assert not found
    assert found.unmodeled == ("oxycodone: what stopping it does is not modeled",)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (drug("duloxetine", dose="60 mg", every="1 d", from_="0 h"), "no effect of it is modeled"),
        (drug("fentanyl", dose="100 mcg", route="nasal", from_="0 h"), "nasal route"),
        (drug("remifentanil", dose="1 mg", route="oral", from_="0 h"), "by mouth is not modeled"),
        ('kind = "therapy"\nname = "spa"\nevery = "7 d"\nfrom = "0 h"', "no effect of it is modeled"),
    ],
)
def test_what_is_not_modeled_is_named_with_the_reason(table, reason):
    found = given(table)
    assert not found
    assert len(found.unmodeled) == 1
    assert reason in found.unmodeled[0]


@pytest.mark.parametrize(
    ("name", "dose", "channel"),
    [
        ("ibuprofen", "600 mg", "nsaid"),
        ("Naproxen 500", "500 mg", "nsaid"),
        ("pregabalin", "150 mg", "gabapentinoid"),
        ("amitriptyline", "75 mg", "tricyclic"),
    ],
)
def test_a_drug_acts_through_its_channel_alone(name, dose, channel):
    found = given(drug(name, dose=dose, every="8 h", from_="0 h"))
    late = [1000.0]
    for other in RELIEF_CHANNELS:
        level = float(found.level(other, late)[0])
        assert level > 0.5 if other == channel else level == 0.0
    assert found.reliefs[0].until_h == math.inf


def test_half_a_dose_has_half_the_level_and_twice_the_dose_no_more_than_full():
    levels = [
        float(
            given(drug("gabapentin", dose=f"{mg} mg", every="8 h", from_="0 h")).level(
                "gabapentinoid", [2000.0]
            )[0]
        )
        for mg in (300, 600, 1200)
    ]
    assert levels == pytest.approx([0.5, 1.0, 1.0], rel=1e-6)


def test_a_level_rises_while_taken_and_fades_after_and_never_leaves_its_range():
    found = given(drug("nortriptyline", dose="75 mg", every="1 d", from_="3 d", until="30 d"))
    t = np.linspace(-48.0, 24.0 * 80, 4000)
    level = found.level("tricyclic", t)
    assert np.all(level[t <= 72.0] == 0.0)
    assert np.all((level >= 0.0) & (level < 1.0))
    end = found.reliefs[0].until_h
    taken, after = (t > 72.0) & (t < end), t > end
    assert np.all(np.diff(level[taken]) > 0)
    assert np.all(np.diff(level[after]) < 0)
    # The last dose lasts to the next that is not taken.
    assert end == pytest.approx(30.0 * 24.0)


def test_two_drugs_of_one_channel_are_no_more_than_the_better_of_them():
    both = given(
        drug("ibuprofen", dose="400 mg", every="8 h", from_="0 h"),
        drug("naproxen", dose="500 mg", every="12 h", from_="0 h"),
    )
    alone = given(drug("naproxen", dose="500 mg", every="12 h", from_="0 h"))
    assert both.level("nsaid", [100.0]) == pytest.approx(alone.level("nsaid", [100.0]))


def test_a_change_of_dose_goes_on_from_the_level_reached():
    first = drug("pregabalin", dose="75 mg", every="12 h", from_="0 h", until="7 d")
    then = drug("pregabalin", dose="150 mg", every="12 h", from_="7 d")
    changed, constant = given(first, then), given(first.replace('until = "7 d"', ""))
    t = np.linspace(0.0, 24.0 * 40, 4000)
    level = changed.level("gabapentinoid", t)
    assert np.all(np.diff(level) >= 0.0)  # no dip at the change
    before = t <= 168.0
    np.testing.assert_allclose(level[before], constant.level("gabapentinoid", t)[before])
    assert level[-1] == pytest.approx(1.0, abs=1e-3)


def test_therapy_in_weekly_sessions_is_one_stretch():
    found = given(
        'kind = "therapy"\nname = "cognitive behavioral therapy"\nfrom = "0 h"\nseries = { every = "7 d", count = 8 }'
    )
    (relief,) = found.reliefs
    assert (relief.from_h, relief.until_h) == (0.0, 8 * 168.0)
    assert found.changes_h() == (0.0, 8 * 168.0)


def test_an_unknown_channel_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'nsaid'"):
        given().level("nsaids", [0.0])


def test_no_drug_stands_in_two_channels_and_every_review_stands_in_the_evidence():
    table = conventional_drugs()
    names = [name for c in RELIEF_CHANNELS[:3] for name in table[c]["full_mg_per_d"]]
    assert len(names) == len(set(names))
    assert {review for c in RELIEF_CHANNELS for review in table[c]["reviews"]} <= set(studies())


def test_an_opioid_is_counted_once_by_its_level_or_by_its_daily_dose():
    def counted(*tables: str, given: bool) -> float:
        case = parse_case(HEAD + "".join(f"[[treatment]]\n{table}\n" for table in tables))
        return morphine_equivalents_mg_per_d(case, with_given=given)

    new = drug("oxycodone", dose="10 mg", every="12 h", from_="0 h")
    old = drug("oxycodone", dose="10 mg", every="12 h", from_="-90 d")
    unfollowed = drug("hydromorphone", dose="4 mg", every="12 h", from_="0 h")
    assert counted(new, given=True) == counted(old, given=False) == 30.0
    assert counted(new, given=False) == 0.0  # its level is followed
    assert counted(unfollowed, given=False) == 40.0  # its level is not: unknown is never none
    assert counted(old, new, given=False) == 30.0

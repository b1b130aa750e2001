"""Laws of the regimen that a case resolves to: nothing is lost, and saying it otherwise changes nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.case import (
    Bolus,
    Case,
    Infusion,
    Limits,
    Patient,
    Policy,
    Regimen,
    Segment,
    Treatment,
    exposure,
    exposures,
    parse_case,
)
from subside.errors import ParameterError

WEIGHT_KG = 80.0
HEAD = """
format = 1
title = "An invented case"
[patient]
age_years = 46
weight_kg = 80
condition = "fibromyalgia"
"""
# Sums and products of a few dozen doubles: 1e-12 is some thousand roundings.
CLOSE = {"rel_tol": 1e-12, "abs_tol": 1e-12}


def regimen_of(text: str) -> Regimen:
    return parse_case(HEAD + text).regimen()


def esketamine(steps: str, rest: str = "") -> Regimen:
    return regimen_of(f'[[infusion]]\ndrug = "esketamine"\nstart = "0 h"\nsteps = [ {steps} ]\n{rest}')


def total_mg(regimen: Regimen) -> float:
    return exposure(regimen, drug="esketamine").total_mg.high


def test_a_series_is_the_same_as_its_sessions_written_by_hand() -> None:
    as_series = regimen_of(
        """
[[infusion]]
drug = "esketamine"
start = "6 h"
bolus = "0.1 mg/kg"
steps = [ { rate = "10 mg/h", for = "2 h" } ]
series = { every = "2 d", count = 3 }
"""
    )
    by_hand = regimen_of(
        "".join(
            f"""
[[infusion]]
drug = "esketamine"
start = "{start}"
bolus = "8 mg"
steps = [ {{ rate = "10 mg/h", for = "2 h" }} ]
"""
            for start in ("6 h", "54 h", "102 h")
        )
    )
    assert as_series == by_hand
    assert [b.at_h for b in as_series.boluses] == [6.0, 54.0, 102.0]
    assert [(s.start_h, s.end_h, s.mg_per_h) for s in as_series.segments] == [
        (6.0, 8.0, 10.0),
        (54.0, 56.0, 10.0),
        (102.0, 104.0, 10.0),
    ]


def test_sessions_without_a_pause_between_them_are_one_long_infusion() -> None:
    day_and_night = esketamine('{ rate = "10 mg/h", for = "1 d" }', 'series = { every = "1 d", count = 3 }')
    once = esketamine('{ rate = "10 mg/h", for = "3 d" }')
    assert total_mg(day_and_night) == total_mg(once) == 720.0
    assert day_and_night.end_h == once.end_h == 72.0


def test_ten_weekdays_from_a_thursday_jump_over_two_weekends() -> None:
    regimen = esketamine(
        '{ rate = "10 mg/h", for = "4 h" }',
        'series = { every = "1 d", count = 10, skip = "weekend", first_weekday = "thursday" }',
    )
    days = [segment.start_h / 24 for segment in regimen.segments]
    assert days == [0, 1, 4, 5, 6, 7, 8, 11, 12, 13]


@given(
    every_min=st.integers(30, 3 * 24 * 60),
    count=st.integers(1, 30),
    first=st.sampled_from(("monday", "tuesday", "wednesday", "thursday", "friday")),
)
def test_skipping_weekends_drops_exactly_the_sessions_that_fall_on_one(
    every_min: int, count: int, first: str
) -> None:
    regimen = esketamine(
        '{ rate = "10 mg/h", for = "1 min" }',
        f'series = {{ every = "{every_min} min", count = {count}, skip = "weekend", '
        f'first_weekday = "{first}" }}',
    )
    # The oracle counts in whole minutes, one candidate after the other.
    offset = ("monday", "tuesday", "wednesday", "thursday", "friday").index(first)
    expected: list[int] = []
    k = 0
    while len(expected) < count:
        if ((every_min * k) // 1440 + offset) % 7 < 5:
            expected.append(every_min * k)
        k += 1
    assert [round(s.start_h * 60, 6) for s in regimen.segments] == expected


@given(
    rate=st.floats(0.1, 60), minutes=st.integers(2, 2000), cut=st.floats(0.01, 0.99), pieces=st.integers(2, 5)
)
def test_splitting_a_step_changes_neither_the_total_nor_the_time_on_drug(
    rate: float, minutes: int, cut: float, pieces: int
) -> None:
    first = max(1, min(minutes - 1, round(minutes * cut)))
    whole = esketamine(f'{{ rate = "{rate} mg/h", for = "{minutes} min" }}')
    split = esketamine(
        f'{{ rate = "{rate} mg/h", for = "{first} min" }}, '
        f'{{ rate = "{rate} mg/h", for = "{minutes - first} min" }}'
    )
    many = esketamine(", ".join([f'{{ rate = "{rate} mg/h", for = "{minutes / pieces!r} min" }}'] * pieces))
    for other in (split, many):
        assert math.isclose(total_mg(other), total_mg(whole), **CLOSE)
        assert other.end_h is not None
        assert whole.end_h is not None
        assert math.isclose(other.end_h, whole.end_h, **CLOSE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{ rate = "8 mg/h", for = "4 h" }', '{ rate = "0.1 mg/kg/h", for = "4 h" }'),
        ('{ rate = "8 mg/h", for = "4 h" }', '{ rate = "8000 mcg/h", for = "0.5 wk" }'),
        ('{ rate = "8 mg/h", for = "4 h" }', '{ dose = "32 mg", for = "4 h" }'),
        ('{ rate = "8 mg/h", for = "4 h" }', '{ dose = "0.4 mg/kg", for = "240 min" }'),
        ('{ rate = "24 mg/h", for = "4 h" }', '{ rate = "5 mcg/kg/min", for = "14400 s" }'),
    ],
)
def test_other_units_give_the_same_rate_for_the_same_person(one: str, other: str) -> None:
    (a,), (b,) = esketamine(one).segments, esketamine(other).segments
    assert math.isclose(a.mg_per_h, b.mg_per_h, **CLOSE)
    assert (a.end_h == b.end_h) == ("wk" not in other)


def test_a_rate_in_ml_per_h_gives_what_the_bag_holds_in_each_ml() -> None:
    regimen = esketamine('{ rate = "10 mL/h", for = "4 h" }', 'concentration = "500 mcg/mL"')
    assert [s.mg_per_h for s in regimen.segments] == [5.0]


def test_a_taper_is_its_steps_written_by_hand() -> None:
    taper = esketamine('{ from_rate = "20 mg/h", to_rate = "5 mg/h", for = "2 h", in_steps = 4 }')
    by_hand = esketamine(", ".join(f'{{ rate = "{r} mg/h", for = "30 min" }}' for r in (20, 15, 10, 5)))
    assert len(taper.segments) == 4
    for a, b in zip(taper.segments, by_hand.segments, strict=True):
        assert math.isclose(a.start_h, b.start_h, **CLOSE)
        assert math.isclose(a.mg_per_h, b.mg_per_h, **CLOSE)


def test_a_bolus_over_some_time_goes_before_the_steps_and_a_pause_leaves_a_gap() -> None:
    regimen = esketamine(
        '{ rate = "0 mg/h", for = "1 h" }, { rate = "6 mg/h", for = "1 h" }',
        'bolus = { dose = "5 mg", over = "30 min" }',
    )
    assert regimen.boluses == ()
    assert [(s.start_h, s.end_h, s.mg_per_h) for s in regimen.segments] == [(0.0, 0.5, 10.0), (1.5, 2.5, 6.0)]


@given(shift=st.integers(0, 5000))
def test_starting_later_moves_everything_and_changes_nothing_else(shift: int) -> None:
    def at(hours: int) -> Regimen:
        return regimen_of(
            f"""
[[infusion]]
drug = "esketamine"
start = "{hours} h"
bolus = "3 mg"
steps = [ {{ rate = "7 mg/h", for = "3 h" }}, {{ rate = "2 mg/h", for = "1 h" }} ]
series = {{ every = "2 d", count = 4 }}
"""
        )

    early, late = at(0), at(shift)
    for a, b in zip(early.segments, late.segments, strict=True):
        assert (a.start_h + shift, a.end_h + shift, a.mg_per_h) == (b.start_h, b.end_h, b.mg_per_h)
    assert [b.at_h + shift for b in early.boluses] == [b.at_h for b in late.boluses]
    assert total_mg(early) == total_mg(late)


events = st.lists(
    st.tuples(st.floats(0, 300), st.floats(0.01, 30), st.floats(0.1, 80), st.booleans()), max_size=12
)


@given(events)
def test_the_days_of_a_regimen_add_up_to_its_total(found: list[tuple[float, float, float, bool]]) -> None:
    segments, boluses, clock = [], [], 0.0
    for gap, hours, amount, is_bolus in found:
        clock += gap
        if is_bolus:
            boluses.append(Bolus(at_h=clock, drug="esketamine", mg=amount))
        else:
            segments.append(Segment(start_h=clock, end_h=clock + hours, drug="esketamine", mg_per_h=amount))
            clock += hours
    regimen = Regimen(segments=tuple(segments), boluses=tuple(boluses))
    given_ = exposure(regimen, drug="esketamine", weight_kg=WEIGHT_KG)
    assert given_.total_mg.fixed
    # The ends of segments lie up to some 4000 h out: a rounding there is 1e-12 h of an hour's rate.
    by_day = math.fsum(span.high for span in given_.mg_by_day.values())
    assert math.isclose(by_day, given_.total_mg.high, rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(
        math.fsum(s.mg for s in segments) + math.fsum(b.mg for b in boluses),
        given_.total_mg.high,
        rel_tol=1e-12,
        abs_tol=1e-12,
    )
    assert given_.total_mg_per_kg is not None
    assert math.isclose(given_.total_mg_per_kg.high * WEIGHT_KG, given_.total_mg.high, **CLOSE)


def test_the_two_drug_forms_are_never_added_up() -> None:
    regimen = Regimen(
        segments=(
            Segment(start_h=0, end_h=2, drug="esketamine", mg_per_h=10),
            Segment(start_h=3, end_h=4, drug="racemic_ketamine", mg_per_h=40),
        )
    )
    assert [(e.drug, e.total_mg.high) for e in exposures(regimen)] == [
        ("esketamine", 20),
        ("racemic_ketamine", 40),
    ]


@given(
    start=st.floats(1, 20), step=st.floats(0.1, 10), ceiling=st.floats(20, 60), floor=st.floats(0, 1),
    every=st.floats(0.5, 10), hours=st.floats(11, 200),
)  # fmt: skip
def test_a_titration_stays_between_floor_and_ceiling_and_covers_its_time(
    start: float, step: float, ceiling: float, floor: float, every: float, hours: float
) -> None:
    policy = Policy(
        start_h=5.0,
        end_h=5.0 + hours,
        drug="esketamine",
        start_mg_per_h=start,
        step_mg_per_h=step,
        every_h=every,
        ceiling_mg_per_h=ceiling,
        floor_mg_per_h=floor,
        lower_step_mg_per_h=step,
        raise_if_pain_above=3.0,
        lower_if=Limits(sbp_above_mmhg=180.0),
    )
    most, least = policy.fastest(), policy.slowest()
    for path in (most, least):
        assert all(floor <= s.mg_per_h <= ceiling for s in path)
        assert all(a.end_h == b.start_h for a, b in pairwise(path))
    assert most[0].start_h == 5.0
    assert most[-1].end_h == 5.0 + hours
    assert [s.mg_per_h for s in most] == sorted(s.mg_per_h for s in most)
    assert all(5.0 < t < 5.0 + hours for t in policy.decisions_h)
    # By hand: the rate in force at the end is the start plus a step for each decision, capped.
    expected = min(ceiling, start + step * len(policy.decisions_h))
    assert math.isclose(most[-1].mg_per_h, expected, **CLOSE)
    span = exposure(Regimen(policies=(policy,)), drug="esketamine").total_mg
    assert span.low <= start * hours * (1 + 1e-12)
    assert span.high >= start * hours * (1 - 1e-12)


def test_a_titration_that_may_not_raise_or_lower_has_one_total() -> None:
    text = """
[[infusion]]
drug = "esketamine"
start = "0 h"
policy = { start_rate = "10 mg/h", step = "5 mg/h", every = "1 h", for = "6 h", ceiling = "20 mg/h", KEY }
"""
    raised = regimen_of(text.replace("KEY", "raise_if_pain_above = 3"))
    # 10, 15, then 20 mg/h for four hours at most; 10 mg/h throughout at least, for nothing lowers it.
    assert (total_mg(raised), exposure(raised, drug="esketamine").total_mg.low) == (105.0, 60.0)
    lowered = regimen_of(text.replace("KEY", "lower_if = { cadss_above = 20 }"))
    # 10, 5, then the floor of 0.
    assert (total_mg(lowered), exposure(lowered, drug="esketamine").total_mg.low) == (60.0, 15.0)
    slowly = regimen_of(text.replace("KEY", 'lower_step = "1 mg/h", lower_if = { cadss_above = 20 }'))
    assert exposure(slowly, drug="esketamine").total_mg.low == 10 + 9 + 8 + 7 + 6 + 5


def test_a_weight_of_nothing_is_refused_for_amounts_per_kg() -> None:
    with pytest.raises(ParameterError, match=r"weight_kg must be a positive body weight in kg; got 0"):
        exposure(Regimen(), drug="esketamine", weight_kg=0)


def test_a_case_built_in_python_with_overlapping_infusions_is_refused_when_resolved() -> None:
    patient = Patient(age_years=40, weight_kg=70, condition="healthy")
    infusion = Infusion(drug="esketamine", start="0 h", steps=({"rate": "5 mg/h", "for": "8 h"},))
    with pytest.raises(ValueError, match=r"infusion\[2\]\.start: got a session at 0 h while infusion\[1\]"):
        Case(title="invented", patient=patient, infusions=(infusion, infusion)).regimen()


def test_a_case_spans_what_is_written_in_it() -> None:
    case = parse_case(
        HEAD.replace("[patient]", 'follow_up = "30 d"\n[patient]')
        + """
[[infusion]]
drug = "esketamine"
start = "0 h"
bolus = "5 mg"
[[treatment]]
kind = "drug"
name = "gabapentin"
dose = "600 mg"
every = "8 h"
from = "-30 d"
until = "2 d"
[[observation]]
at = "-40 d"
what = "nrs_pain"
value = 5
"""
    )
    assert (case.start_h, case.end_h) == (-960.0, 720.0)
    gabapentin = case.treatments[0]
    assert len(gabapentin.given_at_h(case.end_h)) == 32 * 3  # 32 days of three doses
    assert gabapentin.given_at_h(0.0)[-1] == -8.0  # none at the end itself
    once = Treatment(kind="drug", name="midazolam", dose="2 mg", from_="1 h")
    assert (once.given_at_h(1.0), once.given_at_h(2.0)) == ((), (1.0,))

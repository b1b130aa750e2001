"""Every pair of dosing events: refused exactly when they would run at the same time.

The oracle knows nothing of intervals: it marks each minute in which an event runs and looks for a
minute that is marked twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subside.case import parse_case
from subside.errors import CaseError

HEAD = """
format = 1
title = "An invented case"
[patient]
age_years = 46
weight_kg = 80
condition = "fibromyalgia"
"""
FORMS = ("esketamine", "racemic_ketamine")
KINDS = ("steps", "taper", "dose", "slow bolus", "bolus and steps", "policy", "series", "bolus")


@dataclass(frozen=True)
class Event:
    """One infusion of a kind, with times in whole minutes."""

    kind: str
    drug: str
    start: int
    length: int  # at least 2; ignored by a bolus

    def toml(self) -> str:
        n = self.length
        given = {
            "steps": f'steps = [ {{ rate = "5 mg/h", for = "{n - 1} min" }}, '
            '{ rate = "9 mg/h", for = "1 min" } ]',
            "taper": 'steps = [ { from_rate = "5 mg/h", to_rate = "1 mg/h", in_steps = 3, '
            f'for = "{n} min" }} ]',
            "dose": f'steps = [ {{ dose = "5 mg", for = "{n} min" }} ]',
            "slow bolus": f'bolus = {{ dose = "5 mg", over = "{n} min" }}',
            "bolus and steps": f'bolus = "5 mg"\nsteps = [ {{ rate = "5 mg/h", for = "{n} min" }} ]',
            "policy": 'policy = { start_rate = "5 mg/h", step = "1 mg/h", every = "1 min", '
            f'for = "{n} min", ceiling = "9 mg/h", raise_if_pain_above = 3 }}',
            "series": f'steps = [ {{ rate = "5 mg/h", for = "{n} min" }} ]\n'
            f'series = {{ every = "{2 * n} min", count = 3 }}',
            "bolus": 'bolus = "5 mg"',
        }[self.kind]
        return f'[[infusion]]\ndrug = "{self.drug}"\nstart = "{self.start} min"\n{given}\n'

    def minutes(self) -> set[int]:
        """The minutes in which it runs; minute k lasts from k to k + 1."""
        if self.kind == "bolus":
            return set()
        sessions = 3 if self.kind == "series" else 1
        begins = [self.start + 2 * self.length * k for k in range(sessions)]
        return {begin + k for begin in begins for k in range(self.length)}


def must_be_refused(a: Event, b: Event) -> bool:
    if a.kind == b.kind == "bolus":
        return a.start == b.start  # the same bolus written twice, or two forms at once
    for bolus, other in ((a, b), (b, a)):
        if bolus.kind == "bolus":
            # Strictly within: the minute before it and the minute after it both belong to the other.
            within = {bolus.start - 1, bolus.start} <= other.minutes()
            return within and bolus.drug != other.drug
    return bool(a.minutes() & b.minutes())


def is_refused(a: Event, b: Event) -> bool:
    try:
        regimen = parse_case(HEAD + a.toml() + b.toml()).regimen()
    except CaseError as error:
        (problem,) = error.problems
        assert problem.where == "infusion[2].start"
        assert "overlap" in problem.accepted
        return True
    segments = regimen.segments
    assert all(s.end_h <= t.start_h for s, t in pairwise(segments))
    return False


@pytest.mark.parametrize(("one", "other"), list(product(KINDS, KINDS)))
def test_a_pair_of_events_is_refused_exactly_when_both_run_at_once(one: str, other: str) -> None:
    # Before, touching, overlapping by a minute, within, at the start, at the end, after.
    for start, forms in product((0, 10, 19, 20, 21, 25, 29, 30, 31, 40, 60), (FORMS, FORMS[:1] * 2)):
        a = Event(one, forms[0], 20, 10)
        b = Event(other, forms[1], start, 10)
        assert is_refused(a, b) == must_be_refused(a, b), (start, forms)


event = st.builds(
    Event,
    st.sampled_from(KINDS),
    st.sampled_from(FORMS),
    st.integers(0, 300),
    st.integers(2, 200),
)


@given(event, event)
@example(Event("steps", "esketamine", 0, 20), Event("policy", "esketamine", 20, 20))
def test_any_two_events_are_refused_exactly_when_both_run_at_once(a: Event, b: Event) -> None:
    assert is_refused(a, b) == must_be_refused(a, b)


def test_three_times_twenty_minutes_touch_what_starts_after_an_hour() -> None:
    # In doubles three thirds of an hour are not always an hour; that must not count as an overlap.
    third = '{ rate = "5 mg/h", for = "20 min" }'
    for hours in (0, 1, 7, 1000):
        text = (
            f'{HEAD}[[infusion]]\ndrug = "esketamine"\nstart = "{hours} h"\n'
            f"steps = [ {third}, {third}, {third} ]\n"
            f'[[infusion]]\ndrug = "racemic_ketamine"\nstart = "{hours + 1} h"\nsteps = [ {third} ]\n'
        )
        segments = parse_case(text).regimen().segments
        assert segments[2].end_h <= segments[3].start_h == hours + 1

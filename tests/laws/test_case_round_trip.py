"""A case written and read again is the same case, whatever it holds."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subside.case import (
    CONDITIONS,
    HISTORY,
    OBSERVABLES,
    Case,
    Infusion,
    Patient,
    Treatment,
    parse_case,
    template,
    write_case,
)

# Anything printable on one line, quotes and backslashes and letters of other scripts included.
words = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=30)
answers = st.sampled_from(("yes", "no", "unknown"))


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.one_of(st.floats(low, high, allow_nan=False), st.integers(int(low) + 1, int(high)).map(float))


def quantities(units: str, high: float = 500) -> st.SearchStrategy[str]:
    number = st.floats(0.01, high, allow_nan=False).map(lambda x: f"{x:.4g}")
    return st.builds(lambda x, unit: f"{x} {unit}", number, st.sampled_from(units.split()))


durations = quantities("s min h hours d wk", 90)
times = st.builds(lambda sign, text: sign + text, st.sampled_from(("", "-")), durations)
starts = durations
rates = quantities("mg/h mg/kg/h mcg/kg/min")
doses = quantities("mg mcg mg/kg")


def tables(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def lists(of: st.SearchStrategy[Any], size: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=size).map(tuple)


steps = st.one_of(
    tables({"for": durations, "rate": rates}, {}),
    tables({"for": durations, "dose": doses}, {}),
    tables({"for": durations, "from_rate": rates, "to_rate": rates, "in_steps": st.integers(2, 9)}, {}),
)
thresholds = tables(
    {}, {"sbp_above_mmhg": numbers(100, 200), "moaas_below": numbers(1, 5), "pain_below": numbers(0, 2)}
)
policies = tables(
    {
        "start_rate": st.just("5 mg/h"),
        "step": quantities("mg/h"),
        "every": quantities("min", 50).map(lambda text: f"5{text}"),
        "for": quantities("d", 5).map(lambda text: f"1{text}"),
        "ceiling": quantities("mg/h").map(lambda text: f"1{text}"),
        "raise_if_pain_above": numbers(2, 10),
    },
    {"hold_if": thresholds, "lower_if": thresholds, "floor": st.just("1 mg/h"), "lower_step": rates},
).filter(lambda plan: float(plan["ceiling"].split()[0]) > 5)
head = {"drug": st.sampled_from(("esketamine", "racemic_ketamine")), "start": starts}
boluses = st.one_of(doses, tables({"dose": doses}, {"over": durations}))
extras = {"label": words, "concentration": quantities("mg/mL mcg/mL"), "bolus": boluses}
infusions = st.one_of(
    tables({**head, "steps": st.lists(steps, min_size=1, max_size=3).map(tuple)}, extras),
    tables({**head, "policy": policies}, extras),
)
series = tables(
    {"every": quantities("d", 9), "count": st.integers(1, 5)},
    {"skip": st.just("weekend"), "first_weekday": st.sampled_from(("monday", "friday"))},
)
treatments = st.one_of(
    tables(
        {"kind": st.just("drug"), "name": words.map(lambda w: f"drug {w}"), "dose": doses, "from": times},
        {"every": durations, "note": words, "route": st.sampled_from(("oral", "intravenous"))},
    ),
    tables({"kind": st.just("therapy"), "name": words, "from": times}, {"series": series}),
)


@st.composite
def observations(draw: st.DrawFn) -> dict[str, Any]:
    o = draw(st.sampled_from(sorted(OBSERVABLES.values(), key=lambda o: o.name)))
    value = draw(st.floats(o.low, o.high, allow_nan=False))
    return {"at": draw(times), "what": o.name, "value": value}


patients = tables(
    {
        "age_years": numbers(30, 100),
        "weight_kg": numbers(40, 150),
        "condition": st.sampled_from(sorted(CONDITIONS)),
    },
    {
        "sex": st.sampled_from(("female", "male")),
        "pain_months": numbers(0, 300),
        "nrs_pain": numbers(0, 10),
        "asa_class": st.integers(1, 6),
        "labs": tables({}, {"alt_u_per_l": numbers(0, 900), "creatinine_mg_per_dl": numbers(0, 9)}),
        "history": st.dictionaries(st.sampled_from(sorted(HISTORY)), answers),
        "allergies": lists(words),
        "medicines": lists(tables({"name": words}, {"dose": doses, "every": durations})),
        "prior_treatments": lists(tables({"kind": words}, {"stopped_for": words, "duration": durations})),
    },
)
injuries = tables(
    {"at": st.one_of(st.just("0 h"), durations.map(lambda text: f"-{text}")), "nrs_pain": numbers(1, 9)},
    {"kind": words, "heals_in": durations, "cut_nerve": answers},
)
options = st.dictionaries(words, st.one_of(st.booleans(), words), max_size=3)
cases = tables(
    {"format": st.just(1), "title": words, "patient": patients},
    {
        "about": tables({}, {"is": words, "is_not": words, "assumed": lists(words)}),
        "injury": injuries,
        "infusion": lists(infusions, 1),
        "treatment": lists(treatments),
        "observation": lists(observations()),
        "follow_up": durations,
        "options": options,
        "answers": st.dictionaries(words, st.one_of(st.integers(0, 99), words), max_size=3),
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases)
def test_a_case_written_and_read_again_is_the_same(raw: dict[str, Any]) -> None:
    case = Case.model_validate(raw, by_alias=True, by_name=False)
    assert parse_case(write_case(case)) == case


def test_what_is_written_holds_every_value_that_was_given() -> None:
    # Equality alone would not notice a type that compares equal without its values.
    patient = Patient(age_years=46, weight_kg=70.25, condition="fibromyalgia", history={"stroke": "no"})
    infusion = Infusion(
        drug="esketamine", start="0 h", label='the "first"', steps=({"rate": "5 mg/h", "for": "8 h"},)
    )
    treatment = Treatment(kind="drug", name="gabapentin", dose="600 mg", from_="-30 d")
    text = write_case(
        Case(title="An invented case", patient=patient, infusions=(infusion,), treatments=(treatment,))
    )
    for part in ("70.25", 'stroke = "no"', r"the \"first\"", '"5 mg/h"', '"8 h"', "-30 d", "600 mg"):
        assert part in text


def test_the_skeleton_for_newcomers_reads_without_a_mistake_and_writes_the_same() -> None:
    case = parse_case(template())
    assert case.regimen()
    assert parse_case(write_case(case)) == case

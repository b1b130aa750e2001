"""Laws that every figure of the evidence must keep, whatever its number."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside import evidence
from subside.errors import ParameterError, UnknownNameError
from subside.evidence import BASES, USES, Figure, by_row, figure, figures, parse_study, studies, value

FOLDER = Path(evidence.__file__).with_name("figures")
SOURCE = '[source]\ncitation = "Example 2001"\naddress = "doi:10.0000/example"\n'
GOOD = {
    "quantity": '"half-life"', "value": "2.5", "unit": '"h"', "basis": '"read"', "use": '"input"',
}  # fmt: skip


def text_of(**changes: str | None) -> str:
    lines = {**GOOD, **changes}
    body = "\n".join(f"{key} = {item}" for key, item in lines.items() if item is not None)
    return f"{SOURCE}[half_life]\n{body}\n"


@pytest.mark.parametrize("study", studies())
def test_every_study_file_is_read_and_its_figures_are_named_after_it(study: str) -> None:
    found = figures(study=study)
    assert found
    for one in found:
        assert one.id.startswith(f"{study}.")
        assert one.source.key == study
        assert one.unit
        assert one.basis in BASES
        assert one.use in USES


def test_no_two_figures_share_an_id_or_a_literature_row() -> None:
    ids = [one.id for one in figures()]
    rows = [one.row for one in figures() if one.row]
    assert len(ids) == len(set(ids))
    assert len(rows) == len(set(rows))


def test_a_share_of_people_lies_between_none_and_all() -> None:
    # Only shares of countable things; "% of control" and changes in % may leave 0-100.
    whole = ("patients", "people", "infusions", "responders", "remitters", "cases")
    for one in figures():
        if one.unit.removeprefix("% of ") in whole and one.unit.startswith("%"):
            for number in (one.value, one.low, one.size if one.spread == "none" else None):
                assert number is None or 0 <= number <= 100, one.id


def test_what_is_from_memory_or_assumed_says_so_and_why() -> None:
    for one in figures():
        if one.basis in ("assumed", "design"):
            # A file that a fitting script writes gives its reason in its citation.
            assert one.note or "fitted by" in one.source.citation, one.id
        if not one.source.address and not one.seen_at:
            assert one.is_weak or one.basis == "computed", one.id


def test_a_score_stays_on_its_scale() -> None:
    tops = {"NRS 0-10": 10, "VAS 0-100": 100, "points (MADRS)": 60, "points (PHQ-9)": 27}
    for one in figures():
        top = tops.get(one.unit)
        if top is not None:
            for number in (one.value, one.low, one.high):
                assert number is None or abs(number) <= top, one.id


# Half of the last printed digit, in the unit of the computed figure.
COMPUTED = [
    ("sigtermans_2009.nrs_week_1_difference", 0.005, lambda v: v("sigtermans_2009.nrs_week_1_esketamine")
     - v("sigtermans_2009.nrs_week_1_placebo")),
    ("pickering_2020.daily_pain_ketamine", 0.005, lambda v: v("pickering_2020.pain_auc_35d_ketamine") / 35),
    ("pickering_2020.daily_pain_placebo", 0.005, lambda v: v("pickering_2020.pain_auc_35d_placebo") / 35),
    ("back_pain_mdc_2021.measurement_sd", 0.005,
     lambda v: v("back_pain_mdc_2021.minimal_detectable_change") / (1.96 * math.sqrt(2))),
    # 285.3 g/mol is the molar mass of morphine; a quarter of the effect is at a third of C50.
    ("romberg_2003.c50_ventilation", 0.5, lambda v: 3 * v("romberg_2003.c25_ventilation") * 0.2853),
]  # fmt: skip


@pytest.mark.parametrize(("computed", "half_digit", "formula"), COMPUTED, ids=[row[0] for row in COMPUTED])
def test_a_computed_figure_follows_from_the_figures_it_is_computed_from(
    computed, half_digit, formula
) -> None:
    def number(figure_id: str) -> float:
        found = figure(figure_id).value
        assert found is not None
        return found

    assert formula(number) == pytest.approx(number(computed), abs=half_digit)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("rabben_2001.no_effect", "rabben_2001.transient_effect", "rabben_2001.long_effect"), 17.0),
        (tuple(f"riyadh_pain_clinic_2018.phq9_{band}" for band in
               ("none", "mild", "moderate", "moderately_severe", "severe")), 100.0),
    ],
)  # fmt: skip
def test_parts_add_up_to_the_whole(parts: tuple[str, ...], whole: float) -> None:
    assert sum(figure(part).value or 0.0 for part in parts) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unti": '"h"'}, r"example_2001\.toml, half_life\.unti.*Did you mean 'unit'\?"),
        ({"unit": None}, r"half_life\.unit: got nothing"),
        ({"basis": '"raed"'}, r"half_life\.basis: got 'raed'.*Write 'read'"),
        ({"use": '"inputs"'}, r"half_life\.use: got 'inputs'.*Write 'input'"),
        ({"spread": '"sdd"', "high": "1.0"}, r"half_life\.spread: got 'sdd'.*Write 'sd'"),
        ({"value": '"2.5"'}, r"half_life\.value: got '2\.5'.*a finite number"),
        ({"value": "nan"}, r"half_life\.value: got nan"),
        ({"high": "3.0"}, r"low or high without a kind of spread"),
        ({"low": "3.0", "high": "2.0", "spread": '"ci95"'}, r"low 3\.0, high 2\.0"),
        ({"low": "3.0", "high": "4.0", "spread": '"ci95"'}, r"2\.5 outside 3\.0 to 4\.0"),
        ({"high": "-1.0", "spread": '"sd"'}, r"at least 0"),
        ({"value": None}, r"no value, interval or finding"),
        ({"n": "0"}, r"half_life\.n: got 0"),
    ],
)
def test_a_mistake_in_a_study_file_is_refused_with_file_and_key(
    change: dict[str, str | None], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        parse_study(text_of(**change), study="example_2001")


def test_a_file_without_a_source_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"example_2001\.toml, source: got no such table"):
        parse_study(text_of().removeprefix(SOURCE), study="example_2001")


def test_a_read_figure_needs_an_address() -> None:
    text = text_of().replace("doi:10.0000/example", "")
    with pytest.raises(ParameterError, match="whose source has no address"):
        parse_study(text, study="example_2001")


@given(middle=st.floats(-1e6, 1e6), below=st.floats(0, 1e6), above=st.floats(0, 1e6), n=st.integers(1, 10**6))
def test_what_is_written_is_what_is_read(middle: float, below: float, above: float, n: int) -> None:
    low, high = middle - below, middle + above
    text = text_of(value=repr(middle), low=repr(low), high=repr(high), spread='"ci95"', n=str(n))
    (one,) = parse_study(text, study="example_2001").values()
    assert (one.value, one.low, one.high, one.n) == (middle, low, high, n)


@given(st.data())
def test_an_unknown_figure_suggests_the_nearest(data: st.DataObject) -> None:
    one: Figure = data.draw(st.sampled_from(figures()))
    typo = one.id + "x"
    if typo in {other.id for other in figures()}:
        return
    with pytest.raises(UnknownNameError) as caught:
        figure(typo)
    # Another figure of the study may look just as near; the suggestion is one of that study's.
    assert caught.value.nearest.startswith(one.study)


def test_an_unknown_study_use_or_row_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'dahan_2011'"):
        figure("dahan_2012.c50_chronic_pain")
    with pytest.raises(UnknownNameError, match="Did you mean 'outcome'"):
        figures(use="outcomes")
    with pytest.raises(UnknownNameError, match="No literature row 'E099aa'"):
        by_row("E099aa")


def test_a_row_of_the_literature_table_and_its_name_are_the_same_figure() -> None:
    for one in figures():
        if one.row:
            assert by_row(one.row) is figure(one.id)


def test_a_number_is_only_given_in_its_own_unit() -> None:
    with pytest.raises(ParameterError, match=r"asked for in 'mg/L'; it is in 'ng/mL'"):
        value("dahan_2011.c50_chronic_pain", unit="mg/L")


def test_loading_the_evidence_loads_neither_arrays_nor_a_compiler() -> None:
    code = (
        "import sys, subside.evidence as e; e.value('dahan_2011.c50_chronic_pain', unit='ng/mL'); "
        "print(sorted({'numpy', 'numba', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

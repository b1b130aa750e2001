"""What regimens give and cost: the front is what nothing beats, and the same people stand everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subside.errors import CaseError
from subside.research import parse_search, trade
from subside.research.tradeoff import on_front

CASE = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "neuropathic_pain"
nrs_pain = 7
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "6 h" } ]
"""
HEAD = """
format = 1
title = "invented"
case = "people.toml"
at = "1 wk, 4 wk"
rivals = ["low_dose_route"]
"""
TEXTS = {"people.toml": CASE}
WHOLE = '[[regimen]]\nname = "whole"\ngive = "case"\n'
TENTH = '[[regimen]]\nname = "tenth"\ngive = "case"\ntimes_rate = 0.1\n'


def _search(*parts):
    return parse_search(HEAD + "".join(parts), texts=TEXTS)


def _traded(*parts, **more):
    return trade(_search(*parts), clinics=more.pop("clinics", 8), people=8, **more)


GOODS = st.lists(
    st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=6
)


@given(GOODS)
def test_someone_is_always_on_the_front_and_nobody_on_it_is_beaten(rows):
    goods = np.array(rows, dtype=float)[:, None, :]
    front = on_front(goods, np.zeros(3))[:, 0]
    assert front.any()
    for i, mine in enumerate(rows):
        beaten = any(
            all(o >= m for o, m in zip(other, mine, strict=True)) and other != mine for other in rows
        )
        assert front[i] == (not beaten)


def test_differences_too_small_to_matter_beat_nobody():
    goods = np.array([[[1.0, 0.0]], [[1.04, 0.0]], [[1.2, 0.0]]])
    assert on_front(goods, np.array([0.05, 0.05]))[:, 0].tolist() == [False, False, True]
    assert on_front(goods[:2], np.array([0.05, 0.05]))[:, 0].tolist() == [True, True]


def test_the_same_regimen_under_two_names_gives_the_same_numbers():
    found = _traded(WHOLE, WHOLE.replace("whole", "again"))
    for rows in found.tables.values():
        one, other = rows
        assert (one.relief, one.dissociation, one.surge, one.on_front) == (
            other.relief, other.dissociation, other.surge, other.on_front,
        )  # fmt: skip


def test_more_drug_gives_more_relief_and_costs_more_in_every_form():
    found = _traded(WHOLE, TENTH)
    assert set(found.tables) == {"weighted"} | {
        f"low_dose_route: {form}" for form in ("pore", "glun2d", "allosteric", "descending")
    }
    for rows in found.tables.values():
        whole, tenth = rows
        assert whole.relief[0].mean > tenth.relief[0].mean
        assert whole.dissociation.mean > tenth.dissociation.mean
        assert whole.drug_mg.mean == pytest.approx(120.0)
        assert tenth.drug_mg.mean == pytest.approx(12.0)


def test_a_regimen_of_nearly_nothing_does_what_placebo_does():
    """Same people, visits and swings in both arms: whatever is left is the drug's, and there is none."""
    found = _traded(TENTH.replace("0.1", "0.000001"))
    for span in found.tables["weighted"][0].relief:
        assert (span.mean, span.low, span.high) == pytest.approx((0.0, 0.0, 0.0), abs=1e-3)


def test_a_regimen_does_not_depend_on_what_else_is_listed():
    alone = _traded(TENTH).tables["weighted"][0]
    beside = _traded(WHOLE, TENTH).tables["weighted"][1]
    assert alone.relief == beside.relief
    assert alone.dissociation == beside.dissociation


def test_a_titration_that_never_moves_gives_what_its_rate_says():
    titrated = """
[[regimen]]
name = "held"
[[regimen.infusion]]
drug = "esketamine"
start = "0 h"
[regimen.infusion.policy]
start_rate = "20 mg/h"
step = "1 mg/h"
every = "30 min"
for = "6 h"
ceiling = "20 mg/h"
raise_if_pain_above = 10
"""
    whole, held = _traded(WHOLE, titrated, clinics=4).tables["weighted"]
    assert held.drug_mg.mean == pytest.approx(120.0, rel=1e-9)
    assert held.relief[0].mean == pytest.approx(whole.relief[0].mean, abs=5e-3)  # steps are cut elsewhere


def test_a_grid_is_written_out_and_boosters_follow_the_last_day():
    grid = """
[[grid]]
drug = "racemic_ketamine"
rate = ["10 mg/h", "20 mg/h"]
hours = ["2 h"]
days = [3]
boosters = [0, 2]
booster_every = "4 wk"
"""
    search = _search(grid)
    assert [arm.name for arm in search.arms] == [
        "10 mg/h for 2 h, 3 d, 0 boosters", "10 mg/h for 2 h, 3 d, 2 boosters",
        "20 mg/h for 2 h, 3 d, 0 boosters", "20 mg/h for 2 h, 3 d, 2 boosters",
    ]  # fmt: skip
    starts = sorted(s.start_h for s in search.arms[1].case.regimen().segments)
    assert starts == [0.0, 24.0, 48.0, 48.0 + 672.0, 48.0 + 2 * 672.0]


def test_levels_of_anesthesia_are_said_to_lie_outside_what_was_fitted():
    found = _traded(WHOLE, WHOLE.replace("whole", "huge") + "times_rate = 30\n", clinics=4)
    assert not any("anesthesia" in text for text in found.outside["whole"])
    assert any("anesthesia" in text for text in found.outside["huge"])


def test_every_mistake_of_a_file_is_told_in_one_go():
    with pytest.raises(CaseError) as error:
        _search(
            '[[regimen]]\nname = "a"\n',
            '[[regimen]]\nname = "b"\ngive = "esketamin"\n',
            '[[regimen]]\nname = "c"\n[[regimen.infusion]]\ndrug = "ketamine"\nstart = "0 h"\nstepz = []\n',
            '[[grid]]\ndrug = "esketamine"\nrate = "10 mg/h"\nhours = ["4 h"]\n',
        )
    assert all(problem.line for problem in error.value.problems)
    told = str(error.value)
    for part in ("neither of give and infusion", "Did you mean 'esketamine'", "regimen[3].infusion[1].drug",
                 "Did you mean 'steps'", "a list such as"):  # fmt: skip
        assert part in told


def test_a_placebo_is_no_regimen_since_it_stands_beside_every_one():
    with pytest.raises(CaseError, match="Placebo stands beside every regimen"):
        _search('[[regimen]]\nname = "p"\ngive = "placebo"\n')


def test_a_form_that_the_case_fixes_is_no_rival():
    texts = {"people.toml": CASE + '[options]\nlow_dose_route = "pore"\n'}
    search = parse_search(HEAD + WHOLE, texts=texts)
    assert list(trade(search, clinics=4, people=4).tables) == ["weighted"]


def test_a_case_that_is_missing_hides_no_other_mistake():
    with pytest.raises(CaseError) as error:
        parse_search(HEAD + WHOLE.replace('"case"', '"esketamin"'), texts={})
    assert "people.toml" in str(error.value)
    assert "Did you mean 'esketamine'" in str(error.value)

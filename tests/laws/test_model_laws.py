"""Relations that must hold whatever the parameters: superposition, shifts, no drug no effect, pairing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subside.case import Bolus, Case, Regimen, Segment, parse_case
from subside.course import NAMES
from subside.engine import compare, simulate
from subside.engine.arms import named, own
from subside.engine.group import gather, prepare, treat
from subside.engine.population.beliefs import prior
from subside.engine.population.people import people
from subside.engine.systems.chronic_pain.layout import AT, OUTPUTS
from subside.engine.systems.chronic_pain.protocol import protocol
from subside.engine.systems.chronic_pain.solve import Solution, solve

TEXT = """
format = 1
title = "invented"
[patient]
age_years = 45
weight_kg = 70
condition = "neuropathic_pain"
nrs_pain = 7
phq9_total = 10
sbp_mmhg = 128
dbp_mmhg = 78
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ { rate = "20 mg/h", for = "4 h" } ]
"""
LEVELS = [name for name in OUTPUTS if name.startswith(("cp_", "ce_"))]
# double precision through at most a few thousand steps
EXACT = 1e-11


def _case(text: str = TEXT) -> Case:
    return parse_case(text, origin="invented")


def _levels(regimen: Regimen, times: np.ndarray) -> np.ndarray:
    """Levels of three people under any regimen of esketamine. Shape (person, time, level)."""
    case = _case()
    group = gather(case, prior(), 3, seed=4)
    system = people(case, group.beliefs, group.draws, group.start, seed=4, vary=group.vary)
    solution: Solution = solve(system, protocol(regimen, times), dtype=np.float64)
    return np.stack([solution[name] for name in LEVELS], axis=2)


EVENTS = st.one_of(
    st.builds(
        lambda start, length, rate: Regimen(
            segments=(
                Segment(start_h=start / 60, end_h=(start + length) / 60, drug="esketamine", mg_per_h=rate),
            )
        ),
        st.integers(0, 600), st.integers(1, 600), st.floats(0.1, 80.0),
    ),
    st.builds(
        lambda at, mg: Regimen(boluses=(Bolus(at_h=at / 60, drug="esketamine", mg=mg),)),
        st.integers(0, 600), st.floats(0.1, 60.0),
    ),
)  # fmt: skip


@given(EVENTS, EVENTS)
@settings(max_examples=40, deadline=None)
def test_two_dosing_events_give_the_sum_of_the_levels_of_each(one: Regimen, other: Regimen) -> None:
    times = np.array([0.5, 1.0, 2.5, 7.0, 12.0, 24.0, 48.0])
    both = Regimen(segments=one.segments + other.segments, boluses=one.boluses + other.boluses)
    together = _levels(both, times)
    apart = _levels(one, times) + _levels(other, times)
    np.testing.assert_allclose(together, apart, rtol=EXACT, atol=1e-9)


def test_an_infusion_in_two_pieces_is_the_infusion_in_one() -> None:
    times = np.array([1.0, 2.0, 4.0, 6.0, 24.0])
    whole = Regimen(segments=(Segment(start_h=0, end_h=4, drug="esketamine", mg_per_h=20),))
    parts = Regimen(
        segments=tuple(
            Segment(start_h=a, end_h=b, drug="esketamine", mg_per_h=20)
            for a, b in itertools.pairwise([0, 1.75, 4])
        )
    )
    np.testing.assert_allclose(_levels(parts, times), _levels(whole, times), rtol=EXACT)


def test_a_bolus_is_the_limit_of_ever_shorter_infusions() -> None:
    times = np.array([1.0, 4.0, 12.0])
    bolus = _levels(Regimen(boluses=(Bolus(at_h=0.0, drug="esketamine", mg=20),)), times)
    there = bolus > 1e-9
    gaps = []
    for seconds in (120, 30, 8):
        h = seconds / 3600
        short = Regimen(segments=(Segment(start_h=0, end_h=h, drug="esketamine", mg_per_h=20 / h),))
        gaps.append(np.abs(_levels(short, times)[there] / bolus[there] - 1).max())
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.01


def test_everything_an_hour_later_is_the_same_curve_an_hour_later() -> None:
    times = np.array([1.0, 2.0, 4.0, 30.0])
    now = Regimen(segments=(Segment(start_h=0, end_h=3, drug="esketamine", mg_per_h=20),))
    later = Regimen(segments=(Segment(start_h=1, end_h=4, drug="esketamine", mg_per_h=20),))
    np.testing.assert_allclose(_levels(later, times + 1), _levels(now, times), rtol=EXACT)


def test_without_visits_nothing_changes_but_the_swings_of_pain() -> None:
    case = _case()
    group = gather(case, prior(), 32, seed=2)
    quiet = treat(group, named("none", case), np.array([0.0, 24.0, 2000.0]))
    for name, rows in quiet.items():
        if not name.startswith("nrs_"):
            first = np.broadcast_to(rows[:, :1], rows.shape)
            np.testing.assert_allclose(rows, first, rtol=1e-5, atol=1e-6, err_msg=name)


def test_a_dose_of_almost_nothing_is_placebo() -> None:
    times = np.array([0.0, 2.0, 24.0, 168.0])
    case = _case(TEXT.replace("20 mg/h", "0.000000001 mg/h"))
    group = gather(case, prior(), 16, seed=2)
    drug, placebo = treat(group, own(case), times), treat(group, named("placebo", case), times)
    for name in ("nrs_pain", "phq9_total", "sbp_mmhg", "cadss_total", "spo2_percent"):
        np.testing.assert_allclose(drug[name], placebo[name], atol=1e-4, err_msg=name)


def test_every_output_stays_within_what_the_quantity_can_be() -> None:
    case = _case(TEXT.replace("20 mg/h", "300 mg/h"))  # an anesthetic amount
    group = gather(case, prior(), 128, seed=6)
    for name, rows in treat(group, own(case), np.array([0, 0.1, 1, 4, 5, 24, 500.0])).items():
        q = NAMES[name]
        assert np.isfinite(rows).all(), name
        if q.low is not None:
            assert rows.min() >= q.low - 1e-4, name
        if q.high is not None:
            assert rows.max() <= q.high + 1e-4, name


@pytest.mark.parametrize("route", ["pore", "glun2d", "allosteric", "descending"])
def test_more_drug_never_leaves_more_sensitization(route: str) -> None:
    left = []
    for rate in ("2 mg/h", "20 mg/h", "80 mg/h"):
        case = _case(TEXT.replace("20 mg/h", rate)).model_copy(update={"options": {"low_dose_route": route}})
        group = gather(case, prior(), 32, seed=3)
        left.append(treat(group, own(case), np.array([5.0]))["sensitization"][:, 0])
    assert (left[0] >= left[1]).all()
    assert (left[1] >= left[2]).all()


def test_the_bistable_form_has_people_who_stay_low_and_the_monostable_none() -> None:
    after = {}
    for form in ("monostable", "bistable"):
        case = _case(TEXT.replace('"4 h"', '"200 h"')).model_copy(update={"options": {"sensitization": form}})
        group = gather(case, prior(), 64, seed=3)
        s = treat(group, own(case), np.array([0.0, 200.0, 24.0 * 1500]))["sensitization"]
        after[form] = s[:, 2] / s[:, 0]
    assert after["monostable"].min() > 0.9
    assert (after["bistable"] < 0.3).mean() > 0.2
    assert (after["bistable"] > 0.9).any()


def test_the_same_people_whatever_the_number_of_threads_or_of_people() -> None:
    case = _case()
    times = np.array([0.0, 4.0, 168.0])
    many = gather(case, prior(), 300, seed=8)
    system, plan = prepare(many, own(case), times)
    one, two = (solve(system, plan, threads=n).outputs for n in (1, 2))
    assert np.array_equal(one, two)
    few = gather(case, prior(), 7, seed=8)
    alone = solve(*prepare(few, own(case), times)).outputs
    np.testing.assert_array_equal(alone, one[:7])


def test_a_patient_who_cannot_be_computed_is_a_marked_row_and_disturbs_nobody() -> None:
    case = _case()
    times = np.array([0.0, 4.0, 168.0])
    system, plan = prepare(gather(case, prior(), 20, seed=8), own(case), times)
    clean = solve(system, plan).outputs.copy()
    system.parameters[5, AT["n_drive"]] = np.nan
    broken = solve(system, plan)
    assert np.isnan(broken["nrs_pain"][5]).all()
    others = np.arange(20) != 5
    np.testing.assert_array_equal(broken.outputs[others], clean[others])


def test_a_comparison_pairs_the_same_people() -> None:
    comparison = compare(_case(), ["none", "placebo"], draws=64)
    assert set(comparison.arms) == {"case", "none", "placebo"}
    spread = comparison.difference("case", "placebo", "nrs_pain").sd[-1]
    assert spread < comparison.arms["case"]["nrs_pain"].sd[-1]


def test_one_seed_gives_one_answer_and_another_seed_another() -> None:
    first, again, other = (simulate(_case(), draws=32, seed=s, verify=False) for s in (1, 1, 2))
    assert np.array_equal(first["nrs_pain"].median, again["nrs_pain"].median)
    assert not np.array_equal(first["nrs_pain"].median, other["nrs_pain"].median)


def test_a_typical_line_has_no_band_and_says_so() -> None:
    course = simulate(_case(), typical=True)
    assert not course["nrs_pain"].has_band
    assert any(c.code == "typical" for c in course.cautions)


def test_many_patients_differ_more_than_what_is_not_known_of_one() -> None:
    one = simulate(_case(), draws=400, verify=False)["sbp_mmhg"].sd[0]
    many = simulate(_case(), n_patients=400, verify=False)["sbp_mmhg"].sd[0]
    assert one == 0.0
    assert many > 5.0


def test_uncertain_parts_can_be_drawn_one_at_a_time() -> None:
    case = _case()
    for part in ("patient", "parameter", "trial", "structure"):
        group = gather(case, prior(), 64, seed=1, vary=(part,))
        assert treat(group, own(case), np.array([168.0]))["nrs_pain"].std() > 0.02, part
    still = gather(case, prior(), 64, seed=1, vary=())
    assert treat(still, own(case), np.array([168.0]))["nrs_pain"].std() < 1e-6

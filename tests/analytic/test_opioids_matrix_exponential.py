"""Levels of opioids are those of SciPy's matrix exponential, and their shape is what was published."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import minimize_scalar

from subside.engine.drugs.names import background_medicines
from subside.engine.drugs.opioids import OPIOIDS, Opioid, opioid
from subside.engine.drugs.opioids.levels import DEPOT, SITE, levels, rate_matrix
from subside.errors import ParameterError, UnknownNameError
from subside.evidence import figure, value

BODY = {"weight_kg": 70.0, "age_years": 40.0, "height_cm": 172.0, "sex": "male"}
TIMES = np.array([0.05, 0.25, 1.0, 2.0, 2.5, 3.0, 5.0, 9.0, 24.0, 72.0])


def drug(name: str, **changes: object) -> Opioid:
    return opioid(name, **{**BODY, **changes})  # type: ignore[arg-type]


def by_exponentials(of: Opioid) -> np.ndarray:
    """Bolus of 2 mg at 0 h, 3 mg/h from 1 to 2.5 h, and 8 mg swallowed at 3 h, one exponential a piece."""
    matrix = rate_matrix(of)
    state = np.zeros(5)
    state[1] = 2.0
    edges = sorted({0.0, 1.0, 2.5, 3.0, *TIMES})
    found = {}
    for start, end in itertools.pairwise(edges):
        if start == 3.0 and of.bioavailability is not None:
            state[DEPOT] += 8.0
        rate = 3.0 if 1.0 <= start < 2.5 else 0.0
        whole = np.zeros((6, 6))
        whole[:5, :5] = matrix
        whole[1, 5] = rate
        state = (expm(whole * (end - start)) @ np.append(state, 1.0))[:5]
        found[end] = state
    return np.array([(found[t][1] / of.v1_l, found[t][SITE]) for t in TIMES]).T * 1000.0


@pytest.mark.parametrize("name", OPIOIDS)
def test_levels_are_those_of_the_matrix_exponential(name):
    of = drug(name)
    swallowed = ((3.0, 8.0),) if of.bioavailability is not None else ()
    plasma, site = levels(of, TIMES, segments=((1.0, 2.5, 3.0),), boluses=((0.0, 2.0),), doses=swallowed)
    wanted = by_exponentials(of)
    # The eigenvectors of a stiff matrix cost some digits; the floor is far below any assay.
    np.testing.assert_allclose(plasma, wanted[0], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(site, wanted[1], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", OPIOIDS)
def test_area_under_the_curve_times_clearance_is_the_dose_that_arrives(name):
    of = drug(name)
    t = np.linspace(0.0, 600.0, 600_001)
    plasma, site = levels(of, t, boluses=((0.0, 5.0),))
    # The trapezoid over 3.6-s steps misses the first seconds' fall by under a thousandth of the area.
    assert np.trapezoid(plasma, t) * of.cl_l_per_h / 1000.0 == pytest.approx(5.0, rel=2e-3)
    assert np.trapezoid(site, t) == pytest.approx(np.trapezoid(plasma, t), rel=2e-3)
    if of.bioavailability is not None:
        swallowed, _ = levels(of, t, doses=((0.0, 5.0),))
        arrives = np.trapezoid(swallowed, t) * of.cl_l_per_h / 1000.0
        assert arrives == pytest.approx(5.0 * of.bioavailability, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "figure_id"),
    [
        ("morphine", "morphine_stanpumpr.t_peak"),
        ("oxycodone", "oxycodone_stanpumpr.t_peak"),
        ("fentanyl", "fentanyl_stanpumpr.t_peak"),
    ],
)
def test_the_effect_site_peaks_when_the_set_says(name, figure_id):
    wanted = value(figure_id, unit="min")
    of = drug(name)
    found = minimize_scalar(
        lambda minutes: -float(levels(of, [minutes / 60.0], boluses=((0.0, 1.0),))[1][0]),
        bounds=(0.2 * wanted, 4.0 * wanted),
        method="bounded",
    ).x
    assert found == pytest.approx(wanted, rel=1e-3)  # the search's own tolerance


@pytest.mark.parametrize(
    ("what", "figure_id"),
    [(0, "kapila_1995.half_time_level_min"), (1, "kapila_1995.half_time_effect_min")],
    ids=["level", "effect"],
)
def test_remifentanil_halves_within_minutes_after_three_hours_as_was_measured(what, figure_id):
    of = drug("remifentanil")
    t = np.linspace(0.0, 0.5, 3001)
    found = levels(of, np.concatenate(([2.9999], 3.0 + t)), segments=((0.0, 3.0, 0.84),))[what]
    half = t[np.argmax(found[1:] < 0.5 * found[0])] * 60.0
    measured = figure(figure_id)
    assert measured.value is not None
    assert measured.size is not None
    # Two SD between people: the set's level falls in 2.1 min, faster than the mean of these people.
    assert half == pytest.approx(measured.value, abs=2.0 * measured.size)


def test_swallowed_morphine_and_oxycodone_peak_when_they_were_seen_to():
    t = np.linspace(0.0, 6.0, 7201)
    morphine = levels(drug("morphine"), t, doses=((0.0, 10.0),))[0]
    # The rate constant is printed with two digits: one step of the last moves the peak by 2 min.
    assert t[morphine.argmax()] * 60.0 == pytest.approx(
        value("hoskin_1989.t_max_solution_min", unit="min"), abs=2.0
    )
    oxycodone = levels(drug("oxycodone"), t, doses=((0.0, 10.0),))[0]
    assert 0.4 < t[oxycodone.argmax()] < 1.0  # half an hour in one study, three quarters in another


def test_morphine_reaches_its_site_within_the_range_seen_in_the_pupil():
    seen = figure("lotsch_2001.ke0_half_life_h")
    assert seen.low is not None
    assert seen.high is not None
    assert seen.low <= math.log(2.0) / drug("morphine").ke0_per_h <= seen.high


@pytest.mark.parametrize(
    ("name", "figure_id"),
    [("morphine", "villesen_2006.cl_morphine"), ("oxycodone", "villesen_2006.cl_oxycodone")],
)
def test_clearances_lie_within_two_standard_deviations_of_another_study(name, figure_id):
    other = figure(figure_id)
    assert other.value is not None
    assert other.size is not None
    ml_per_min = drug(name).cl_l_per_h * 1000.0 / 60.0
    assert abs(ml_per_min - other.value) < 2.0 * other.size


@pytest.mark.parametrize("name", ["oxycodone", "fentanyl"])
def test_equal_morphine_equivalents_mean_equal_effect_within_a_quarter(name):
    """Steady levels over their C50; the factors of the guideline are themselves rounded."""

    def per_day(of: Opioid) -> float:
        mg_per_h = 60.0 / of.mme_factor / 24.0
        return of.steady_ng_per_ml(mg_per_h * (of.bioavailability or 1.0)) / of.c50_ng_per_ml

    assert per_day(drug(name)) == pytest.approx(per_day(drug("morphine")), rel=0.25)


def test_morphine_equivalents_are_those_of_the_background_table():
    table = background_medicines()
    assert drug("oxycodone").mme_factor == table["mme_per_mg"]["oxycodone"]
    # 25 mcg/h through the skin is 0.6 mg a day.
    assert drug("fentanyl").mme_factor * 0.6 == pytest.approx(
        25 * table["mme_per_d_per_mcg_per_h"]["fentanyl"]
    )


def test_older_people_clear_remifentanil_slower_and_large_people_faster():
    assert drug("remifentanil", age_years=80).cl_l_per_h < drug("remifentanil").cl_l_per_h
    assert drug("remifentanil", weight_kg=95).cl_l_per_h > drug("remifentanil").cl_l_per_h
    # James' lean mass turns over in obesity; more weight never means a smaller person here.
    cl = [drug("remifentanil", weight_kg=w, sex="female").cl_l_per_h for w in (60, 90, 120, 160, 200)]
    assert cl == sorted(cl)


@pytest.mark.parametrize("name", OPIOIDS)
def test_every_opioid_is_possible_at_the_ends_of_what_a_case_may_hold(name):
    for age, weight in ((0, 3), (18, 40), (105, 45), (120, 250)):
        of = drug(name, age_years=age, weight_kg=weight, height_cm=None, sex=None)
        assert np.all(np.isfinite(levels(of, TIMES, boluses=((0.0, 1.0),))))


def test_an_unknown_opioid_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'oxycodone'"):
        drug("oxycodon")


def test_a_body_of_no_weight_is_refused():
    with pytest.raises(ParameterError, match="v1_l of morphine must be positive; got 0"):
        drug("morphine", weight_kg=0.0)


@pytest.mark.parametrize("name", OPIOIDS)
def test_every_source_of_an_opioid_stands_in_the_evidence(name):
    of = drug(name)
    assert all(figure(source).id == source for source in of.sources)
    assert set(of.weak_sources) <= set(of.sources)
    assert any(source.startswith("opioid_assumptions.c50") for source in of.weak_sources)

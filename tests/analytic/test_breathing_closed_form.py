"""The closed form of breathing against independent solutions of the same physiology."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from subside.engine.effects import breathing as b
from subside.engine.population.beliefs import prior
from subside.engine.population.scales import madrs_of_phq9, phq9_of_madrs
from subside.engine.population.vital_signs import oxygen_gradient
from subside.evidence import value
from subside.validation.breathing_fit import gains, opioid_half_mme_per_d


@pytest.mark.parametrize("drive", [1.0, 0.7, 0.4, 0.1])
@pytest.mark.parametrize("gain", [3.0, 7.5, 20.0])
def test_carbon_dioxide_is_where_the_controller_and_the_lungs_agree(drive: float, gain: float) -> None:
    """Found by bisection on the two lines, not by the quadratic."""
    threshold = b.PACO2_REST_MMHG - gain

    def asked_less_needed(p: float) -> float:
        return drive * (p - threshold) / gain - b.PACO2_REST_MMHG / p

    found = brentq(asked_less_needed, threshold, 1000.0, xtol=1e-12)
    # bisection to 1e-12 mmHg; both in double precision
    assert b.arterial_co2(drive, gain) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("paco2", [35.0, 42.0, 60.0])
@pytest.mark.parametrize("fio2", [0.21, 0.4])
def test_saturation_is_the_inverse_of_severinghaus_own_inverse(paco2: float, fio2: float) -> None:
    tension = b.oxygen_tension(paco2, fio2, 12.0)
    share = b.saturation(paco2, fio2, 12.0) / 100.0
    # the real root of p^3 + 150 p = 23400 s / (1 - s), in closed form (Severinghaus 1979; Cardano)
    a = 11700.0 / (1.0 / share - 1.0)
    root = np.sqrt(50.0**3 + a * a)
    assert np.cbrt(a + root) + np.cbrt(a - root) == pytest.approx(tension, rel=1e-9)


def test_constants_of_physiology_are_those_of_the_evidence() -> None:
    assert value("severinghaus_1979.cubic_constant", unit="mmHg3") == b.SEVERINGHAUS_CUBIC
    assert value("severinghaus_1979.linear_constant", unit="mmHg2") == b.SEVERINGHAUS_LINEAR
    assert value("respiratory_physiology.etco2_mmhg", unit="mmHg") == b.ETCO2_REST_MMHG
    assert value("respiratory_physiology.etco2_gap_mmhg", unit="mmHg") == b.DEAD_SPACE_GRADIENT_MMHG
    assert value("respiratory_physiology.respiratory_quotient", unit="1") == b.RESPIRATORY_QUOTIENT
    # an independent measurement of the same resting tension; 1 mmHg is its last printed digit, twice over
    measured = value("bouillon_2003.paco2_baseline_mmhg", unit="mmHg")
    assert pytest.approx(measured, abs=1.0) == b.PACO2_REST_MMHG


@pytest.mark.parametrize("spo2", [85.0, 93.0, 97.0, 99.0])
def test_the_gradient_found_for_a_saturation_gives_it_back(spo2: float) -> None:
    gradient = oxygen_gradient(np.array([spo2]), np.array([40.0]), 0.21)[0]
    assert b.saturation(40.0 + b.DEAD_SPACE_GRADIENT_MMHG, 0.21, gradient) == pytest.approx(spo2, abs=1e-6)


def bouillon(drive: float, minutes: float) -> tuple[float, float]:
    """Return carbon dioxide (mmHg) and ventilation (share of rest) by the published indirect response.

    Bouillon 2003: carbon dioxide is eliminated in proportion to ventilation; ventilation goes with
    carbon dioxide at the sensor, over its baseline, to the power F, times what the drug leaves.
    """
    kel = value("bouillon_2003.kel_co2_per_min", unit="1/min")
    ke0 = value("bouillon_2003.ke0_co2_per_min", unit="1/min")
    power = value("bouillon_2003.co2_gain", unit="1")

    def rhs(_: float, y: np.ndarray) -> list[float]:
        ventilation = drive * y[1] ** power
        return [kel * (1.0 - ventilation * y[0]), ke0 * (y[0] - y[1])]

    end = solve_ivp(rhs, (0.0, minutes), [1.0, 1.0], rtol=1e-9, atol=1e-12, method="Radau").y[:, -1]
    rest = value("bouillon_2003.paco2_baseline_mmhg", unit="mmHg")
    return float(end[0]) * rest, drive * float(end[1]) ** power


@pytest.mark.parametrize("drive", [0.9, 0.7, 0.5])
def test_the_published_indirect_response_settles_where_the_closed_form_says(drive: float) -> None:
    gain = gains()["bouillon_2003.co2_gain"]
    settled, _ = bouillon(drive, 600.0)
    rest = value("bouillon_2003.paco2_baseline_mmhg", unit="mmHg")
    # the published power law has the closed form's straight line as its tangent at rest: they part by
    # the curvature, under a quarter of the rise down to half the drive
    assert b.arterial_co2(drive, gain) - b.PACO2_REST_MMHG == pytest.approx(settled - rest, rel=0.25)


def test_the_first_minutes_after_a_bolus_are_worse_than_the_closed_form_says() -> None:
    """The limit that the page on breathing names: ventilation falls before carbon dioxide has risen."""
    _, early = bouillon(0.4, 1.0)
    settled, late = bouillon(0.4, 600.0)
    assert early < 0.5 * (0.4 + late)
    assert settled > 45.0


def test_people_on_methadone_for_years_need_several_times_the_opioid_of_people_new_to_it() -> None:
    new, accustomed = opioid_half_mme_per_d()
    assert 3.0 < accustomed / new < 20.0


def test_what_stands_in_for_pressure_is_what_the_survey_found() -> None:
    baselines = prior().baselines
    for name, unit in (("sbp", "mmHg"), ("dbp", "mmHg")):
        entry = baselines[f"{name}_mmhg"]
        assert entry["mean"] == value(f"nhanes_2011.{name}_all", unit=unit)
        assert entry["if_hypertension"]["yes"] == value(f"nhanes_2011.{name}_treated", unit=unit)
        assert entry["if_hypertension"]["no"] == value(f"nhanes_2011.{name}_normotensive", unit=unit)
    assert baselines["etco2_mmhg"]["mean"] == value("respiratory_physiology.etco2_mmhg", unit="mmHg")
    assert baselines["rr_per_min"]["mean"] == value("respiratory_physiology.rr_per_min", unit="1/min")
    assert baselines["hr_bpm"]["mean"] == value("recalled_circulation.hr_bpm", unit="1/min")


def test_scales_of_depression_are_linked_at_the_pairs_that_were_read_and_back() -> None:
    phq9 = np.array([0.0, 1.0, 15.0, 27.0])
    np.testing.assert_allclose(madrs_of_phq9(phq9), [0.0, 1.0, 24.0, 48.0])
    between = np.linspace(0.0, 27.0, 200)
    np.testing.assert_allclose(phq9_of_madrs(madrs_of_phq9(between)), between, atol=1e-9)
    assert np.all(np.diff(madrs_of_phq9(between)) > 0.0)

"""Grounds breathing: controller gain, opioids, benzodiazepines, ketamine at levels of anesthesia."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.optimize import minimize_scalar

from subside.engine.drugs.names import background_medicines as table
from subside.engine.effects.breathing import PACO2_REST_MMHG, arterial_co2, depression
from subside.engine.group import gather, prepare
from subside.engine.population.beliefs import Beliefs
from subside.engine.systems.chronic_pain.layout import SITE_BREATHING
from subside.engine.systems.chronic_pain.solve import solve as run
from subside.evidence import value
from subside.validation.found import Array, Fit, Found, given, lognormal_sd, pool
from subside.validation.side_effect_protocols import MIN_PER_H, SEED, Study, child_anesthesia

SLOPE: Final = "L/min/mmHg"
MMHG_PER_KPA: Final = 7.50062
JONKMAN_KPA: Final = 6.5  # stated in the figure's words
CHILD_H: Final = (0.0, 1.0 / 12.0, 0.5)


def gains() -> dict[str, float]:
    """Return the controller gain in mmHg by study: resting ventilation over the slope with CO2."""
    resting = value("bouillon_2003.ve_baseline_l_per_min", unit="L/min")
    p0 = value("bouillon_2003.paco2_baseline_mmhg", unit="mmHg")
    jonkman = value("jonkman_2018_breathing.ventilation_before", unit="L/min") - resting
    forster = 0.5 * sum(
        value(f"forster_1980.co2_slope_before_{drug}", unit=SLOPE) for drug in ("midazolam", "diazepam")
    )
    # at 1 ng/mL remifentanil ventilation falls this much at fixed, and this much at own carbon dioxide
    fixed = 1.0 - value("nieuwenhuijs_2003.stimulated_ventilation_fall", unit="%") / 100.0
    own = 1.0 - value("nieuwenhuijs_2003.resting_ventilation_fall", unit="%") / 100.0
    return {
        "bouillon_2003.co2_gain": p0 / value("bouillon_2003.co2_gain", unit="1"),
        "forster_1980.co2_slope_before_midazolam": resting / forster,
        "babenco_2000.co2_slope_baseline": resting / value("babenco_2000.co2_slope_baseline", unit=SLOPE),
        "teichtahl_2005.co2_slope_control": resting / value("teichtahl_2005.co2_slope_control", unit=SLOPE),
        "jonkman_2018_breathing.ventilation_before": resting / (jonkman / (JONKMAN_KPA * MMHG_PER_KPA - p0)),
        "olofsen_2010.controller_gain": resting / value("olofsen_2010.controller_gain", unit=SLOPE),
        "nieuwenhuijs_2003.resting_ventilation_fall": (
            fixed * PACO2_REST_MMHG * (1.0 / own - 1.0) / (own - fixed)
        ),
    }  # fmt: skip


def fit_gain(_: Beliefs) -> Fit:
    """Return the controller gain and how people differ."""
    by_study = gains()
    control = given("teichtahl_2005.co2_slope_control")
    # each study's own error is small beside the differences between methods
    found = pool([math.log(g) for g in by_study.values()], [0.15] * len(by_study), tau_scale=1.0)
    low, high = min(by_study.values()), max(by_study.values())
    return Fit(found=(
        Found(
            name="co2_gain_mmhg",
            median=math.exp(found.mean),
            uncertainty_sd=found.se,
            patient_sd=lognormal_sd(control.size / control.value),
            rows=tuple(by_study),
            note=f"Seven studies, {low:.2g} to {high:.2g} mmHg: methods differ (rebreathing, steady state, "
            "under an opioid); spread between people from one.",
        ),
    ))  # fmt: skip


def opioid_half_mme_per_d() -> tuple[float, float]:
    """Return daily morphine equivalents that take half the drive: of the new, and of the long accustomed.

    New: C50 of morphine over the steady level of 1 mg/d by mouth. Accustomed: the slope on methadone
    over that without, at an assumed dose.
    """
    weight = 70.0
    clearance = value("morphine_stanpumpr.v1", unit="L/kg") * value("morphine_stanpumpr.k10", unit="1/min")
    clearance_l_per_h = clearance * weight * MIN_PER_H
    fraction = value("side_effect_assumptions.morphine_oral_fraction", unit="1")
    level = fraction * 1e6 / 24.0 / (clearance_l_per_h * 1e3)  # ng/mL for 1 mg/d
    new = value("romberg_2003.c50_ventilation", unit="ng/mL") / level
    left = value("teichtahl_2005.co2_slope_methadone", unit=SLOPE) / value(
        "teichtahl_2005.co2_slope_control", unit=SLOPE
    )
    methadone_mg_per_d = value("side_effect_assumptions.methadone_mg_per_d", unit="mg/d")
    daily = methadone_mg_per_d * table()["mme_per_mg"]["methadone"]
    return new, daily * left / (1.0 - left)


def fit_opioid(_: Beliefs) -> Fit:
    """Return the daily morphine equivalents of half the drive, halfway between new and accustomed."""
    new, accustomed = opioid_half_mme_per_d()
    return Fit(found=(
        Found(
            name="opioid_half_mme_per_d",
            median=math.sqrt(new * accustomed),
            uncertainty_sd=0.5 * math.log(accustomed / new) / 1.645,  # the two ends hold nine of ten
            rows=("romberg_2003.c50_ventilation", "teichtahl_2005.co2_slope_methadone",
                  "teichtahl_2005.co2_slope_control"),
            note=f"Halfway (log scale) between people new to opioids ({new:.0f} mg/d) and on methadone for "
            f"years ({accustomed:.0f} mg/d): how tolerant a given patient is stays unknown. Dose of "
            "methadone and oral fraction of morphine are recalled.",
            basis="recalled",
        ),
    ))  # fmt: skip


def fit_benzodiazepine(_: Beliefs) -> Fit:
    """Return the share of the drive that the active placebo and a regular benzodiazepine take."""
    left = {
        drug: value(f"forster_1980.co2_slope_{drug}", unit=SLOPE)
        / value(f"forster_1980.co2_slope_before_{drug}", unit=SLOPE)
        for drug in ("midazolam", "diazepam")
    }
    # share taken = d / (d + d50), the simplest curve through nothing and the measured dose
    placebo = _share(0.15, left["midazolam"], 0.045)
    diazepam = _share(0.3, left["diazepam"], 10.0 / 70.0)
    return Fit(found=(
        Found(
            name="midazolam_drive",
            median=placebo,
            uncertainty_sd=0.35,
            rows=("forster_1980.co2_slope_midazolam", "forster_1980.co2_slope_before_midazolam"),
            note="0.045 mg/kg from the slope after 0.15 mg/kg, on a hyperbola through zero (assumed).",
        ),
        Found(
            name="benzodiazepine_drive",
            median=0.5 * diazepam,
            uncertainty_sd=0.5,
            rows=("forster_1980.co2_slope_diazepam", "forster_1980.co2_slope_before_diazepam"),
            note=f"One dose of 10 mg diazepam would take {diazepam:.2f}; that regular users keep half of "
            "that is assumed.",
            basis="assumed",
        ),
    ))  # fmt: skip


def child_levels(beliefs: Beliefs) -> Array:
    """Return the level at the site of breathing 5 and 30 min into hamza_1989, ng/mL. Shape ``(2,)``."""
    study = Study(name="hamza_1989", case=child_anesthesia(), n=9, times_h=CHILD_H, targets=())
    group = gather(study.case, beliefs, 200, seed=SEED, vary=("patient",), alike=True)
    states = run(*prepare(group, study.arm, np.array(CHILD_H)), keep_states=True).states
    assert states is not None
    levels: Array = np.median(states[:, 1:, SITE_BREATHING], axis=0)
    return levels


def fit_ketamine_on_breathing(beliefs: Beliefs) -> Fit:
    """Return the level at which ketamine takes half of what it can take of the drive."""
    before = given("hamza_1989.ventilation_60_before")
    after = [given(f"hamza_1989.ventilation_60_{name}") for name in ("bolus", "infusion")]
    levels = child_levels(beliefs)
    taken = [1.0 - f.value / before.value for f in after]
    errors = [
        math.hypot(before.size / before.value, f.size / f.value)
        / math.sqrt(before.n) for f in after
    ]  # fmt: skip
    emax = beliefs["breathing_emax"].median

    def misfit(log_half: float, most: float = emax) -> float:
        said = [depression(float(c), most, math.exp(log_half)) for c in levels]
        return sum(((a - b) / e) ** 2 for a, b, e in zip(said, taken, errors, strict=True))

    at = [
        float(minimize_scalar(misfit, args=(most,), bounds=(5.0, 9.5), method="bounded").x)
        for most in (emax, 0.4, 0.65)
    ]
    return Fit(found=(
        Found(
            name="breathing_half_ng_per_ml",
            median=math.exp(at[0]),
            uncertainty_sd=max(0.3, 0.5 * abs(at[1] - at[2])),
            rows=tuple(f.figure.id for f in (*after, before)),
            note="Nine children at levels of anesthesia; the largest effect is assumed and the level moves "
            "with it. Steepness 2 is assumed: it keeps clinic levels neutral, as found.",
        ),
    ))  # fmt: skip


def retained_co2(drive: float, gain_mmhg: float) -> float:
    """Return how far a drive left over raises arterial carbon dioxide at rest, in mmHg."""
    return float(arterial_co2(drive, gain_mmhg)) - PACO2_REST_MMHG


def _share(dose: float, left: float, other_dose: float) -> float:
    half = dose * left / (1.0 - left)
    return other_dose / (other_dose + half)

"""Fits the rise of blood pressure and heart rate to cohorts at 0.5 mg/kg and to anesthesia.

The cohorts differ fivefold for the same dose: that is the SD between clinics, and it stays in every
prediction. Rises here are means over infusions at a fixed minute; a mean of each person's own peak
(wan_2015) is another quantity, larger by the scatter of readings.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import norm

from subside.engine.population.beliefs import Beliefs
from subside.evidence import figure, value
from subside.validation.found import Fit, Found, Pooled, covariance_of, given, pool, solve
from subside.validation.side_effect_protocols import Study, Target, depression_dose, rise_of, simulate_group

BP_H: Final = (0.0, 0.5, 0.667)
#: Study, age in years (assumed where not read), people, minute of the reading, figures by quantity.
COHORTS: Final = (
    ("riva_posse_2018", 56.7, 66, 1, {"sbp_mmhg": "sbp_rise", "dbp_mmhg": "dbp_rise"}),
    ("china_cohort_2022", 40.0, 120, 1,
     {"sbp_mmhg": "sbp_rise", "dbp_mmhg": "dbp_rise", "hr_bpm": "hr_rise"}),
    ("yale_2024", 45.0, 138, 2, {"sbp_mmhg": "sbp_rise_40min", "dbp_mmhg": "dbp_rise_40min"}),
)  # fmt: skip
READING_SD: Final = {"sbp_mmhg": "sbp_reading_sd", "dbp_mmhg": "dbp_reading_sd", "hr_bpm": "dbp_reading_sd"}
UNIT: Final = {"sbp_mmhg": "mmHg", "dbp_mmhg": "mmHg", "hr_bpm": "1/min"}


def cohorts() -> tuple[Study, ...]:
    """Return the cohorts at 0.5 mg/kg over 40 min and what they reported."""
    studies = []
    for name, age, n, at, reported in COHORTS:
        targets = []
        for output, suffix in reported.items():
            found, number = figure(f"{name}.{suffix}"), given(f"{name}.{suffix}").value
            spread = found.size or 2.0 * value(f"side_effect_assumptions.{READING_SD[output]}", unit="mmHg")
            targets.append(
                Target(
                    figure=found.id,
                    what=f"{found.quantity}, {found.unit}",
                    observed=number,
                    se=spread / math.sqrt(n),
                    statistic=rise_of(output, at),
                    fitted=True,
                    note="0.5 mg/kg over 40 min; mean over infusions",
                )
            )
        studies.append(
            Study(name=name, case=depression_dose(age_years=age), n=n, times_h=BP_H, targets=tuple(targets))
        )
    return tuple(studies)


def fit_age(_: Beliefs) -> Fit:
    """Return how much steeper pressure rises for each ten years, from the odds of a surge by age.

    Odds of a surge by age, as a shift of a normal distribution of rises (mean and SD of yale_2024) past
    a bound, give mmHg a year; what a higher resting pressure explains (the rise is relative) is taken off.
    """
    odds, mean = given("yale_2024.age_odds_ratio_per_year"), given("yale_2024.sbp_rise_40min")
    share = value("side_effect_assumptions.surge_share", unit="1")
    # d logit(P) / d mean, at the bound that a share P of rises passes
    per_mmhg = norm.pdf(norm.isf(share)) / (share * (1.0 - share) * mean.size)
    resting = value("nhanes_2011.sbp_all", unit="mmHg")
    by_resting = 10.0 * value("recalled_circulation.sbp_slope_per_year", unit="mmHg") / resting

    def per_decade(ratio: float) -> float:
        return 10.0 * math.log(ratio) / float(per_mmhg) / mean.value - by_resting

    low, high = odds.ends
    sampling = (per_decade(high) - per_decade(low)) / (2.0 * 1.96)
    return Fit(found=(
        Found(
            name="pressure_rise_per_decade",
            median=per_decade(odds.value),
            uncertainty_sd=math.hypot(sampling, by_resting),
            rows=(odds.figure.id, mean.figure.id, "recalled_circulation.sbp_slope_per_year"),
            note="From the odds of a surge by age in one cohort; what counted as a surge is not printed. "
            "Applied above 40 years.",
        ),
    ))  # fmt: skip


def fit_circulation(beliefs: Beliefs) -> Fit:
    """Return the largest rises, the levels of half effect, and how people and clinics differ."""
    studies = cohorts()
    scale = value("side_effect_assumptions.between_study_sd_scale", unit="1")
    spread = _between_people(beliefs, studies[-1])
    people = {name: {"patient_sd": spread} for name in ("sbp_emax", "dbp_emax", "hr_emax")}
    base = {name: beliefs[name].median for name in ("sbp_emax", "dbp_emax", "hr_emax")}

    def rises(half: float, hr_half: float) -> dict[str, float]:
        """Return the rise that each figure names, at the base values of the largest rises."""
        changes = {
            **people,
            "circulation_half_ng_per_ml": {"median": half},
            "hr_half_ng_per_ml": {"median": hr_half},
        }
        found = {}
        for study in studies:
            samples, group = simulate_group(study, beliefs, changes)
            found.update({t.figure: t.statistic(samples, group) for t in study.targets})
        return found

    by_figure = {t.figure: t for study in studies for t in study.targets}
    now = rises(450.0, 2000.0)
    pooled: dict[str, Pooled] = {}
    for output in ("sbp_mmhg", "dbp_mmhg"):
        ids = [f"{name}.{reported[output]}" for name, _, _, _, reported in COHORTS]
        gaps = [math.log(by_figure[i].observed / now[i]) for i in ids]
        errors = [(by_figure[i].se or 0.0) / by_figure[i].observed for i in ids]
        pooled[output] = pool(gaps, errors, tau_scale=scale)
    tau = 0.5 * (pooled["sbp_mmhg"].tau + pooled["dbp_mmhg"].tau)
    deep = value("langsjo_2005.level_anesthetic", unit="ng/mL")
    deep_sd = math.hypot(value("side_effect_assumptions.anesthetic_rise_log_sd", unit="1"), tau)
    map_rise = value("langsjo_2005.map_rise_anesthetic", unit="%") / 100.0
    hr_rise = value("langsjo_2005.hr_rise_anesthetic", unit="%") / 100.0
    hr = by_figure["china_cohort_2022.hr_rise"]
    resting = (value("nhanes_2011.sbp_all", unit="mmHg"), value("nhanes_2011.dbp_all", unit="mmHg"))
    average = math.exp(0.5 * spread**2)  # a mean over people of a lognormal, over its median
    at_rest = (resting[0] / 3.0, 2.0 * resting[1] / 3.0)
    priors = (("circulation_half_ng_per_ml", 0.6), ("hr_half_ng_per_ml", 0.8), ("hr_emax", 0.5))

    def residuals(x):  # type: ignore[no-untyped-def]
        s, d, half, h, hr_half = np.exp(x)
        said = rises(half, hr_half)
        # the pooled cohorts move with the level of half effect: compare with what they say at base
        level = {o: said[f"yale_2024.{'sbp' if o == 'sbp_mmhg' else 'dbp'}_rise_40min"] for o in pooled}
        ref = {o: now[f"yale_2024.{'sbp' if o == 'sbp_mmhg' else 'dbp'}_rise_40min"] for o in pooled}
        saturation = average * deep / (deep + half)
        mean_rise = (s * at_rest[0] + d * at_rest[1]) / sum(at_rest) * saturation
        deep_hr = average * h * deep / (deep + hr_half)
        return [
            *(
                (math.log(e / base[n]) + math.log(level[o] / ref[o]) - pooled[o].mean) / pooled[o].se
                for n, o, e in (("sbp_emax", "sbp_mmhg", s), ("dbp_emax", "dbp_mmhg", d))
            ),
            (math.log(mean_rise) - math.log(map_rise)) / deep_sd,
            (math.log(h / base["hr_emax"]) + math.log(said[hr.figure] / hr.observed)) / math.hypot(tau, 0.3),
            (math.log(deep_hr) - math.log(hr_rise)) / deep_sd,
            *(
                (at - math.log(beliefs[name].median)) / sd
                for (name, sd), at in zip(priors, (x[2], x[4], x[3]), strict=True)
            ),
        ]

    start = np.log([base["sbp_emax"], base["dbp_emax"], 450.0, base["hr_emax"], 2000.0])
    best = least_squares(residuals, start, diff_step=0.02, xtol=1e-4)
    covariance = covariance_of(best.jac)
    error = np.sqrt(np.diag(covariance))
    s, d, half, h, hr_half = np.exp(best.x)
    rows = tuple(by_figure)
    clinics = f"Clinics differ: three cohorts, prior half-normal({scale:g}) on the SD between them. "
    held = "Largest rise and level of half effect are told apart only by eight anesthetized men."
    table = (
        ("sbp_emax", s, error[0], pooled["sbp_mmhg"].tau, clinics + held),
        ("dbp_emax", d, error[1], pooled["dbp_mmhg"].tau, clinics + held),
        ("hr_emax", h, error[3], tau, "One cohort, one level of anesthesia and a prior."),
        ("circulation_half_ng_per_ml", half, error[2], None, held),
        ("hr_half_ng_per_ml", hr_half, error[4], None, "With hr_emax; the prior holds both."),
    )
    anesthetic = ("langsjo_2005.map_rise_anesthetic", "langsjo_2005.hr_rise_anesthetic")
    found = tuple(
        Found(
            name=name,
            median=float(median),
            uncertainty_sd=float(sd),
            patient_sd=None if clinic is None else spread,
            trial_sd=clinic,
            rows=(*rows, *anesthetic),
            note=note,
        )
        for name, median, sd, clinic, note in table
    )
    joint = ("sbp_emax", "dbp_emax", "circulation_half_ng_per_ml", "hr_emax", "hr_half_ng_per_ml")
    return Fit(found=found, joint=joint, covariance=covariance)


def _between_people(beliefs: Beliefs, study: Study) -> float:
    """Return the SD between people (log scale) that leaves the SDs of the yale_2024 cohort.

    A published SD holds people and readings; the part of readings is assumed, and levels differ too.
    """
    found = []
    for target, emax, output in zip(
        study.targets, ("sbp_emax", "dbp_emax"), ("sbp_mmhg", "dbp_mmhg"), strict=True
    ):
        size = given(target.figure).size
        noise = value(f"side_effect_assumptions.{READING_SD[output]}", unit="mmHg")
        cv = math.sqrt(size**2 - noise**2) / target.observed

        def coefficient(sd: float, emax: str = emax, output: str = output) -> float:
            samples, _ = simulate_group(study, beliefs, {emax: {"patient_sd": sd}})
            rise = samples[output][:, -1] - samples[output][:, 0]
            return float(rise.std() / rise.mean())

        found.append(solve(coefficient, cv, 0.02, 1.5))
    return float(np.sqrt(np.mean(np.square(found))))

"""Fits dissociation, psychomimetic effects, sedation, nausea and dizziness to published protocols."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.optimize import least_squares

from subside.engine.effects.mind import alertness
from subside.engine.population.beliefs import Beliefs
from subside.evidence import value
from subside.validation.found import Fit, Found, covariance_of, given, pool, solve
from subside.validation.side_effect_protocols import (
    Statistic,
    Study,
    Target,
    answers,
    bolus_then_infusion,
    depression_dose,
    hundred_hours,
    mean_of,
    nasal_spray,
    share_reporting,
    share_se,
    simulate_group,
)

PERCENT: Final = "% of patients"
POINTS: Final = "points (CADSS)"
NASAL_H: Final = (0.0, 0.25, 0.333, 0.5, 0.667, 0.75, 1.0, 1.5)
LONG_H: Final = (0.0, 8.0, 10.0, 24.0, 48.0, 72.0, 100.0)
DOSES_MG: Final = (56.0, 84.0)


def volunteers() -> Study:
    """Return the volunteers of goldway_2025; the change from before counts."""
    after, before = given("goldway_2025.cadss_after_bolus"), given("goldway_2025.cadss_before")
    return Study(
        name="goldway_2025",
        case=bolus_then_infusion(),
        n=after.n,
        times_h=(0.0, 0.333),
        targets=(
            Target(
                figure=after.figure.id,
                what="CADSS 10 min after 0.4 mg/kg, change from before, points",
                observed=after.value - before.value,
                se=after.size / math.sqrt(after.n),
                statistic=mean_of("cadss_total"),
                fitted=True,
                note="volunteers",
            ),
        ),
    )


def patients() -> Study:
    """Return the patients of van_schalkwyk_2018."""
    found = given("van_schalkwyk_2018.cadss")
    return Study(
        name="van_schalkwyk_2018",
        case=depression_dose(),
        n=found.n,
        times_h=(0.0, 0.667),
        targets=(
            Target(
                figure=found.figure.id,
                what="CADSS at 40 min of 0.5 mg/kg, points",
                observed=found.value,
                se=found.size / math.sqrt(found.n),
                statistic=mean_of("cadss_total"),
                fitted=True,
                note="patients with a mood disorder",
            ),
        ),
    )


def sprays(*targets: Target) -> Study:
    """Return the esketamine label: shares over 56 and 84 mg together."""
    return Study(
        name="esketamine_label",
        case=nasal_spray(DOSES_MG[0]),
        other_case=nasal_spray(DOSES_MG[1]),
        n=346,
        times_h=NASAL_H,
        targets=targets,
    )


def long_infusion(*targets: Target) -> Study:
    """Return the esketamine arm of sigtermans_2009."""
    return Study(name="sigtermans_2009", case=hundred_hours(), n=30, times_h=LONG_H, targets=targets)


def reporting(figure_id: str, output: str, background: str, fitted: bool, note: str = "") -> Target:
    """Return the target of a share of people who report something, from ``STUDY.NAME_esketamine``."""
    found = given(figure_id)
    placebo = value(figure_id.replace("_esketamine", "_placebo"), unit=PERCENT)
    return Target(
        figure=figure_id,
        what=f"{found.figure.quantity}, %",
        observed=found.value,
        se=share_se(found.value, found.n),
        statistic=share_reporting(output, background, placebo),
        fitted=fitted,
        note=note,
    )


def any_sedation() -> Statistic:
    """Return the statistic: percent of people rated below 5 on the MOAA/S at the lowest point."""
    noise = value("side_effect_assumptions.rating_noise_sd", unit="points (MOAA/S)")

    def statistic(samples, _):  # type: ignore[no-untyped-def]
        lowest = samples["moaas"].min(axis=1)
        return 100.0 * float(np.mean(1.0 / (1.0 + np.exp((lowest - 4.5) * 1.702 / noise))))

    return statistic


def fit_dissociation(beliefs: Beliefs) -> Fit:
    """Return slope and spread of dissociation: volunteers and patients as two studies that differ."""
    slopes, errors, spreads, weights = [], [], [], []
    for study in (volunteers(), patients()):
        target = study.targets[0]
        size = given(target.figure).size
        assert target.se is not None
        slope, spread = beliefs["cadss_per_ng_per_ml"].median, 0.6
        for _ in range(4):  # mean and SD in turn; the two barely touch

            def at(slope: float, spread: float, study: Study = study):  # type: ignore[no-untyped-def]
                changes = {"cadss_per_ng_per_ml": {"median": slope, "patient_sd": spread}}
                return simulate_group(study, beliefs, changes)[0]["cadss_total"][:, -1]

            slope = solve(lambda s, w=spread: float(at(s, w).mean()), target.observed, 1e-3, 2.0)  # type: ignore[misc]
            spread = solve(lambda w, s=slope: float(at(s, w).std()), size, 0.02, 2.5)  # type: ignore[misc]
        slopes.append(math.log(slope))
        errors.append(target.se / target.observed)
        spreads.append(spread)
        weights.append(study.n - 1)
    scale = value("side_effect_assumptions.between_study_sd_scale", unit="1")
    found = pool(slopes, errors, tau_scale=scale)
    spread = math.sqrt(float(np.average(np.square(spreads), weights=weights)))
    rows = (*(s.targets[0].figure for s in (volunteers(), patients())), "bowdle_1998.symptoms_linear")
    by_study = f"{math.exp(slopes[0]):.3g} in volunteers, {math.exp(slopes[1]):.3g} in patients"
    return Fit(found=(
        Found(
            name="cadss_per_ng_per_ml",
            median=math.exp(found.mean),
            uncertainty_sd=found.se,
            patient_sd=spread,
            trial_sd=found.tau,
            rows=rows,
            note=f"Random effects over two studies ({by_study}); whether the difference is one of "
            "people or of places cannot be told from two. Linear in the level (read).",
        ),
    ))  # fmt: skip


def psychomimetic_targets() -> tuple[Target, Target]:
    """Return the shares of people with psychomimetic effects, of the long infusion and of the label."""
    names = ("sigtermans_2009.psychomimetic_esketamine", "esketamine_label.dissociation_esketamine")
    first, second = (reporting(name, "p_psychomimetic", "psychomimetic_background", True) for name in names)
    return first, second


def stomach_targets() -> tuple[Target, Target, Target]:
    """Return nausea of the label and of the long infusion, and dizziness of the label."""
    return (
        reporting("esketamine_label.nausea_esketamine", "p_nausea", "nausea_background", True),
        reporting("sigtermans_2009.nausea_esketamine", "p_nausea", "nausea_background", True, "recalled"),
        reporting("esketamine_label.dizziness_esketamine", "p_dizziness", "dizziness_background", True),
    )


def fit_psychomimetic(beliefs: Beliefs) -> Fit:
    """Return the dissociation score at which half of those free of it report an effect."""
    long_target, nasal_target = psychomimetic_targets()
    studies = (long_infusion(long_target), sprays(nasal_target))
    sd = value("side_effect_assumptions.share_trial_logit_sd", unit="1")

    def residuals(x):  # type: ignore[no-untyped-def]
        changes = {"psychomimetic_half": {"median": math.exp(x[0])}}
        return _share_gaps(studies, beliefs, changes, sd)

    best = least_squares(residuals, [math.log(10.0)], diff_step=0.02, xtol=1e-4)
    return Fit(found=(
        Found(
            name="psychomimetic_half",
            median=math.exp(best.x[0]),
            uncertainty_sd=float(np.sqrt(covariance_of(best.jac)[0, 0])),
            rows=(long_target.figure, nasal_target.figure),
            note="Least squares on two shares, one parameter; the trials asked differently.",
        ),
    ))  # fmt: skip


def fit_stomach(beliefs: Beliefs) -> Fit:
    """Return level of half effect and steepness of nausea, and the level for dizziness."""
    label_sick, long_sick, dizzy = stomach_targets()
    studies = (sprays(label_sick, dizzy), long_infusion(long_sick))
    sd = value("side_effect_assumptions.share_trial_logit_sd", unit="1")
    steep_0 = (math.log(beliefs["nausea_steepness"].median), 0.3)

    def residuals(x):  # type: ignore[no-untyped-def]
        steepness = {"median": math.exp(x[1])}
        changes = {
            "nausea_half_ng_per_ml": {"median": math.exp(x[0])},
            "dizziness_half_ng_per_ml": {"median": math.exp(x[2])},
            "nausea_steepness": steepness,
            "dizziness_steepness": steepness,
        }
        return [*_share_gaps(studies, beliefs, changes, sd), (x[1] - steep_0[0]) / steep_0[1]]

    best = least_squares(residuals, [math.log(250.0), steep_0[0], math.log(250.0)], diff_step=0.02, xtol=1e-4)
    covariance = covariance_of(best.jac)
    errors = np.sqrt(np.diag(covariance)).tolist()
    rows = (label_sick.figure, long_sick.figure)
    half = "Level of half effect; spread between people and steepness cannot be told apart in shares."
    joint = ("nausea_half_ng_per_ml", "nausea_steepness", "dizziness_half_ng_per_ml")
    return Fit(joint=joint, covariance=covariance, found=(
        Found(name="nausea_half_ng_per_ml", median=math.exp(best.x[0]), uncertainty_sd=errors[0],
              rows=rows, note=half),
        Found(name="nausea_steepness", median=math.exp(best.x[1]), uncertainty_sd=errors[1], rows=rows,
              note="Two levels of nausea and a prior; one of the two shares is recalled.", basis="recalled"),
        Found(name="dizziness_half_ng_per_ml", median=math.exp(best.x[2]), uncertainty_sd=errors[2],
              rows=(dizzy.figure,), note=half),
        Found(name="dizziness_steepness", median=math.exp(best.x[1]), uncertainty_sd=errors[1],
              rows=(dizzy.figure,), note="As for nausea: one share tells nothing of it.", basis="assumed"),
    ))  # fmt: skip


def sedation_targets() -> tuple[Target, float, float]:
    """Return the share with any sedation, and the log level of unresponsiveness with its SD.

    People answer again at a lower level than the one at which they stop answering: the middle counts
    and the gap is error. In units of S-ketamine: half of the racemate plus what R-ketamine adds.
    """
    label = given("esketamine_label.moaas_sedation")
    low, high = label.ends
    target = Target(
        figure=label.figure.id,
        what="people rated below 5 on the MOAA/S after 56 or 84 mg nasal, %",
        observed=label.value,
        se=0.5 * (high - low),
        statistic=any_sedation(),
        fitted=True,
        note="middle of the printed range",
    )
    lost = value("sleigh_2019.loss_of_response", unit="ng/mL")
    back = value("sleigh_2019.return_of_response", unit="ng/mL")
    return target, 0.5 * (math.log(lost) + math.log(back)), 0.5 * math.log(lost / back)


def fit_sedation(beliefs: Beliefs) -> Fit:
    """Return level of half effect and steepness of sedation."""
    target, log_racemate, log_sd = sedation_targets()
    nasal = sprays(target)
    asleep = value("side_effect_assumptions.score_at_loss_of_response", unit="points (MOAA/S)")
    level = math.exp(log_racemate) * 0.5 * (1.0 + beliefs["r_sedation"].median)
    steep_0 = (math.log(beliefs["sedation_steepness"].median), 0.5)

    def residuals(x):  # type: ignore[no-untyped-def]
        middle, steepness = math.exp(x[0]), math.exp(x[1])
        changes = {
            "sedation_half_ng_per_ml": {"median": middle}, "sedation_steepness": {"median": steepness},
        }  # fmt: skip
        share = answers(nasal, lambda half: simulate_group(half, beliefs, changes))[target.figure]
        # the level at which the expected score is that of unresponsiveness
        lost_at = middle * (5.0 / asleep - 1.0) ** (1.0 / steepness)
        assert abs(alertness(lost_at, middle, steepness, 0.0, 0.0) - asleep) < 1e-3
        assert target.se is not None
        return [
            (share - target.observed) / target.se,
            (math.log(lost_at) - math.log(level)) / log_sd,
            (x[1] - steep_0[0]) / steep_0[1],
        ]

    best = least_squares(residuals, [math.log(500.0), steep_0[0]], diff_step=0.02, xtol=1e-4)
    covariance = covariance_of(best.jac)
    errors = np.sqrt(np.diag(covariance)).tolist()
    rows = (target.figure, "sleigh_2019.loss_of_response", "sleigh_2019.return_of_response")
    joint = ("sedation_half_ng_per_ml", "sedation_steepness")
    return Fit(joint=joint, covariance=covariance, found=(
        Found(name="sedation_half_ng_per_ml", median=math.exp(best.x[0]), uncertainty_sd=errors[0],
              rows=rows, note="Between light sedation after nasal doses and unresponsiveness after a bolus; "
              "what score goes with unresponsiveness is assumed."),
        Found(name="sedation_steepness", median=math.exp(best.x[1]), uncertainty_sd=errors[1], rows=rows,
              note="With sedation_half_ng_per_ml."),
    ))  # fmt: skip


def fit_tolerance(beliefs: Beliefs) -> Fit:
    """Return how fast tolerance of dissociation builds, for the assumed fall with each repeat."""
    fall = value("assumptions.dissociation_tolerance", unit="1")
    twice = Study(
        name="repeat",
        case=depression_dose(series='series = { every = "84 h", count = 2 }'),
        n=51,
        times_h=(0.0, 0.667, 84.667),
        targets=(),
    )

    def share_lost(per_h: float) -> float:
        score = simulate_group(twice, beliefs, {"mind_tolerance_per_h": {"median": per_h}})[0]["cadss_total"]
        return 1.0 - float(score[:, 2].mean() / score[:, 1].mean())

    return Fit(found=(
        Found(
            name="mind_tolerance_per_h",
            median=solve(share_lost, fall, 1e-3, 5.0),
            rows=("assumptions.dissociation_tolerance", "abdallah_2022.dissociation_tolerance"),
            note=f"So that one infusion of 0.5 mg/kg weakens the next, 3.5 d later, by {100 * fall:.0f} %: "
            "that it is weaker was read, by how much is assumed.",
            basis="assumed",
        ),
    ))  # fmt: skip


def _share_gaps(studies, beliefs, changes, sd) -> list[float]:  # type: ignore[no-untyped-def]
    """Return the gap of every share over its SD, study after study."""
    gaps = []
    for study in studies:
        said = answers(study, lambda half: simulate_group(half, beliefs, changes))
        gaps += [_logit_gap(said[t.figure], t, sd) for t in study.targets]
    return gaps


def _logit_gap(percent: float, target: Target, trial_sd: float) -> float:
    """Return the gap of a share from its target over its SD, on the logit scale."""
    got, wanted = (min(max(p / 100.0, 1e-3), 1.0 - 1e-3) for p in (percent, target.observed))
    assert target.se is not None
    se = target.se / 100.0 / (wanted * (1.0 - wanted))
    return (math.log(got / (1.0 - got)) - math.log(wanted / (1.0 - wanted))) / math.hypot(se, trial_sd)

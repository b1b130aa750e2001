"""Every published outcome of pain beside the model's answer, with its interval and score.

A prediction is that of a new trial: parameters, trial effects and rival forms are drawn anew for each
replicate, people within it share them, and the error of the observed figure is added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.arms import Arm, named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, fitted
from subside.evidence import figure
from subside.validation.outcome import Outcome
from subside.validation.protocols import protocol_case
from subside.validation.trials import (
    DAY,
    WEEK,
    Target,
    Trial,
    mean_at,
    share_fraction,
    share_points,
    trials,
)

Array = NDArray[np.float64]
REPLICATES = 40
PEOPLE = 48
BEST_TRIAL = "sigtermans_2009_crps"


def held_out() -> tuple[Trial, ...]:
    """Return series that the fit does not see: retrospective, without spread, or from other conditions."""
    return (
        Trial(
            name="correll_2004", protocol="correll_2004_crps", design="open", arms={"case": 8.0},
            targets=(
                Target(
                    what="share with complete relief after the first course, %",
                    figures=("correll_2004.complete_relief",), arms=("case",), times_h=(74.0,),
                    statistic=share_fraction(0.9), observed=_of("correll_2004.complete_relief"), se=7.4,
                    se_basis="computed", note="retrospective, uncontrolled; complete taken as 90 %",
                ),
            ),
        ),
        Trial(
            name="lauritsen_2016", protocol="lauritsen_2016_migraine", design="open", arms={"case": 9.5},
            targets=(
                Target(
                    what="share with a fall of 6.5 points or more, %",
                    figures=("lauritsen_2016.reached_target",), arms=("case",), times_h=(48.0,),
                    statistic=share_points(6.5), observed=100.0, se=10.0, se_basis="computed",
                    note="6 of 6 reached pain of 3 or less while the infusion was raised to that aim",
                ),
            ),
        ),
    )  # fmt: skip


def pooled() -> tuple[tuple[str, str, tuple[str, ...], tuple[float, ...]], ...]:
    """Return pooled differences from placebo: figure, words, protocols that stand for the trials, times.

    The protocols pooled there are not known one by one; the randomized ones at hand stand in.
    """
    randomized = tuple(t.protocol for t in trials() if t.design == "randomized")
    return (
        ("orhurhu_2019.nrs_difference", "pooled difference, 2 days to 2 weeks", randomized, (4 * DAY, WEEK)),
        ("mcmaster_2024.difference_7_d", "pooled difference, 3 to 7 days", randomized, (5 * DAY,)),
        ("mcmaster_2024.difference_4_weeks", "pooled difference, 4 weeks", randomized, (4 * WEEK,)),
        ("mcmaster_2024.difference_later", "pooled difference, later", randomized, (6 * WEEK,)),
        ("pain_pract_2024.nrs_difference", "pooled difference, any time", randomized, (WEEK, 2 * WEEK)),
    )


def outcomes(
    beliefs: Beliefs | None = None,
    *,
    seed: int = 11,
    replicates: int = REPLICATES,
    progress: Callable[[float], None] | None = None,
) -> list[Outcome]:
    """Return every outcome of pain with the model's answer."""
    beliefs = beliefs or fitted()
    used, unseen = trials(), held_out()
    work: list[tuple[Trial, bool]] = [(t, True) for t in used] + [(t, False) for t in unseen]
    found: list[Outcome] = []
    for index, (trial, fitted_to) in enumerate(work):
        found += _of_trial(trial, beliefs, seed, replicates, fitted_to)
        if progress:
            progress((index + 1) / (len(work) + len(pooled())))
    for index, (figure_id, what, protocols, times) in enumerate(pooled()):
        found.append(_pooled(figure_id, what, protocols, times, beliefs, seed, replicates))
        if progress:
            progress((len(work) + index + 1) / (len(work) + len(pooled())))
    return found


def _of_trial(trial: Trial, beliefs: Beliefs, seed: int, replicates: int, fitted_to: bool) -> list[Outcome]:
    times = sorted({t for target in trial.targets for t in target.times_h})
    drawn: dict[str, Array] = {}
    never: dict[str, Array] = {}
    always: dict[str, Array] = {}
    stated: dict[str, Array] = {}
    for name, level in trial.arms.items():
        case = _at_level(protocol_case(trial.protocol), level)
        arm = own(case) if name == "case" else named(name, case)
        drawn[name], stated[name] = _replicates(case, arm, times, beliefs, seed, replicates)
        if name == "case":
            never[name], _ = _replicates(
                case, named("placebo", case), times, beliefs, seed, _of_rivals(replicates)
            )
            best = case.with_infusions(protocol_case(BEST_TRIAL).infusions)
            always[name], _ = _replicates(best, own(best), times, beliefs, seed, _of_rivals(replicates))
        else:
            never[name] = always[name] = drawn[name][: _of_rivals(replicates)]
    result = []
    for target in trial.targets:
        columns = [times.index(t) for t in target.times_h]

        def values(samples: dict[str, Array], target: Target = target, columns: list[int] = columns) -> Array:
            n = min(len(samples[a]) for a in target.arms)
            parts = [
                np.array(
                    [
                        target.statistic(samples[a][i][:, columns], stated[a][i], np.array(target.times_h))
                        for i in range(n)
                    ]
                )
                for a in target.arms
            ]
            return parts[0] - parts[1] if len(parts) == 2 else parts[0]

        model = values(drawn)
        rng = np.random.default_rng(seed)
        noisy = np.repeat(model, 25) + target.se * rng.standard_normal(25 * len(model))
        if target.what.startswith("share"):  # a share in percent cannot leave its scale
            noisy = np.clip(noisy, 0.0, 100.0)
        touched = "case" in target.arms
        result.append(
            Outcome(
                figure=target.figures[0],
                what=f"{trial.name}: {target.what}",
                observed=target.observed,
                se=target.se,
                predicted=float(np.median(model)),
                low=float(np.quantile(noisy, 0.05)),
                high=float(np.quantile(noisy, 0.95)),
                used_to_fit=fitted_to,
                note=target.note,
                never=float(np.median(values(never))) if touched else None,
                always=float(np.median(values(always))) if touched else None,
            )
        )
    return result


def _pooled(
    figure_id: str,
    what: str,
    protocols: Sequence[str],
    times: Sequence[float],
    beliefs: Beliefs,
    seed: int,
    replicates: int,
) -> Outcome:
    found = figure(figure_id)
    means = []
    for protocol in protocols:
        case = protocol_case(protocol)
        drug, _ = _replicates(case, own(case), list(times), beliefs, seed, replicates)
        other, _ = _replicates(case, named("placebo", case), list(times), beliefs, seed, replicates)
        means.append(drug.mean(axis=(1, 2)) - other.mean(axis=(1, 2)))
    model = np.mean(means, axis=0)  # the mean over protocols, replicate by replicate
    se = (float(found.high or 0.0) - float(found.low or 0.0)) / (2 * 1.96)
    rng = np.random.default_rng(seed)
    noisy = np.repeat(model, 25) + se * rng.standard_normal(25 * len(model))
    best = protocol_case(BEST_TRIAL)
    drug, _ = _replicates(best, own(best), list(times), beliefs, seed, _of_rivals(replicates))
    other, _ = _replicates(best, named("placebo", best), list(times), beliefs, seed, _of_rivals(replicates))
    return Outcome(
        figure=figure_id,
        what=what + ", points",
        observed=float(found.value or 0.0),
        se=se,
        predicted=float(np.median(model)),
        low=float(np.quantile(noisy, 0.05)),
        high=float(np.quantile(noisy, 0.95)),
        used_to_fit=False,
        note="the pooled protocols are not known one by one: the mean over the randomized trials at hand "
        "stands in, some of which are pooled there",
        never=0.0,
        always=float(drug.mean() - other.mean()),
    )


def _replicates(
    case: Case, arm: Arm, times: Sequence[float], beliefs: Beliefs, seed: int, replicates: int
) -> tuple[Array, Array]:
    """Return pain (replicate, person, time) and stated pain (replicate, person) of new trials."""
    pains, stated = [], []
    for replicate in range(replicates):
        group = gather(case, beliefs, PEOPLE, seed=1000 * seed + replicate, alike=True, same_trial=True)
        pains.append(treat(group, arm, np.array(times))["nrs_pain"].astype(np.float64))
        stated.append(group.stated_pain)
    return np.array(pains), np.array(stated)


def _of_rivals(replicates: int) -> int:
    """Return how many replicates the simple rivals get: they give a middle and no interval."""
    return min(replicates, max(8, replicates // 4))


def _at_level(case: Case, stated: float) -> Case:
    patient = case.patient.model_copy(update={"nrs_pain": stated, "nrs_pain_movement": None})
    return case.model_copy(update={"patient": patient})


def _of(figure_id: str) -> float:
    return float(figure(figure_id).value or 0.0)


__all__ = ["held_out", "mean_at", "outcomes", "pooled"]

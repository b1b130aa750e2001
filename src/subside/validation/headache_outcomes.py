"""Headache days: what was published beside the model's answer, withdrawal of overused medication and placebo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, parse_case
from subside.engine.arms import named
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, fitted
from subside.evidence import figure, value
from subside.validation.outcome import Outcome

Array = NDArray[np.float64]

PEOPLE: Final = 64
DAYS_PER_MONTH: Final = 30.4375
MONTH_OF_28: Final = DAYS_PER_MONTH / 28.0
D: Final = 24.0
#: Days a month at the start: of people with overuse who were withdrawn (recalled: about 25), and in two trials.
WITHDRAWN_DAYS: Final = 25
TRIAL_DAYS: Final = 22

CASE: Final = """
format = 1
title = "Chronic migraine, as in a series"
[patient]
age_years = 42
weight_kg = 70
condition = "chronic_migraine"
nrs_pain = 6.5
{infusions}
[answers]
headache_days_per_month = {days}
other_acute_days_per_month = 18
[options]
medication_overuse = "{overuse}"
"""
VISITS: Final = "".join(
    f"""
[[infusion]]
drug = "racemic_ketamine"
start = "{start}"
steps = [ {{ rate = "1 mg/h", for = "10 min" }} ]
"""
    for start in ("0 h", "12 wk")
)


def outcomes(
    beliefs: Beliefs | None = None, *, seed: int = 11, replicates: int = 20
) -> list[Outcome]:
    """Return every outcome of headache days with the model's answer."""
    beliefs = beliefs or fitted()
    stopped = parse_case(CASE.format(infusions="", days=WITHDRAWN_DAYS, overuse="withdrawn"))
    placebo = parse_case(CASE.format(infusions=VISITS, days=TRIAL_DAYS, overuse="on"))
    limit = value("ichd_3.chronic_days", unit="d") / MONTH_OF_28
    half_year, years = _falls(stopped, "none", (182.0, 1461.0), beliefs, seed, replicates)
    (on_placebo,) = _falls(placebo, "placebo", (168.0,), beliefs, seed, replicates)
    return [
        _outcome(
            "carlsen_2020.withdrawal_alone", "headache days a month, six months after withdrawal: change",
            half_year, lambda start, end: MONTH_OF_28 * (end - start).mean(axis=1), se=1.2, used=True,
        ),
        _outcome(
            "ichd_3.revert_after_withdrawal", "migraine no longer chronic six months after withdrawal, %",
            half_year, lambda _, end: 100.0 * (end < limit).mean(axis=1), se=8.0,
            note="printed as around 50 %",
        ),
        _outcome(
            "hagen_2011.fall_4_years", "headache days a month, four years after withdrawal: change",
            years, lambda start, end: MONTH_OF_28 * (end - start).mean(axis=1), se=1.3,
            note="a third overused again by then, which the model does not know",
        ),
        _outcome(
            "silberstein_2013.fall_on_placebo_overuse", "headache days in 28, 24 weeks on placebo: change",
            on_placebo, lambda start, end: (end - start).mean(axis=1), se=0.4, used=True,
            note="how much of it is hope is not known",
        ),
    ]  # fmt: skip


def _falls(
    case: Case, arm: str, days: tuple[float, ...], beliefs: Beliefs, seed: int, replicates: int
) -> list[tuple[Array, Array]]:
    """Return headache days in 28 at the start and at each of these days. Shape ``(replicate, person)`` each."""
    times = np.array([0.0, *(D * day for day in days)])
    found = []
    for replicate in range(replicates):
        group = gather(case, beliefs, PEOPLE, seed=1000 * seed + replicate, alike=True, same_trial=True)
        found.append(treat(group, named(arm, case), times)["headache_days_per_28_d"].astype(np.float64))
    table = np.array(found)
    return [(table[:, :, 0], table[:, :, k + 1]) for k in range(len(days))]


def _outcome(
    figure_id: str, what: str, days: tuple[Array, Array], statistic: Callable[[Array, Array], Array], *,
    se: float, used: bool = False, note: str = "",
) -> Outcome:  # fmt: skip
    model = statistic(*days)
    rng = np.random.default_rng(5)
    noisy = np.repeat(model, 25) + se * rng.standard_normal(25 * len(model))
    return Outcome(
        figure=figure_id,
        what=what,
        observed=float(figure(figure_id).value or 0.0),
        se=se,
        predicted=float(np.median(model)),
        low=float(np.quantile(noisy, 0.05)),
        high=float(np.quantile(noisy, 0.95)),
        used_to_fit=used,
        note=note,
    )

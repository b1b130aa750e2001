"""Published protocols of side effects and vital signs as cases, and groups simulated under them.

Doses, times and counts come from the evidence; the person (70 kg, 45 years unless the paper says) is
assumed, which matters little where the dose is per kg.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, parse_case
from subside.engine.arms import Arm, Kind, named, own
from subside.engine.group import Group, Samples, gather, treat
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.draws import PARTS
from subside.evidence import value

Array = NDArray[np.float64]
#: From the samples of a group (person, time) and the group: one number.
Statistic = Callable[[Samples, Group], float]

SEED: Final = 20
PEOPLE_OF_FIT: Final = 400
PEOPLE_OF_STUDY: Final = 150  # more change the error of a study's mean little
MIN_PER_H: Final = 60.0


def case(
    *,
    drug: str,
    steps: str,
    age_years: float = 45.0,
    weight_kg: float = 70.0,
    condition: str = "depression",
    patient: str = "",
    series: str = "",
) -> Case:
    """Return a case; ``steps``, ``patient`` and ``series`` are lines of a case file."""
    text = f"""
format = 1
title = "Published protocol"
[patient]
age_years = {age_years:g}
sex = "female"
weight_kg = {weight_kg:g}
condition = "{condition}"
{patient}
[[infusion]]
drug = "{drug}"
start = "0 h"
{steps}
{series}
"""
    return parse_case(text, origin="protocol of a published study")


def depression_dose(*, age_years: float = 45.0, patient: str = "nrs_pain = 0", series: str = "") -> Case:
    """Return 0.5 mg/kg of the racemate over 40 min, once or in a series."""
    return case(
        drug="racemic_ketamine",
        steps='steps = [ { dose = "0.5 mg/kg", for = "40 min" } ]',
        age_years=age_years,
        patient=patient,
        series=series,
    )


def bolus_then_infusion() -> Case:
    """Return 0.4 mg/kg over 10 min, then 0.4 mg/kg/h for an hour, of the racemate (goldway_2025)."""
    return case(
        drug="racemic_ketamine",
        steps='steps = [ { dose = "0.4 mg/kg", for = "10 min" }, { rate = "0.4 mg/kg/h", for = "1 h" } ]',
        age_years=28,
        patient="nrs_pain = 0",
        condition="healthy",
    )


def hundred_hours() -> Case:
    """Return the esketamine arm of sigtermans_2009 in two steps, 5 mg/h, then the final mean rate."""
    final = value("sigtermans_2009.final_rate_mg_per_h_70kg", unit="mg/h")
    first = value("sigtermans_2009.start_rate_mg_per_h", unit="mg/h")
    return case(
        drug="esketamine",
        steps=f'steps = [ {{ rate = "{first:g} mg/h", for = "8 h" }}, '
        f'{{ rate = "{final:g} mg/h", for = "92 h" }} ]',
        condition="complex_regional_pain_syndrome",
        patient="nrs_pain = 7.2",
    )


def nasal_spray(nominal_mg: float) -> Case:
    """Return the systemic input of nasal esketamine as constant rates of 5 min each.

    Absorption of perez_ruixo_2021: first order, from devices of 28 mg given ``spray_gap_min`` apart;
    the swallowed part is taken to follow at the same pace, which brings it a little early.
    """
    devices = round(nominal_mg / 28.0)
    later = value("perez_ruixo_2021.nasal_fraction_later_sprays", unit="1")
    nasal = value("perez_ruixo_2021.nasal_fraction", unit="1") * (1.0 + later * (devices - 1)) / devices
    liver = value("perez_ruixo_2021.hepatic_cl", unit="L/h") / value("perez_ruixo_2021.qh", unit="L/h")
    gut = value("perez_ruixo_2021.gut_fraction", unit="1")
    absorbed_mg = nominal_mg * (nasal + (1.0 - nasal) * gut * (1.0 - liver))
    ka_per_h = value("perez_ruixo_2021.nasal_ka", unit="1/h")
    gap_h = value("side_effect_assumptions.spray_gap_min", unit="min") / MIN_PER_H
    step_h, n = 5.0 / MIN_PER_H, 30
    edges = np.arange(n + 1) * step_h
    uptake = np.zeros(n + 1)
    for device in range(devices):
        uptake += (1.0 - np.exp(-ka_per_h * np.maximum(edges - device * gap_h, 0.0))) / devices
    rates = absorbed_mg * np.diff(uptake) / step_h
    steps = ", ".join(f'{{ rate = "{rate:.4g} mg/h", for = "5 min" }}' for rate in rates)
    return case(drug="esketamine", steps=f"steps = [ {steps} ]", patient="nrs_pain = 0")


def child_anesthesia() -> Case:
    """Return 2 mg/kg, then 40 mcg/kg/min of the racemate for 30 min in a child (hamza_1989)."""
    return case(
        drug="racemic_ketamine",
        steps='steps = [ { dose = "2 mg/kg", for = "1 min" }, { rate = "40 mcg/kg/min", for = "30 min" } ]',
        age_years=8,
        weight_kg=32,
        condition="healthy",
        patient="nrs_pain = 0",
    )


@dataclass(frozen=True, kw_only=True)
class Target:
    """A reported number and the statistic that answers it.

    ``se`` is its standard error; ``fitted`` whether it shaped parameters.
    """

    figure: str
    what: str
    observed: float
    se: float | None
    statistic: Statistic
    fitted: bool
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Study:
    """Who got what, when they were looked at, and what was reported.

    Attributes:
        n: People in the study.
        times_h: Times needed.
        kind: What was given: drug or a placebo.
        other_case: What the other half got, where a report is over two doses together.
    """

    name: str
    case: Case
    n: int
    times_h: tuple[float, ...]
    targets: tuple[Target, ...]
    kind: Kind = "drug"
    other_case: Case | None = None

    @property
    def halves(self) -> tuple[Study, ...]:
        """The study as one dose each."""
        if self.other_case is None:
            return (self,)
        n = max(self.n // 2, 1)
        first = replace(self, n=n, other_case=None)
        return first, replace(first, case=self.other_case)

    @property
    def arm(self) -> Arm:
        """The arm of the engine."""
        return own(self.case) if self.kind == "drug" else named(self.kind, self.case)


def simulate_group(
    study: Study, beliefs: Beliefs, changes: Mapping[str, Mapping[str, float]] | None = None
) -> tuple[Samples, Group]:
    """Return what a large group does at typical parameters, people and rival forms varying."""
    changed = beliefs.with_values(changes) if changes else beliefs
    group = gather(study.case, changed, PEOPLE_OF_FIT, seed=SEED, alike=True, vary=("patient", "structure"))
    return treat(group, study.arm, np.array(study.times_h)), group


def answers(study: Study, simulate: Callable[[Study], tuple[Samples, Group]]) -> dict[str, float]:
    """Return the statistic of each target, by figure; over both doses where there are two."""
    runs = [simulate(half) for half in study.halves]
    return {
        target.figure: float(np.mean([target.statistic(samples, group) for samples, group in runs]))
        for target in study.targets
    }


def simulate_study(study: Study, beliefs: Beliefs, seed: int) -> tuple[Samples, Group]:
    """Return one study as it might be run: its own place, its own people."""
    group = gather(
        study.case, beliefs, min(study.n, PEOPLE_OF_STUDY), seed=seed, alike=True, vary=PARTS, same_trial=True
    )
    return treat(group, study.arm, np.array(study.times_h)), group


def mean_of(name: str, at: int = -1) -> Statistic:
    """Return the statistic: the mean of a quantity at one of the times."""
    return lambda samples, _: float(samples[name][:, at].mean())


def rise_of(name: str, at: int = -1) -> Statistic:
    """Return the statistic: the mean rise of a quantity from the first time."""
    return lambda samples, _: float((samples[name][:, at] - samples[name][:, 0]).mean())


def share_reporting(name: str, background: str, placebo_percent: float) -> Statistic:
    """Return the statistic: percent of people who report it at least once, given the study's placebo.

    Whether a person reports is taken as a trait: the highest probability over time counts, and
    repeats add nobody. The study's own share under placebo replaces the model's background.
    """

    def statistic(samples: Samples, group: Group) -> float:
        quiet = group.draws.values[background]
        excess = (samples[name].max(axis=1) - quiet) / (1.0 - quiet)
        return placebo_percent + (100.0 - placebo_percent) * float(excess.mean())

    return statistic


def share_se(percent: float, n: int) -> float:
    """Return the standard error of a share in percent."""
    share = percent / 100.0
    return 100.0 * math.sqrt(share * (1.0 - share) / n)

"""By which way relief travels, how much of it is empirical, and what the rival routes say of less drug.

A chain of counterfactuals in the same people: nothing at all, then visits, then drug that only acts
while it is there, then drug that also removes sensitization. What each step adds is one row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from subside.case import Case
from subside.engine.arms import Arm, named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, fitted
from subside.engine.receptor.routes import ROUTES

ROUTE_NAMES = {
    "pore": "pore block of GluN2A/2B receptors",
    "glun2d": "receptors rich in GluN2D",
    "allosteric": "the membrane-reached allosteric site",
    "descending": "descending inhibition",
}
PEOPLE = 256


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of relief and how many points travel by it.

    Attributes:
        points: Mean relief in points; negative adds pain.
        empirical: Its size was fitted to outcomes; no measured constant gives it.
    """

    name: str
    points: float
    empirical: bool
    basis: str
    note: str


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The difference from placebo a week after the last infusion, by route, for less drug."""

    route: str
    full_points: float
    tenth_points: float
    short_points: float


def ledger(
    case: Case, time_h: float, *, seed: int = 1, people: int = PEOPLE, beliefs: Beliefs | None = None
) -> tuple[Way, ...]:
    """Return the ways by which pain at rest changes from what was stated, at one time.

    The rows add up to the mean fall of pain at rest. ``time_h`` is in h from the first infusion.
    """
    beliefs = beliefs or fitted()
    times = np.array([time_h])
    group = gather(case, beliefs, people, seed=seed)

    def mean(arm: Arm, **adjust: float) -> float:
        return float(treat(group, arm, times, adjust=adjust)["nrs_pain"].mean())

    stated = float(group.stated_pain.mean())
    nothing = mean(named("none", case))
    placebo = mean(named("placebo", case))
    acute = mean(own(case), k_dep_per_h=0.0, pain_by_mood=0.0, pain_by_sleep=0.0)
    acute_placebo = mean(named("placebo", case), pain_by_mood=0.0, pain_by_sleep=0.0)
    lasting = mean(own(case), pain_by_mood=0.0, pain_by_sleep=0.0)
    whole = mean(own(case))
    shares = [float(np.mean(group.draws.choices["low_dose_route"] == route)) for route in ROUTES]
    by_route = ", ".join(
        f"{ROUTE_NAMES[route]} {100 * share:.0f} %" for route, share in zip(ROUTES, shares, strict=True)
    )
    return (
        Way(
            name="regression to the mean and natural swings",
            points=stated - nothing, empirical=True, basis="assumed",
            note="would happen without any treatment",
        ),
        Way(
            name="expectation", points=nothing - placebo, empirical=True, basis="computed",
            note="fitted to placebo arms; trials differ and zero is within reach",
        ),
        Way(
            name="acute analgesia, while the drug is there", points=acute_placebo - acute,
            empirical=False, basis="read", note="potency measured in volunteers",
        ),
        Way(
            name="loss of sensitization that outlasts the drug", points=acute - lasting,
            empirical=True, basis="computed",
            note="no measured constant links block to loss of sensitization: its rate is fitted. "
            f"Which receptor starts it is not known; weights here: {by_route}",
        ),
        Way(
            name="better mood and sleep", points=placebo - whole - (acute_placebo - lasting),
            empirical=True, basis="assumed", note="couplings are assumed and can be switched off",
        ),
    )  # fmt: skip


def less_drug(
    case: Case, *, seed: int = 1, people: int = PEOPLE, beliefs: Beliefs | None = None
) -> tuple[WhatIf, ...]:
    """Return, for each route, the mean difference from placebo a week after the last infusion.

    As planned; at a tenth of every rate; and after one infusion of 0.5 mg/kg esketamine over 40 min.
    """
    beliefs = beliefs or fitted()
    tenth, short = _tenth(case), _short(case)
    rows = []
    for route in ROUTES:
        effects = []
        for variant in (case, tenth, short):
            fixed = variant.model_copy(update={"options": {**variant.options, "low_dose_route": route}})
            end = fixed.regimen().end_h or 0.0
            times = np.array([end + 168.0])
            group = gather(fixed, beliefs, people, seed=seed)
            drug = treat(group, own(fixed), times)["nrs_pain"].mean()
            effects.append(float(drug - treat(group, named("placebo", fixed), times)["nrs_pain"].mean()))
        rows.append(
            WhatIf(route=route, full_points=effects[0], tenth_points=effects[1], short_points=effects[2])
        )
    return tuple(rows)


def _tenth(case: Case) -> Case:
    """Return the case with the same hours at a tenth of every rate, in mg/h."""
    return _with_regimen(case, scale=0.1)


def _short(case: Case) -> Case:
    from subside.case import parse_case

    text = (
        'format = 1\ntitle = "One short infusion"\n[patient]\nage_years = 40\nweight_kg = '
        f'{case.patient.weight_kg}\ncondition = "healthy"\n[[infusion]]\ndrug = "esketamine"\n'
        'start = "0 h"\nsteps = [ { dose = "0.5 mg/kg", for = "40 min" } ]\n'
    )
    return case.with_infusions(parse_case(text, origin="one short infusion").infusions)


def _with_regimen(case: Case, *, scale: float) -> Case:
    """Return the case with its regimen written out in plain steps, every rate scaled."""
    from subside.case import parse_case

    regimen = case.regimen().at_most()
    lines = ['format = 1\ntitle = "scaled"\n[patient]\nage_years = 40\n']
    lines.append(f'weight_kg = {case.patient.weight_kg}\ncondition = "healthy"\n')
    for s in regimen.segments:
        rate, length_s = f"{s.mg_per_h * scale:.6f} mg/h", f"{(s.end_h - s.start_h) * 3600:.0f} s"
        lines.append(
            f'[[infusion]]\ndrug = "{s.drug}"\nstart = "{s.start_h * 3600:.0f} s"\n'
            f'steps = [ {{ rate = "{rate}", for = "{length_s}" }} ]\n'
        )
    return case.with_infusions(parse_case("".join(lines), origin="scaled regimen").infusions)

"""Published protocols of treatments beside ketamine, and groups simulated under them and under placebo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, parse_case
from subside.engine.arms import Arm, named, own, placebo_of
from subside.engine.group import Group, gather, treat
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.draws import PARTS
from subside.evidence import value
from subside.units import H_PER_WEEK

Array = NDArray[np.float64]

SEED: Final = 31
PEOPLE_OF_FIT: Final = 1000
PEOPLE_OF_STUDY: Final = 200


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """Who got what, and what it is compared with.

    Attributes:
        arm: A named arm of the engine, or ``case``: what the case itself gives.
        other: The case of the other half; None for an inactive placebo with the same visits.
        times_h: When they are asked.
    """

    name: str
    case: Case
    arm: str
    times_h: tuple[float, ...]
    other: Case | None = None

    @property
    def arms(self) -> tuple[Arm, Arm]:
        """What both halves get."""
        treated = own(self.case) if self.arm == "case" else named(self.arm, self.case)
        return treated, placebo_of(treated) if self.other is None else own(self.other)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Pain of the same people in both halves. Shape ``(person, time)``; ``stated``: before treatment."""

    treated: Array
    other: Array
    stated: Array

    def difference(self, at: int = -1) -> float:
        """Return the mean difference of pain at one of the times."""
        return float((self.treated - self.other)[:, at].mean())

    def fall_percent(self, at: int = -1) -> float:
        """Return by how much pain has fallen under treatment, placebo response within it, in percent."""
        return 100.0 * float(1.0 - self.treated[:, at].mean() / self.stated.mean())

    def more_with_half_gone(self, at: int = -1) -> float:
        """Return how many more people, in percentage points, have at least half of their pain gone."""
        return self._more(0.5 * self.stated, at)

    def more_with_points_gone(self, points: float, at: int = -1) -> float:
        """Return how many more people, in percentage points, have lost at least so many points."""
        return self._more(self.stated - points, at)

    def _more(self, below: Array, at: int) -> float:
        return 100.0 * float(np.mean(self.treated[:, at] <= below) - np.mean(self.other[:, at] <= below))


def patient(condition: str, nrs_pain: float, treatments: str = "", *, weight_kg: float = 75.0) -> Case:
    """Return a case of this condition and pain; ``treatments`` are its tables."""
    text = f"""
format = 1
title = "Published protocol"
[patient]
age_years = 52
sex = "female"
weight_kg = {weight_kg:g}
condition = "{condition}"
nrs_pain = {nrs_pain:g}
{treatments}
"""
    return parse_case(text, origin="protocol of a published study")


def remifentanil(mcg_per_kg_per_min: float, hours: float, *, ketamine: str = "") -> Case:
    """Return a person after surgery who had remifentanil during it; time zero is its start."""
    return patient(
        "acute_pain",
        value("conventional_assumptions.pain_after_surgery", unit="NRS 0-10"),
        f"""
[[treatment]]
kind = "drug"
name = "remifentanil"
rate = "{mcg_per_kg_per_min:g} mcg/kg/min"
from = "0 h"
until = "{hours:g} h"
{ketamine}
""",
    )


def ketamine_of_surgery(hours: float, drug: str = "racemic_ketamine") -> str:
    """Return 0.5 mg/kg, then 5 mcg/kg/min, as a table of a case (joly_2005)."""
    return f"""
[[infusion]]
drug = "{drug}"
start = "0 h"
steps = [ {{ dose = "0.5 mg/kg", for = "2 min" }}, {{ rate = "5 mcg/kg/min", for = "{hours - 1 / 30:.4f} h" }} ]
"""


@cache
def protocols() -> Mapping[str, Protocol]:
    """Return every protocol by name."""
    nerve = patient("painful_diabetic_neuropathy", 6.5)
    back = patient("low_back_pain", 6.0)
    mixed = patient("chronic_pain", 6.0)
    high, low, hours = 0.35, 0.05, 3.0
    after = tuple(hours + t for t in (1.0, 4.0, 24.0))
    found = (
        Protocol(name="pregabalin", case=nerve, arm="gabapentinoid", times_h=(12 * H_PER_WEEK,)),
        Protocol(
            name="gabapentin",
            case=patient(
                "painful_diabetic_neuropathy",
                6.5,
                '[[treatment]]\nkind = "drug"\nname = "gabapentin"\ndose = "600 mg"\nevery = "8 h"\n'
                'route = "oral"\nfrom = "0 h"\nuntil = "8 wk"',
            ),
            arm="case",
            times_h=(8 * H_PER_WEEK,),
        ),
        Protocol(
            name="pregabalin_300",
            case=patient(
                "painful_diabetic_neuropathy",
                6.5,
                '[[treatment]]\nkind = "drug"\nname = "pregabalin"\ndose = "150 mg"\nevery = "12 h"\n'
                'route = "oral"\nfrom = "0 h"\nuntil = "8 wk"',
            ),
            arm="case",
            times_h=(8 * H_PER_WEEK,),
        ),
        Protocol(
            name="amitriptyline",
            case=patient(
                "painful_diabetic_neuropathy",
                6.5,
                '[[treatment]]\nkind = "drug"\nname = "amitriptyline"\ndose = "75 mg"\nevery = "24 h"\n'
                'route = "oral"\nfrom = "0 h"\nuntil = "8 wk"',
            ),
            arm="case",
            times_h=(8 * H_PER_WEEK,),
        ),
        Protocol(name="morphine", case=mixed, arm="opioid", times_h=(9 * H_PER_WEEK,)),
        Protocol(name="morphine_nerve", case=nerve, arm="opioid", times_h=(9 * H_PER_WEEK,)),
        Protocol(name="naproxen", case=back, arm="nsaid", times_h=(6 * H_PER_WEEK, 8 * H_PER_WEEK)),
        Protocol(
            name="morphine_month",
            case=patient(
                "low_back_pain",
                5.5,
                '[[treatment]]\nkind = "drug"\nname = "morphine slow release"\ndose = "39 mg"\nevery = "12 h"\n'
                'route = "oral"\nfrom = "0 h"\nuntil = "30 d"',
            ),
            arm="case",
            times_h=(30 * 24.0 - 1.0,),
        ),
        Protocol(
            name="space",
            case=patient("low_back_pain", 5.4, _year("morphine slow release", "10 mg", "12 h")),
            arm="case",
            other=patient("low_back_pain", 5.4, _year("naproxen", "500 mg", "12 h")),
            times_h=(52 * H_PER_WEEK,),
        ),
        Protocol(
            name="remifentanil",
            case=remifentanil(high, hours),
            arm="case",
            other=remifentanil(low, hours),
            times_h=after,
        ),
        Protocol(
            name="remifentanil_with_ketamine",
            case=remifentanil(high, hours, ketamine=ketamine_of_surgery(hours)),
            arm="case",
            other=remifentanil(low, hours, ketamine=ketamine_of_surgery(hours)),
            times_h=after,
        ),
    )
    return {one.name: one for one in found}


def _year(name: str, dose: str, every: str) -> str:
    return (
        f'[[treatment]]\nkind = "drug"\nname = "{name}"\ndose = "{dose}"\nevery = "{every}"\nroute = "oral"\n'
        'from = "0 h"\nuntil = "52 wk"'
    )


def simulate(
    protocol: Protocol,
    beliefs: Beliefs,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    people: int = PEOPLE_OF_FIT,
    seed: int = SEED,
    one_trial: bool = False,
) -> Pair:
    """Return both halves of a protocol: the same people, so that only what is given differs.

    ``one_trial``: all in one clinic, with one draw of what is not known; else as over many trials.
    """
    changed = beliefs.with_values(changes) if changes else beliefs
    group = gather(protocol.case, changed, people, seed=seed, alike=True, vary=PARTS, same_trial=one_trial)
    times = np.array(protocol.times_h)
    treated, other = (_pain(group, arm, times) for arm in protocol.arms)
    return Pair(treated=treated, other=other, stated=group.stated_pain)


def _pain(group: Group, arm: Arm, times: Array) -> Array:
    return np.asarray(treat(group, arm, times)["nrs_pain"], dtype=np.float64)

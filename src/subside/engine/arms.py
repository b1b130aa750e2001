"""What a patient may be compared under: nothing, placebos, published regimens, other case files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, parse_case
from subside.engine.population.draws import Draws
from subside.errors import unknown_name

Kind = Literal["drug", "none", "placebo", "active-placebo"]
CONTROLS: tuple[Kind, ...] = ("none", "placebo", "active-placebo")
REGIMENS = ("ketamine", "esketamine")
ARMS = (*CONTROLS, *REGIMENS)


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way of treating the patient of a case.

    Attributes:
        name: As asked for.
        title: In full, for people.
        case: The patient with this arm's regimen; for a placebo the regimen gives times only.
        kind: What is given.
    """

    name: str
    title: str
    case: Case
    kind: Kind


def own(case: Case) -> Arm:
    """Return the arm of the case's own regimen."""
    return Arm(name="case", title=case.title, case=case, kind="drug")


def named(name: str, case: Case) -> Arm:
    """Return the arm of this name for the patient of a case.

    Published regimens are given as published, in mg/h; nothing is converted.

    Raises:
        UnknownNameError: If there is no such arm; suggests the nearest.
    """
    if name == "none":
        return Arm(name=name, title="No treatment and no visits", case=case, kind="none")
    if name == "placebo":
        return Arm(
            name=name, title="Inactive placebo at the times of the infusions", case=case, kind="placebo"
        )
    if name == "active-placebo":
        return Arm(
            name=name,
            title="Active placebo (midazolam, about 0.045 mg/kg) at the times of the infusions",
            case=case,
            kind="active-placebo",
        )
    if name in REGIMENS:
        text = files("subside.evidence").joinpath(f"regimens/{name}.toml").read_text(encoding="utf-8")
        published = parse_case(text, origin=f"regimen '{name}'")
        treated = case.with_infusions(published.infusions)
        return Arm(name=name, title=published.title, case=treated, kind="drug")
    raise unknown_name("arm", name, ARMS)


def expectation_factor(arm: Arm, draws: Draws) -> NDArray[np.float64]:
    """Return how much each person's expectation counts in this arm; 1 unless the blind breaks."""
    broken = draws.choices["unblinding"] == "on"
    gain = draws.values["unblinding_gain"]
    if arm.kind == "drug":
        return np.where(broken, 1.0 + gain, 1.0)
    if arm.kind == "placebo":
        return np.where(broken, 1.0 - gain, 1.0)
    return np.ones(len(draws))

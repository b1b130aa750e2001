"""What a patient may be compared under: nothing, placebos, published regimens, other case files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from subside.case import Case, parse_case
from subside.engine.drugs.others import is_background
from subside.engine.population.draws import Draws
from subside.errors import unknown_name

Kind = Literal["drug", "none", "placebo", "active-placebo", "other"]
CONTROLS: Final[tuple[Kind, ...]] = ("none", "placebo", "active-placebo")
REGIMENS: Final = ("ketamine", "esketamine")
CONVENTIONAL: Final = ("opioid", "nsaid", "gabapentinoid", "tricyclic")
TOGETHER: Final = ("ketamine+therapy",)
ARMS: Final = (*CONTROLS, *REGIMENS, *CONVENTIONAL, *TOGETHER)
VISIT_EVERY_H: Final = 28 * 24.0  # of a treatment taken at home: at its start, then every 4 weeks (assumed)


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One way of treating the patient of a case.

    Attributes:
        name: As asked for.
        title: In full, for people.
        case: The patient with this arm's regimen; for a placebo the regimen gives times only.
        kind: What is given: ketamine (``drug``), another treatment without ketamine (``other``), or a
            control.
        visits_h: When people are seen apart from infusions, in h; each renews what they expect.
        options: Hypotheses that hold in this arm, by name; they overrule those drawn.
    """

    name: str
    title: str
    case: Case
    kind: Kind
    visits_h: tuple[float, ...] = ()
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def own(case: Case) -> Arm:
    """Return the arm of the case's own regimen."""
    return _given("case", case.title, case)


def _given(name: str, title: str, case: Case) -> Arm:
    """Return an arm that gives what its case says: ketamine or, without any, its other treatments."""
    treated = [treatment for treatment in case.treatments if not is_background(treatment)]
    if case.infusions or not treated:
        return Arm(name=name, title=title, case=case, kind="drug")
    return Arm(name=name, title=title, case=case, kind="other", visits_h=home_visits_h(case))


def home_visits_h(case: Case) -> tuple[float, ...]:
    """Return when a person treated at home is seen: at the start of treatment, then every four weeks."""
    treated = [treatment for treatment in case.treatments if not is_background(treatment)]
    if not treated:
        return ()
    start = min(treatment.from_h for treatment in treated)
    ends = [t.until_h if t.until_h is not None else case.end_h for t in treated]
    count = max(1, math.ceil((max(ends) - start) / VISIT_EVERY_H - 1e-9))
    return tuple(start + VISIT_EVERY_H * k for k in range(count))


def placebo_of(arm: Arm) -> Arm:
    """Return the inactive placebo that goes with an arm: the same visits and nothing given."""
    return Arm(
        name=f"{arm.name} placebo",
        title=f"Inactive placebo at the times of: {arm.title}",
        case=_without_treatments(arm.case),
        kind="placebo",
        visits_h=arm.visits_h,
        options=arm.options,
    )


def _without_treatments(case: Case) -> Case:
    """Return the case without what is given beside the infusions from time zero on."""
    return case.model_copy(update={"treatments": tuple(t for t in case.treatments if is_background(t))})


def named(name: str, case: Case) -> Arm:
    """Return the arm of this name for the patient of a case.

    Published regimens are given as published; nothing is converted. A regimen takes the place of the
    case's own infusions; a conventional one and a control without infusions also take the place of
    what the case gives beside them.

    Raises:
        UnknownNameError: If there is no such arm; suggests the nearest.
    """
    if name == "none":
        return Arm(name=name, title="No treatment and no visits", case=_control(case), kind="none")
    if name == "placebo":
        where = "infusions" if case.infusions else "visits"
        return Arm(
            name=name,
            title=f"Inactive placebo at the times of the {where}",
            case=_control(case),
            kind="placebo",
            visits_h=() if case.infusions else home_visits_h(case),
        )
    if name == "active-placebo":
        return Arm(
            name=name,
            title="Active placebo (midazolam, about 0.045 mg/kg) at the times of the infusions",
            case=_control(case),
            kind="active-placebo",
        )
    if name in ARMS:
        text = files("subside.evidence").joinpath(f"regimens/{name}.toml").read_text(encoding="utf-8")
        return like(parse_case(text, origin=f"regimen '{name}'"), case, name=name)
    raise unknown_name("arm", name, ARMS)


def like(other: Case, case: Case, *, name: str) -> Arm:
    """Return the arm in which this case's patient gets the regimen of another case.

    Its infusions take the place of the case's; so do its other treatments, where it has any or gives
    no ketamine. What the patient has taken for long before stays.
    """
    treated = case.with_infusions(other.infusions)
    given = tuple(t for t in other.treatments if not is_background(t))
    if given or not other.infusions:
        kept = _without_treatments(case).treatments
        treated = treated.model_copy(update={"treatments": (*kept, *given)})
    arm = _given(name, other.title, treated)
    therapy = any(t.kind == "therapy" for t in given)
    return replace(arm, options=MappingProxyType({"therapy": "on"})) if therapy else arm


def _control(case: Case) -> Case:
    """Return the case as a control arm has it: beside infusions what is given beside them stays."""
    return case if case.infusions else _without_treatments(case)


def expectation_factor(arm: Arm, draws: Draws) -> NDArray[np.float64]:
    """Return how much each person's expectation counts in this arm; 1 unless the blind breaks."""
    broken = draws.choices["unblinding"] == "on"
    gain = draws.values["unblinding_gain"]
    if arm.kind in ("drug", "other"):
        return np.where(broken, 1.0 + gain, 1.0)
    if arm.kind == "placebo":
        return np.where(broken, 1.0 - gain, 1.0)
    return np.ones(len(draws))

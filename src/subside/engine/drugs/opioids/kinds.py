"""What an opioid of one person is: disposition, effect site, potency."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from subside.errors import ParameterError
from subside.evidence import WEAK_BASES, figure

__all__ = ["Body", "Opioid"]


@dataclass(frozen=True, kw_only=True)
class Body:
    """What of a person an opioid's disposition depends on."""

    weight_kg: float
    age_years: float
    height_cm: float | None = None
    sex: str = "female"


@dataclass(frozen=True, kw_only=True, eq=False)
class Opioid:
    """An opioid in the typical person of a body. Doses in mg, levels in ng/mL.

    Attributes:
        name: One of ``OPIOIDS``.
        v1_l: Central volume. ``v2_l``, ``v3_l``: peripheral ones; None for a compartment it has not.
        cl_l_per_h: Clearance. ``q2_l_per_h``, ``q3_l_per_h``: between the compartments.
        ke0_per_h: Rate constant of the effect site of analgesia.
        ka_per_h: Absorption by mouth; None where it is not given by mouth, as ``bioavailability``.
        omega: How people differ, SD on the log scale, of ``cl``, ``v``, ``ke0`` and ``c50``.
        c50_ng_per_ml: Effect-site level with half of the effect on pain.
        breathing_c50_ng_per_ml: Level that halves ventilation at a given carbon dioxide.
        breathing_hill: Steepness of that effect.
        mme_factor: Oral morphine equivalents of 1 mg by the route it is usually given; for
            adding up what is taken, never for switching a person from one opioid to another.
        sources: Ids of the figures it rests on.
    """

    name: str
    v1_l: float
    v2_l: float | None
    v3_l: float | None
    cl_l_per_h: float
    q2_l_per_h: float | None
    q3_l_per_h: float | None
    ke0_per_h: float
    ka_per_h: float | None
    bioavailability: float | None
    omega: Mapping[str, float]
    c50_ng_per_ml: float
    breathing_c50_ng_per_ml: float
    mme_factor: float
    sources: tuple[str, ...]
    breathing_hill: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "omega", MappingProxyType(dict(self.omega)))
        for name in ("v1_l", "cl_l_per_h", "ke0_per_h", "c50_ng_per_ml", "breathing_c50_ng_per_ml"):
            number = getattr(self, name)
            if not (math.isfinite(number) and number > 0):
                raise ParameterError(
                    f"{name} of {self.name} must be positive; got {number}. "
                    "Check weight, age and height: the set was measured in adults."
                )

    @property
    def weak_sources(self) -> tuple[str, ...]:
        """Ids among ``sources`` that are only recalled, assumed or a design choice."""
        return tuple(found for found in self.sources if figure(found).basis in WEAK_BASES)

    def steady_ng_per_ml(self, mg_per_h: float) -> float:
        """Return the level that a constant rate into the vein ends at, in ng/mL."""
        return 1000.0 * mg_per_h / self.cl_l_per_h

"""What a named parameter set is: typical values, scaling, variability, residual error, tested range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from subside.errors import ParameterError, unknown_name
from subside.evidence import WEAK_BASES, figure

__all__ = ["PARAMETERS", "Eta", "Parameter", "PkSet", "Residual", "TestedRange"]

Site = Literal["arterial", "venous", "unstated"]
Measured = Literal["s_ketamine", "racemate", "pooled"]

#: Every parameter a set may have. ``nk``: norketamine; ``hnk``: hydroxynorketamine; ``mtt``: mean
#: transit time of a chain of two equal compartments; fractions are of what is eliminated upstream.
PARAMETERS: Final = (
    "cl_l_per_h", "v1_l", "q2_l_per_h", "v2_l", "q3_l_per_h", "v3_l",
    "venous_per_h",
    "qh_l_per_h", "vh_l", "kel_per_h", "kmet_per_h",
    "nk_mtt_h", "nk_fraction", "nk_v1_l", "nk_cl_l_per_h", "nk_q_l_per_h", "nk_v2_l",
    "hnk_mtt_h", "hnk_fraction", "hnk_v1_l", "hnk_cl_l_per_h", "hnk_q_l_per_h", "hnk_v2_l",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A typical value and how it grows with body weight.

    Attributes:
        value: At 70 kg, in the unit that the parameter's name ends in.
        weight_exponent: Power of weight / 70 kg; 0 for a value that does not scale.
        figures: Ids of the evidence it comes from.
    """

    value: float
    figures: tuple[str, ...]
    weight_exponent: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.value > 0):
            raise ParameterError(
                f"a typical value must be positive; got {self.value} from {', '.join(self.figures)}. "
                "Leave out the parameter of a compartment that the set does not have."
            )


@dataclass(frozen=True, kw_only=True)
class Eta:
    """One way in which people differ: a normal deviate on the log scale of some parameters.

    Attributes:
        parameters: What it multiplies, by exp(omega z).
        omega: Standard deviation on the log scale.
        basis: How it is known: ``retyped`` from the set's own paper, or ``assumed``.
    """

    parameters: tuple[str, ...]
    omega: float
    figures: tuple[str, ...]
    basis: str = "retyped"


@dataclass(frozen=True, kw_only=True)
class Residual:
    """Residual error of one analyte: y = f (1 + proportional e1) + additive e2, or on the log scale."""

    proportional_sd: float
    additive_ng_per_ml: float = 0.0
    log_scale: bool = False


@dataclass(frozen=True, kw_only=True)
class TestedRange:
    """Within which the data behind a set lie. None: not known here, which is no permission.

    Attributes:
        longest_infusion_h: Longest infusion (or time of sampling) behind the set, in h.
        repeats: Whether repeated doses on different days are among the data.
        population: Who they were, in words.
    """

    __test__ = False  # not a test, whatever its name begins with

    age_years: tuple[float, float] | None
    weight_kg: tuple[float, float] | None
    longest_infusion_h: float | None
    repeats: bool
    drug_forms: tuple[str, ...]
    population: str


@dataclass(frozen=True, kw_only=True, eq=False)
class PkSet:
    """A named set: the disposition of one enantiomer, its metabolites, and how people differ.

    Attributes:
        site: Where the samples behind it were taken; for ``venous``, the central compartment holds
            venous levels and there is no arterial level to be had.
        measured: What its clearance belongs to: S-ketamine, the racemate, or both pooled.
        parameters: Typical values by name (``PARAMETERS``); an absent one is an absent compartment.
        s_clearance_factor: Clearance of S-ketamine over the set's own clearance.
        r_factors: Value for R over value for S, by parameter name; absent: the same. The entry
            ``cl_l_per_h`` means plasma clearance, also in a set with a liver compartment.
        molar: Whether metabolites are formed mole for mole. If not, apparent values absorb it.
        correlations: Between two etas (their indices), on the log scale.
        age_slope: Change of a parameter per year of age above a year, by name: (year, slope).
        norketamine_cl_drift_per_h: Relative rise of norketamine clearance per hour since the first
            dose; the caller applies ``norketamine_drift_factor`` to the norketamine output.
        cautions: (code, text, figure ids) that always travel with results of this set.
    """

    name: str
    title: str
    site: Site
    measured: Measured
    parameters: Mapping[str, Parameter]
    etas: tuple[Eta, ...]
    tested: TestedRange
    residual: Mapping[str, Residual]
    s_clearance_factor: float = 1.0
    r_factors: Mapping[str, Parameter] = field(default_factory=dict)
    molar: bool = False
    correlations: tuple[tuple[int, int, float], ...] = ()
    age_slope: Mapping[str, tuple[float, float, str]] = field(default_factory=dict)
    norketamine_cl_drift_per_h: float = 0.0
    cautions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        for name in (*self.parameters, *(p for eta in self.etas for p in eta.parameters)):
            if name not in PARAMETERS:
                raise unknown_name("PK parameter", name, PARAMETERS)
        for name in ("parameters", "residual", "r_factors", "age_slope"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def n_eta(self) -> int:
        """How many standard normals a patient needs."""
        return len(self.etas)

    @property
    def has_liver(self) -> bool:
        """Whether elimination happens in a liver compartment instead of the central one."""
        return "qh_l_per_h" in self.parameters

    @property
    def has_venous_delay(self) -> bool:
        """Whether venous levels follow arterial ones with a delay of their own."""
        return "venous_per_h" in self.parameters

    @property
    def has_norketamine(self) -> bool:
        """Whether the set describes norketamine."""
        return "nk_cl_l_per_h" in self.parameters

    @property
    def has_hydroxynorketamine(self) -> bool:
        """Whether the set describes hydroxynorketamine."""
        return "hnk_cl_l_per_h" in self.parameters

    @cached_property
    def omega_cholesky(self) -> NDArray[np.float64]:
        """Lower triangle L with L L' the covariance of the etas. Shape ``(eta, eta)``."""
        correlation = np.eye(self.n_eta)
        for i, j, rho in self.correlations:
            correlation[i, j] = correlation[j, i] = rho
        sd = np.array([eta.omega for eta in self.etas])
        lower = np.linalg.cholesky(correlation) * sd[:, None] if self.n_eta else np.zeros((0, 0))
        lower.setflags(write=False)
        return lower

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """Ids of all evidence that the set rests on, sorted."""
        ids: set[str] = set()
        for parameter in (*self.parameters.values(), *self.r_factors.values()):
            ids.update(parameter.figures)
        for eta in self.etas:
            ids.update(eta.figures)
        for _, _, figure_id in self.age_slope.values():
            ids.add(figure_id)
        for _, _, sources in self.cautions:
            ids.update(sources)
        return tuple(sorted(ids))

    @cached_property
    def weak_figures(self) -> tuple[str, ...]:
        """Ids among ``figures`` that are only recalled, assumed or a design choice."""
        return tuple(found for found in self.figures if figure(found).basis in WEAK_BASES)

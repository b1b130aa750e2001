"""From a named set to the parameters of individual people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.drugs.kinds import PkSet
from subside.errors import ParameterError, unknown_name

__all__ = ["Covariates", "Parameters", "individual", "plasma_clearance"]

Array = NDArray[np.float64]
Parameters = dict[str, Array]
Enantiomer = Literal["s", "r"]

REFERENCE_WEIGHT_KG = 70.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Covariates:
    """What the sets read of each person. No set here depends on sex: see the docs for why.

    Attributes:
        weight_kg: Body weights, positive. Shape ``(patient,)``.
        age_years: Ages; NaN where unknown, which leaves age-dependent values at their typical
            value. Shape ``(patient,)``.
    """

    weight_kg: Array
    age_years: Array

    def __init__(self, *, weight_kg: ArrayLike, age_years: ArrayLike = np.nan) -> None:
        weight = np.atleast_1d(np.asarray(weight_kg, dtype=np.float64))
        age = np.broadcast_to(np.asarray(age_years, dtype=np.float64), weight.shape).copy()
        if weight.ndim != 1 or not np.all(np.isfinite(weight) & (weight > 0)):
            bad = weight[~(np.isfinite(weight) & (weight > 0))]
            raise ParameterError(
                f"weight_kg must be one positive number of kg a patient; got {bad[:1]}. "
                "Give weights in kg, shape (patient,)."
            )
        if np.any(age < 0):
            raise ParameterError(
                f"age_years must be at least 0, or NaN if unknown; got {age[age < 0][:1]}. Correct the age."
            )
        object.__setattr__(self, "weight_kg", weight)
        object.__setattr__(self, "age_years", age)

    def __len__(self) -> int:
        return len(self.weight_kg)


def individual(
    pk_set: PkSet,
    covariates: Covariates,
    z: ArrayLike | None = None,
    *,
    enantiomer: Enantiomer = "s",
) -> Parameters:
    """Return the disposition parameters of each person, by name, for one enantiomer.

    Args:
        pk_set: A named set.
        covariates: Of n people.
        z: Standard normals, shape ``(patient, pk_set.n_eta)``; None for the typical person. Give
            the same z for both enantiomers: it is the same body.
        enantiomer: ``"s"`` or ``"r"``.

    Returns:
        Parameters in the units of their names, each of shape ``(patient,)``; only those that the
        set has.

    Raises:
        ParameterError: If z does not have one row a patient and one column an eta.
    """
    if enantiomer not in ("s", "r"):
        raise unknown_name("enantiomer", enantiomer, ("s", "r"))
    n = len(covariates)
    relative = covariates.weight_kg / REFERENCE_WEIGHT_KG
    result: Parameters = {
        name: parameter.value * relative**parameter.weight_exponent
        for name, parameter in pk_set.parameters.items()
    }
    for name, (from_year, slope, _) in pk_set.age_slope.items():
        years = np.nan_to_num(np.maximum(covariates.age_years - from_year, 0.0), nan=0.0)
        # a flow of zero would divide by zero; at the oldest ages tested it is far from it
        result[name] = np.maximum(result[name] + slope * years, 0.05 * result[name])
    if z is not None:
        deviates = np.asarray(z, dtype=np.float64)
        if deviates.shape != (n, pk_set.n_eta):
            raise ParameterError(
                f"z must have shape ({n}, {pk_set.n_eta}) for {pk_set.name} (patients, etas); "
                f"got {deviates.shape}. Draw one standard normal for each eta of each patient."
            )
        # Not a matrix product of the library: its last bits depend on how many people there are.
        etas = np.einsum("pj,ij->pi", deviates, pk_set.omega_cholesky)
        for column, eta in enumerate(pk_set.etas):
            for name in eta.parameters:
                result[name] = result[name] * np.exp(etas[:, column])
    factors = {name: parameter.value for name, parameter in pk_set.r_factors.items()}
    clearance_factor = pk_set.s_clearance_factor
    if enantiomer == "r":
        clearance_factor *= factors.pop("cl_l_per_h", 1.0)
        for name, factor in factors.items():
            if name in result:
                result[name] = result[name] * factor
    _scale_clearance(result, clearance_factor)
    return result


def plasma_clearance(parameters: Parameters) -> Array:
    """Return the plasma clearance of ketamine in L/h, also where a liver compartment sets it."""
    if "qh_l_per_h" not in parameters:
        return parameters["cl_l_per_h"]
    flow, intrinsic = parameters["qh_l_per_h"], _intrinsic(parameters)
    return flow * intrinsic / (flow + intrinsic)


def _intrinsic(parameters: Parameters) -> Array:
    return parameters["vh_l"] * (parameters["kel_per_h"] + parameters["kmet_per_h"])


def _scale_clearance(parameters: Parameters, factor: float) -> None:
    """Multiply plasma clearance; with a liver, through the intrinsic clearance, flow unchanged."""
    if factor == 1.0:
        return
    if "qh_l_per_h" not in parameters:
        parameters["cl_l_per_h"] = parameters["cl_l_per_h"] * factor
        return
    flow = parameters["qh_l_per_h"]
    wanted = factor * plasma_clearance(parameters)
    scale = flow * wanted / (flow - wanted) / _intrinsic(parameters)
    parameters["kel_per_h"] = parameters["kel_per_h"] * scale
    parameters["kmet_per_h"] = parameters["kmet_per_h"] * scale

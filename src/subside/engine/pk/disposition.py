"""The linear system of one enantiomer on a fixed layout, and what its states are as concentrations.

The layout is the same for every set; a set without a compartment has no entries there. Amounts are
in mg of the substance itself, the venous state in ng/mL. Chains hold what was eliminated upstream,
in mg of that upstream substance, until it comes out as the metabolite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.drugs.kinds import PkSet
from subside.engine.pk.people import Array, Parameters
from subside.units import MOLAR_MASS_G_PER_MOL

__all__ = [
    "INPUT",
    "N_STATES",
    "STATES",
    "Output",
    "norketamine_drift_factor",
    "outputs",
    "rate_entries",
]

STATES: Final = (
    "central", "peripheral_1", "peripheral_2", "liver", "venous_ng_per_ml",
    "chain_nk_1", "chain_nk_2", "nk_central", "nk_peripheral",
    "chain_hnk_1", "chain_hnk_2", "hnk_central", "hnk_peripheral",
)  # fmt: skip
N_STATES: Final = len(STATES)
INPUT: Final = N_STATES  # the column of the dose rate of this enantiomer, mg/h into central

_NG_PER_ML: Final = 1000.0  # ng/mL in one mg/L
(C, P1, P2, LIVER, VENOUS, N1, N2, NK, NKP, H1, H2, HNK, HNKP) = range(N_STATES)

_NK_PER_KETAMINE: Final = MOLAR_MASS_G_PER_MOL["norketamine"] / MOLAR_MASS_G_PER_MOL["ketamine"]
_HNK_PER_NK: Final = MOLAR_MASS_G_PER_MOL["hydroxynorketamine"] / MOLAR_MASS_G_PER_MOL["norketamine"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Output:
    """A concentration: one state times a factor a patient, giving ng/mL. ``factor`` shape ``(patient,)``."""

    state: int
    factor: Array


def rate_entries(
    pk_set: PkSet, parameters: Parameters
) -> tuple[tuple[tuple[int, int], ...], NDArray[np.float64]]:
    """Return where the rate matrix of one enantiomer is not zero, and its values there.

    Args:
        pk_set: The named set that the parameters come from.
        parameters: Of n people, from ``individual``.

    Returns:
        Pairs (row, column) on the layout ``STATES`` with the input in column ``INPUT``, each pair
        once, and the values in that order, per h. Shape ``(patient, entry)``. The pairs depend on
        the set alone, never on the patient.
    """
    entries: dict[tuple[int, int], Array] = {}
    n = len(next(iter(parameters.values())))

    def add(row: int, column: int, value: Array) -> None:
        entries[row, column] = entries.get((row, column), 0.0) + value

    def exchange(a: int, b: int, flow: str, volume_a: str, volume_b: str) -> None:
        if flow in parameters:
            q = parameters[flow]
            add(a, a, -q / parameters[volume_a])
            add(b, a, q / parameters[volume_a])
            add(a, b, q / parameters[volume_b])
            add(b, b, -q / parameters[volume_b])

    add(C, INPUT, np.ones(n))
    exchange(C, P1, "q2_l_per_h", "v1_l", "v2_l")
    exchange(C, P2, "q3_l_per_h", "v1_l", "v3_l")
    if pk_set.has_liver:
        exchange(C, LIVER, "qh_l_per_h", "v1_l", "vh_l")
        add(LIVER, LIVER, -(parameters["kel_per_h"] + parameters["kmet_per_h"]))
    else:
        add(C, C, -parameters["cl_l_per_h"] / parameters["v1_l"])
    if pk_set.has_venous_delay:
        delay = parameters["venous_per_h"]
        add(VENOUS, C, delay * _NG_PER_ML / parameters["v1_l"])
        add(VENOUS, VENOUS, -delay)
    if pk_set.has_norketamine:
        mass = _NK_PER_KETAMINE if pk_set.molar else 1.0
        if pk_set.has_liver:
            add(NK, LIVER, mass * parameters["kmet_per_h"])
        else:
            formed = parameters["cl_l_per_h"] / parameters["v1_l"]
            _form(add, parameters, "nk", formed, mass, (C, N1, N2, NK))
        add(NK, NK, -parameters["nk_cl_l_per_h"] / parameters["nk_v1_l"])
        exchange(NK, NKP, "nk_q_l_per_h", "nk_v1_l", "nk_v2_l")
    if pk_set.has_hydroxynorketamine:
        mass = _HNK_PER_NK if pk_set.molar else 1.0
        formed = parameters["nk_cl_l_per_h"] / parameters["nk_v1_l"]
        _form(add, parameters, "hnk", formed, mass, (NK, H1, H2, HNK))
        add(HNK, HNK, -parameters["hnk_cl_l_per_h"] / parameters["hnk_v1_l"])
        exchange(HNK, HNKP, "hnk_q_l_per_h", "hnk_v1_l", "hnk_v2_l")
    return tuple(entries), np.stack([np.broadcast_to(v, (n,)) for v in entries.values()], axis=1)


def _form(add, parameters, prefix, formed, mass, states) -> None:  # type: ignore[no-untyped-def]
    """Add the way from a parent to its metabolite: a chain of two, or at once where there is none."""
    parent, first, second, metabolite = states
    fraction = parameters[f"{prefix}_fraction"]
    if f"{prefix}_mtt_h" not in parameters:
        add(metabolite, parent, mass * fraction * formed)
        return
    rate = 2.0 / parameters[f"{prefix}_mtt_h"]
    add(first, parent, formed)
    add(first, first, -rate)
    add(second, first, rate)
    add(second, second, -rate)
    add(metabolite, second, mass * fraction * rate)


def outputs(pk_set: PkSet, parameters: Parameters) -> dict[str, Output]:
    """Return which state, times which factor, is which concentration of this enantiomer in ng/mL.

    Names: ``arterial``, ``venous``, ``norketamine``, ``hydroxynorketamine``; a substance that the
    set does not describe is absent. A venous set has no arterial level of its own: its venous level
    stands in for it (``range_warnings`` says so), as an arterial set without a delay has no venous one.
    """
    central = Output(state=C, factor=_NG_PER_ML / parameters["v1_l"])
    found = {"arterial": central, "venous": central}
    if pk_set.has_venous_delay:
        found["venous"] = Output(state=VENOUS, factor=np.ones_like(parameters["v1_l"]))
    if pk_set.has_norketamine:
        found["norketamine"] = Output(state=NK, factor=_NG_PER_ML / parameters["nk_v1_l"])
    if pk_set.has_hydroxynorketamine:
        found["hydroxynorketamine"] = Output(state=HNK, factor=_NG_PER_ML / parameters["hnk_v1_l"])
    return found


def norketamine_drift_factor(pk_set: PkSet, hours_since_first_dose: ArrayLike) -> NDArray[np.float64]:
    """Return what to multiply the norketamine level by, for a set whose clearance drifts; else 1.

    Valid where norketamine is quasi-steady (Flint 2017: it settles within minutes): its level is
    then inversely proportional to its clearance. Before the first dose the factor is 1.
    """
    hours = np.maximum(np.asarray(hours_since_first_dose, dtype=np.float64), 0.0)
    factor: NDArray[np.float64] = 1.0 / (1.0 + pk_set.norketamine_cl_drift_per_h * hours)
    return factor

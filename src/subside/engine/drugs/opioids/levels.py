"""Plasma and effect-site levels of one opioid alone, exact: for comparisons, figures and checks.

A whole model advances the same compartments inside its own loop.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.drugs.opioids.kinds import Opioid
from subside.units import MCG_PER_MG

__all__ = ["DEPOT", "SITE", "levels", "rate_matrix"]

DEPOT, CENTRAL, FAST, SLOW, SITE = range(5)
N_STATES: Final = 5


def rate_matrix(drug: Opioid) -> NDArray[np.float64]:
    """Return the rate matrix in 1/h: depot, central, two peripheral amounts (mg), effect site (mg/L).

    Shape ``(5, 5)``. A compartment that the drug has not keeps nothing.
    """
    matrix = np.zeros((N_STATES, N_STATES))
    ka, f = drug.ka_per_h or 0.0, drug.bioavailability or 0.0
    matrix[DEPOT, DEPOT] = -ka
    matrix[CENTRAL, DEPOT] = f * ka
    matrix[CENTRAL, CENTRAL] = -drug.cl_l_per_h / drug.v1_l
    for place, flow, volume in ((FAST, drug.q2_l_per_h, drug.v2_l), (SLOW, drug.q3_l_per_h, drug.v3_l)):
        if flow is None or volume is None:
            continue
        matrix[CENTRAL, CENTRAL] -= flow / drug.v1_l
        matrix[place, CENTRAL] = flow / drug.v1_l
        matrix[CENTRAL, place] = flow / volume
        matrix[place, place] = -flow / volume
    matrix[SITE, CENTRAL] = drug.ke0_per_h / drug.v1_l
    matrix[SITE, SITE] = -drug.ke0_per_h
    return matrix


def levels(
    drug: Opioid,
    times_h: ArrayLike,
    *,
    segments: tuple[tuple[float, float, float], ...] = (),
    boluses: tuple[tuple[float, float], ...] = (),
    doses: tuple[tuple[float, float], ...] = (),
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return plasma and effect-site levels in ng/mL for doses into an empty body.

    Args:
        drug: From ``opioid``.
        times_h: Times. Shape ``(time,)``.
        segments: (start_h, end_h, mg_per_h) into the vein. ``boluses``: (at_h, mg) into the vein.
            ``doses``: (at_h, mg) by mouth.

    The response is a sum of exponentials; those of each dose are added up.
    """
    times = np.asarray(times_h, dtype=np.float64)
    rates, vectors = np.linalg.eig(rate_matrix(drug))
    inverse = np.linalg.inv(vectors)
    out = np.zeros((2, *times.shape))

    def add(since: NDArray[np.float64], into: int, mg: float, *, steady: bool) -> None:
        """Add the response to an impulse, or to a rate that began ``since`` hours ago."""
        t = np.clip(since, 0.0, None)[..., None]
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = np.where(rates == 0.0, t, np.expm1(rates * t) / np.where(rates == 0.0, 1.0, rates))
        kernel = (grown if steady else np.exp(rates * t)) * inverse[:, into]
        for k, (row, per) in enumerate(((CENTRAL, drug.v1_l), (SITE, 1.0))):
            shape = (kernel * vectors[row]).sum(axis=-1).real
            out[k] += np.where(since >= 0.0, mg * shape / per, 0.0)

    for start, end, mg_per_h in segments:
        add(times - start, CENTRAL, mg_per_h, steady=True)
        add(times - end, CENTRAL, -mg_per_h, steady=True)
    for at, mg in boluses:
        add(times - at, CENTRAL, mg, steady=False)
    for at, mg in doses:
        add(times - at, DEPOT, mg, steady=False)
    return out[0] * MCG_PER_MG, out[1] * MCG_PER_MG

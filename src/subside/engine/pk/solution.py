"""Amounts over time of one enantiomer alone, exact within each piece of constant rate.

For comparisons and checks of disposition by itself; a whole model advances the same matrices inside
its own loop.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subside.engine.drugs.kinds import PkSet
from subside.engine.kernel.lanes import LANES, blocks, to_lanes
from subside.engine.kernel.linear import advance, pattern, propagators, select_rows
from subside.engine.pk.disposition import N_STATES, outputs, rate_entries
from subside.engine.pk.people import Parameters
from subside.errors import ParameterError

__all__ = ["Bolus", "Infusion", "amounts", "levels"]


@dataclass(frozen=True, kw_only=True)
class Infusion:
    """A constant rate of this enantiomer, in mg/h, from start to end."""

    start_h: float
    end_h: float
    mg_per_h: ArrayLike


@dataclass(frozen=True, kw_only=True)
class Bolus:
    """An amount of this enantiomer, in mg, into the central compartment at once."""

    at_h: float
    mg: ArrayLike


def amounts(
    pk_set: PkSet, parameters: Parameters, doses: Sequence[Infusion | Bolus], times_h: ArrayLike
) -> NDArray[np.float64]:
    """Return every state at every time, for doses into an empty body.

    Args:
        pk_set: The named set that the parameters come from.
        parameters: Of n people, from ``individual``.
        doses: Infusions and boluses, which may overlap; each rate or amount is one number or one a
            patient.
        times_h: Rising times. A bolus at such a time has been given.

    Returns:
        Amounts in mg (the venous state in ng/mL). Shape ``(patient, time, N_STATES)``.

    Raises:
        ParameterError: If the times do not rise or a dose ends before it starts.
    """
    times = np.atleast_1d(np.asarray(times_h, dtype=np.float64))
    if np.any(np.diff(times) <= 0):
        raise ParameterError(
            "times_h must rise; got times out of order or repeated. Sort them, drop repeats."
        )
    for dose in doses:
        if isinstance(dose, Infusion) and not dose.end_h > dose.start_h:
            raise ParameterError(
                f"an infusion must end after its start; got {dose.start_h} to {dose.end_h} h. "
                "Give end_h after start_h, or a Bolus."
            )
    non_zeros, values = rate_entries(pk_set, parameters)
    n = len(values)
    structure = pattern(non_zeros, n_states=N_STATES, n_inputs=1)
    rows = select_rows(structure, tuple(range(N_STATES)))
    knots = _knots(doses, times)
    steps = np.diff(knots)
    sizes, which = np.unique(np.round(steps, 12), return_inverse=True)
    rates = np.stack([_rate(doses, a, b, n) for a, b in itertools.pairwise(knots)], axis=1)
    boluses = {float(k): _bolus(doses, float(k), n) for k in knots}
    lanes = to_lanes(values)
    rate_lanes = to_lanes(rates) if rates.shape[1] else np.zeros((blocks(n), 0))
    result = np.zeros((blocks(n), len(times), N_STATES, LANES))
    phi = np.empty((2 * max(len(sizes), 1), structure.rows.shape[0] * LANES))
    for block in range(blocks(n)):
        if len(sizes):
            propagators(lanes[block], sizes, structure, phi)
        x = np.zeros((N_STATES + 1) * LANES)
        nxt = x.copy()
        x[:LANES] += _lane(boluses[float(knots[0])], block)
        _keep(result[block], times, knots[0], x)
        for i in range(len(steps)):
            x[N_STATES * LANES :] = rate_lanes[block].reshape(-1, LANES)[i]
            advance(x, phi[2 * which[i] + 1], rows, nxt)
            x, nxt = nxt, x
            x[:LANES] += _lane(boluses[float(knots[i + 1])], block)
            _keep(result[block], times, knots[i + 1], x)
    return result.transpose(0, 3, 1, 2).reshape(-1, len(times), N_STATES)[:n]


def levels(
    pk_set: PkSet, parameters: Parameters, doses: Sequence[Infusion | Bolus], times_h: ArrayLike
) -> dict[str, NDArray[np.float64]]:
    """Return concentrations in ng/mL by output name (``outputs``). Shape ``(patient, time)`` each."""
    states = amounts(pk_set, parameters, doses, times_h)
    return {
        name: states[:, :, output.state] * output.factor[:, None]
        for name, output in outputs(pk_set, parameters).items()
    }


def _knots(doses: Sequence[Infusion | Bolus], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return every time at which something changes or is asked for, up to the last one asked for."""
    points = set(times.tolist())
    for dose in doses:
        points |= {dose.at_h} if isinstance(dose, Bolus) else {dose.start_h, dose.end_h}
    return np.array(sorted(p for p in points if p <= times[-1]))


def _rate(doses: Sequence[Infusion | Bolus], start: float, end: float, n: int) -> NDArray[np.float64]:
    total = np.zeros(n)
    middle = 0.5 * (start + end)
    for dose in doses:
        if isinstance(dose, Infusion) and dose.start_h <= middle < dose.end_h:
            total = total + np.asarray(dose.mg_per_h, dtype=np.float64)
    return total


def _bolus(doses: Sequence[Infusion | Bolus], at_h: float, n: int) -> NDArray[np.float64]:
    total = np.zeros(n)
    for dose in doses:
        if isinstance(dose, Bolus) and dose.at_h == at_h:
            total = total + np.asarray(dose.mg, dtype=np.float64)
    return total


def _lane(per_patient: NDArray[np.float64], block: int) -> NDArray[np.float64]:
    """Return one value a lane of a block; the last block repeats the last patient."""
    index = np.minimum(np.arange(block * LANES, (block + 1) * LANES), len(per_patient) - 1)
    return per_patient[index]


def _keep(
    result: NDArray[np.float64], times: NDArray[np.float64], now: float, x: NDArray[np.float64]
) -> None:
    at = int(np.searchsorted(times, now))
    if at < len(times) and times[at] == now:
        result[at] = x[: N_STATES * LANES].reshape(N_STATES, LANES)

"""The whole kinetic scheme: five gates times {free, magnesium, drug}, as one Markov chain.

With one drug that is 15 states. A channel takes up magnesium or a drug only while open and gives it up
only while open; gating goes on unchanged inside, so a channel that closes around a drug holds it: a
trapping block. Each drug adds five states (ten if part of it escapes, see ``ligands``).

This is the reference against which the one-variable equation of ``kinetics`` is measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from subside.engine.receptor.gating import DEFAULT_GATING, GATES, gating_rates
from subside.engine.receptor.ligands import REFERENCE_MV, Blocker, blocker
from subside.engine.receptor.magnesium import MG_HALF_MM, PER_MV
from subside.engine.receptor.trapping import RT_OVER_F_MV
from subside.errors import ParameterError
from subside.evidence import value

N_GATES = len(GATES)
C0, C1, C2, D, O = range(N_GATES)  # noqa: E741 (the states' own names)
TAYLOR_TERMS = 14
NO_DRUG: Mapping[str, float] = {}


@dataclass(frozen=True, kw_only=True)
class Bath:
    """What surrounds the receptor for a while.

    Attributes:
        seconds: How long, in s.
        glutamate_um: Glutamate, in µM.
        v_mv: Membrane potential, in mV.
        mg_mm: Magnesium, in mM.
        drug_um: Unbound concentration of each blocker by name, in µM.
    """

    seconds: float
    glutamate_um: float = 0.0
    v_mv: float = REFERENCE_MV
    mg_mm: float = 0.0
    drug_um: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Arm:
    """Five states in which the pore holds the same thing: nothing, magnesium or a drug."""

    holds: str
    share: float = 1.0
    escape_per_s: float = 0.0


def arms(drugs: Sequence[str] = ()) -> tuple[Arm, ...]:
    """Return what the pore may hold, in the order of the states: nothing, magnesium, each drug."""
    found = [Arm("nothing"), Arm("magnesium")]
    for name in drugs:
        drug = blocker(name)
        found.append(Arm(name, 1.0 - drug.escaping_share))
        if drug.escaping_share:
            found.append(Arm(name, drug.escaping_share, drug.escape_per_s))
    return tuple(found)


def generator(bath: Bath, *, drugs: Sequence[str] = (), gating: str = DEFAULT_GATING) -> NDArray[np.float64]:
    """Return the matrix of transition rates, in 1/s; ``dp/dt = p @ generator``.

    Shape ``(state, state)`` with ``state = 5 * arm + gate``; each row sums to 0.
    """
    rates, held = gating_rates(gating), arms(drugs)
    matrix = np.zeros((N_GATES * len(held), N_GATES * len(held)))

    def go(origin: int, to: int, rate: float) -> None:
        matrix[origin, to] += rate
        matrix[origin, origin] -= rate

    for at in range(0, len(matrix), N_GATES):
        binding = rates.binding_per_um_s * bath.glutamate_um
        go(at + C0, at + C1, 2.0 * binding)
        go(at + C1, at + C0, rates.unbinding_per_s)
        go(at + C1, at + C2, binding)
        go(at + C2, at + C1, 2.0 * rates.unbinding_per_s)
        go(at + C2, at + D, rates.desensitization_per_s)
        go(at + D, at + C2, rates.resensitization_per_s)
        go(at + C2, at + O, rates.opening_per_s)
        go(at + O, at + C2, rates.closing_per_s)
    for index, arm in enumerate(held[1:], start=1):
        at = N_GATES * index
        entering, leaving = _at_the_pore(arm, bath)
        go(O, at + O, entering)
        go(at + O, O, leaving)
        for gate in range(N_GATES):
            go(at + gate, gate, arm.escape_per_s)
    return matrix


def _at_the_pore(arm: Arm, bath: Bath) -> tuple[float, float]:
    """Rates of entering and leaving an open channel, in 1/s."""
    if arm.holds == "magnesium":
        leaving = value("vargas_caballero_2004.mg_leaving_0mv", unit="1/s") * math.exp(
            bath.v_mv / value("vargas_caballero_2004.mg_leaving_slope", unit="mV")
        )
        return leaving * bath.mg_mm / MG_HALF_MM * math.exp(-PER_MV * bath.v_mv), leaving
    drug = blocker(arm.holds)
    entering = arm.share * drug.binding_per_um_s * bath.drug_um.get(arm.holds, 0.0)
    return entering, leaving_per_s(drug, bath.v_mv)


def leaving_per_s(drug: Blocker, v_mv: float) -> float:
    """Return the rate at which a drug leaves an open channel at this voltage, in 1/s."""
    return drug.leaving_per_s * math.exp(drug.electrical_distance * (v_mv - REFERENCE_MV) / RT_OVER_F_MV)


def steady(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the occupancy of each state at rest. Shape ``(state,)``.

    It is unique only while glutamate is present: closed channels keep what they hold.
    """
    n = len(matrix)
    reached = np.flatnonzero((matrix != 0.0).any(axis=0))
    equations = np.vstack([matrix[np.ix_(reached, reached)].T, np.ones(len(reached))])
    right = np.zeros(len(reached) + 1)
    right[-1] = 1.0
    occupancy = np.zeros(n)
    occupancy[reached] = np.linalg.lstsq(equations, right, rcond=None)[0]
    return occupancy


def propagator(matrix: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """Return the matrix exponential of ``matrix * seconds``: ``p(t + seconds) = p(t) @ propagator``.

    Scaling and squaring of a Taylor sum; relative error near 1e-13.
    """
    size = float(np.abs(matrix).sum(axis=1).max()) * seconds
    halvings = max(0, math.ceil(math.log2(size)) + 2) if size > 0.0 else 0
    small = matrix * (seconds / 2.0**halvings)
    total = term = np.eye(len(matrix))
    for k in range(1, TAYLOR_TERMS):
        term = term @ small / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def follow(
    protocol: Sequence[Bath],
    *,
    drugs: Sequence[str] = (),
    gating: str = DEFAULT_GATING,
    step_s: float = 1e-3,
    start: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times (s) and the occupancy of every state through a protocol.

    Args:
        protocol: The baths, one after another.
        drugs: Names of the blockers that appear in any bath; each adds an arm.
        gating: Name of the rate set.
        step_s: Spacing of the answer, in s; the answer itself is exact in each bath.
        start: Occupancies at time 0; all channels closed and free when not given.

    Returns:
        Times, shape ``(time,)``, the first is 0; occupancies, shape ``(time, state)``.

    Raises:
        ParameterError: If a bath lasts no time, or holds a drug that ``drugs`` does not name.
    """
    _check(protocol, drugs)
    n_states = N_GATES * len(arms(drugs))
    p = np.eye(n_states)[C0] if start is None else np.asarray(start, dtype=np.float64)
    times, rows = [0.0], [p]
    for bath in protocol:
        steps = max(1, round(bath.seconds / step_s))
        one = propagator(generator(bath, drugs=drugs, gating=gating), bath.seconds / steps)
        began = times[-1]
        for k in range(1, steps + 1):
            p = p @ one
            times.append(began + bath.seconds * k / steps)
            rows.append(p)
    return np.array(times), np.array(rows)


def _check(protocol: Sequence[Bath], drugs: Sequence[str]) -> None:
    for number, bath in enumerate(protocol, start=1):
        if not bath.seconds > 0.0:
            raise ParameterError(
                f"bath {number} must last a positive time in s; got {bath.seconds}. Leave it out instead."
            )
        for name in bath.drug_um:
            if name not in drugs:
                raise ParameterError(
                    f"bath {number} holds {name!r}, which is not among the drugs of the scheme "
                    f"({', '.join(drugs) or 'none'}). Name it in drugs."
                )


def open_share(occupancy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of channels open, whatever they hold. Shape: without the last axis."""
    share: NDArray[np.float64] = occupancy[..., O::N_GATES].sum(axis=-1)
    return share


def conducting(occupancy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of channels open and free: what carries current. Shape: without the last axis."""
    share: NDArray[np.float64] = occupancy[..., O]
    return share


def holding_drug(occupancy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of channels that hold a drug, open or closed. Shape: without the last axis."""
    share: NDArray[np.float64] = occupancy[..., 2 * N_GATES :].sum(axis=-1)
    return share

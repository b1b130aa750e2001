"""The gates of the dorsal horn circuit, as measured on every member of its ensemble.

Measuring takes minutes: ``python -m subside.engine.circuit.measure`` does it, and its table is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from subside.engine.circuit.gates import FAST_GATES, HELD_OUT_GATES, Gate
from subside.engine.circuit.measure import measured
from subside.engine.circuit.slow_gates import SLOW_GATES


@dataclass(frozen=True, kw_only=True)
class MeasuredGate:
    """One gate beside what the members measured.

    Attributes:
        name: The gate's name; ``says``: what it measures, in words, with the unit.
        kind: "fast" (searched on: every member must hold), "held_out" (not searched on) or "slow" (lasting
            changes, time compressed where opioids are in play); the latter two are judged by the mean.
        low, high: What is accepted; None where there is no bound.
        mean, smallest, largest: Over the members.
        members, within: How many were measured, and how many of these lie within the limits.
        met: Whether the gate is met.
        basis: The weakest basis among its sources.
        provisional: Whether a source is from memory, or the demand a choice of design.
        figures: Ids of the evidence behind it.
        note: What a reader must know.
    """

    name: str
    says: str
    kind: str
    low: float | None
    high: float | None
    mean: float
    smallest: float
    largest: float
    members: int
    within: int
    met: bool
    basis: str
    provisional: bool
    figures: tuple[str, ...]
    note: str


def circuit_gates() -> list[MeasuredGate]:
    """Return every gate, fast ones first."""
    return [
        *_rows("fast", FAST_GATES),
        *_rows("held_out", HELD_OUT_GATES),
        *_rows("slow", SLOW_GATES),
    ]


def gate_rows(gates: Iterable[MeasuredGate]) -> list[dict[str, Any]]:
    """Return gates as plain rows, for JSON."""
    return [{**asdict(g), "figures": list(g.figures), "verdict": "met" if g.met else "missed"} for g in gates]


def _rows(kind: str, gates: Iterable[Gate]) -> list[MeasuredGate]:
    found = []
    for gate in gates:
        values = measured()[gate.name]
        within = int(sum(gate.holds(float(x)) for x in values))
        mean = float(values.mean())
        found.append(
            MeasuredGate(
                name=gate.name,
                says=gate.says,
                kind=kind,
                low=gate.low if np.isfinite(gate.low) else None,
                high=gate.high if np.isfinite(gate.high) else None,
                mean=round(mean, 4),
                smallest=float(values.min()),
                largest=float(values.max()),
                members=len(values),
                within=within,
                met=within == len(values) if kind == "fast" else gate.holds(mean),
                basis=gate.basis,
                provisional=gate.provisional,
                figures=gate.figures,
                note=gate.note,
            )
        )
    return found

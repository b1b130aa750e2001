"""The sensory signature of a condition: what its cord does under pressure, touch, movement and a train.

Each member of the ensemble is its own control: the diseased cord against the same cord in health.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.experiments import Band, band
from subside.engine.circuit.members import HEALTHY, Cord, Member
from subside.engine.circuit.probes import SETTLED, Bench, growth
from subside.engine.circuit.simulate import over_threads
from subside.engine.conditions import QUALITIES, Profile

Change = Literal["more", "same", "less"]
FORCES_MN = (100.0, 200.0, 400.0)
TRAIN_HZ = 1.0
MORE_RATIO, LESS_RATIO = 1.1, 0.9  # design: a tenth above health counts as more, a tenth below as less
MORE_HZ = 5.0  # of projection cells: as the circuit's gate on pain from touch asks


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What the cord of a condition does, over members.

    Attributes:
        pressure: Rate of projection cells over three forces, times health.
        touch: Rate of projection cells under brushing above that in health, Hz a cell.
        movement: Rate of projection cells under a small movement above that in health, Hz a cell.
        summation: Mean of the last four responses of a train of 16 at 1 Hz minus the first, times health.
        wind_up: Mean of those four over the first, times health.
    """

    pressure: Band
    touch: Band
    movement: Band
    summation: Band
    wind_up: Band

    def changes(self) -> Mapping[str, Change]:
        """Return by quality whether the cord does more than in health, less, or the same."""

        def change(name: str) -> Change:
            mean = float(getattr(self, name).mean)
            low, high = (-MORE_HZ, MORE_HZ) if name in ("touch", "movement") else (LESS_RATIO, MORE_RATIO)
            return "more" if mean > high else "less" if mean < low else "same"

        return {name: change(name) for name in QUALITIES}


def signature(profile: Profile, members: Sequence[Member], *, seed: int = 1) -> Signature:
    """Return the signature of a condition's cord, over members."""
    sick = Cord(**profile.cord)

    def one(member: Member) -> tuple[float, ...]:
        bench = Bench(member, seeds=(seed,))
        before, now = _read(bench, HEALTHY), _read(bench, sick)
        ratio = now / np.maximum(before, 0.05)
        change = now - before
        return float(ratio[0]), float(change[1]), float(change[2]), float(ratio[3]), float(ratio[4])

    table = np.array(over_threads([lambda m=m: one(m) for m in members]))  # type: ignore[misc]
    pressure, touch, movement, summation, wind_up = (band(column) for column in table.T)
    return Signature(
        pressure=pressure, touch=touch, movement=movement, summation=summation, wind_up=wind_up
    )


def _read(bench: Bench, cord: Cord) -> NDArray[np.float64]:
    """Return pressure, touch and movement (Hz), what a train adds (spikes a cell), and its growth."""
    counts = bench.train(TRAIN_HZ, cord)
    return np.array(
        [
            sum(bench.force_hz(mn, cord) for mn in FORCES_MN),
            bench.touch_hz(cord),
            bench.movement_hz(cord),
            float(counts[-SETTLED:].mean() - counts[0]),
            growth(counts),
        ]
    )

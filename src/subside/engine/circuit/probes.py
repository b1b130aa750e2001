"""The standard experiments on one member, each run once and kept.

Read-outs are spikes a cell: deep wide-dynamic-range cells (``wdr``) for trains, NK1 projection cells
(``nk1``) for natural stimuli, since touch excites wide-dynamic-range cells in health as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.members import HEALTHY, Cord, Member
from subside.engine.circuit.simulate import Record, run
from subside.engine.circuit.stimuli import (
    FULL_FORCE_MN,
    START_MS,
    Natural,
    Train,
    force,
    heat,
    movement,
    touch,
)

C_WINDOW_MS: Final = 100.0  # after a stimulus: C fibers only; earlier spikes are of A fibers
SETTLED: Final = 4  # the last stimuli, whose mean is the plateau
STIMULI: Final = 16
RESOLVED_HZ: Final = 5.0  # above it the next stimulus comes before C fibers have answered this one
JUDGED_ON: Final = (1, 2, 3, 4)  # seeds over whose means gates are judged


def c_counts(
    record: Record, train: Train, population: str = "wdr", *, until_ms: float = 1000.0
) -> NDArray[np.float64]:
    """Return the spikes a cell that follow each stimulus, A-fiber spikes left out. Shape ``(stimulus,)``.

    From 100 ms after a stimulus to the next one, at most to ``until_ms``: up to ``RESOLVED_HZ`` each C volley has
    a window.
    """
    to = min(1000.0 / train.frequency_hz, until_ms)
    return np.array([record.count(population, t + C_WINDOW_MS, t + to) for t in train.times_ms])


def post_discharge(record: Record, train: Train, population: str = "wdr") -> float:
    """Return the spikes a cell from 1 s to 3 s after the last stimulus."""
    last = float(train.times_ms[-1])
    return record.count(population, last + 1000.0, last + 3000.0)


def growth(counts: NDArray[np.float64]) -> float:
    """Return the mean of the last four responses over the first."""
    return float(counts[-SETTLED:].mean() / max(counts[0], 0.05))


def excess(counts: NDArray[np.float64]) -> float:
    """Return the spikes beyond what the first response, repeated, would have given."""
    return float(counts.sum() - len(counts) * counts[0])


@dataclass
class Bench:
    """One member under the electrode; what was asked once is remembered.

    Answers are means over ``seeds``, so that a ratio of two answers is a ratio of means.
    """

    member: Member
    seeds: tuple[int, ...] = (1,)
    _known: dict[object, Record] = field(default_factory=dict)

    def records(self, *stimulus: Train | Natural, cord: Cord = HEALTHY) -> list[Record]:
        """Return the records of an experiment, one a seed."""
        found = []
        for seed in self.seeds:
            key = (stimulus, cord, seed)
            if key not in self._known:
                self._known[key] = run(self.member, stimulus, cord=cord, seed=seed)
            found.append(self._known[key])
        return found

    def train(
        self, hz: float, cord: Cord = HEALTHY, *, count: int = STIMULI, until_ms: float = 1000.0
    ) -> NDArray[np.float64]:
        """Return the C responses to a train, counted to ``until_ms`` after a stimulus. Shape ``(stimulus,)``."""
        train = Train(frequency_hz=hz, count=count)
        counts = [c_counts(r, train, until_ms=until_ms) for r in self.records(train, cord=cord)]
        return np.mean(counts, axis=0)  # type: ignore[no-any-return]

    def cells(self, parts: tuple[Natural, ...], *, cord: Cord = HEALTHY, population: str = "wdr") -> NDArray[np.float64]:
        """Return the spikes of each cell during natural stimuli, means over seeds. Shape ``(cell,)``."""
        lasts = max(p.lasts_ms for p in parts)
        return np.mean([r.counts(population, START_MS, START_MS + lasts) for r in self.records(*parts, cord=cord)], axis=0)  # type: ignore[no-any-return]

    def natural_hz(self, *parts: Natural, cord: Cord = HEALTHY, population: str = "nk1") -> float:
        """Return the mean rate during natural stimuli, in Hz a cell."""
        lasts = max(p.lasts_ms for p in parts)
        counts = [r.count(population, START_MS, START_MS + lasts) for r in self.records(*parts, cord=cord)]
        return float(np.mean(counts)) / lasts * 1000.0

    def force_hz(self, mn: float, cord: Cord = HEALTHY, population: str = "nk1") -> float:
        """Return the mean rate under a pressed probe, in Hz a cell."""
        return self.natural_hz(force(mn), cord=cord, population=population)

    def touch_hz(self, cord: Cord = HEALTHY) -> float:
        """Return the mean rate of projection cells under brushing, in Hz a cell."""
        return self.natural_hz(touch(), cord=cord)

    def movement_hz(self, cord: Cord = HEALTHY) -> float:
        """Return the mean rate of projection cells under a small movement, in Hz a cell."""
        return self.natural_hz(movement(), cord=cord)

    def heat_hz(self, *, touched: bool = False, cord: Cord = HEALTHY) -> float:
        """Return the mean rate of projection cells under noxious warmth, with or without brushing."""
        parts = (heat(), touch()) if touched else (heat(),)
        return self.natural_hz(*parts, cord=cord)


DISINHIBITED: Final = Cord(inhibition_left=0.0)
CHLORIDE_SHIFTED: Final = Cord(e_cl_mv=-50.0)


def without_nmda(cord: Cord = HEALTHY) -> Cord:
    """Return the same cord with NMDA receptors blocked."""
    return replace(cord, apv=1.0)


FORCES_MN: Final = tuple(FULL_FORCE_MN / k for k in (8, 4, 2, 1))

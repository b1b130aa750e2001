"""Experiments over members of the ensemble, as tables for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.members import HEALTHY, Cord, Member
from subside.engine.circuit.probes import STIMULI, Bench, c_counts, post_discharge
from subside.engine.circuit.simulate import over_threads, run
from subside.engine.circuit.stimuli import START_MS, Train, force, heat, movement, touch

LOW, HIGH = 5.0, 95.0  # percentiles over members


@dataclass(frozen=True)
class Band:
    """A number, or a curve, over members: mean, 5th and 95th percentile. Shapes as what was measured."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def plain(self, digits: int = 3) -> dict[str, Any]:
        """Return the band as lists or numbers for JSON."""
        return {name: np.round(getattr(self, name), digits).tolist() for name in ("mean", "low", "high")}


def band(values: Any) -> Band:
    """Return the band over members. ``values``: one number or curve a member."""
    table = np.asarray(values, dtype=np.float64)
    low, high = np.percentile(table, (LOW, HIGH), axis=0)
    return Band(table.mean(axis=0), np.asarray(low), np.asarray(high))


@dataclass(frozen=True)
class WindUp:
    """Responses of deep wide-dynamic-range cells to a train.

    Attributes:
        frequency_hz: Stimuli a second.
        spikes_per_stimulus: Spikes a cell by C fibers after each stimulus. Shape ``(stimulus,)``.
        post_discharge: Spikes a cell from 1 s to 3 s after the last stimulus.
        members: How many members answered.
    """

    frequency_hz: float
    spikes_per_stimulus: Band
    post_discharge: Band
    members: int


def wind_up(
    members: Sequence[Member], *, frequency_hz: float, cord: Cord = HEALTHY, seed: int = 1,
    threads: int | None = None,
) -> WindUp:  # fmt: skip
    """Return what a train of 16 C-strength stimuli does, over members."""
    train = Train(frequency_hz=frequency_hz, count=STIMULI)

    def one(member: Member) -> tuple[NDArray[np.float64], float]:
        record = run(member, (train,), cord=cord, seed=seed)
        return c_counts(record, train), post_discharge(record, train)

    found = each(members, one, threads)
    return WindUp(frequency_hz, band([c for c, _ in found]), band([p for _, p in found]), len(members))


def natural_rates(
    members: Sequence[Member], *, cord: Cord = HEALTHY, seed: int = 1, threads: int | None = None
) -> dict[str, Band]:
    """Return the rate of NK1 projection cells under each natural stimulus, in Hz a cell, over members."""
    stimuli = {
        "touch": (touch(),),
        "movement": (movement(),),
        "warmth": (heat(),),
        "warmth_and_touch": (heat(), touch()),
        **{f"force_{mn:.0f}_mn": (force(mn),) for mn in (50.0, 100.0, 200.0, 400.0)},
    }

    def one(member: Member) -> list[float]:
        bench = Bench(member, seeds=(seed,))
        return [bench.natural_hz(*parts, cord=cord) for parts in stimuli.values()]

    table = np.array(each(members, one, threads))
    return {name: band(table[:, k]) for k, name in enumerate(stimuli)}


def each(members: Sequence[Member], one: Callable[[Member], Any], threads: int | None) -> list[Any]:
    """Return what ``one`` says of every member, in their order."""
    return over_threads([lambda m=m: one(m) for m in members], threads=threads)  # type: ignore[misc]


def raster(member: Member, *, frequency_hz: float, cord: Cord = HEALTHY, seed: int = 1) -> tuple[Any, Any]:
    """Return times (ms from the first stimulus) and cells of every spike of one member under a train."""
    record = run(member, (Train(frequency_hz=frequency_hz),), cord=cord, seed=seed)
    return record.time_ms - START_MS, record.cell

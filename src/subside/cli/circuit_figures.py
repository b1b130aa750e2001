"""Figures of the circuit's experiments; the plotting library loads only when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from subside.engine.circuit import Band, Conditioned, WindUp

INK, FILL = "#00695c", "#80cbc4"
SIZE_IN = (6.4, 3.6)


def _axes(x: str, y: str) -> tuple[Any, Any]:
    if find_spec("matplotlib") is None:
        raise MissingExtraError("report", needed_for="A figure")
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE_IN, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _band(axes: Any, x: Any, band: Any) -> None:
    axes.fill_between(
        x, band.low, band.high, color=FILL, alpha=0.5, linewidth=0, label="5th to 95th percentile"
    )
    axes.plot(x, band.mean, "o-", color=INK, label="mean over members")
    axes.set_ylim(bottom=0.0)
    axes.legend(frameon=False)


def draw_wind_up(file: Path, found: WindUp) -> None:
    """Draw the response to each stimulus of a train."""
    figure, axes = _axes("stimulus", "spikes a cell by C fibers")
    axes.set_title(f"Wide-dynamic-range cells, {found.frequency_hz:g} Hz, {found.members} members")
    _band(axes, range(1, len(found.spikes_per_stimulus.mean) + 1), found.spikes_per_stimulus)
    figure.savefig(file)


def draw_later(file: Path, found: Conditioned, name: str) -> None:
    """Draw how strong C synapses are in the hours after conditioning."""
    figure, axes = _axes("hours later", "C synapses, % of before")
    axes.set_title(f"After {name}, {found.members} members")
    _band(axes, found.hours, found.later_percent)
    axes.axhline(100.0, color="0.7", linewidth=0.8)
    figure.savefig(file)


def draw_force(file: Path, rates: Mapping[str, Band]) -> None:
    """Draw the rate of projection cells over force."""
    figure, axes = _axes("force, mN", "projection cells, Hz")
    names = [name for name in rates if name.startswith("force")]
    forces = [float(name.split("_")[1]) for name in names]
    for part in ("low", "high"):
        axes.plot(forces, [getattr(rates[n], part) for n in names], "--", color=FILL, label=f"{part} 5 %")
    axes.plot(forces, [rates[n].mean for n in names], "o-", color=INK, label="mean over members")
    axes.set_ylim(bottom=0.0)
    axes.legend(frameon=False)
    figure.savefig(file)


def draw_raster(file: Path, times_ms: Any, cells: Any) -> None:
    """Draw every spike of one member, population above population."""
    from subside.engine.circuit.populations import CELLS, CELLS_OF

    figure, axes = _axes("time, s", "")
    axes.plot(times_ms / 1000.0, cells, "|", color=INK, markersize=2, rasterized=True)
    places = [CELLS_OF[p.name] for p in CELLS]
    axes.set_yticks([(w.start + w.stop) / 2 for w in places], [p.name.replace("_", " ") for p in CELLS])
    for where in places[1:]:
        axes.axhline(where.start - 0.5, color="0.85", linewidth=0.5)
    axes.set_ylim(-1, places[-1].stop)
    figure.savefig(file)

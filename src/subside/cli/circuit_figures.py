"""Figures of the circuit's experiments; the plotting library loads only when one is drawn.

Every figure has a title and, below it in small letters, what was simulated (``about``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from subside.cli.circuit_text import stimulus_name
from subside.errors import MissingExtraError

if TYPE_CHECKING:
    from subside.engine.circuit import Band, Conditioned, WindUp

INK, FILL = "#00695c", "#80cbc4"
SIZE_IN = (6.4, 3.8)
RASTER_IN = (7.2, 5.4)
LETTERS = 78  # of what was simulated, in a line
ONE, MEAN, BETWEEN = "1 member", "mean over members", "5th to 95th percentile"
FULL_NAMES: Final = MappingProxyType(
    {
        "pkcg": "PKCγ cells",
        "vglut3": "VGLUT3 cells",
        "dor": "delta opioid receptor cells",
        "trc": "transient central cells",
        "som": "somatostatin cells",
        "cr": "calretinin cells",
        "pv": "parvalbumin cells",
        "dyn": "dynorphin cells",
        "islet": "islet cells",
        "nk1": "projection cells (NK1)",
        "wdr": "deep wide-dynamic-range cells",
        "deep_inhibitory": "deep inhibitory cells",
    }
)


def _axes(
    title: str, about: str, *, x: str, y: str, size_in: tuple[float, float] = SIZE_IN
) -> tuple[Any, Any]:
    if find_spec("matplotlib") is None:
        raise MissingExtraError("report", needed_for="A figure")
    from matplotlib.figure import Figure

    figure = Figure(figsize=size_in, layout="constrained")
    axes = figure.add_subplot()
    figure.suptitle(title)
    axes.set_title(textwrap.fill(about, LETTERS), fontsize="small", color="0.3")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _band(axes: Any, x: Any, band: Any, *, members: int) -> None:
    if members > 1:
        axes.fill_between(x, band.low, band.high, color=FILL, alpha=0.5, linewidth=0, label=BETWEEN)
    axes.plot(x, band.mean, "o-", color=INK, label=MEAN if members > 1 else ONE)
    axes.set_ylim(bottom=0.0)
    axes.legend(frameon=False)


def draw_wind_up(file: Path, found: WindUp, *, about: str) -> None:
    """Draw the response to each stimulus of a train."""
    title = f"Wide-dynamic-range cells at {found.frequency_hz:g} Hz"
    figure, axes = _axes(title, about, x="stimulus", y="spikes a cell by C fibers")
    points = range(1, len(found.spikes_per_stimulus.mean) + 1)
    _band(axes, points, found.spikes_per_stimulus, members=found.members)
    figure.savefig(file)


def draw_later(file: Path, found: Conditioned, name: str, *, about: str) -> None:
    """Draw how strong C synapses are in the hours after conditioning."""
    figure, axes = _axes(
        f"C synapses on projection cells after {name}", about, x="hours later", y="C synapses, % of before"
    )
    _band(axes, found.hours, found.later_percent, members=found.members)
    axes.axhline(100.0, color="0.7", linewidth=0.8)
    figure.savefig(file)


def draw_force(file: Path, rates: Mapping[str, Band], *, members: int, about: str) -> None:
    """Draw the rate of projection cells over force."""
    figure, axes = _axes("Projection cells under pressure", about, x="force, mN", y="projection cells, Hz")
    names = [name for name in rates if name.startswith("force")]
    forces = [float(name.split("_")[1]) for name in names]
    if members > 1:
        for part, label in (("low", "5th percentile"), ("high", "95th percentile")):
            axes.plot(forces, [getattr(rates[n], part) for n in names], "--", color=FILL, label=label)
    mean = [rates[n].mean for n in names]
    axes.plot(forces, mean, "o-", color=INK, label=MEAN if members > 1 else ONE)
    axes.set_ylim(bottom=0.0)
    axes.legend(frameon=False)
    figure.savefig(file)


def draw_touch(file: Path, rates: Mapping[str, Band], *, members: int, about: str) -> None:
    """Draw the rate of projection cells under touch, warmth, and both at once, as bars."""
    figure, axes = _axes("Projection cells under touch and warmth", about, x="", y="projection cells, Hz")
    bands = {stimulus_name(name): rates[name] for name in ("touch", "warmth", "warmth_and_touch")}
    mean = [float(b.mean) for b in bands.values()]
    axes.bar(list(bands), mean, width=0.5, color=FILL, label=MEAN if members > 1 else ONE)
    if members > 1:
        low, high = ([float(getattr(b, part)) for b in bands.values()] for part in ("low", "high"))
        axes.vlines(range(len(bands)), low, high, color=INK, label=BETWEEN)
    axes.set_ylim(bottom=0.0)
    figure.legend(frameon=False, loc="outside lower center", ncols=2)  # bars would cross it inside
    figure.savefig(file)


def draw_raster(file: Path, times_ms: Any, cells: Any, *, frequency_hz: float, about: str) -> None:
    """Draw every spike of one member, population above population."""
    from subside.engine.circuit.populations import CELLS, CELLS_OF

    title = f"Every spike of one cord, C-fiber stimuli at {frequency_hz:g} Hz"
    figure, axes = _axes(
        title, about, x="time, s", y="cells by population, each row a cell", size_in=RASTER_IN
    )
    axes.plot(times_ms / 1000.0, cells, "|", color=INK, markersize=2, rasterized=True)
    places = [CELLS_OF[p.name] for p in CELLS]
    axes.set_yticks(
        [(w.start + w.stop) / 2 for w in places], [FULL_NAMES[p.name] for p in CELLS], fontsize="small"
    )
    for where in places[1:]:
        axes.axhline(where.start - 0.5, color="0.85", linewidth=0.5)
    axes.set_ylim(-1, places[-1].stop)
    figure.savefig(file)

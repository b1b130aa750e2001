"""Draws the figures of ``explanation/road.md`` and keeps the numbers that the page quotes.

``python docs/road.py`` takes some minutes; ``--circuit`` draws those of the spinal cord alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from subside.engine.circuit import STATES, Cord, raster, wind_up
from subside.engine.circuit.ensemble import members
from subside.engine.circuit.experiments import band, each
from subside.engine.circuit.populations import CELLS, CELLS_OF
from subside.engine.circuit.probes import Bench

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/explanation/road"
CASE = ROOT / "examples/from_papers/sigtermans_2009_crps.toml"
INK, PALE, WARM = "#00695c", "#80cbc4", "#b04a2f"
OPERATION = """format = 1
title = "An invented operation"

[patient]
age_years = 50
weight_kg = 75
condition = "acute_pain"

[injury]
at = "0 d"
nrs_pain = 6
heals_in = "10 d"
cut_nerve = "yes"
"""
PLAIN_NAMES = {
    "pkcg": "touch relays", "dor": "sharp-pain relays", "som": "relays", "islet": "calming", "dyn": "calming",
    "pv": "calming (touch)", "nk1": "to the brain", "wdr": "to the brain, deep", "deep_inhibitory": "calming, deep",
}  # fmt: skip


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--circuit", action="store_true", help="draw the figures of the spinal cord alone")
    parser.add_argument("--members", type=int, default=12)
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    mpl.rcParams["svg.hashsalt"] = "road"
    options.out.mkdir(parents=True, exist_ok=True)
    found = {
        "wind_up": draw_wind_up(options.out, options.members),
        "touch": draw_touch(options.out, options.members),
    }
    draw_raster(options.out)
    if not options.circuit:
        found["operation"] = draw_operation(options.out, options.patients)
        found["relief"] = draw_relief(options.out, options.patients)
    numbers = options.out / "numbers.json"
    kept = json.loads(numbers.read_text(encoding="utf-8")) if numbers.exists() else {}
    numbers.write_text(json.dumps(kept | found, indent=1) + "\n", encoding="utf-8")


def draw_wind_up(folder: Path, count: int) -> dict[str, list[float]]:
    """Draw how deep cells answer the same stimulus again and again; return first and last answers."""
    figure, axes = _axes("stimulus, always the same", "answer: spikes a cell")
    shown = (
        ("once in five seconds", 0.2, Cord(), PALE, 6),
        ("once a second", 1.0, Cord(), INK, 16),
        ("once a second, ketamine 0.5 µM", 1.0, Cord(ketamine_um=0.5), WARM, 16),
        ("once a second, NMDA receptors blocked", 1.0, Cord(apv=1.0), "0.5", 16),
    )
    found = {}
    for name, hz, cord, color, points in shown:
        curve = wind_up(members(count), frequency_hz=hz, cord=cord).spikes_per_stimulus
        x = np.arange(1, points + 1)
        axes.fill_between(x, curve.low[:points], curve.high[:points], color=color, alpha=0.15, linewidth=0)
        axes.plot(x, curve.mean[:points], "o-", markersize=3, color=color, label=name)
        found[name] = [
            round(float(curve.mean[0]), 1),
            round(float(curve.mean[points - 4 : points].mean()), 1),
        ]
    axes.set_ylim(bottom=0.0)
    axes.legend(frameon=False, fontsize="small")
    _save(figure, folder / "wind-up.svg")
    return found


def draw_raster(folder: Path) -> None:
    """Draw every spike of one cord under a stimulus once a second, populations under plain names."""
    times_ms, cells = raster(members(1)[0], frequency_hz=1.0)
    figure, axes = _axes("seconds", "")
    axes.plot(times_ms / 1000.0, cells, "|", color=INK, markersize=1.5, rasterized=True)
    axes.set_yticks(
        [(CELLS_OF[n].start + CELLS_OF[n].stop) / 2 for n in PLAIN_NAMES], list(PLAIN_NAMES.values()), fontsize="small"
    )  # fmt: skip
    for p in CELLS[1:]:
        axes.axhline(CELLS_OF[p.name].start - 0.5, color="0.9", linewidth=0.5)
    axes.set_ylim(-1, CELLS_OF[CELLS[-1].name].stop)
    _save(figure, folder / "raster.svg")


def draw_touch(folder: Path, count: int) -> dict[str, float]:
    """Draw what stroking makes the cells answer that report pain; return the mean rates, in Hz."""
    sick = STATES["nerve_injury"]
    shown = {
        "healthy": Cord(),
        "after nerve injury": sick,
        "the same,\nketamine 0.5 µM": replace(sick, ketamine_um=0.5),
        "the same,\nNMDA receptors blocked": replace(sick, apv=1.0),
    }
    figure, axes = _axes("", "cells that report pain, Hz")
    found = {}
    for at, (name, cord) in enumerate(shown.items()):
        rates = band(each(members(count), lambda m, cord=cord: Bench(m).touch_hz(cord), None))
        error = [[float(rates.mean - rates.low)], [float(rates.high - rates.mean)]]
        axes.bar(at, float(rates.mean), color=(PALE, WARM, INK, "0.5")[at], yerr=error, capsize=4)
        found[name.replace("\n", " ")] = round(float(rates.mean), 1)
    axes.set_xticks(range(len(shown)), list(shown), fontsize="small")
    _save(figure, folder / "touch.svg")
    return found


def draw_operation(folder: Path, patients: int) -> dict[str, list[float]]:
    """Draw the pain of people after an operation that cut a nerve; return pain at one day, 3 and 12 months."""
    import subside

    days = np.unique(np.concatenate([np.linspace(0.1, 14.0, 15), np.linspace(14.0, 360.0, 40)]))
    with tempfile.TemporaryDirectory() as place:
        case = Path(place) / "operation.toml"
        case.write_text(OPERATION, encoding="utf-8")
        pain = subside.simulate(case, n_patients=patients, times_h=24.0 * days)["nrs_pain"]
    figure, axes = _axes("months after the operation", "pain, 0 to 10")
    _curve(axes, days / 30.0, pain, INK, "middle person; nine in ten within the band")
    axes.set_ylim(0.0, 10.0)
    axes.legend(frameon=False, fontsize="small")
    _save(figure, folder / "operation.svg")
    at = [int(np.abs(days - d).argmin()) for d in (1.0, 90.0, 360.0)]
    return {name: [round(float(getattr(pain, name)[k]), 1) for k in at] for name in ("low", "median", "high")}


def draw_relief(folder: Path, patients: int) -> dict[str, list[float]]:
    """Draw pain of people with complex regional pain syndrome after four days of ketamine and of placebo."""
    import subside

    days = np.linspace(0.0, 84.0, 60)
    both = subside.compare(CASE, ["placebo"], n_patients=patients, times_h=24.0 * days)
    figure, axes = _axes("weeks", "pain, 0 to 10")
    found = {}
    for name, color in (("case", INK), ("placebo", "0.5")):
        pain = both.arms[name]["nrs_pain"]
        label = {"case": "four days of ketamine", "placebo": "four days of placebo"}[name]
        axes.plot(days / 7.0, pain.median, color=color, label=label)
        found[label] = [
            round(float(pain.median[int(np.abs(days - d).argmin())]), 1) for d in (0.0, 7.0, 84.0)
        ]
    axes.set_ylim(0.0, 10.0)
    axes.legend(frameon=False, fontsize="small")
    _save(figure, folder / "relief.svg")
    return found


def _axes(x: str, y: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _curve(axes: Any, x: Any, pain: Any, color: str, label: str) -> None:
    axes.fill_between(x, pain.low, pain.high, color=color, alpha=0.15, linewidth=0)
    axes.plot(x, pain.median, color=color, label=label)


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    main()

"""Concentration curves traced from printed figures, with what the tracers say of their error.

Standard library only, as the rest of the evidence.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from subside.errors import unknown_name
from subside.units import from_micromolar

__all__ = ["TracedCurve", "traced_curve", "traced_curves"]

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class TracedCurve:
    """Group means over time, read off a figure.

    Attributes:
        name: Such as ``"kamp_2020_bja.s_ketamine_after_esketamine"``.
        analyte: ``s_ketamine``, ``r_ketamine``, ``s_norketamine``, ``r_norketamine`` or
            ``hydroxynorketamine`` (both enantiomers together).
        drug_form: What was given.
        site: ``arterial`` or ``venous``.
        reading_error: Error that the tracers state, as a fraction of the curve's peak; None: not stated.
        times_h, ng_per_ml: Without the points that the tracers call artifacts.
    """

    name: str
    analyte: str
    drug_form: str
    site: str
    reading_error: float | None
    times_h: tuple[float, ...]
    ng_per_ml: tuple[float, ...]

    @property
    def peak_ng_per_ml(self) -> float:
        """The highest point."""
        return max(self.ng_per_ml)


_ESK, _RAC, _HNK = "esketamine", "racemic_ketamine", "hydroxynorketamine"
_STEP_UP, _STEP_OFF = (0.0, 2.083), (0.0, 3.083)  # points that the tracers call artifacts, in h
# panel of the figure -> name, analyte, drug form, stated error, substance, artifacts
_KAMP: Final = {
    "a": ("s_ketamine_after_esketamine", "s_ketamine", _ESK, 0.05, "ketamine", _STEP_UP),
    "b": ("s_ketamine_after_racemate", "s_ketamine", _RAC, 0.05, "ketamine", _STEP_UP),
    "c": ("r_ketamine_after_racemate", "r_ketamine", _RAC, None, "ketamine", _STEP_UP),
    "d": ("s_norketamine_after_esketamine", "s_norketamine", _ESK, 0.05, "norketamine", _STEP_OFF),
    "e": ("s_norketamine_after_racemate", "s_norketamine", _RAC, 0.05, "norketamine", _STEP_OFF),
    "f": ("r_norketamine_after_racemate", "r_norketamine", _RAC, 0.07, "norketamine", _STEP_OFF),
    "j": ("hydroxynorketamine_after_racemate", _HNK, _RAC, 0.19, _HNK, _STEP_OFF),
}  # fmt: skip


@cache
def traced_curves() -> tuple[TracedCurve, ...]:
    """Return all traced curves: seven of Kamp 2020 (Br J Anaesth), two of Hasan 2021."""
    kamp = _rows("kamp_2020_bja.csv")
    found = []
    for panel, (name, analyte, form, error, substance, artifacts) in _KAMP.items():
        points = [
            (float(row["time_h"]), from_micromolar(float(row["conc_nmol_per_mL"]), substance=substance))
            for row in kamp
            if row["panel"] == panel and float(row["time_h"]) not in artifacts
        ]
        found.append(_curve(f"kamp_2020_bja.{name}", analyte, form, "arterial", error, points))
    for isomer in ("S", "R"):
        points = [
            (float(row["time_h"]), float(row["conc_ng_per_mL"]))
            for row in _rows("hasan_2021.csv")
            if row["isomer"] == isomer and float(row["time_h"]) > 0
        ]
        analyte = f"{isomer.lower()}_ketamine"
        # The tracers state no error but that their peak (at 0.5 h) lies 10 to 20 % below the printed one.
        found.append(_curve(f"hasan_2021.{analyte}", analyte, _RAC, "venous", None, points))
    return tuple(found)


def traced_curve(name: str) -> TracedCurve:
    """Return one traced curve.

    Raises:
        UnknownNameError: If there is none of this name; suggests the nearest.
    """
    by_name = {curve.name: curve for curve in traced_curves()}
    if name not in by_name:
        raise unknown_name("traced curve", name, by_name)
    return by_name[name]


def _rows(file: str) -> list[dict[str, str]]:
    lines = (_FOLDER / file).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _curve(
    name: str, analyte: str, form: str, site: str, error: float | None, points: list[tuple[float, float]]
) -> TracedCurve:
    return TracedCurve(
        name=name,
        analyte=analyte,
        drug_form=form,
        site=site,
        reading_error=error,
        times_h=tuple(t for t, _ in points),
        ng_per_ml=tuple(c for _, c in points),
    )

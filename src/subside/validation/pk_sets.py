"""Compares every named PK set with the traced curves, and fits the venous delay.

Run ``python -m subside.validation.pk_sets``: it fits, writes the parameter file
``evidence/figures/fitted_venous_delay.toml`` and prints the comparison that the docs show.
``--check`` prints only.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np

from subside.engine.drugs import PK_SETS, Parameter, PkSet, pk_set
from subside.evidence import value
from subside.evidence.curves import TracedCurve, traced_curve, traced_curves
from subside.validation.pk_protocols import arterial_peak, predict, racemate_clearance
from subside.validation.venous_delay import CORES, fit_delay, render_study

__all__ = [
    "Score",
    "arterial_peak_ratio",
    "main",
    "peak_ratio",
    "render_norketamine_candidates",
    "render_scores",
    "score",
    "scores",
]

_FROM_H: Final = 0.5  # before, a minute of misreading the time axis outweighs the level
_UNTIL_H: Final = 8.0  # after, traced venous levels lie near the smallest step of the tracing


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one set meets one traced curve, over its points from 0.5 h to 8 h.

    Attributes:
        bias: Geometric mean of predicted over traced, less 1.
        scatter: Standard deviation of the logarithm of that ratio around its mean.
        within_reading_error: Share of points nearer than the reading error that the tracers state
            (a fraction of the peak); NaN where they state none.
    """

    pk_set: str
    curve: str
    bias: float
    scatter: float
    within_reading_error: float
    n: int


def score(a_set: PkSet, curve: TracedCurve) -> Score | None:
    """Return the score of one set on one curve, or None if the set does not describe the substance."""
    predicted = predict(a_set, curve)
    if predicted is None:
        return None
    times, traced = np.array(curve.times_h), np.array(curve.ng_per_ml)
    # the traced venous peak is known to be low; the printed one is compared by peak_ratio
    keep = (times >= (_FROM_H if curve.site == "arterial" else 1.0)) & (times <= _UNTIL_H)
    ratio = np.log(predicted[keep] / traced[keep])
    within = float("nan")
    if curve.reading_error is not None:
        near = np.abs(predicted[keep] - traced[keep]) <= curve.reading_error * curve.peak_ng_per_ml
        within = float(np.mean(near))
    return Score(
        pk_set=a_set.name,
        curve=curve.name,
        bias=float(np.expm1(np.mean(ratio))),
        scatter=float(np.std(ratio)),
        within_reading_error=within,
        n=int(keep.sum()),
    )


def scores() -> tuple[Score, ...]:
    """Return all scores, set after set, curve after curve; what a set does not describe is absent."""
    found = (score(pk_set(name), curve) for name in PK_SETS for curve in traced_curves())
    return tuple(one for one in found if one is not None)


def peak_ratio(a_set: PkSet, isomer: str) -> float:
    """Return the level at the end of Hasan's infusion over the printed venous peak."""
    predicted = predict(a_set, traced_curve(f"hasan_2021.{isomer}_ketamine"))
    assert predicted is not None
    return float(predicted[0]) / value(f"hasan_2021.cmax_{isomer}", unit="ng/mL")


def arterial_peak_ratio(a_set: PkSet) -> float:
    """Return the level after 20 mg over 20 min over the mean of the two printed arterial peaks."""
    peaks = ("simons_2022.peak_after_50mg_film", "simons_2022.peak_after_100mg_film")
    return arterial_peak(a_set) / float(np.mean([value(peak, unit="ng/mL") for peak in peaks]))


def render_scores() -> str:
    """Return the comparison as a Markdown table.

    Bias and, in brackets, scatter in percent; peaks in percent from the printed ones; the apparent
    clearance of the racemate in L/h per 70 kg.
    """
    curves = traced_curves()
    heads = {
        "kamp_2020_bja.s_ketamine_after_esketamine": "S, esketamine",
        "kamp_2020_bja.s_ketamine_after_racemate": "S, racemate",
        "kamp_2020_bja.r_ketamine_after_racemate": "R, racemate",
        "kamp_2020_bja.s_norketamine_after_esketamine": "S-nk, esketamine",
        "kamp_2020_bja.s_norketamine_after_racemate": "S-nk, racemate",
        "kamp_2020_bja.r_norketamine_after_racemate": "R-nk, racemate",
        "kamp_2020_bja.hydroxynorketamine_after_racemate": "HNK, racemate",
        "hasan_2021.s_ketamine": "S, venous",
        "hasan_2021.r_ketamine": "R, venous",
    }
    by_key = {(s.pk_set, s.curve): s for s in scores()}
    last = ("S peak, venous", "S peak, arterial", "CL of racemate")
    rows = ["| " + " | ".join(("set", *(heads[c.name] for c in curves), *last)) + " |"]
    rows.append("|---" * (len(curves) + 1 + len(last)) + "|")
    for name in PK_SETS:
        cells = []
        for curve in curves:
            one = by_key.get((name, curve.name))
            cells.append("-" if one is None else f"{100 * one.bias:+.0f} ({100 * one.scatter:.0f})")
        a_set = pk_set(name)
        cells.append(f"{100 * (peak_ratio(a_set, 's') - 1):+.0f}")
        cells.append(f"{100 * (arterial_peak_ratio(a_set) - 1):+.0f}")
        cells.append(f"{racemate_clearance(a_set):.0f}")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def render_norketamine_candidates() -> str:
    """Return how each published norketamine fares behind the Kamp 2020 core, as a Markdown table.

    Each is taken over as its paper forms it: from all ketamine eliminated, or the fraction printed.
    """
    core = pk_set("kamp_2020")
    rows = ["| norketamine of | S-nk, esketamine | S-nk, racemate | R-nk, racemate |", "|---|---|---|---|"]
    for name in ("otto_2021", "perez_ruixo_2021", "simons_2022"):
        donor = pk_set(name)
        taken = {key: p for key, p in donor.parameters.items() if key.startswith(("nk_", "hnk_"))}
        if donor.has_liver:
            formed = value("perez_ruixo_2021.nk_fraction", unit="1")
            taken["nk_fraction"] = Parameter(value=formed, figures=("perez_ruixo_2021.nk_fraction",))
        joined = dataclasses.replace(
            core, name=name, parameters={**core.parameters, **taken}, molar=donor.molar
        )
        cells = []
        for curve in traced_curves():
            if "norketamine_after" in curve.name and "hydroxy" not in curve.name:
                one = score(joined, curve)
                assert one is not None
                cells.append(f"{100 * one.bias:+.0f} ({100 * one.scatter:.0f})")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit the delay, write its file, print the comparison. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m subside.validation.pk_sets", description=__doc__)
    parser.add_argument("--check", action="store_true", help="print only; write nothing")
    options = parser.parse_args(arguments)
    study = render_study(tuple(fit_delay(core) for core in CORES))
    print(study)
    if not options.check:
        path = Path(str(files("subside.evidence") / "figures" / "fitted_venous_delay.toml"))
        path.write_text(study, encoding="utf-8")
        print(f"Wrote {path.name}. The comparison below uses the values read before; run again to see them.")
    print(render_scores())
    print(render_norketamine_candidates())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

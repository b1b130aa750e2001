"""How much of what sensitization adds the spinal circuit explains, and how much is left to the brain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from subside.engine.circuit.gain import gain
from subside.engine.population.beliefs import Beliefs, from_scale
from subside.engine.receptor.routes import REFERENCE_NG_PER_ML
from subside.evidence import value
from subside.units import MOLAR_MASS_G_PER_MOL

SENSITIZATION = (0.25, 0.5, 0.75, 1.0)
NORMAL_95 = 1.645  # SDs to the end of a 90 % interval


@dataclass(frozen=True, kw_only=True)
class Split:
    """Factors on the drive at one sensitization, relative to none.

    Attributes:
        cord: Of the circuit, read. brain: What is fitted on top: typical, and its 90 % interval.
        cord_share: Of the logarithm of both together.
        cord_left: Share of the cord's factor that ketamine at the trial's level leaves, in the circuit.
    """

    sensitization: float
    cord: float
    brain: float
    brain_low: float
    brain_high: float
    cord_share: float
    cord_left: float


def gain_split(beliefs: Beliefs) -> tuple[Split, ...]:
    """Return the split at several sensitizations."""
    b = beliefs["brain_gain"]
    low, typical, high = (
        float(from_scale(np.array(b.location + k * b.uncertainty_sd), b.scale))
        for k in (-NORMAL_95, 0.0, NORMAL_95)
    )
    um = racemate_um(beliefs)
    rows = []
    for s in SENSITIZATION:
        cord = float(gain()(s))
        brain = 1.0 + typical * s
        rows.append(
            Split(
                sensitization=s,
                cord=cord,
                brain=brain,
                brain_low=1.0 + low * s,
                brain_high=1.0 + high * s,
                cord_share=float(np.log(cord) / np.log(cord * brain)),
                cord_left=float(gain()(s, ketamine_um=um)) / cord,
            )
        )
    return tuple(rows)


def racemate_um(beliefs: Beliefs) -> float:
    """Return the unbound racemate, in µM, that blocks as the trial's level of S-ketamine does."""
    per_ng = beliefs["fraction_unbound"].median / MOLAR_MASS_G_PER_MOL["ketamine"]
    s_um = REFERENCE_NG_PER_ML * per_ng
    return s_um * value("gilling_2009.ic50", unit="uM") / beliefs["half_pore_s_um"].median


def page_lines(beliefs: Beliefs) -> list[str]:
    """Return the section for the page on the fit."""
    b, k = beliefs["acute_emax"].median, beliefs["acute_c50_ng_per_ml"].median
    acute = b * REFERENCE_NG_PER_ML / (REFERENCE_NG_PER_ML + k)
    rows = gain_split(beliefs)
    return [
        "## What the cord explains, and what is left to the brain",
        "",
        "What full sensitization multiplies the drive by comes in two factors: the spinal circuit's, read from "
        "[its table](dorsal-horn.md) and not fitted, and a free one for brain stem and brain.",
        "",
        "| sensitization | cord (circuit) | brain stem and brain (90 %) | together | cord's share of the log |",
        "|---|---|---|---|---|",
        *(
            f"| {r.sensitization:.2f} | {r.cord:.2f} | {r.brain:.2f} ({r.brain_low:.2f} to {r.brain_high:.2f}) "
            f"| {r.cord * r.brain:.2f} | {100 * r.cord_share:.0f} % |"
            for r in rows
        ),
        "",
        f"The data take little of what was not known of the free factor. At the level of the trial "
        f"({REFERENCE_NG_PER_ML:.0f} ng/mL of S-ketamine) pore block leaves {100 * rows[-1].cord_left:.0f} % of the "
        f"circuit's gain at full sensitization, while acute analgesia, measured in volunteers, leaves "
        f"{100 * (1 - acute):.0f} % of the drive: most of what is felt during an infusion does not come from "
        "pore block in this circuit.",
        "",
    ]

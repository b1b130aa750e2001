"""Where people start: what the case states, and stand-ins for what it does not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.kernel.random import normals
from subside.engine.population.beliefs import Beliefs
from subside.engine.population.described import Described, by_case
from subside.engine.population.draws import Draws, patient_study
from subside.engine.population.scales import madrs_of_phq9, phq9_of_madrs

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Baselines:
    """Where people start, one value a person; what the case leaves out is drawn.

    Attributes:
        values: By name of the scale or vital sign. Shape ``(person,)`` each.
        stand_ins: Names that the case does not give.
    """

    values: Mapping[str, Array]
    stand_ins: tuple[str, ...]

    def __getitem__(self, name: str) -> Array:
        return self.values[name]

    def take(self, rows: NDArray[np.int64] | slice) -> Baselines:
        """Return some of these people."""
        return Baselines(
            values={name: values[rows] for name, values in self.values.items()}, stand_ins=self.stand_ins
        )


def baselines(
    case: Case,
    beliefs: Beliefs,
    draws: Draws,
    *,
    seed: int,
    alike: bool,
    vary: Collection[str],
    described: Described | None = None,
) -> Baselines:
    """Return where people start.

    Args:
        case: Gives what is known of this patient.
        beliefs: Give the stand-ins for what is not.
        draws: The people.
        seed: Of the streams.
        alike: Many patients described like this one: they differ in the scores themselves.
        vary: Parts drawn; baselines belong to ``patient``.
        described: What is stated of each person; what the case states of one, if not given.
    """
    n = len(draws)
    who = described or by_case(case, n)
    found: dict[str, Array] = {}
    stand_ins = []

    def z(name: str) -> Array:
        if "patient" not in vary:
            return np.zeros(n)
        return normals(f"{patient_study(seed, vary)}/baseline", draws.people, name, 1)[:, 0]

    for name, entry in beliefs.baselines.items():
        if name == "madrs_total":  # follows from PHQ-9, below
            continue
        known = who.get(name)
        if known is None or np.isnan(known).any():
            stand_ins.append(name)
            other = _stand_in(entry, who) + entry["sd"] * z(name)
            if name == "nrs_pain" and case.injury is not None:
                other = np.zeros(n)  # nobody said that there was pain before the injury
            found[name] = other if known is None else np.where(np.isnan(known), other, known)
        elif alike and who.alike and name in beliefs.likeness:
            found[name] = known + beliefs.likeness[name]["sd"] * z(name)
        else:
            found[name] = known
    limits = {
        "nrs_pain": (0.5, 9.8), "phq9_total": (0.0, 27.0), "gad7_total": (0.0, 21.0),
        "pcl5_total": (0.0, 80.0), "sleep_nrs": (0.0, 10.0), "sbp_mmhg": (80.0, 230.0),
        "dbp_mmhg": (40.0, 130.0), "hr_bpm": (40.0, 150.0), "spo2_percent": (80.0, 99.8),
        "etco2_mmhg": (25.0, 60.0), "rr_per_min": (8.0, 30.0),
    }  # fmt: skip
    for name, (low, high) in limits.items():
        found[name] = np.clip(found[name], low, high)
    found["dbp_mmhg"] = np.minimum(found["dbp_mmhg"], found["sbp_mmhg"] - 15.0)
    phq9, madrs = who.get("phq9_total"), who.get("madrs_total")
    if madrs is None:
        stand_ins.append("madrs_total")
        scatter = beliefs.baselines["madrs_total"]["sd"] * z("madrs_scatter")
        found["madrs_total"] = np.clip(madrs_of_phq9(found["phq9_total"]) + scatter, 0.0, 60.0)
    else:
        found["madrs_total"] = np.where(np.isnan(madrs), madrs_of_phq9(found["phq9_total"]), madrs)
        if phq9 is None:
            found["phq9_total"] = phq9_of_madrs(found["madrs_total"])
    moving, resting = who.get("nrs_pain_movement"), who.get("nrs_pain")
    if moving is not None:
        # who hurts more at rest hurts more on movement: shift both alike
        shift = 0.0 if resting is None else np.nan_to_num(found["nrs_pain"] - resting)
        moving = np.where(np.isnan(moving), np.nanmean(moving), moving)
        found["nrs_pain_movement"] = np.clip(moving + shift, 0.5, 9.95)
    else:
        stand_ins.append("nrs_pain_movement")
    return Baselines(values=found, stand_ins=tuple(stand_ins))


def _stand_in(entry: Mapping[str, Any], who: Described) -> Array:
    """Return the mean that stands in for a vital sign or score that is not stated, one a person."""
    mean = np.full(len(who), float(entry["mean"]))
    for answer, value in entry.get("if_hypertension", {}).items():
        mean[who.hypertension == answer] = float(value)
    if "per_year" in entry:
        mean = mean + entry["per_year"] * (who.stated["age_years"] - entry["at_years"])
    return mean


def usual_pain(draws: Draws, start: Baselines) -> Array:
    """Return the level around which pain at rest swings: what was stated, less the excess at entry."""
    return np.clip(start["nrs_pain"] - draws.values["entry_excess_nrs"], 0.3, 9.8)

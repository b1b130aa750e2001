"""Where the uncertainty of a number comes from: patient, parameter, trial, structure.

First-order shares by pick-freeze: two groups of people that share the draws of one part and nothing
else agree exactly as far as that part explains. What no part explains alone (parts acting together)
is left out of the split and told as such by the sum falling short of the variance.

Source: Sobol 2001, Math Comput Simul 55:271; Saltelli 2010, Comput Phys Commun 181:259.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.course import Split
from subside.course.split import Part
from subside.engine.arms import named, own
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, fitted
from subside.engine.population.draws import PARTS

Array = NDArray[np.float64]


def split_difference(
    case: Case,
    times_h: Sequence[float],
    *,
    reference: str = "placebo",
    name: str = "nrs_pain",
    seed: int = 1,
    people: int = 384,
    beliefs: Beliefs | None = None,
) -> tuple[Split, ...]:
    """Return the split of the difference between the case's regimen and a reference, at each time.

    Args:
        case: Patient and regimen.
        times_h: Times in h.
        reference: Arm to compare with.
        name: Quantity.
        seed: Of the streams.
        people: Draws a group; the error of a share is about 1 / sqrt(people).
        beliefs: What is believed; the fitted ones if not given.
    """
    beliefs = beliefs or fitted()
    times = np.unique(np.asarray(times_h, dtype=np.float64))

    def difference(anew: Sequence[str]) -> Array:
        group = gather(case, beliefs, people, seed=seed, anew=anew)
        drug = treat(group, own(case), times)[name].astype(np.float64)
        other = treat(group, named(reference, case), times)[name].astype(np.float64)
        return drug - other

    first = difference(())
    explained: dict[Part, Array] = {}
    for part in PARTS:
        second = difference([other for other in PARTS if other != part])
        shared = np.mean((first - first.mean(axis=0)) * (second - second.mean(axis=0)), axis=0)
        explained[part] = np.maximum(shared, 0.0)  # type: ignore[index]
    return tuple(
        Split(
            name=name,
            time_h=float(time),
            variance={part: float(explained[part][i]) for part in explained},
        )
        for i, time in enumerate(times)
    )

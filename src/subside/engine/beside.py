"""Each treatment beside its own dummy: how much less pain during it, and how much four weeks after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from subside.case import Case
from subside.engine.arms import Arm, placebo_of
from subside.engine.drugs.others import is_background
from subside.engine.group import gather, treat
from subside.engine.population.beliefs import Beliefs, fitted
from subside.units import H_PER_WEEK

__all__ = ["AFTER_H", "Beyond", "beyond_placebo", "end_of_treatment_h"]

AFTER_H: Final = 4 * H_PER_WEEK
DAY_AFTER_H: Final = 24.0  # ketamine's own day is over: relief, not analgesia under the drug
DRAWS: Final = 400
Band = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """Difference of pain at rest from the dummy treatment, in points: median, 5th and 95th percentile.

    Attributes:
        during_h: At the end of treatment; after an infusion, a day after its end.
        after_h: Four weeks later.
    """

    name: str
    during: Band
    after: Band
    during_h: float
    after_h: float


def end_of_treatment_h(arm: Arm) -> float:
    """Return when an arm's treatment ends, in h: its last infusion, else its last dose or session."""
    infused = arm.case.regimen().end_h
    if infused is not None:
        return infused
    given = [t for t in arm.case.treatments if not is_background(t)]
    return max((t.until_h if t.until_h is not None else arm.case.end_h for t in given), default=0.0)


def beyond_placebo(
    case: Case,
    arms: Sequence[Arm],
    *,
    seed: int,
    n_patients: int = 1,
    draws: int = DRAWS,
    beliefs: Beliefs | None = None,
) -> tuple[Beyond, ...]:
    """Return each arm beside an inactive placebo with the same visits.

    Args:
        case: The patient.
        arms: What is given; controls among them are left out.
        seed, n_patients, draws, beliefs: As for ``engine.compare``; the same people in every arm.
    """
    n = draws if n_patients == 1 else n_patients
    group = gather(case, beliefs or fitted(), n, seed=seed, alike=n_patients > 1)
    found = []
    for arm in arms:
        if arm.kind not in ("drug", "other"):
            continue
        end = end_of_treatment_h(arm)
        first = end + DAY_AFTER_H if arm.kind == "drug" else max(end - 1.0, 0.0)
        times = np.array([first, end + AFTER_H])
        pain = treat(group, arm, times)["nrs_pain"].astype(np.float64)
        gap = pain - treat(group, placebo_of(arm), times)["nrs_pain"]
        bands = [_band(gap[:, k]) for k in range(2)]
        found.append(
            Beyond(
                name=arm.name,
                during=bands[0],
                after=bands[1],
                during_h=float(times[0]),
                after_h=float(times[1]),
            )
        )
    return tuple(found)


def _band(gap: np.ndarray) -> Band:
    middle, low, high = np.nanpercentile(gap, [50.0, 5.0, 95.0])
    return float(middle), float(low), float(high)

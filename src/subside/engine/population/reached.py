"""What of a person's pain other treatments can reach, by condition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from subside.case import Case
from subside.engine.conditions import profile
from subside.engine.population.beliefs import Beliefs, from_scale, to_scale
from subside.engine.population.draws import Draws

Array = NDArray[np.float64]

ALL_BUT = 0.02  # a share is never all of the drive or none of it


def reached(case: Case, beliefs: Beliefs, draws: Draws) -> dict[str, Array]:
    """Return the share of the drive that comes from the periphery, and the most that opioids take.

    The condition's profile moves the middle of the peripheral share; people and what is not known
    spread about it as the prior says. Acute pain yields to opioids more than lasting pain does.
    """
    belief = beliefs["peripheral_share"]
    middle = np.clip(profile(case.patient.condition).peripheral_share, ALL_BUT, 1.0 - ALL_BUT)
    usual = np.array(belief.median)
    shift = to_scale(np.asarray(middle), belief.scale) - to_scale(usual, belief.scale)
    share = from_scale(to_scale(draws.values["peripheral_share"], belief.scale) + shift, belief.scale)
    acute = case.patient.condition == "acute_pain"
    return {
        "peripheral_share": share,
        "opioid_emax": draws.values["opioid_emax_acute" if acute else "opioid_emax"],
    }

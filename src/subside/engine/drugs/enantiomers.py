"""How R-ketamine differs from S-ketamine, and what a racemate's clearance says of either.

Distribution is shared and R is cleared more slowly. Henthorn 2018 gave each enantiomer alone to the
same ten men (ratio 0.86, its R clearance partly recalled); Hasan 2021 measured both after a racemate
in fifteen people (0.94). Neither is plainly better, so every set takes the geometric mean, 0.90.
Metabolites of R are taken to behave as those of S; the docs on pharmacokinetics show by how much
that misses.
"""

from __future__ import annotations

import math

from subside.engine.drugs.kinds import Parameter
from subside.evidence import value

__all__ = ["r_over_s_clearance", "s_over_racemate_clearance"]

_ALONE = ("henthorn_2018.cl_r", "henthorn_2018.cl_s")
_IN_RACEMATE = ("hasan_2021.cl_r", "hasan_2021.cl_s")


def r_over_s_clearance() -> Parameter:
    """Return the clearance of R-ketamine over that of S-ketamine (0.90)."""
    alone = value(_ALONE[0], unit="L/min") / value(_ALONE[1], unit="L/min")
    in_racemate = value(_IN_RACEMATE[0], unit="mL/min") / value(_IN_RACEMATE[1], unit="mL/min")
    return Parameter(value=math.sqrt(alone * in_racemate), figures=(*_ALONE, *_IN_RACEMATE))


def s_over_racemate_clearance() -> float:
    """Return the clearance of S-ketamine over the apparent clearance of the racemate.

    Total ketamine after a racemate has the exposure D/2 (1/CL_S + 1/CL_R) = D/CL, so
    CL_S = CL (1 + CL_S/CL_R) / 2.
    """
    return 0.5 * (1.0 + 1.0 / r_over_s_clearance().value)

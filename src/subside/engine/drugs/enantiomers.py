"""How R-ketamine differs from S-ketamine, and what a racemate's clearance says of either.

Henthorn 2018 infused each enantiomer alone into the same ten men: distribution is shared, elimination
clearance of R is lower. Every set takes over that ratio; nothing else differs, for want of data.
"""

from __future__ import annotations

from subside.engine.drugs.kinds import Parameter
from subside.evidence import value

__all__ = ["r_over_s_clearance", "s_over_racemate_clearance"]

_S, _R = "henthorn_2018.cl_s", "henthorn_2018.cl_r"


def r_over_s_clearance() -> Parameter:
    """Return the clearance of R-ketamine over that of S-ketamine (about 0.86)."""
    return Parameter(value=value(_R, unit="L/min") / value(_S, unit="L/min"), figures=(_S, _R))


def s_over_racemate_clearance() -> float:
    """Return the clearance of S-ketamine over the apparent clearance of the racemate.

    Total ketamine after a racemate has the exposure D/2 (1/CL_S + 1/CL_R) = D/CL, so
    CL_S = CL (1 + CL_S/CL_R) / 2.
    """
    return 0.5 * (1.0 + 1.0 / r_over_s_clearance().value)

"""How calcium changes C synapses on output cells, and what an opioid that has gone adds to it.

Above a threshold calcium strengthens a synapse toward a ceiling, a little below it weakens it (``loop``).
Once an opioid has gone, what is left of the cells' adaptation, the rebound, weakens magnesium's hold on NMDA
channels, as protein kinase C does (evidence ``chen_huang_1992``), and multiplies the calcium that NMDA
currents bring in, as stores would. Its first size follows from a measured rise of the current; everything
else is fitted by ``fit_learning``.
"""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from subside.engine.circuit.loop import OPIOID_ADAPTATION_MS
from subside.engine.receptor.magnesium import unblocked
from subside.evidence import value

TABLE: Final = Path(__file__).with_name("learning.json")
STOPPED_RELEASE: Final = 0.6  # design: share of C-fiber release that the opioid of the experiment stops
MS_PER_MIN: Final = 1000.0  # time is compressed: a minute passes in a second
RECORDED_MV: Final = -60.0  # assumed: the voltage at which the rise of the current was recorded
MG_MM: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The sizes of the calcium rule.

    Attributes:
        threshold_um: Calcium above which synapses strengthen, in uM.
        rate_per_um_s: How fast, per s and uM above the threshold.
        ceiling: Strength that they approach, relative to before.
        rebound_on_calcium: *k*: an NMDA current's calcium is multiplied by 1 + *k* times the rebound squared.
    """

    threshold_um: float
    rate_per_um_s: float
    ceiling: float
    rebound_on_calcium: float


@functools.cache
def rule() -> Rule:
    """Return the shipped rule."""
    return Rule(**json.loads(TABLE.read_text(encoding="utf-8"))["rule"])


def adapted(minutes: float) -> float:
    """Return how far the cells have adapted to the opioid of the experiment after some minutes of it."""
    return STOPPED_RELEASE * -math.expm1(-minutes * MS_PER_MIN / OPIOID_ADAPTATION_MS)


@functools.cache
def rebound_on_magnesium() -> float:
    """Return *k*: magnesium's hold is divided by 1 + *k* times the rebound.

    Chosen so that the NMDA current rises as measured (37 % by 36 min, evidence ``zhao_joo_2008``).
    """
    rise = 1.0 + value("zhao_joo_2008.nmda_rise", unit="%") / 100.0
    bound = 1.0 / unblocked(RECORDED_MV, MG_MM) - 1.0
    hold = ((1.0 + bound) / rise - 1.0) / bound
    return (1.0 / hold - 1.0) / adapted(value("zhao_joo_2008.nmda_rise_by", unit="min"))

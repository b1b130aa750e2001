"""States of the cord by name: single mechanisms here; whole conditions in ``engine.conditions``.

Sizes are design values: the shift of chloride follows Coull 2003 (recalled), stronger C synapses the
potentiation after conditioning (evidence ``ltp_2004``).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from subside.case import CONDITIONS
from subside.engine.circuit.members import HEALTHY, Cord
from subside.engine.conditions import PROFILES, profile
from subside.errors import unknown_name

STATES: Final = MappingProxyType(
    {
        "healthy": HEALTHY,
        "inflammation": Cord(sensitization=0.5),
        "nerve_injury": Cord(sensitization=0.5, e_cl_mv=-50.0),
        "disinhibition": Cord(inhibition_left=0.0),
        "over_active_receptors": Cord(sensitization=0.5, mg_weakness=2.0),
        "brain_stem_cut": Cord(descending=0.0),
    }
)


def state(name: str) -> Cord:
    """Return a state by name: a mechanism, or a condition as a case file names it.

    Raises:
        UnknownNameError: If there is neither.
    """
    if name in STATES:
        return STATES[name]
    if name in CONDITIONS or name in PROFILES:
        return Cord(**profile(name).cord)
    raise unknown_name("state of the cord or condition", name, {**STATES, **CONDITIONS})

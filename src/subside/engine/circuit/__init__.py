"""The dorsal horn: about 260 cells and fibers between an injury and what the brain is told of it.

``experiments`` asks the ensemble, ``gates`` says what every member of it must do, ``loop`` is the
compiled step, ``wiring`` and ``populations`` are the anatomy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.circuit.conditioning import (
        PROTOCOLS,
        Conditioned,
        condition,
        later,
        potentiation,
    )
    from subside.engine.circuit.ensemble import diversity
    from subside.engine.circuit.experiments import Band, WindUp, natural_rates, raster, wind_up
    from subside.engine.circuit.gates import FAST_GATES, Gate
    from subside.engine.circuit.members import Cord, Member
    from subside.engine.circuit.states import STATES

_HOME = {
    "FAST_GATES": "gates", "Gate": "gates",
    "Band": "experiments", "WindUp": "experiments", "natural_rates": "experiments",
    "PROTOCOLS": "conditioning", "Conditioned": "conditioning", "condition": "conditioning",
    "later": "conditioning", "potentiation": "conditioning", "raster": "experiments", "wind_up": "experiments",
    "Cord": "members", "Member": "members",
    "STATES": "states",
    "diversity": "ensemble",
}  # fmt: skip

__all__ = [
    "FAST_GATES",
    "PROTOCOLS",
    "STATES",
    "Band",
    "Conditioned",
    "Cord",
    "Gate",
    "Member",
    "WindUp",
    "condition",
    "diversity",
    "later",
    "natural_rates",
    "potentiation",
    "raster",
    "wind_up",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

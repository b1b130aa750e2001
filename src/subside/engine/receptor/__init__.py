"""The NMDA receptor: gating, magnesium block, trapping block by ketamine, and the rival low-dose routes.

``scheme`` holds the whole Markov chain, ``kinetics`` the one equation that stands for it in loops,
``trapping`` its steady closed form, ``pools`` the kinds of receptor and what disease does to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.receptor.gating import GATING_SETS, GatingRates, gating_rates
    from subside.engine.receptor.kinetics import follow_block
    from subside.engine.receptor.ligands import BLOCKERS, Blocker, blocker, half_block_um
    from subside.engine.receptor.pools import HEALTHY, POOLS, Pool, ReceptorState, pool, tonic_left
    from subside.engine.receptor.scheme import Bath, follow, generator, steady

_HOME = {
    "GATING_SETS": "gating", "GatingRates": "gating", "gating_rates": "gating",
    "follow_block": "kinetics",
    "BLOCKERS": "ligands", "Blocker": "ligands", "blocker": "ligands", "half_block_um": "ligands",
    "HEALTHY": "pools", "POOLS": "pools", "Pool": "pools", "ReceptorState": "pools", "pool": "pools",
    "tonic_left": "pools",
    "Bath": "scheme", "follow": "scheme", "generator": "scheme", "steady": "scheme",
}  # fmt: skip

__all__ = [
    "BLOCKERS",
    "GATING_SETS",
    "HEALTHY",
    "POOLS",
    "Bath",
    "Blocker",
    "GatingRates",
    "Pool",
    "ReceptorState",
    "blocker",
    "follow",
    "follow_block",
    "gating_rates",
    "generator",
    "half_block_um",
    "pool",
    "steady",
    "tonic_left",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

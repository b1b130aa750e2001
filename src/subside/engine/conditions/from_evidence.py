"""Profiles built from the figures of the evidence; no number stands in a condition's own file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from subside.engine.conditions.kinds import QUALITIES, Profile, Sign
from subside.evidence import value

__all__ = ["built"]

_UNITS: Final = {"sensitization": "1", "e_cl_mv": "mV", "descending": "1", "inhibition_left": "1"}


def built(
    name: str, label: str, *, cord: tuple[str, ...], signature: Mapping[str, Sign], headache: bool = False
) -> Profile:
    """Return the profile of a condition whose figures stand in ``condition_assumptions``.

    ``cord`` names the members of the cord's state that the condition sets.
    """
    assert set(signature) == set(QUALITIES), name
    share = f"condition_assumptions.{name}_peripheral_share"
    state = {key: f"condition_assumptions.{name}_{key}" for key in cord}
    return Profile(
        name=name,
        label=label,
        peripheral_share=value(share, unit="1"),
        cord=MappingProxyType({key: value(row, unit=_UNITS[key]) for key, row in state.items()}),
        signature=MappingProxyType(dict(signature)),
        headache=headache,
        sources=(share, *state.values()),
    )

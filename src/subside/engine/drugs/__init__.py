"""Named parameter sets of ketamine, one file a set, built from the published figures.

A set holds typical values, how they scale with weight and age, how people differ, and the range in
which it was tested. What people are made of from it stands in ``subside.engine.pk``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.drugs.kinds import Eta, Parameter, PkSet, Residual, TestedRange
    from subside.engine.drugs.registry import PK_SETS, default_set, pk_set

_HOMES = {
    "Eta": "kinds",
    "PK_SETS": "registry",
    "Parameter": "kinds",
    "PkSet": "kinds",
    "Residual": "kinds",
    "TestedRange": "kinds",
    "default_set": "registry",
    "pk_set": "registry",
}

__all__ = [
    "PK_SETS",
    "Eta",
    "Parameter",
    "PkSet",
    "Residual",
    "TestedRange",
    "default_set",
    "pk_set",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

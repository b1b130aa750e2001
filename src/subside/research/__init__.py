"""Questions of research put to the model: which inputs matter, which regimens trade what, which study next.

Names are loaded on first use, so that naming one loads no compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.research.endpoint import Endpoint
    from subside.research.indices import Index, morris, sobol
    from subside.research.influence import Influence, Sensitivity, sensitivity

_HOMES = {
    "Endpoint": "endpoint",
    "Index": "indices",
    "Influence": "influence",
    "Sensitivity": "influence",
    "morris": "indices",
    "sensitivity": "influence",
    "sobol": "indices",
}

__all__ = ["Endpoint", "Index", "Influence", "Sensitivity", "morris", "sensitivity", "sobol"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""What would happen: the models and the numerical kernel. No web, no clock.

``simulate`` answers a case with a course, ``compare`` holds it against placebo and other regimens.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.kernel.warm import warmup
    from subside.engine.run import compare, simulate

_HOMES = {"compare": "run", "simulate": "run", "warmup": "kernel.warm"}

__all__ = ["compare", "simulate", "warmup"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""What every compiled loop uses: the compile decorators, lanes, propagators, the thread pool, random streams.

``scalar`` marks an equation (one patient, one moment, floats in, floats out) that is inlined into a
compiled loop; ``compiled`` marks the loop. Everything else in the engine is plain NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.kernel.jit import cache_folder, compiled, scalar
    from subside.engine.kernel.warm import warmup

__all__ = ["cache_folder", "compiled", "scalar", "warmup"]

_HOME = {"cache_folder": "jit", "compiled": "jit", "scalar": "jit", "warmup": "warm"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

"""Compile ahead: every system that defines ``warm()`` runs its smallest problem once."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable

from subside.engine.kernel.jit import is_warm, mark_warm

SYSTEMS = "subside.engine.systems"


def warmup(report: Callable[[str, float], None] | None = None) -> float:
    """Compile every loop that is not yet on disk and return the seconds it took.

    Args:
        report: Told the name of each system and its seconds, as it is done.
    """
    start = time.perf_counter()
    for module in pkgutil.iter_modules(importlib.import_module(SYSTEMS).__path__):
        warm = getattr(importlib.import_module(f"{SYSTEMS}.{module.name}"), "warm", None)
        if warm is None:
            continue
        began = time.perf_counter()
        warm()
        if report:
            report(module.name, time.perf_counter() - began)
    if not is_warm():
        mark_warm()
    return time.perf_counter() - start

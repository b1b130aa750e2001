"""Many patients in bounded memory: blocks by patient number, counted into fixed bins, on any number of workers.

``summaries`` answers a case with the course of up to millions of patients like this one; ``compared`` does so
for several arms. Every count is an integer, so the answer is the same whatever the workers did and in what order.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.engine.scale.binning import Bins, bins
    from subside.engine.scale.run import compared, summaries
    from subside.engine.scale.tally import Tally

_HOMES = {"Bins": "binning", "Tally": "tally", "bins": "binning", "compared": "run", "summaries": "run"}

__all__ = ["Bins", "Tally", "bins", "compared", "summaries"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

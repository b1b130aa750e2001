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
    from subside.research.information import Ranked, Told, rank_studies
    from subside.research.outcomes import Outcomes, simulate_study
    from subside.research.regimens import Search, parse_search, read_search
    from subside.research.study import Studies, Study, parse_studies, read_studies
    from subside.research.tradeoff import Traded, Tradeoff, trade

_HOMES = {
    "Endpoint": "endpoint",
    "Index": "indices",
    "Influence": "influence",
    "Outcomes": "outcomes",
    "Ranked": "information",
    "Search": "regimens",
    "Sensitivity": "influence",
    "Studies": "study",
    "Study": "study",
    "Told": "information",
    "Traded": "tradeoff",
    "Tradeoff": "tradeoff",
    "morris": "indices",
    "parse_search": "regimens",
    "parse_studies": "study",
    "rank_studies": "information",
    "read_search": "regimens",
    "read_studies": "study",
    "sensitivity": "influence",
    "simulate_study": "outcomes",
    "sobol": "indices",
    "trade": "tradeoff",
}

__all__ = [
    "Endpoint",
    "Index",
    "Influence",
    "Outcomes",
    "Ranked",
    "Search",
    "Sensitivity",
    "Studies",
    "Study",
    "Told",
    "Traded",
    "Tradeoff",
    "morris",
    "parse_search",
    "parse_studies",
    "rank_studies",
    "read_search",
    "read_studies",
    "sensitivity",
    "simulate_study",
    "sobol",
    "trade",
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

"""Published numbers as data: each figure with its unit, source, population and basis.

The data stand in ``figures/``, one TOML file a study; a figure is asked for by name::

    from subside.evidence import figure, value

    figure("dahan_2011.c50_chronic_pain").low
    value("dahan_2011.c50_chronic_pain", unit="ng/mL")

``verdicts("fibromyalgia")`` gives what guideline makers and reviewers concluded; ``cite(ids)`` what a
result rests on, the weak figures apart. Only the study asked for is read. Standard library only; names
are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.evidence.citing import Cited, Footing, cite
    from subside.evidence.grades import Verdict, verdict_conditions, verdicts
    from subside.evidence.kinds import BASES, SPREADS, USES, WEAK_BASES, Figure, Source
    from subside.evidence.library import by_row, figure, figures, studies, value
    from subside.evidence.reading import parse_study

_HOMES = {
    "Cited": "citing",
    "Footing": "citing",
    "Verdict": "grades",
    "cite": "citing",
    "verdict_conditions": "grades",
    "verdicts": "grades",
    "BASES": "kinds",
    "Figure": "kinds",
    "SPREADS": "kinds",
    "Source": "kinds",
    "USES": "kinds",
    "WEAK_BASES": "kinds",
    "by_row": "library",
    "figure": "library",
    "figures": "library",
    "parse_study": "reading",
    "studies": "library",
    "value": "library",
}

__all__ = [
    "BASES",
    "SPREADS",
    "USES",
    "WEAK_BASES",
    "Cited",
    "Figure",
    "Footing",
    "Source",
    "Verdict",
    "by_row",
    "cite",
    "figure",
    "figures",
    "parse_study",
    "studies",
    "value",
    "verdict_conditions",
    "verdicts",
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

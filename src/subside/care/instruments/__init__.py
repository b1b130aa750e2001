"""Questionnaires and scales: what may be shown, how it is scored, which change counts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.care.instruments.kinds import Band, ImportantChange, Instrument, Item
    from subside.care.instruments.library import instrument, instrument_names
    from subside.care.instruments.scoring import Change, Score, change, score, score_from_total

_HOMES = {
    "Band": "kinds",
    "Change": "scoring",
    "ImportantChange": "kinds",
    "Instrument": "kinds",
    "Item": "kinds",
    "Score": "scoring",
    "change": "scoring",
    "instrument": "library",
    "instrument_names": "library",
    "score": "scoring",
    "score_from_total": "scoring",
}

__all__ = [
    "Band",
    "Change",
    "ImportantChange",
    "Instrument",
    "Item",
    "Score",
    "change",
    "instrument",
    "instrument_names",
    "score",
    "score_from_total",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Not import_module(...).name alone: a function and its module may share a name.
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

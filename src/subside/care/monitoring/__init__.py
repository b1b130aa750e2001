"""Live monitoring of one infusion: a pure fold from observations to alarms.

``fold(snapshot, observations, thresholds, baseline, now_ms) -> (snapshot, changes)``. No clock, no
chance, no input or output: replaying from the start, or from any stored snapshot, gives the same.
Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from subside.care.monitoring.early_warning import News2, news2
    from subside.care.monitoring.folding import fold, next_due_ms
    from subside.care.monitoring.jsonable import (
        change_to_json,
        observation_from_json,
        observation_to_json,
        snapshot_from_json,
        snapshot_from_text,
        snapshot_to_json,
        snapshot_to_text,
    )
    from subside.care.monitoring.observation import Observation
    from subside.care.monitoring.patient import baseline_from_case
    from subside.care.monitoring.rulebook import SITES, thresholds
    from subside.care.monitoring.screen import View, view
    from subside.care.monitoring.snapshot import Alarm, Change, Snapshot, Stream, new_snapshot
    from subside.care.monitoring.threshold import Baseline, Thresholds

_HOMES = {
    "Alarm": "snapshot",
    "Baseline": "threshold",
    "Change": "snapshot",
    "News2": "early_warning",
    "Observation": "observation",
    "SITES": "rulebook",
    "Snapshot": "snapshot",
    "Stream": "snapshot",
    "Thresholds": "threshold",
    "View": "screen",
    "baseline_from_case": "patient",
    "change_to_json": "jsonable",
    "fold": "folding",
    "new_snapshot": "snapshot",
    "news2": "early_warning",
    "next_due_ms": "folding",
    "observation_from_json": "jsonable",
    "observation_to_json": "jsonable",
    "snapshot_from_json": "jsonable",
    "snapshot_from_text": "jsonable",
    "snapshot_to_json": "jsonable",
    "snapshot_to_text": "jsonable",
    "thresholds": "rulebook",
    "view": "screen",
}

__all__ = [
    "SITES",
    "Alarm",
    "Baseline",
    "Change",
    "News2",
    "Observation",
    "Snapshot",
    "Stream",
    "Thresholds",
    "View",
    "baseline_from_case",
    "change_to_json",
    "fold",
    "new_snapshot",
    "news2",
    "next_due_ms",
    "observation_from_json",
    "observation_to_json",
    "snapshot_from_json",
    "snapshot_from_text",
    "snapshot_to_json",
    "snapshot_to_text",
    "thresholds",
    "view",
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

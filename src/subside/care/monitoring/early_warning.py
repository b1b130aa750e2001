"""NEWS2 from what is live now: shown beside the ketamine rules, never alone.

NEWS2 was made for acute illness, not for ketamine: a systolic pressure of 111 to 219 scores nothing,
and dissociation can be mistaken for new confusion. It raises no alarm here.

Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017; the numbers read in
a mirror of the chart (secondary). Bands: 5 to 6 urgent, 7 and more emergency, any single 3 urgent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from subside.care.monitoring.plan import BY_HAND, Plan, plan_for, violates
from subside.care.monitoring.snapshot import Snapshot, Stream
from subside.care.monitoring.threshold import RANK, Baseline, Thresholds

__all__ = ["PARTS", "News2", "current", "news2", "score"]

Band = Literal["low", "single_3", "urgent", "emergency"]

PARTS: Final = ("rr_per_min", "spo2_percent", "oxygen", "sbp_mmhg", "hr_bpm", "consciousness", "temp_c")
NOTE: Final = "NEWS2 gives SBP 111 to 219 no points, was not made for ketamine: beside the rules, never alone"

# (up to and including, points), then the points above the last
_RR: Final = ((8, 3), (11, 1), (20, 0), (24, 2))
_SPO2_1: Final = ((91, 3), (93, 2), (95, 1))
_SPO2_2_AIR: Final = ((83, 3), (85, 2), (87, 1))
_SPO2_2_OXYGEN: Final = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2))
_SBP: Final = ((90, 3), (100, 2), (110, 1), (219, 0))
_HR: Final = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2))
_TEMP: Final = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1))


@dataclass(frozen=True, kw_only=True)
class News2:
    """A score with its parts. ``missing``: parts without a live value; then the score is a lower bound."""

    score: int
    parts: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]
    band: Band
    note: str = NOTE

    def __str__(self) -> str:
        if not self.missing:
            return f"NEWS2 {self.score}"
        return f"NEWS2 at least {self.score} (missing: {', '.join(self.missing)})"


def score(values: Mapping[str, float | None], *, oxygen: bool, spo2_scale: Literal[1, 2] = 1) -> News2:
    """Return NEWS2 of these values.

    Args:
        values: By name: ``rr_per_min``, ``spo2_percent``, ``sbp_mmhg``, ``hr_bpm``, ``temp_c``, and
            ``consciousness`` (0 alert, 1 anything else). None or left out: missing.
        oxygen: Whether oxygen is added.
        spo2_scale: 2 for people with a confirmed target of 88 to 92 %.

    >>> score({"rr_per_min": 22, "spo2_percent": 95, "sbp_mmhg": 185, "hr_bpm": 95, "temp_c": 36.8,
    ...        "consciousness": 0}, oxygen=False).score
    4
    """
    spo2 = _SPO2_1 if spo2_scale == 1 else _SPO2_2_OXYGEN if oxygen else _SPO2_2_AIR
    above_spo2 = 3 if spo2_scale == 2 and oxygen else 0
    tables: dict[str, tuple[tuple[tuple[float, int], ...], int]] = {
        "rr_per_min": (_RR, 3),
        "spo2_percent": (spo2, above_spo2),
        "sbp_mmhg": (_SBP, 3),
        "hr_bpm": (_HR, 3),
        "temp_c": (_TEMP, 2),
        "consciousness": (((0, 0),), 3),
    }
    parts: list[tuple[str, int]] = []
    missing: list[str] = []
    for name in PARTS:
        if name == "oxygen":
            parts.append((name, 2 if oxygen else 0))
            continue
        value = values.get(name)
        if value is None:
            missing.append(name)
        else:
            parts.append((name, _points(value, *tables[name])))
    total = sum(points for _, points in parts)
    return News2(score=total, parts=tuple(parts), missing=tuple(missing), band=_band(total, parts))


def news2(snapshot: Snapshot, thresholds: Thresholds, baseline: Baseline, now_ms: int) -> News2:
    """Return NEWS2 from the readings that are live at ``now_ms``."""
    plan = plan_for(thresholds, baseline)

    def value(what: str) -> float | None:
        stream = current(snapshot, plan, what, now_ms)
        return None if stream is None else stream.value

    moaas, rass = value("moaas"), value("rass")
    if moaas is not None:
        awake: float | None = 0.0 if moaas >= 5 else 1.0
    elif rass is not None:
        awake = 0.0 if rass >= 0 else 1.0
    else:
        awake = None
    names = ("rr_per_min", "spo2_percent", "sbp_mmhg", "hr_bpm", "temp_c")
    values = {**{name: value(name) for name in names}, "consciousness": awake}
    return score(values, oxygen=snapshot.oxygen, spo2_scale=baseline.news2_spo2_scale)


def current(snapshot: Snapshot, plan: Plan, what: str, now_ms: int) -> Stream | None:
    """Return the stream to show for a channel: live at ``now_ms``; of several, the one furthest from normal.

    Furthest is what is beyond the gravest limit; of equals, the lowest where any limit is a lower one.
    """
    live = [s for s in snapshot.streams.values() if s.what == what and is_live(s, plan, now_ms)]
    if len(live) <= 1:
        return live[0] if live else None
    rules = plan.rules[what]
    sign = -1.0 if any(rule.downward for rule in rules) else 1.0

    def far(s: Stream) -> tuple[int, float, str]:
        value = s.value or 0.0  # a live stream has a value
        beyond = (RANK[rule.priority] for rule in rules if violates(rule, value))
        return max(beyond, default=-1), sign * value, s.device

    return max(live, key=far)


def is_live(s: Stream, plan: Plan, now_ms: int) -> bool:
    """Whether a stream has a value younger than its age limit."""
    limit = plan.by_hand_ms if s.device == BY_HAND else plan.stale_ms[s.what]
    return s.live and s.value is not None and now_ms - s.at_ms < limit


def _points(value: float, table: tuple[tuple[float, int], ...], above: int) -> int:
    for upto, points in table:
        if value <= upto:
            return points
    return above


def _band(total: int, parts: list[tuple[str, int]]) -> Band:
    if total >= 7:
        return "emergency"
    if total >= 5:
        return "urgent"
    return "single_3" if any(points == 3 for _, points in parts) else "low"

"""Thresholds bound to one patient: whole milliseconds, limits as numbers, rules by channel."""

from __future__ import annotations

import math
from typing import NamedTuple

from subside.care.monitoring.snapshot import NEVER
from subside.care.monitoring.threshold import (
    RANK,
    Baseline,
    Channel,
    Check,
    Policy,
    Priority,
    Rule,
    State,
    Thresholds,
)

__all__ = ["BoundCheck", "BoundRule", "Plan", "plan_for", "violates"]

BY_HAND = "by hand"
"""The device of a continuous channel whose value was counted and typed in by a person."""


class BoundRule(NamedTuple):
    """One limit of this patient. ``downward``: low values are the dangerous ones."""

    id: str
    rule: Rule
    downward: bool
    strict: bool
    limit: float
    delay_ms: int
    readings: int
    apart_ms: int
    partner: tuple[str, int] | None
    priority: Priority
    latches: bool
    covered_by: str
    worse_by: float | None


class BoundCheck(NamedTuple):
    """One check in ms; ``once_ms`` and ``every_ms`` exclude each other (-1: not set)."""

    name: str
    check: Check
    every_ms: int
    after_ms: int
    once_ms: int
    early_ms: int
    grace_ms: int


def violates(rule: BoundRule, value: float) -> bool:
    """Whether a value is beyond a limit."""
    if rule.downward:
        return value <= rule.limit
    return value > rule.limit if rule.strict else value >= rule.limit


def ms(seconds: float) -> int:
    """Return whole milliseconds."""
    return round(seconds * 1000.0)


class Plan:
    """What the fold looks up, made once for a pair of thresholds and baseline. Never changed."""

    __slots__ = (
        "audio_pause_ms",
        "baseline",
        "by_hand_ms",
        "channels",
        "checks",
        "checks_of",
        "clock_ms",
        "continuous",
        "escalate_ms",
        "flood_ms",
        "high_after_ms",
        "historic_ms",
        "missing_baseline",
        "policy",
        "reminder_ms",
        "rule_by_id",
        "rules",
        "stale_ms",
        "states",
        "thresholds",
        "watchdog_ms",
        "window_ms",
    )  # fmt: skip

    def __init__(self, thresholds: Thresholds, baseline: Baseline) -> None:
        policy: Policy = thresholds.policy
        self.thresholds = thresholds
        self.baseline = baseline
        self.policy = policy
        self.window_ms = ms(policy.reorder_window_s)
        self.clock_ms = ms(policy.clock_tolerance_s)
        self.historic_ms = ms(policy.historic_after_s)
        self.watchdog_ms = ms(policy.watchdog_s)
        self.escalate_ms = tuple(ms(s) for s in policy.escalate_s)
        self.reminder_ms = ms(policy.reminder_s)
        self.audio_pause_ms = ms(policy.audio_pause_s)
        self.flood_ms = ms(policy.flood_window_s)
        self.by_hand_ms = ms(policy.by_hand_stale_s)
        self.channels: dict[str, Channel] = {c.name: c for c in thresholds.channels}
        self.continuous = frozenset(c.name for c in thresholds.channels if c.kind == "continuous")
        self.states: dict[str, State] = {s.id: s for s in thresholds.states}
        self.checks = {c.name: _bound_check(c) for c in thresholds.checks}
        self.checks_of: dict[str, tuple[BoundCheck, ...]] = {
            name: tuple(c for c in self.checks.values() if name in c.check.by) for name in self.channels
        }
        self.stale_ms = {c.name: self._stale_ms(c) for c in thresholds.channels}
        self.missing_baseline = tuple(
            sorted({r.baseline for r in thresholds.rules if r.baseline and _base(r, baseline) is None})
        )
        self.rules: dict[str, tuple[BoundRule, ...]] = self._bound_rules(thresholds, baseline)
        self.rule_by_id = {rule.id: rule for rules in self.rules.values() for rule in rules}
        self.high_after_ms = self._high_after(thresholds)

    def _stale_ms(self, channel: Channel) -> int:
        if channel.stale_s is not None:
            return ms(channel.stale_s)
        if channel.check:
            check = self.checks[channel.check]
            return max(check.every_ms, check.after_ms) + check.grace_ms
        return NEVER

    def _bound_rules(self, t: Thresholds, baseline: Baseline) -> dict[str, tuple[BoundRule, ...]]:
        by_channel: dict[str, list[Rule]] = {name: [] for name in self.channels}
        for rule in t.rules:
            by_channel[rule.channel].append(rule)
        place = {rule.id: (name, i) for name, rules in by_channel.items() for i, rule in enumerate(rules)}
        return {
            name: tuple(_bound(rule, t, baseline, place) for rule in rules)
            for name, rules in by_channel.items()
        }

    def _high_after(self, t: Thresholds) -> dict[str, int]:
        """Return after how long a lesser alarm that nobody acknowledged becomes a high one, by key."""
        by_state = {s.id: ms(s.high_after_s) for s in t.states if s.high_after_s is not None}
        by_channel = {
            f"stale:{c.name}": ms(c.stale_high_after_s)
            for c in t.channels
            if c.stale_high_after_s is not None
        }
        return {**by_state, **by_channel}


def _base(rule: Rule, baseline: Baseline) -> float | None:
    value: float | None = getattr(baseline, rule.baseline)
    return value


def _bound_check(check: Check) -> BoundCheck:
    def maybe(seconds: float | None) -> int:
        return -1 if seconds is None else ms(seconds)

    return BoundCheck(
        name=check.name,
        check=check,
        every_ms=maybe(check.every_s),
        after_ms=maybe(check.after_s),
        once_ms=maybe(check.once_s),
        early_ms=ms(check.early_s),
        grace_ms=ms(check.grace_s),
    )


def _bound(rule: Rule, t: Thresholds, baseline: Baseline, place: dict[str, tuple[str, int]]) -> BoundRule:
    """Return one limit as a number for this patient."""
    if rule.rise is not None:
        base = _base(rule, baseline)
        # Without a baseline nothing is beyond it. The limit keeps its place: snapshots count on that.
        limit = math.inf if base is None else base + rule.rise
    else:
        limit = next(x for x in (rule.at_most, rule.at_least, rule.above) if x is not None)
    partners = [r.id for r in t.rules if rule.together and r.together == rule.together and r.id != rule.id]
    return BoundRule(
        id=rule.id,
        rule=rule,
        downward=rule.at_most is not None,
        strict=rule.above is not None,
        limit=limit,
        delay_ms=ms(rule.delay_s),
        readings=rule.readings,
        apart_ms=ms(rule.apart_s),
        partner=place.get(partners[0]) if partners else None,
        priority=rule.priority,
        latches=rule.priority in t.policy.latch,
        covered_by=rule.covered_by,
        worse_by=rule.worse_by,
    )


_PLANS: dict[tuple[int, Baseline], Plan] = {}
_MOST_PLANS = 512


def plan_for(thresholds: Thresholds, baseline: Baseline) -> Plan:
    """Return the plan of this pair, made once. A plan keeps its thresholds alive, and so their identity."""
    key = (id(thresholds), baseline)
    plan = _PLANS.get(key)
    if plan is None:
        if len(_PLANS) >= _MOST_PLANS:
            _PLANS.clear()
        plan = _PLANS[key] = Plan(thresholds, baseline)
    return plan


def rank_of(priority: Priority) -> int:
    """Return 0 for low, 1 for medium, 2 for high."""
    return RANK[priority]

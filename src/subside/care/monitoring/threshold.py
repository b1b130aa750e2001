"""What the monitor goes by: channels, limits, checks and policy, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from subside.errors import ParameterError, unknown_name

__all__ = ["Baseline", "Channel", "Check", "Policy", "Priority", "Rule", "State", "Thresholds"]

Priority = Literal["low", "medium", "high"]
RANK: dict[str, int] = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What this patient brings: readings before the infusion (None: unknown), and special needs."""

    sbp_mmhg: float | None = None
    dbp_mmhg: float | None = None
    hr_bpm: float | None = None
    spo2_percent: float | None = None
    rr_per_min: float | None = None
    capnography: bool = False
    news2_spo2_scale: Literal[1, 2] = 1


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One thing that is measured: unit, kind, age limit, and what is an artifact rather than a value."""

    name: str
    label: str
    unit: str
    kind: Literal["continuous", "spot", "sign"]
    low: float
    high: float
    stale_s: float | None = None
    check: str = ""
    stale_priority: Priority = "low"
    stale_high_after_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One limit. Exactly one of ``at_most``, ``at_least``, ``above`` and ``rise`` is set.

    ``delay_s`` is told to the user beside the alarm. ``worse_by``: how far past the acknowledged
    value an acknowledged alarm sounds again. ``row`` is the id of the clinical rule.
    """

    id: str
    row: str
    channel: str
    priority: Priority
    prompts: tuple[str, ...]
    source: str
    basis: str
    at_most: float | None = None
    at_least: float | None = None
    above: float | None = None
    rise: float | None = None
    baseline: str = ""
    delay_s: float = 0.0
    readings: int = 1
    apart_s: float = 0.0
    together: str = ""
    worse_by: float | None = None
    covered_by: str = ""
    recheck: tuple[tuple[str, float], ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something a person does at intervals: every ``every_s`` in the infusion, ``after_s`` after it."""

    name: str
    row: str
    label: str
    by: tuple[str, ...]
    grace_s: float
    priority: Priority
    source: str
    basis: str
    every_s: float | None = None
    after_s: float | None = None
    once_s: float | None = None
    early_s: float = 0.0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class State:
    """A condition of the monitoring itself (technical), with its priority and prompts."""

    id: str
    row: str
    label: str
    priority: Priority
    prompts: tuple[str, ...]
    source: str
    basis: str
    high_after_s: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How alarms behave; see ``evidence/rules/monitoring.toml`` for each value's origin."""

    reorder_window_s: float
    clock_tolerance_s: float
    historic_after_s: float
    watchdog_s: float
    escalate_s: tuple[float, ...]
    escalate_to: tuple[str, ...]
    reminder_s: float
    audio_pause_s: float
    pause_broken_by: Literal["any", "higher"]
    flood_alarms: int
    flood_window_s: float
    latch: tuple[Priority, ...]
    minimum_stay_s: float
    minimum_after_s: float
    rate_change_score_s: float
    start_readings_s: float
    over_delivery_ratio: float
    over_delivery_mg_per_h: float
    required: tuple[str, ...]
    required_at_start: tuple[str, ...]
    breathing_evidence: tuple[str, ...]
    capnography: Literal["always", "patient", "never"]
    capnography_moaas: float
    capnography_rass: float
    by_hand_stale_s: float


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Everything the fold needs besides the patient. Built from data by ``rulebook.thresholds``."""

    site: str
    label: str
    channels: tuple[Channel, ...]
    rules: tuple[Rule, ...]
    checks: tuple[Check, ...]
    states: tuple[State, ...]
    policy: Policy
    sources: tuple[tuple[str, str, str], ...] = field(default=())

    def rule(self, rule_id: str) -> Rule:
        """Return the limit of this id."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise unknown_name("monitoring limit", rule_id, (rule.id for rule in self.rules))

    def unsigned(self) -> tuple[str, ...]:
        """Return the ids of limits, checks and states that a medical director has yet to confirm."""
        weak = ("design", "recalled", "secondary", "assumed")
        return tuple(
            item_id
            for item_id, basis in (
                *((rule.id, rule.basis) for rule in self.rules),
                *((check.name, check.basis) for check in self.checks),
                *((state.id, state.basis) for state in self.states),
            )
            if basis in weak
        )

    def tightened(self, limits: Mapping[str, float]) -> Thresholds:
        """Return the same with some limits made stricter for a site or a patient.

        Raises:
            ParameterError: If a limit would be looser than it is: the data's limits are the floor.
            UnknownNameError: If there is no such limit.
        """
        changed = {rule_id: tighter(self.rule(rule_id), limit) for rule_id, limit in limits.items()}
        return replace(self, rules=tuple(changed.get(rule.id, rule) for rule in self.rules))


def tighter(rule: Rule, limit: float) -> Rule:
    """Return the rule with a stricter limit, or raise ParameterError."""
    for name, stricter in (("at_most", 1), ("at_least", -1), ("above", -1), ("rise", -1)):
        now = getattr(rule, name)
        if now is not None:
            if not (limit - now) * stricter >= 0:
                word = "at least" if stricter > 0 else "at most"
                raise ParameterError(
                    f"the limit of {rule.id} may only be made stricter: {word} {now:g}; got {limit:g}. "
                    "A wider limit needs a new signed rule file."
                )
            changed: dict[str, Any] = {name: limit}
            return replace(rule, **changed)
    raise AssertionError(f"rule {rule.id} has no limit")

"""The state of one monitored session, frozen: all that must be stored to go on from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

from subside.care.monitoring.observation import Observation
from subside.care.monitoring.threshold import Priority

__all__ = ["Alarm", "Change", "Due", "Phase", "Run", "Snapshot", "Stream", "new_snapshot"]

Phase = Literal["before", "infusing", "paused", "recovery", "ended"]
Kind = Literal["physiological", "technical", "procedural"]

FORMAT = 1
AWAITED = "awaited"
"""The source of a stream that nobody has sent yet: it must come within its age limit."""
NEVER = 1 << 62
"""A time in ms that no clock reaches."""


class Run(NamedTuple):
    """Readings beyond one limit without a gap: since when, how many, when it ended (None: it goes on)."""

    since_ms: int
    readings: int
    ended_ms: int | None = None


class Stream(NamedTuple):
    """One channel of one device: its newest reading and where it stands against each limit.

    ``value`` is None while there is no reading, or when the device said that it has none. ``runs``
    has one place for each limit of the channel, in the order of the thresholds; empty: within all.
    """

    what: str
    device: str
    at_ms: int
    sequence: int
    value: float | None
    source: str
    live: bool
    runs: tuple[Run | None, ...]


class Due(NamedTuple):
    """One check: when it is due, where it stands, and when it was last made (ms; None: not yet)."""

    due_ms: int
    state: Literal["waiting", "due", "missed"]
    done_ms: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """One standing alarm.

    ``present`` is the condition as last known; ``known`` is False while its channel is not live (the
    alarm then stands: missing data never ends one). ``level`` counts the escalations so far.
    """

    key: str
    rule: str
    kind: Kind
    priority: Priority
    since_ms: int
    raised_ms: int
    value: float | None
    worst: float | None
    limit: float | None
    latches: bool
    present: bool = True
    known: bool = True
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    acknowledged_value: float | None = None
    escalate_from_ms: int = 0
    level: int = 0
    reminded_ms: int | None = None
    grouped: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change of state, to be stored as a row and acted upon.

    (at_ms, kind, key, since_ms) names it: two of one name are the same change sent twice.
    """

    at_ms: int
    kind: str
    key: str
    text: str
    priority: Priority | None = None
    value: float | None = None
    limit: float | None = None
    to: str = ""
    by: str = ""
    prompts: tuple[str, ...] = ()
    grouped: bool = False
    since_ms: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The whole state. ``settled_ms``: the time line is decided before this moment.

    ``wake_ms`` is a hint for when to look next (never too late); it is no part of the state.
    """

    now_ms: int
    settled_ms: int
    pending: tuple[Observation, ...] = ()
    started_ms: int | None = None
    phase: Phase = "before"
    phase_ms: int = -NEVER
    infusion_start_ms: int | None = None
    infusion_stop_ms: int | None = None
    ordered_mg_per_h: float | None = None
    ordered_ms: int = -NEVER
    oxygen: bool = False
    oxygen_ms: int = -NEVER
    streams: Mapping[str, Stream] = field(default_factory=lambda: MappingProxyType({}))
    alarms: Mapping[str, Alarm] = field(default_factory=lambda: MappingProxyType({}))
    checks: Mapping[str, Due] = field(default_factory=lambda: MappingProxyType({}))
    off: tuple[str, ...] = ()
    device_ms: int = -NEVER
    paused_until_ms: int | None = None
    pause_press_ms: int = -NEVER
    pause_rank: int = -1
    raises: tuple[int, ...] = ()
    flood: bool = False
    wake_ms: int = field(default=-NEVER, compare=False)


def new_snapshot(now_ms: int) -> Snapshot:
    """Return the state of a session that has seen nothing yet."""
    return Snapshot(now_ms=now_ms, settled_ms=-NEVER)

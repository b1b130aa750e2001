"""The working copy of a snapshot during one call of the fold: thawed, advanced, frozen again."""

from __future__ import annotations

from types import MappingProxyType

from subside.care.monitoring.observation import Observation
from subside.care.monitoring.plan import Plan
from subside.care.monitoring.snapshot import NEVER, Alarm, Change, Due, Phase, Snapshot, Stream

__all__ = ["LOOK_NOW", "Work"]

LOOK_NOW = -NEVER
"""A wake time that makes the next advance look at every timer."""


class Work:
    """Mutable, and private to one call: no other code ever sees it.

    ``t`` is the moment on the time line; ``wake`` no later than the earliest timer; ``dirty`` says
    that conditions of the monitoring itself must be looked at again.
    """

    __slots__ = (
        "alarms", "changes", "checks", "device_ms", "dirty", "flood", "infusion_start_ms", "infusion_stop_ms",
        "off", "ordered_mg_per_h", "ordered_ms", "oxygen", "oxygen_ms", "pause_press_ms", "pause_rank",
        "paused_until_ms", "phase", "phase_ms", "plan", "raises", "started_ms", "streams", "t", "wake",
    )  # fmt: skip

    def __init__(self, s: Snapshot, plan: Plan) -> None:
        self.plan = plan
        self.t = s.settled_ms
        self.wake = s.wake_ms
        self.dirty = False
        self.changes: list[Change] = []
        self.started_ms = s.started_ms
        self.phase: Phase = s.phase
        self.phase_ms = s.phase_ms
        self.infusion_start_ms = s.infusion_start_ms
        self.infusion_stop_ms = s.infusion_stop_ms
        self.ordered_mg_per_h = s.ordered_mg_per_h
        self.ordered_ms = s.ordered_ms
        self.oxygen = s.oxygen
        self.oxygen_ms = s.oxygen_ms
        self.streams: dict[str, Stream] = dict(s.streams)
        self.alarms: dict[str, Alarm] = dict(s.alarms)
        self.checks: dict[str, Due] = dict(s.checks)
        self.off = s.off
        self.device_ms = s.device_ms
        self.paused_until_ms = s.paused_until_ms
        self.pause_press_ms = s.pause_press_ms
        self.pause_rank = s.pause_rank
        self.raises = s.raises
        self.flood = s.flood

    def freeze(self, *, now_ms: int, settled_ms: int, pending: tuple[Observation, ...]) -> Snapshot:
        """Return the state as a snapshot."""
        return Snapshot(
            now_ms=now_ms,
            settled_ms=settled_ms,
            pending=pending,
            started_ms=self.started_ms,
            phase=self.phase,
            phase_ms=self.phase_ms,
            infusion_start_ms=self.infusion_start_ms,
            infusion_stop_ms=self.infusion_stop_ms,
            ordered_mg_per_h=self.ordered_mg_per_h,
            ordered_ms=self.ordered_ms,
            oxygen=self.oxygen,
            oxygen_ms=self.oxygen_ms,
            streams=MappingProxyType(self.streams),
            alarms=MappingProxyType(self.alarms),
            checks=MappingProxyType(self.checks),
            off=self.off,
            device_ms=self.device_ms,
            paused_until_ms=self.paused_until_ms,
            pause_press_ms=self.pause_press_ms,
            pause_rank=self.pause_rank,
            raises=self.raises,
            flood=self.flood,
            wake_ms=self.wake,
        )

    @property
    def active(self) -> bool:
        """Whether a session is going on."""
        return self.started_ms is not None and self.phase != "ended"

    def say(self, kind: str, key: str, text: str, *, by: str = "", since_ms: int | None = None) -> None:
        """Record a change that is no alarm."""
        self.changes.append(Change(at_ms=self.t, kind=kind, key=key, text=text, by=by, since_ms=since_ms))

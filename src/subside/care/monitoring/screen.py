"""What a screen shows of a session at a moment: nothing here decides anything, nothing stale looks live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from subside.care.monitoring.early_warning import News2, current, is_live, news2
from subside.care.monitoring.messages import PROMPTS, against, marks, reading
from subside.care.monitoring.plan import Plan, plan_for
from subside.care.monitoring.snapshot import AWAITED, NEVER, Alarm, Phase, Snapshot
from subside.care.monitoring.threshold import RANK, Baseline, Priority, Thresholds

__all__ = ["NOT_A_DEVICE", "AlarmLine", "CheckLine", "View", "Vital", "view"]

NOT_A_DEVICE: Final = (
    "Decision support and research software, not a medical device; "
    "the certified bedside monitor stays primary."
)


@dataclass(frozen=True, kw_only=True)
class Vital:
    """One number. ``value`` is None unless it is live; ``age_s`` is the age of the newest reading."""

    what: str
    label: str
    unit: str
    value: float | None
    text: str
    state: Literal["live", "stale", "waiting", "off"]
    age_s: float | None
    by_hand: bool
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AlarmLine:
    """One alarm as shown: flashing until acknowledged, then steady; never hidden while it stands."""

    key: str
    priority: Priority
    text: str
    present: bool
    known: bool
    acknowledged_by: str
    flashing: bool
    grouped: bool
    for_s: float
    prompts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """One check with its countdown; negative when overdue."""

    name: str
    label: str
    state: Literal["waiting", "due", "missed"]
    in_s: float


@dataclass(frozen=True, kw_only=True)
class View:
    """The whole screen. ``behind_s``: for how long the state has not been brought forward."""

    now_ms: int
    behind_s: float
    phase: Phase
    vitals: tuple[Vital, ...]
    alarms: tuple[AlarmLine, ...]
    grouped: int
    sounding: Priority | None
    audio_pause_left_s: float | None
    checks: tuple[CheckLine, ...]
    oxygen: bool
    news2: News2
    notes: tuple[str, ...]


def view(snapshot: Snapshot, thresholds: Thresholds, baseline: Baseline, now_ms: int) -> View:
    """Return what to show at ``now_ms``, also if the fold has not run since.

    Age is counted to ``now_ms``: if the process that folds has died, every number here goes blank.
    """
    plan = plan_for(thresholds, baseline)
    lines = _alarms(snapshot, plan, now_ms)
    paused = snapshot.paused_until_ms
    left = None if paused is None or paused <= now_ms else (paused - now_ms) / 1000
    return View(
        now_ms=now_ms,
        behind_s=(now_ms - snapshot.now_ms) / 1000,
        phase=snapshot.phase,
        vitals=tuple(
            v for channel in plan.channels if (v := _vital(snapshot, plan, channel, now_ms)) is not None
        ),
        alarms=lines,
        grouped=sum(line.grouped for line in lines),
        sounding=_loudest(lines) if left is None else None,
        audio_pause_left_s=left,
        checks=tuple(
            CheckLine(
                name=name,
                label=plan.checks[name].check.label,
                state=due.state,
                in_s=(due.due_ms - now_ms) / 1000,
            )
            for name, due in sorted(snapshot.checks.items(), key=lambda item: (item[1].due_ms, item[0]))
            if due.due_ms < NEVER
        ),
        oxygen=snapshot.oxygen,
        news2=news2(snapshot, thresholds, baseline, now_ms),
        notes=_notes(thresholds),
    )


def _loudest(lines: tuple[AlarmLine, ...]) -> Priority | None:
    """Return the priority that sounds: the highest of what is present and unacknowledged."""
    return next((line.priority for line in lines if line.flashing and line.present), None)


def _vital(s: Snapshot, plan: Plan, what: str, now_ms: int) -> Vital | None:
    """Return one number, or None for a channel that nobody uses."""
    channel = plan.channels[what]
    streams = [x for x in s.streams.values() if x.what == what]
    if not streams:
        return _taken_off(plan, what) if what in s.off else None
    live = current(s, plan, what, now_ms)
    newest = max(streams, key=lambda x: (x.at_ms, x.sequence))
    shown = live or newest
    age = None if newest.source == AWAITED else (now_ms - shown.at_ms) / 1000
    waiting = age is None and newest.live
    state: Literal["live", "stale", "waiting", "off"] = (
        "live" if live is not None else "waiting" if waiting else "stale"
    )
    value = live.value if live is not None and is_live(live, plan, now_ms) else None
    on_oxygen = what == "spo2_percent" and s.oxygen
    return Vital(
        what=what,
        label=channel.label,
        unit=channel.unit,
        value=value,
        text=reading(channel, value),
        state=state,
        age_s=age,
        by_hand=shown.source == "manual",
        note="on added oxygen: no evidence of breathing" if on_oxygen else "",
    )


def _taken_off(plan: Plan, what: str) -> Vital:
    """Return the place of a channel that was taken off on purpose: visibly so, and without alarms."""
    channel = plan.channels[what]
    return Vital(
        what=what,
        label=channel.label,
        unit=channel.unit,
        value=None,
        text=reading(channel, None),
        state="off",
        age_s=None,
        by_hand=False,
        note="taken off on purpose: no alarms",
    )


def _alarms(s: Snapshot, plan: Plan, now_ms: int) -> tuple[AlarmLine, ...]:
    """Return the alarms: high first, then unacknowledged first, then the newest."""

    def order(a: Alarm) -> tuple[int, bool, int, str]:
        return (-RANK[a.priority], a.acknowledged_ms is not None, -a.raised_ms, a.key)

    return tuple(_line(a, plan, now_ms, flood=s.flood) for a in sorted(s.alarms.values(), key=order))


def _line(a: Alarm, plan: Plan, now_ms: int, *, flood: bool) -> AlarmLine:
    rule = plan.rule_by_id.get(a.rule)
    state = plan.states.get(a.rule)
    if rule is not None:
        text = against(plan.channels[rule.rule.channel], rule, a.worst)
        prompts = rule.rule.prompts
    elif state is not None:
        text, prompts = f"{state.label} ({a.key})", state.prompts
    else:
        text, prompts = f"{plan.checks[a.rule].check.label} missed", ("look", "do_check")
    if not a.known:
        text += "; channel not live now"
    elif not a.present:
        text += "; recovered"
    return AlarmLine(
        key=a.key,
        priority=a.priority,
        text=f"{marks(a.priority)} {text}",
        present=a.present,
        known=a.known,
        acknowledged_by=a.acknowledged_by,
        flashing=a.acknowledged_ms is None,
        grouped=flood and a.grouped and a.priority != "high",
        for_s=(now_ms - a.since_ms) / 1000,
        prompts=tuple(PROMPTS[p] for p in prompts),
    )


def _notes(t: Thresholds) -> tuple[str, ...]:
    unsigned = len(t.unsigned())
    note = f"{unsigned} limits and checks of profile '{t.label}' await a medical director's signature"
    return (NOT_A_DEVICE, note) if unsigned else (NOT_A_DEVICE,)

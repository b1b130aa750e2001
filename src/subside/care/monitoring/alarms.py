"""The life of an alarm: raised, ended, latched, acknowledged, worse, escalated, reminded, closed."""

from __future__ import annotations

from dataclasses import replace

from subside.care.monitoring.messages import PROMPTS, marks
from subside.care.monitoring.snapshot import Alarm, Change, Kind
from subside.care.monitoring.threshold import RANK, Priority
from subside.care.monitoring.work import LOOK_NOW, Work

__all__ = ["acknowledge", "end", "escalate", "mark_unknown", "raise_alarm", "remind", "to_high", "worsen"]


def raise_alarm(
    w: Work,
    key: str,
    *,
    rule: str,
    kind: Kind,
    priority: Priority,
    text: str,
    prompts: tuple[str, ...],
    since_ms: int,
    value: float | None = None,
    limit: float | None = None,
    latches: bool = False,
) -> None:
    """Raise an alarm, or raise a latched one again; one whose condition already stands stays as it is."""
    old = w.alarms.get(key)
    if old is not None and old.present:
        return
    w.wake = LOOK_NOW
    grouped = _count(w) and may_group(priority)
    if old is None:
        w.alarms[key] = Alarm(
            key=key,
            rule=rule,
            kind=kind,
            priority=priority,
            since_ms=since_ms,
            raised_ms=w.t,
            value=value,
            worst=value,
            limit=limit,
            latches=latches,
            escalate_from_ms=w.t,
            grouped=grouped,
        )
    else:
        # Latched and unacknowledged: the escalation under way goes on, it does not start over.
        w.alarms[key] = replace(old, since_ms=since_ms, raised_ms=w.t, value=value, present=True, known=True)
    _break_pause(w, priority)
    w.changes.append(
        Change(
            at_ms=w.t,
            kind="raised",
            key=key,
            text=f"{marks(priority)} {text}",
            priority=priority,
            value=value,
            limit=limit,
            prompts=tuple(PROMPTS[p] for p in prompts),
            grouped=grouped,
            since_ms=since_ms,
        )
    )


def end(w: Work, key: str, why: str = "") -> None:
    """The condition of an alarm has ended: it goes, or stays latched until someone acknowledges it."""
    alarm = w.alarms.get(key)
    if alarm is None or not alarm.present:
        return
    w.wake = LOOK_NOW
    if alarm.latches and alarm.acknowledged_ms is None:
        w.alarms[key] = replace(alarm, present=False, known=True)
        _tell(w, "latched", alarm, why or "recovered; stays until acknowledged")
    else:
        del w.alarms[key]
        _tell(w, "cleared", alarm, why or "condition ended")


def mark_unknown(w: Work, key: str) -> None:
    """The channel of an alarm is not live any more: the alarm stands. Missing data never ends one."""
    alarm = w.alarms.get(key)
    if alarm is not None and alarm.present and alarm.known:
        w.alarms[key] = replace(alarm, known=False)


def acknowledge(w: Work, key: str, *, by: str, at_ms: int, value: float | None) -> None:
    """A named person has seen an alarm: it is silent now. Its condition is not changed by that."""
    alarm = w.alarms[key]
    if alarm.present:
        w.alarms[key] = replace(
            alarm,
            acknowledged_ms=at_ms,
            acknowledged_by=by,
            acknowledged_value=alarm.value if value is None else value,
        )
        _tell(w, "acknowledged", alarm, "acknowledged; condition still present", by=by)
    else:
        del w.alarms[key]
        _tell(w, "acknowledged", alarm, "acknowledged after it had ended", by=by)


def worsen(w: Work, key: str, value: float, *, downward: bool, worse_by: float | None, text: str) -> None:
    """A further reading beyond the limit: keep the worst; sound again if acknowledged and much worse."""
    alarm = w.alarms[key]
    worst = alarm.worst
    changed = alarm if alarm.known else replace(alarm, known=True)
    if worst is None or (value < worst if downward else value > worst):
        changed = replace(changed, worst=value)
    seen = alarm.acknowledged_value
    if alarm.acknowledged_ms is not None and worse_by is not None and seen is not None:
        further = seen - value if downward else value - seen
        if further >= worse_by:
            changed = replace(
                changed, acknowledged_ms=None, acknowledged_by="", acknowledged_value=None,
                escalate_from_ms=w.t, raised_ms=w.t, level=0, reminded_ms=None,
            )  # fmt: skip
            w.wake = LOOK_NOW
            _break_pause(w, alarm.priority)
            _tell(w, "worse", alarm, f"worse than when acknowledged: {text}", value=value)
    if changed is not alarm:
        w.alarms[key] = changed


def escalate(w: Work, key: str) -> None:
    """Nobody has acknowledged a high alarm: tell the next ones."""
    alarm = w.alarms[key]
    to = w.plan.policy.escalate_to[min(alarm.level, len(w.plan.policy.escalate_to) - 1)]
    w.alarms[key] = replace(alarm, level=alarm.level + 1)
    waited = (w.t - alarm.escalate_from_ms) // 1000
    _tell(w, "escalated", alarm, f"unacknowledged for {waited} s; to call now: {to}", to=to)


def remind(w: Work, key: str) -> None:
    """An acknowledged alarm still stands: say so again."""
    alarm = w.alarms[key]
    w.alarms[key] = replace(alarm, reminded_ms=w.t)
    _tell(w, "reminder", alarm, "acknowledged, and still present")


def to_high(w: Work, key: str) -> None:
    """A lesser alarm has stood too long without anyone: it becomes a high one."""
    alarm = w.alarms[key]
    w.alarms[key] = replace(alarm, priority="high", escalate_from_ms=w.t, grouped=False)
    w.wake = LOOK_NOW
    _break_pause(w, "high")
    waited = (w.t - alarm.raised_ms) // 1000
    _tell(w, "priority_raised", w.alarms[key], f"unacknowledged for {waited} s: now high priority")


def close_all(w: Work, why: str) -> None:
    """The session ends: what still stands is closed, each on the record."""
    for key in sorted(w.alarms):
        _tell(w, "closed", w.alarms.pop(key), why)


def _tell(
    w: Work, kind: str, alarm: Alarm, text: str, *, to: str = "", by: str = "", value: float | None = None
) -> None:
    w.changes.append(
        Change(
            at_ms=w.t,
            kind=kind,
            key=alarm.key,
            text=f"{marks(alarm.priority)} {alarm.key}: {text}",
            priority=alarm.priority,
            value=alarm.worst if value is None else value,
            limit=alarm.limit,
            to=to,
            by=by,
            prompts=_prompts(w, alarm) if kind in ("worse", "priority_raised") else (),
            grouped=alarm.grouped and may_group(alarm.priority),
            since_ms=alarm.since_ms,
        )
    )


def _prompts(w: Work, alarm: Alarm) -> tuple[str, ...]:
    """Return what may be done about an alarm of the patient or of the monitoring."""
    rule, state = w.plan.rule_by_id.get(alarm.rule), w.plan.states.get(alarm.rule)
    words = rule.rule.prompts if rule is not None else state.prompts if state is not None else ()
    return tuple(PROMPTS[word] for word in words)


def may_group(priority: Priority) -> bool:
    """Whether a flood may put an alarm into one line with others: never a high one."""
    return priority != "high"


def _count(w: Work) -> bool:
    """Count one more alarm; return whether there is a flood of them."""
    most = w.plan.policy.flood_alarms
    w.raises = (*w.raises, w.t)[-(most + 1) :]
    if not w.flood and len(w.raises) > most and w.raises[0] > w.t - w.plan.flood_ms:
        w.flood = True
        w.say(
            "flood_started",
            "flood",
            f"more than {most} alarms in {w.plan.flood_ms // 60_000} min: all but high ones are grouped",
        )
    return w.flood


def _break_pause(w: Work, priority: Priority) -> None:
    """A new alarm ends an audio pause: any one, or only a higher one, as the site chose."""
    if w.paused_until_ms is None:
        return
    if w.plan.policy.pause_broken_by == "any" or RANK[priority] > w.pause_rank:
        w.paused_until_ms = None
        w.say("audio_resumed", "audio", f"audio pause broken by a new {priority} alarm")

"""What comes due by the passing of time alone, in one fixed order."""

from __future__ import annotations

from typing import NamedTuple

from subside.care.monitoring import alarms, checks, readings, states
from subside.care.monitoring.snapshot import NEVER
from subside.care.monitoring.work import Work

__all__ = ["advance", "earliest"]

# At the same moment a channel first goes stale: an alarm is never raised from a reading that is too old.
STALE, WATCHDOG, DELAY, CHECK, HIGH, ESCALATE, REMIND, PAUSE, FLOOD = range(9)


class Timer(NamedTuple):
    """One thing that comes due. Compared as a tuple: by time, then kind, then key: always the same order."""

    due_ms: int
    kind: int
    key: str
    place: int = 0


_NONE = Timer(NEVER, 99, "")


def advance(w: Work, limit: int) -> None:
    """Bring the state to the moment ``limit``: everything due before it happens, in order."""
    while w.wake < limit:
        timer = earliest(w)
        if timer.due_ms >= limit:
            w.wake = timer.due_ms
            break
        if timer.due_ms > w.t:
            w.t = timer.due_ms
        _happen(w, timer)
        if w.dirty:
            states.update(w)
    if limit > w.t:
        w.t = limit


def earliest(w: Work) -> Timer:
    """Return what comes due next."""
    if not w.active:
        return _NONE
    found = [_NONE]
    _of_streams(w, found)
    if "watchdog" not in w.alarms:
        found.append(Timer(w.device_ms + w.plan.watchdog_ms, WATCHDOG, "watchdog"))
    for name, due in w.checks.items():
        if due.state == "waiting":
            found.append(Timer(due.due_ms, CHECK, name, 0))
        elif due.state == "due":
            found.append(Timer(due.due_ms + w.plan.checks[name].grace_ms, CHECK, name, 1))
    _of_alarms(w, found)
    if w.paused_until_ms is not None:
        found.append(Timer(w.paused_until_ms, PAUSE, "audio"))
    if w.flood:
        found.append(Timer(w.raises[0] + w.plan.flood_ms, FLOOD, "flood"))
    return min(found)


def _of_streams(w: Work, found: list[Timer]) -> None:
    for key, s in w.streams.items():
        if not s.live:
            continue
        stale = readings.stale_limit_ms(w, s.what, s.device)
        if stale < NEVER:
            found.append(Timer(s.at_ms + stale, STALE, key))
        for i, run in enumerate(s.runs):
            if run is None or run.ended_ms is not None:
                continue
            rule = w.plan.rules[s.what][i]
            if rule.readings > 1:
                continue
            alarm = w.alarms.get(readings.alarm_key(rule.id, s.device))
            if (alarm is None or not alarm.present) and not readings.is_covered(w, rule, s.device):
                found.append(Timer(run.since_ms + rule.delay_ms, DELAY, key, i))


def _of_alarms(w: Work, found: list[Timer]) -> None:
    steps = w.plan.escalate_ms
    for key, a in w.alarms.items():
        if a.acknowledged_ms is not None:
            if a.present:
                last = a.acknowledged_ms if a.reminded_ms is None else max(a.acknowledged_ms, a.reminded_ms)
                found.append(Timer(last + w.plan.reminder_ms, REMIND, key))
        elif a.priority == "high":
            if a.level < len(steps):
                found.append(Timer(a.escalate_from_ms + steps[a.level], ESCALATE, key))
        else:
            later = w.plan.high_after_ms.get(a.key)
            if later is not None:
                found.append(Timer(a.raised_ms + later, HIGH, key))


def _happen(w: Work, timer: Timer) -> None:
    kind, key = timer.kind, timer.key
    if kind == STALE:
        s = w.streams[key]
        age = (w.t - s.at_ms) / 1000
        label = w.plan.channels[s.what].label
        w.say("stale", key, f"{label} ---: no reading for {age:g} s")
        readings.lose(w, key)
    elif kind == WATCHDOG:
        silence = (w.t - w.device_ms) / 1000
        states.raise_state(w, "watchdog", "watchdog", f"{silence:g} s")
    elif kind == DELAY:
        s = w.streams[key]
        rule = w.plan.rules[s.what][timer.place]
        run = s.runs[timer.place]
        assert run is not None
        assert s.value is not None
        readings.raise_limit(w, rule, s.device, s.value, run.since_ms)
    elif kind == CHECK:
        (checks.miss if timer.place else checks.remind_due)(w, key)
    elif kind == HIGH:
        alarms.to_high(w, key)
    elif kind == ESCALATE:
        alarms.escalate(w, key)
    elif kind == REMIND:
        alarms.remind(w, key)
    elif kind == PAUSE:
        w.paused_until_ms = None
        w.say("audio_resumed", "audio", "audio pause is over")
    else:
        w.flood = False
        w.say("flood_ended", "flood", "alarms are shown one by one again")

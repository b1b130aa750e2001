"""What people do: start, pause, stop, change a rate, add oxygen, acknowledge, pause the sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from subside.care.monitoring import alarms, checks, readings, states
from subside.care.monitoring.observation import Observation
from subside.care.monitoring.plan import ms, rank_of
from subside.care.monitoring.snapshot import Phase
from subside.care.monitoring.work import LOOK_NOW, Work

__all__ = ["apply_event", "open_session"]


def open_session(w: Work) -> None:
    """The first thing that is seen opens the session: from now on silence is an alarm."""
    w.started_ms = w.t
    w.device_ms = max(w.device_ms, w.t)
    w.wake = LOOK_NOW
    states.update(w)


def apply_event(w: Work, o: Observation) -> None:
    """Apply one event at the moment ``w.t``; a repeated or overtaken one changes nothing."""
    w.wake = LOOK_NOW
    _EVENTS[o.what](w, o)
    states.update(w)


def _phase(w: Work, o: Observation, phase: Phase, text: str) -> bool:
    """Enter a phase, unless a later event of this kind has already been seen."""
    if o.at_ms <= w.phase_ms or phase == w.phase:
        w.say("ignored", o.what, f"{text}: repeated or overtaken")
        return False
    w.phase, w.phase_ms = phase, o.at_ms
    w.say("phase", phase, text, by=o.source)
    return True


def _order(w: Work, o: Observation, rate: float | None) -> None:
    if o.at_ms > w.ordered_ms:
        w.ordered_mg_per_h, w.ordered_ms = rate, o.at_ms


def _monitoring_start(w: Work, o: Observation) -> None:
    if w.phase == "ended" and o.at_ms > w.phase_ms:
        _reopen(w)
        _phase(w, o, "before", "monitoring starts again")


def _reopen(w: Work) -> None:
    """After an end nothing went stale and nothing was awaited: what is too old is so from now on."""
    if w.phase != "ended":
        return
    w.device_ms = max(w.device_ms, w.t)
    for key, s in list(w.streams.items()):
        if s.live and w.t - s.at_ms >= readings.stale_limit_ms(w, s.what, s.device):
            readings.lose(w, key)


def why_not_end(w: Work) -> str:
    """Return why monitoring cannot end now; empty if it can.

    Technical alarms do not hold it: probes come off before the session is ended.
    """
    if w.phase in ("infusing", "paused"):
        return "the infusion has not been stopped"
    high = (
        a.key
        for a in w.alarms.values()
        if a.priority == "high"
        and a.kind == "physiological"
        and ((a.present and a.known) or a.acknowledged_ms is None)
    )
    names = ", ".join(sorted(high))
    return f"high alarm {names}" if names else ""


def too_early(w: Work) -> str:
    """Return which minimum stay is not over yet; empty if both are."""
    policy = w.plan.policy
    stays = (
        (w.infusion_start_ms, policy.minimum_stay_s, "start"),
        (w.infusion_stop_ms, policy.minimum_after_s, "end"),
    )
    short = (
        f"{seconds / 60:g} min from the {since}"
        for began, seconds, since in stays
        if began is not None and w.t - began < ms(seconds)
    )
    return " and ".join(short)


def _monitoring_end(w: Work, o: Observation) -> None:
    reason = why_not_end(w)
    if reason:
        w.say("refused", o.what, f"monitoring cannot end: {reason}", by=o.source)
        return
    early = too_early(w)
    note = f"; before the minimum stay of {early}" if early else ""
    if _phase(w, o, "ended", f"monitoring ends{note}"):
        alarms.close_all(w, "closed with the session")
        checks.stop(w)
        w.paused_until_ms = None


def _infusion_start(w: Work, o: Observation) -> None:
    _reopen(w)
    if w.phase in ("infusing", "paused") or not _phase(w, o, "infusing", _rated("infusion starts", o)):
        return
    w.infusion_start_ms, w.infusion_stop_ms = o.at_ms, None
    _order(w, o, o.value)
    checks.start(w, o.at_ms)
    missing = states.unready(w)
    if missing:
        states.raise_state(w, "started_unwatched", "started_unwatched", ", ".join(missing))


def _infusion_pause(w: Work, o: Observation) -> None:
    if w.phase == "infusing" and _phase(w, o, "paused", "infusion paused"):
        _order(w, o, 0.0)


def _infusion_resume(w: Work, o: Observation) -> None:
    if w.phase == "paused" and _phase(w, o, "infusing", _rated("infusion goes on", o)):
        _order(w, o, o.value)


def _infusion_stop(w: Work, o: Observation) -> None:
    if w.phase in ("infusing", "paused") and _phase(w, o, "recovery", "infusion stopped"):
        w.infusion_stop_ms = o.at_ms
        _order(w, o, 0.0)
        checks.to_recovery(w, o.at_ms)


def _rate_change(w: Work, o: Observation) -> None:
    if o.value is None or o.value < 0:
        w.say("refused", o.what, "a rate change needs the new rate in mg/h, at least 0", by=o.source)
        return
    if o.at_ms <= w.ordered_ms:
        w.say("ignored", o.what, "rate change: repeated or overtaken")
        return
    against = states.asking_to_slow(w)
    raised = w.phase == "infusing" and o.value > (w.ordered_mg_per_h or 0.0)
    _order(w, o, o.value)
    if raised and against:
        states.raise_state(w, "rate_raised", "rate_raised", ", ".join(against))
    elif not raised and "rate_raised" in w.alarms:
        alarms.end(w, "rate_raised", "lowered")
    w.say("rate", "rate_change", f"ordered rate {o.value:g} mg/h", by=o.source)
    scored = states.sedation_ms(w)
    if w.phase == "infusing" and (scored is None or w.t - scored > ms(w.plan.policy.rate_change_score_s)):
        states.raise_state(w, "rate_change_unscored", "rate_change_unscored")


def _oxygen(w: Work, o: Observation) -> None:
    if o.at_ms <= w.oxygen_ms:
        return
    w.oxygen, w.oxygen_ms = o.what == "oxygen_on", o.at_ms
    flow = f" {o.value:g} L/min" if w.oxygen and o.value is not None else ""
    text = f"oxygen on{flow}: SpO2 is no evidence of breathing now" if w.oxygen else "oxygen off: room air"
    w.say("oxygen", o.what, text, by=o.source)


def person(o: Observation) -> str:
    """Return who did it; empty if nobody is named."""
    return "" if o.source in ("device", "manual") else o.source.strip()


def _ack(w: Work, o: Observation) -> None:
    by = person(o)
    if not by:
        w.say("refused", o.text, "an acknowledgment needs the name of the person (source)")
        return
    seen = [a for a in w.alarms.values() if o.text in (a.key, a.rule) and a.raised_ms <= o.at_ms]
    if not seen:
        w.say("ignored", o.text, "no such alarm stood when it was acknowledged", by=by)
    for alarm in sorted(seen, key=lambda a: a.key):
        if alarm.acknowledged_ms is None:
            alarms.acknowledge(w, alarm.key, by=by, at_ms=w.t, value=_value_of(w, alarm.key, alarm.rule))


def _value_of(w: Work, key: str, rule: str) -> float | None:
    """Return the newest reading behind an alarm, None when there is none."""
    bound = w.plan.rule_by_id.get(rule)
    if bound is None:
        return None
    stream = w.streams.get(bound.rule.channel + key.removeprefix(rule))
    return None if stream is None else stream.value


def _audio_pause(w: Work, o: Observation) -> None:
    if o.at_ms <= w.pause_press_ms:
        return
    w.pause_press_ms = o.at_ms
    if w.paused_until_ms is not None:
        w.paused_until_ms = None
        w.say("audio_resumed", "audio", "audio pause ended by hand", by=o.source)
        return
    w.paused_until_ms = w.t + w.plan.audio_pause_ms
    w.pause_rank = max(
        (rank_of(a.priority) for a in w.alarms.values() if a.acknowledged_ms is None), default=-1
    )
    w.say("audio_paused", "audio", f"audio paused for {w.plan.audio_pause_ms // 1000} s", by=o.source)


def _check_done(w: Work, o: Observation) -> None:
    if o.text not in w.plan.checks:
        w.say("refused", o.text, f"no such check; known: {', '.join(w.plan.checks)}", by=o.source)
        return
    checks.done(w, o.text, o.at_ms)


def _channel(w: Work, o: Observation) -> None:
    name = o.text
    if name not in w.plan.continuous:
        w.say("refused", name, "no such continuous channel", by=o.source)
    elif o.what == "channel_on":
        w.off = tuple(x for x in w.off if x != name)
        w.say("channel", name, f"{name} in use again", by=o.source)
    elif _required(w, name):
        w.say("refused", name, f"{name} is required: its alarms cannot be turned off", by=o.source)
    elif name not in w.off:
        w.off = tuple(sorted((*w.off, name)))
        _take_off(w, [k for k, s in w.streams.items() if s.what == name])
        w.say("channel", name, f"{name} taken off on purpose", by=o.source)


def _device_off(w: Work, o: Observation) -> None:
    keys = [k for k, s in w.streams.items() if s.device == o.text and s.what in w.plan.continuous]
    others = {s.what for k, s in w.streams.items() if k not in keys and s.live and s.value is not None}
    needed = {w.streams[k].what for k in keys if _required(w, w.streams[k].what)} - others
    if not o.text or not keys:
        w.say("refused", o.text, "no such device", by=o.source)
    elif needed:
        missing = ", ".join(sorted(needed))
        w.say("refused", o.text, f"nothing else measures {missing}, which is required", by=o.source)
    else:
        _take_off(w, keys)
        alarms.end(w, f"clock:{o.text}", "device taken off")
        w.say("channel", o.text, f"{o.text} taken off on purpose", by=o.source)


def _required(w: Work, what: str) -> bool:
    return what in w.plan.policy.required or (what == "etco2_mmhg" and states.capnography_needed(w))


def _take_off(w: Work, keys: list[str]) -> None:
    """Forget streams; their alarms end, and a high one stays latched until someone has seen it."""
    for key in keys:
        s = w.streams.pop(key)
        for rule in w.plan.rules[s.what]:
            alarms.end(w, f"{rule.id}@{s.device}" if s.device else rule.id, "device taken off on purpose")


def _heartbeat(w: Work, _: Observation) -> None:
    w.device_ms = max(w.device_ms, w.t)
    alarms.end(w, "watchdog")


def _rated(text: str, o: Observation) -> str:
    return text if o.value is None else f"{text} at {o.value:g} mg/h"


_EVENTS: Final[Mapping[str, Callable[[Work, Observation], None]]] = {
    "monitoring_start": _monitoring_start,
    "monitoring_end": _monitoring_end,
    "infusion_start": _infusion_start,
    "infusion_pause": _infusion_pause,
    "infusion_resume": _infusion_resume,
    "infusion_stop": _infusion_stop,
    "rate_change": _rate_change,
    "oxygen_on": _oxygen,
    "oxygen_off": _oxygen,
    "ack": _ack,
    "audio_pause": _audio_pause,
    "check_done": _check_done,
    "channel_off": _channel,
    "channel_on": _channel,
    "device_off": _device_off,
    "heartbeat": _heartbeat,
}

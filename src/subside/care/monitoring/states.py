"""Conditions of the monitoring itself: is what must be watched watched, and does the pump keep the order?"""

from __future__ import annotations

from subside.care.monitoring import alarms
from subside.care.monitoring.plan import BY_HAND, ms
from subside.care.monitoring.snapshot import AWAITED, Stream
from subside.care.monitoring.threshold import Priority
from subside.care.monitoring.work import LOOK_NOW, Work

__all__ = ["capnography_needed", "expected", "raise_state", "update", "watched"]

RUNNING = ("infusing", "paused", "recovery")


def watched(w: Work, what: str) -> bool:
    """Whether a channel has a live value from anyone."""
    return any(s.live and s.value is not None for s in _of(w, what))


def capnography_needed(w: Work) -> bool:
    """Whether exhaled carbon dioxide must be watched: by the site, for this patient, or for deep sedation."""
    policy = w.plan.policy
    if policy.capnography == "never":
        return False
    if policy.capnography == "always" or w.plan.baseline.capnography:
        return True
    moaas, rass = w.streams.get("moaas"), w.streams.get("rass")
    return (moaas is not None and moaas.value is not None and moaas.value <= policy.capnography_moaas) or (
        rass is not None and rass.value is not None and rass.value <= policy.capnography_rass
    )


def expected(w: Work) -> tuple[str, ...]:
    """Return the continuous channels that must be live now: required, or seen and not taken off."""
    names = [name for name in w.plan.policy.required if name in w.plan.continuous]
    if capnography_needed(w):
        names.append("etco2_mmhg")
    for s in w.streams.values():
        seen = s.device != BY_HAND and s.source != AWAITED
        if seen and s.what in w.plan.continuous and s.what not in names:
            names.append(s.what)
    return tuple(sorted(name for name in set(names) if name not in w.off))


def update(w: Work) -> None:
    """Look at every condition of the monitoring itself, and raise or end its alarm."""
    w.dirty = False
    if not w.active:
        return
    must = expected(w)
    _await(w, must)
    for what in must:
        _stale(w, what)
    for key in [k for k in w.alarms if k.startswith("stale:") and k[6:] not in must]:
        alarms.end(w, key, "not in use any more")
    _breathing(w)
    _started(w)
    _pump(w)
    _rate_change(w)
    _rate_raised(w)
    _baseline(w)


def raise_state(w: Work, state: str, key: str, detail: str = "", *, priority: Priority | None = None) -> None:
    """Raise the alarm of a condition of the monitoring itself."""
    s = w.plan.states[state]
    alarms.raise_alarm(
        w,
        key,
        rule=state,
        kind="technical",
        priority=priority or s.priority,
        text=f"{s.label}: {detail}" if detail else s.label,
        prompts=s.prompts,
        since_ms=w.t,
    )


def _of(w: Work, what: str) -> list[Stream]:
    return [s for s in w.streams.values() if s.what == what]


def _await(w: Work, must: tuple[str, ...]) -> None:
    """A channel that must be live and was never seen gets one age limit of time to appear."""
    for key in [k for k, s in w.streams.items() if s.source == AWAITED and s.what not in must]:
        del w.streams[key]
    for what in must:
        if not _of(w, what):
            w.streams[what] = Stream(what, "", w.t, -1, None, AWAITED, True, ())
            w.wake = LOOK_NOW


def _stale(w: Work, what: str) -> None:
    key = f"stale:{what}"
    streams = _of(w, what)
    # Once a device has been seen, a value typed in does not stand in for it: its loss is still an alarm.
    devices = [s for s in streams if s.device != BY_HAND and s.source != AWAITED] or streams
    if any(s.live for s in devices):
        if key in w.alarms and any(s.live and s.value is not None for s in devices):
            alarms.end(w, key, "live again")
        return
    channel = w.plan.channels[what]
    raise_state(w, "stale", key, channel.label, priority=channel.stale_priority)


def _breathing(w: Work) -> None:
    """Oxygen hides a stopped breath from the oximeter for minutes: something else must see breathing."""
    unwatched = w.oxygen and w.phase in RUNNING and not any(
        watched(w, what) for what in w.plan.policy.breathing_evidence
    )  # fmt: skip
    _set(w, "breathing_unwatched", unwatched)


def _started(w: Work) -> None:
    """A start without the required monitoring stands as an alarm until all of it is there."""
    if "started_unwatched" in w.alarms and (w.phase not in ("infusing", "paused") or not unready(w)):
        alarms.end(w, "started_unwatched", "complete")


def unready(w: Work) -> tuple[str, ...]:
    """Return the labels of what the start of an infusion needs and does not have."""
    oldest = w.t - ms(w.plan.policy.start_readings_s)

    def there(what: str) -> bool:
        if what in w.plan.continuous:
            return watched(w, what)
        s = w.streams.get(what)
        return s is not None and s.value is not None and s.at_ms >= oldest

    return tuple(
        w.plan.channels[wanted.split("|")[0]].label
        for wanted in w.plan.policy.required_at_start
        if not any(there(what) for what in wanted.split("|"))
    )


def _pump(w: Work) -> None:
    """The pump against the order; while its rate is not live, what stands stays as it is."""
    rates = [s.value for s in _of(w, "pump_mg_per_h") if s.live and s.value is not None]
    if not rates:
        return
    rate, order = max(rates), w.ordered_mg_per_h
    policy = w.plan.policy
    _set(w, "order_unknown", order is None and rate > 0, f"{rate:g} mg/h")
    over = order is not None and rate > order * policy.over_delivery_ratio + policy.over_delivery_mg_per_h
    _set(w, "over_delivery", over, f"{rate:g} mg/h, ordered {order or 0:g} mg/h")


def _rate_change(w: Work) -> None:
    alarm = w.alarms.get("rate_change_unscored")
    scored = sedation_ms(w)
    if alarm is not None and scored is not None and scored >= alarm.raised_ms:
        alarms.end(w, "rate_change_unscored", "scored")


def asking_to_slow(w: Work) -> tuple[str, ...]:
    """Return the alarms that stand and ask to slow, pause or stop the infusion."""
    asks = {"slow_or_pause", "pause", "stop"}
    return tuple(
        sorted(
            a.key
            for a in w.alarms.values()
            if a.present
            and (rule := w.plan.rule_by_id.get(a.rule)) is not None
            and asks & set(rule.rule.prompts)
        )
    )


def _rate_raised(w: Work) -> None:
    """The rate was raised against an alarm: that ends with the last such alarm, or with the infusion."""
    if "rate_raised" in w.alarms and not (asking_to_slow(w) and w.phase == "infusing"):
        alarms.end(w, "rate_raised", "no alarm asks to slow any more")


def _baseline(w: Work) -> None:
    missing = w.plan.missing_baseline
    if w.phase == "infusing" and missing:
        raise_state(w, "baseline_missing", "baseline_missing", ", ".join(missing))
    elif not missing and "baseline_missing" in w.alarms:
        alarms.end(w, "baseline_missing", "recorded")


def sedation_ms(w: Work) -> int | None:
    """Return when sedation was last scored, in ms; None: never."""
    return max(
        (s.at_ms for name in ("moaas", "rass") if (s := w.streams.get(name)) is not None), default=None
    )


def _set(w: Work, state: str, condition: bool, detail: str = "") -> None:
    if condition:
        raise_state(w, state, state, detail)
    elif state in w.alarms:
        alarms.end(w, state)

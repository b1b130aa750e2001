"""One reading applied to the state: is it news, is it live, and is it beyond a limit?"""

from __future__ import annotations

from subside.care.monitoring import alarms, checks, states
from subside.care.monitoring.messages import beyond, reading
from subside.care.monitoring.observation import Observation
from subside.care.monitoring.plan import BY_HAND, BoundRule, violates
from subside.care.monitoring.snapshot import AWAITED, Run, Stream
from subside.care.monitoring.work import LOOK_NOW, Work

__all__ = ["alarm_key", "apply_reading", "is_covered", "raise_limit", "stale_limit_ms", "stream_key"]


def stream_key(w: Work, o: Observation) -> tuple[str, str]:
    """Return the key and the device of the stream an observation belongs to.

    Continuous channels are kept apart by device: a good probe must not hide what a second one sees.
    Readings made now and then are one series, whoever made them: a repeat by hand confirms or refutes.
    """
    if o.what not in w.plan.continuous:
        return o.what, ""
    device = o.device if o.source == "device" else BY_HAND
    return (f"{o.what}@{device}" if device else o.what), device


def stale_limit_ms(w: Work, what: str, device: str) -> int:
    """Return the age at which a reading of this stream is no longer live."""
    return w.plan.by_hand_ms if device == BY_HAND else w.plan.stale_ms[what]


def alarm_key(rule_id: str, device: str) -> str:
    """Return the key of a limit's alarm; one a device."""
    return f"{rule_id}@{device}" if device else rule_id


def apply_reading(w: Work, o: Observation) -> None:
    """Apply one reading of a known channel at the moment ``w.t``."""
    plan = w.plan
    channel = plan.channels[o.what]
    key, device = stream_key(w, o)
    received = o.received_ms if o.received_ms is not None else w.t
    at = o.at_ms if o.at_ms < received else received
    old = w.streams.get(key)
    if old is not None and old.source == AWAITED:
        old = None
    if received - at >= stale_limit_ms(w, o.what, device):
        _late(w, o, key, received - at)
        return
    if old is not None and (at, o.sequence) <= (old.at_ms, old.sequence):
        if (at, o.value) != (old.at_ms, old.value):
            _late(w, o, key, received - at)
        return
    if old is not None and at == old.at_ms and o.value == old.value:
        return  # the same reading sent again: a monitor repeats its last cuff reading every second
    if o.source == "device":
        _alive(w, o, received)
    value = o.value
    if value is not None and not channel.low <= value <= channel.high:
        w.say("artifact", key, f"{reading(channel, value)} is no possible value; treated as no value")
        value = None
    if value is None:
        _no_value(w, o, key, device, at, old)
        return
    runs = _judge(w, o.what, device, at, value, old)
    w.streams[key] = Stream(o.what, device, at, o.sequence, value, o.source, True, runs)
    if old is None:
        _seen(w, o.what, key)
    if old is None or not old.live or old.value is None:
        w.wake = LOOK_NOW
        w.dirty = True
        if old is not None and not old.live:
            w.say("live", key, f"{reading(channel, value)}: live again")
    if plan.checks_of[o.what]:
        checks.satisfy(w, o.what, at)
        w.dirty = True
    elif o.what == "pump_mg_per_h" and (old is None or value != old.value):
        w.dirty = True
    if w.dirty:
        states.update(w)


def _judge(
    w: Work, what: str, device: str, at: int, value: float, old: Stream | None
) -> tuple[Run | None, ...]:
    """Return where the stream stands against each limit now; raise and end what that entails."""
    rules = w.plan.rules[what]
    before = old.runs if old is not None and len(old.runs) == len(rules) else (None,) * len(rules)
    # After a gap an alarm may stand whose run is gone: only then does a good reading have work to do.
    gap = old is None or not old.live
    runs: list[Run | None] | None = None
    for i, rule in enumerate(rules):
        run = before[i]
        violated = violates(rule, value)
        if not violated:
            if run is not None or gap:
                runs = list(before) if runs is None else runs
                keep = run is not None and run.ended_ms is None and rule.partner is not None
                runs[i] = run._replace(ended_ms=at) if keep and run is not None else None
                if alarm_key(rule.id, device) in w.alarms:
                    alarms.end(w, alarm_key(rule.id, device))
            continue
        runs = list(before) if runs is None else runs
        if run is None or run.ended_ms is not None:
            run = Run(at, 1)
            w.wake = LOOK_NOW
        elif old is not None and at > old.at_ms:
            run = Run(run.since_ms, run.readings + 1)
        runs[i] = run
        alarm = w.alarms.get(alarm_key(rule.id, device))
        if alarm is not None and alarm.present:
            alarms.worsen(
                w, alarm.key, value, downward=rule.downward, worse_by=rule.worse_by,
                text=beyond(w.plan.channels[what], rule, value),
            )  # fmt: skip
        elif _fulfilled(w, rule, run, at) and not is_covered(w, rule, device):
            raise_limit(w, rule, device, value, _since(w, rule, run))
    if runs is None:
        return old.runs if old is not None else ()
    return tuple(runs) if any(runs) else ()


def _fulfilled(w: Work, rule: BoundRule, run: Run, at: int) -> bool:
    """Whether a limit has been passed for long enough, by the readings' own times."""
    if rule.readings == 1:
        return at - run.since_ms >= rule.delay_ms
    since = _since(w, rule, run)
    # A partner's reading counts: systolic now, diastolic two minutes later, is twice.
    count = run.readings + (1 if since < run.since_ms else 0)
    return count >= rule.readings and at - since >= rule.apart_ms


def _since(w: Work, rule: BoundRule, run: Run) -> int:
    """Return since when a limit is passed, by this channel or by its partner without a gap."""
    if rule.partner is None:
        return run.since_ms
    what, place = rule.partner
    other = w.streams.get(what)
    if other is None or not other.live or place >= len(other.runs):
        return run.since_ms
    partner = other.runs[place]
    if partner is None or (partner.ended_ms is not None and partner.ended_ms < run.since_ms):
        return run.since_ms
    return min(run.since_ms, partner.since_ms)


def is_covered(w: Work, rule: BoundRule, device: str) -> bool:
    """Whether a graver alarm of the same stream stands, so that this one would only repeat it."""
    graver = rule.covered_by
    while graver:
        alarm = w.alarms.get(alarm_key(graver, device))
        if alarm is not None and alarm.present:
            return True
        bound = w.plan.rule_by_id.get(graver)
        graver = bound.covered_by if bound is not None else ""
    return False


def raise_limit(w: Work, rule: BoundRule, device: str, value: float, since: int) -> None:
    """Raise the alarm of a limit, and bring forward the checks that it asks for."""
    channel = w.plan.channels[rule.rule.channel]
    where = f" ({device})" if device else ""
    alarms.raise_alarm(
        w,
        alarm_key(rule.id, device),
        rule=rule.id,
        kind="physiological",
        priority=rule.priority,
        text=beyond(channel, rule, value) + where,
        prompts=rule.rule.prompts,
        since_ms=since,
        value=value,
        limit=rule.limit,
        latches=rule.latches,
    )
    checks.bring_forward(w, rule.rule.recheck)


def lose(w: Work, key: str) -> None:
    """A stream is no longer live: nothing new may be raised from it, and nothing that stands may end."""
    s = w.streams[key]
    w.streams[key] = s._replace(live=False, runs=())
    for rule in w.plan.rules[s.what]:
        alarms.mark_unknown(w, alarm_key(rule.id, s.device))
    w.wake = LOOK_NOW
    w.dirty = True


def _no_value(w: Work, o: Observation, key: str, device: str, at: int, old: Stream | None) -> None:
    """A device says that it has no value: the channel is not live from this moment, without delay."""
    if o.what not in w.plan.continuous:
        w.say("no_value", key, f"{w.plan.channels[o.what].label}: measured, and no value came")
        return
    was_live = old is not None and old.live
    w.streams[key] = Stream(o.what, device, at, o.sequence, None, o.source, False, ())
    if was_live or old is None:
        w.say("no_value", key, f"{w.plan.channels[o.what].label} ---: the device sends no value")
        lose(w, key)
        states.update(w)


def _seen(w: Work, what: str, key: str) -> None:
    """The first reading of a channel has come: nothing is awaited any more under its bare name."""
    awaited = w.streams.get(what)
    if key != what and awaited is not None and awaited.source == AWAITED:
        del w.streams[what]


def _late(w: Work, o: Observation, key: str, age_ms: int) -> None:
    """A reading that is too old, or overtaken by a newer one: for the record, never for the state."""
    channel = w.plan.channels[o.what]
    historic = age_ms > w.plan.historic_ms
    outside = [r.id for r in w.plan.rules[o.what] if o.value is not None and violates(r, o.value)]
    note = f"; beyond {outside[0]}: look at the patient" if outside else ""
    w.say(
        "historic" if historic else "late",
        key,
        f"{reading(channel, o.value)} of {age_ms / 1000:g} s ago arrived now: kept for the record only{note}",
        since_ms=o.at_ms,
    )


def _alive(w: Work, o: Observation, received: int) -> None:
    """A device has spoken: the watchdog is content; its clock is compared with ours."""
    if w.t > w.device_ms:
        w.device_ms = w.t
    if "watchdog" in w.alarms:
        alarms.end(w, "watchdog")
    if o.what in w.plan.continuous:
        offset = o.at_ms - received
        key = f"clock:{o.device}" if o.device else "clock"
        if not -w.plan.clock_ms <= offset <= w.plan.clock_ms:
            states.raise_state(w, "clock", key, f"{offset / 1000:+g} s {o.device}".strip())
        elif key in w.alarms:
            alarms.end(w, key)

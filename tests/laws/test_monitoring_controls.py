"""Each control of a hazard proves itself twice: it works, and when it is removed its proof fails.

A proof that still passed without its control would prove nothing. The hazards are listed in
docs/explanation/hazards.md under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from subside.care.monitoring import (
    Baseline,
    Change,
    Observation,
    Snapshot,
    Thresholds,
    alarms,
    events,
    fold,
    folding,
    moments,
    new_snapshot,
    readings,
    record,
    states,
    thresholds,
    view,
)
from subside.care.monitoring.snapshot import NEVER
from subside.errors import CaseError, ParameterError

NURSE = "Nurse Example"
BASELINE = Baseline(sbp_mmhg=128, dbp_mmhg=78)
LIMITS = thresholds("texas")


def feed(
    what: str, value: float | None, *, first: int, last: int, every: int = 1, **more: Any
) -> list[Observation]:
    """Readings of one channel from the first to the last second."""
    lag = more.pop("lag_s", 0) * 1000
    return [
        Observation(at_ms=s * 1000, what=what, value=value, sequence=s, received_ms=s * 1000 + lag, **more)
        for s in range(first, last + 1, every)
    ]


def at(
    second: float, what: str, value: float | None = None, *, text: str = "", by: str = NURSE
) -> Observation:
    """One event or hand-entered reading."""
    ms = round(second * 1000)
    return Observation(at_ms=ms, what=what, value=value, text=text, source=by, sequence=ms, received_ms=ms)


def well(last: int, *without: str) -> list[Observation]:
    """A patient who is well, and an infusion from the start."""
    usual = {"spo2_percent": 97.0, "hr_bpm": 72.0, "rr_per_min": 14.0, "etco2_mmhg": 38.0}
    found = [at(0, "infusion_start", 22.0)]
    for what, value in usual.items():
        if what not in without:
            found += feed(what, value, first=0, last=last)
    for second in range(0, last + 1, 240):
        for what, value in (("sbp_mmhg", 128.0), ("dbp_mmhg", 78.0), ("moaas", 5.0)):
            if what not in without:
                found.append(at(second, what, value, by="manual"))
    return found


def go(
    observations: Sequence[Observation], limits: Thresholds, *, until: float, baseline: Baseline = BASELINE
) -> tuple[Snapshot, tuple[Change, ...]]:
    """Fold a session to a moment in s."""
    return fold(new_snapshot(0), observations, limits, baseline, round(until * 1000) + 1001)


def came(changes: Sequence[Change], kind: str, key: str) -> list[float]:
    """Return when such changes came, in s."""
    return [c.at_ms / 1000 for c in changes if c.kind == kind and key in (c.key, c.key.split("@")[0])]


# --- proofs: each takes the limits in force and asserts what the control promises -----------------


def wrong_ampoule_shows_in_the_patient(limits: Thresholds) -> None:
    session = [
        *well(400, "rr_per_min", "moaas"),
        *feed("rr_per_min", 6.0, first=300, last=400),
        at(0, "moaas", 5.0),
    ]
    session += [at(240, "moaas", 1.0, by="manual"), *feed("rr_per_min", 14.0, first=0, last=299)]
    _, changes = go(session, limits, until=400)
    assert came(changes, "raised", "moaas_critical") == [240]
    assert came(changes, "raised", "rr_critical_low") == [300]


def pump_above_order_alarms_at_once(limits: Thresholds) -> None:
    session = [*well(60), *feed("pump_mg_per_h", 220.0, first=20, last=60)]
    _, changes = go(session, limits, until=60)
    assert came(changes, "raised", "over_delivery") == [20]


def start_without_monitoring_is_an_alarm(limits: Thresholds) -> None:
    _, changes = go([at(0, "infusion_start", 90.0)], limits, until=5)
    assert came(changes, "raised", "started_unwatched") == [0]


def a_fast_clock_delays_no_alarm(limits: Thresholds) -> None:
    low = [replace(o, at_ms=o.at_ms + 300_000) for o in feed("spo2_percent", 86.0, first=30, last=60)]
    _, changes = go([*well(29), *low], limits, until=60)
    assert came(changes, "raised", "spo2_critical") == [40]


def an_old_reading_is_not_shown_as_live(limits: Thresholds) -> None:
    snapshot, changes = go(well(60), limits, until=75)
    assert came(changes, "raised", "stale:spo2_percent") == [70]
    assert (
        next(v for v in view(snapshot, limits, BASELINE, 75_000).vitals if v.what == "spo2_percent").value
        is None
    )


def a_flood_hides_no_high_alarm(limits: Thresholds) -> None:
    session = well(600, "hr_bpm")
    for i in range(10):
        session += feed("hr_bpm", 115.0, first=i * 50, last=i * 50 + 20)
        session += feed("hr_bpm", 72.0, first=i * 50 + 21, last=i * 50 + 49)
    session += feed("apnea_s", 21.0, first=480, last=500)
    _, changes = go(session, limits, until=500)
    assert [c for c in changes if c.grouped]
    assert not [c for c in changes if c.grouped and c.priority == "high"]
    assert came(changes, "raised", "apnea") == [480]


def silence_of_all_is_an_alarm(limits: Thresholds) -> None:
    _, changes = go(well(60), limits, until=80)
    assert came(changes, "raised", "watchdog") == [75]


def a_replayed_buffer_is_history(limits: Thresholds) -> None:
    session = [*well(60), *feed("spo2_percent", 82.0, first=61, last=90, lag_s=120)]
    snapshot, changes = go(session, limits, until=210)
    assert not came(changes, "raised", "spo2_critical")
    assert came(changes, "historic", "spo2_percent")
    assert all(
        v.value is None for v in view(snapshot, limits, BASELINE, 211_000).vitals if v.what == "spo2_percent"
    )


def a_site_can_only_tighten(limits: Thresholds) -> None:
    assert limits.tightened({"spo2_critical": 92.0}).rule("spo2_critical").at_most == 92.0
    with pytest.raises(ParameterError, match="may only be made stricter"):
        limits.tightened({"spo2_critical": 85.0})


def an_impossible_value_is_no_value(limits: Thresholds) -> None:
    session = [*well(60, "spo2_percent"), *feed("spo2_percent", 97.0, first=0, last=29)]
    session += feed("spo2_percent", 127.0, first=30, last=60)
    snapshot, changes = go(session, limits, until=60)
    assert came(changes, "raised", "stale:spo2_percent") == [30]
    assert all(
        v.value is None for v in view(snapshot, limits, BASELINE, 60_000).vitals if v.what == "spo2_percent"
    )


def a_time_without_a_zone_is_refused(_: Thresholds) -> None:
    with pytest.raises(CaseError, match="without a time zone"):
        record.parse_csv("at,what,value,unit\n2030-03-10T02:30:00,spo2_percent,97,%\n", origin="r.csv")


def pressure_is_seen_where_news2_is_blind(limits: Thresholds) -> None:
    session = [
        *well(400, "sbp_mmhg"),
        at(0, "sbp_mmhg", 128.0, by="manual"),
        at(240, "sbp_mmhg", 200.0, by="manual"),
    ]
    session.append(at(365, "sbp_mmhg", 202.0, by="manual"))
    _, changes = go(session, limits, until=400)
    assert came(changes, "raised", "sbp_high") == [240]
    assert came(changes, "raised", "sbp_pause") == [365]


def oxygen_asks_for_breathing(limits: Thresholds) -> None:
    session = [*well(200, "rr_per_min", "etco2_mmhg"), at(30, "oxygen_on", 2.0)]
    _, changes = go(session, limits, until=200)
    assert came(changes, "raised", "breathing_unwatched") == [30]
    assert came(changes, "priority_raised", "breathing_unwatched") == [150]


def desaturated(last: int = 400) -> list[Observation]:
    return [
        *well(last, "spo2_percent"),
        *feed("spo2_percent", 97.0, first=0, last=99),
        *feed("spo2_percent", 90.0, first=100, last=last),
    ]


def an_acknowledged_alarm_stands(limits: Thresholds) -> None:
    snapshot, _ = go([*desaturated(), at(120, "ack", text="spo2_critical")], limits, until=200)
    alarm = snapshot.alarms["spo2_critical"]
    assert (alarm.present, alarm.acknowledged_by, alarm.raised_ms) == (True, NURSE, 110_000)


def an_acknowledged_alarm_that_gets_worse_sounds_again(limits: Thresholds) -> None:
    session = [o for o in desaturated() if o.what != "spo2_percent" or o.at_ms < 150_000]
    session += [*feed("spo2_percent", 85.0, first=150, last=200), at(120, "ack", text="spo2_critical")]
    _, changes = go(session, limits, until=200)
    assert came(changes, "worse", "spo2_critical") == [150]


def a_new_alarm_breaks_the_audio_pause(limits: Thresholds) -> None:
    snapshot, changes = go([*desaturated(), at(50, "audio_pause")], limits, until=115)
    assert came(changes, "audio_resumed", "audio") == [110]
    assert view(snapshot, limits, BASELINE, 115_000).sounding == "high"


def a_recovered_high_alarm_stays_until_seen(limits: Thresholds) -> None:
    session = [o for o in desaturated() if o.what != "spo2_percent" or o.at_ms < 120_000]
    session += feed("spo2_percent", 97.0, first=120, last=400)
    snapshot, _ = go(session, limits, until=300)
    assert "spo2_critical" in snapshot.alarms


def nobody_answering_calls_the_next(limits: Thresholds) -> None:
    _, changes = go(desaturated(), limits, until=300)
    assert came(changes, "escalated", "spo2_critical") == [140, 170, 230]


def an_acknowledged_alarm_reminds(limits: Thresholds) -> None:
    _, changes = go([*desaturated(), at(120, "ack", text="spo2_critical")], limits, until=400)
    assert came(changes, "reminder", "spo2_critical") == [300]


def a_check_not_made_is_an_alarm(limits: Thresholds) -> None:
    session = [o for o in well(900) if o.what not in ("sbp_mmhg", "dbp_mmhg") or o.at_ms == 0]
    _, changes = go(session, limits, until=500)
    assert came(changes, "raised", "missed:blood_pressure") == [420]


def a_rise_from_a_low_baseline_is_seen(limits: Thresholds) -> None:
    low = Baseline(sbp_mmhg=95, dbp_mmhg=60)
    session = [
        *well(300, "sbp_mmhg"),
        at(0, "sbp_mmhg", 100.0, by="manual"),
        at(240, "sbp_mmhg", 138.0, by="manual"),
    ]
    _, changes = go(session, limits, until=300, baseline=low)
    assert came(changes, "raised", "sbp_rise") == [240]


def monitoring_does_not_end_under_an_infusion(limits: Thresholds) -> None:
    snapshot, changes = go([*desaturated(), at(50, "monitoring_end")], limits, until=115)
    assert snapshot.phase == "infusing"
    assert came(changes, "raised", "spo2_critical") == [110]


def disorder_within_the_window_is_harmless(limits: Thresholds) -> None:
    calm = desaturated(130)
    shaken = [replace(o, received_ms=o.at_ms + (900 if o.sequence % 3 else 100)) for o in calm]
    swapped = [
        *shaken,
        Observation(at_ms=105_300, what="spo2_percent", value=96.0, sequence=7, received_ms=106_200),
    ]
    assert went(swapped, limits) == went([*calm, replace(swapped[-1], received_ms=105_300)], limits)


def went(session: Sequence[Observation], limits: Thresholds) -> list[tuple[float, str, str]]:
    ordered = sorted(session, key=lambda o: o.received_ms or 0)
    snapshot, found = new_snapshot(0), []
    for o in ordered:
        snapshot, new = fold(snapshot, [o], limits, BASELINE, o.received_ms or 0)
        found += new
    _, new = fold(snapshot, [], limits, BASELINE, 140_000)
    return [(c.at_ms, c.kind, c.key) for c in (*found, *new)]


def an_acknowledgment_needs_a_name(limits: Thresholds) -> None:
    snapshot, _ = go([*desaturated(), at(120, "ack", text="spo2_critical", by="")], limits, until=200)
    assert snapshot.alarms["spo2_critical"].acknowledged_ms is None


def capnography_is_asked_for_where_needed(limits: Thresholds) -> None:
    _, changes = go(well(60, "etco2_mmhg"), limits, until=60, baseline=replace(BASELINE, capnography=True))
    assert came(changes, "raised", "stale:etco2_mmhg") == [30]


def required_alarms_cannot_be_turned_off(limits: Thresholds) -> None:
    session = [*well(30), at(20, "channel_off", text="spo2_percent")]
    _, changes = go(session, limits, until=60)
    assert came(changes, "raised", "stale:spo2_percent") == [40]


def a_second_probe_is_heard(limits: Thresholds) -> None:
    session = [*well(200, "spo2_percent"), *feed("spo2_percent", 98.0, first=0, last=200, device="left")]
    session += [replace(o, at_ms=o.at_ms + 500, received_ms=o.at_ms + 500) for o in feed(
        "spo2_percent", 86.0, first=100, last=200, device="right")]  # fmt: skip
    _, changes = go(session, limits, until=200)
    assert came(changes, "raised", "spo2_critical") == [110.5]


def a_rate_raised_against_an_alarm_is_told(limits: Thresholds) -> None:
    session = [*well(60, "moaas"), at(0, "moaas", 5.0), at(20, "moaas", 3.0), at(40, "rate_change", 25.0)]
    _, changes = go(session, limits, until=60)
    assert came(changes, "raised", "rate_raised") == [40]


# --- what removes each control --------------------------------------------------------------------

Inversion = Callable[[pytest.MonkeyPatch], Thresholds]


def policy(**changes: Any) -> Inversion:
    return lambda _: replace(LIMITS, policy=replace(LIMITS.policy, **changes))


def without(*rules: str) -> Inversion:
    return lambda _: replace(LIMITS, rules=tuple(r for r in LIMITS.rules if r.id not in rules))


def each_channel(**changes: Any) -> Inversion:
    return lambda _: replace(LIMITS, channels=tuple(replace(c, **changes) for c in LIMITS.channels))


def patched(module: Any, name: str, value: Any) -> Inversion:
    def invert(patch: pytest.MonkeyPatch) -> Thresholds:
        patch.setattr(module, name, value)
        return replace(LIMITS)  # a new one: plans made before the patch are not used again

    return invert


def widened(patch: pytest.MonkeyPatch) -> Thresholds:
    from subside.care.monitoring import threshold

    patch.setattr(threshold, "tighter", lambda rule, limit: replace(rule, at_most=limit))
    return LIMITS


def in_utc(patch: pytest.MonkeyPatch) -> Thresholds:
    from datetime import UTC, datetime

    patch.setattr(moments, "_moment", lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC))
    return LIMITS


def never_worse(_: pytest.MonkeyPatch) -> Thresholds:
    return replace(LIMITS, rules=tuple(replace(r, worse_by=None) for r in LIMITS.rules))


def forgiving(_: pytest.MonkeyPatch) -> Thresholds:
    return replace(LIMITS, checks=tuple(replace(c, grace_s=1e6) for c in LIMITS.checks))


def forget(w: Any, key: str, **_: Any) -> None:
    del w.alarms[key]


def one_stream(w: Any, o: Observation) -> tuple[str, str]:
    return o.what, ""


class Control(NamedTuple):
    """One hazard, the proof of its control, and what removes the control."""

    hazard: str
    proof: Callable[[Thresholds], None]
    removed: Inversion


CONTROLS = (
    Control("HAZ-060", wrong_ampoule_shows_in_the_patient, without("moaas_critical", "rr_critical_low")),
    Control("HAZ-061", pump_above_order_alarms_at_once, policy(over_delivery_ratio=100.0)),
    Control("HAZ-062", start_without_monitoring_is_an_alarm, policy(required_at_start=())),
    Control(
        "HAZ-017",
        a_fast_clock_delays_no_alarm,
        patched(folding, "effective_ms", lambda o, **_: o.at_ms),
    ),
    Control("HAZ-018", an_old_reading_is_not_shown_as_live, each_channel(stale_s=1e6)),
    Control("HAZ-019", a_flood_hides_no_high_alarm, patched(alarms, "may_group", lambda *_: True)),
    Control("HAZ-020", silence_of_all_is_an_alarm, policy(watchdog_s=1e6)),
    Control(
        "HAZ-021",
        a_replayed_buffer_is_history,
        patched(readings, "stale_limit_ms", lambda *_: NEVER),
    ),
    Control("HAZ-063", a_site_can_only_tighten, widened),
    Control("HAZ-064", an_impossible_value_is_no_value, each_channel(low=-1e9, high=1e9)),
    Control("HAZ-026", a_time_without_a_zone_is_refused, in_utc),
    Control("HAZ-029", pressure_is_seen_where_news2_is_blind, without("sbp_high", "sbp_pause", "sbp_rise")),
    Control("HAZ-065", oxygen_asks_for_breathing, policy(breathing_evidence=("spo2_percent",))),
    Control("HAZ-066", an_acknowledged_alarm_stands, patched(alarms, "acknowledge", forget)),
    Control("HAZ-067", an_acknowledged_alarm_that_gets_worse_sounds_again, never_worse),
    Control("HAZ-068", a_new_alarm_breaks_the_audio_pause, patched(alarms, "_break_pause", lambda *_: None)),
    Control("HAZ-069", a_recovered_high_alarm_stays_until_seen, policy(latch=())),
    Control("HAZ-070", nobody_answering_calls_the_next, policy(escalate_s=(1e6,))),
    Control("HAZ-071", an_acknowledged_alarm_reminds, policy(reminder_s=1e6)),
    Control("HAZ-072", a_check_not_made_is_an_alarm, forgiving),
    Control("HAZ-073", a_rise_from_a_low_baseline_is_seen, without("sbp_rise")),
    Control(
        "HAZ-074", monitoring_does_not_end_under_an_infusion, patched(events, "why_not_end", lambda *_: "")
    ),
    Control("HAZ-075", disorder_within_the_window_is_harmless, policy(reorder_window_s=0.0)),
    Control("HAZ-076", an_acknowledgment_needs_a_name, patched(events, "person", lambda *_: "someone")),
    Control("HAZ-077", capnography_is_asked_for_where_needed, policy(capnography="never")),
    Control("HAZ-078", required_alarms_cannot_be_turned_off, policy(required=())),
    Control("HAZ-079", a_second_probe_is_heard, patched(readings, "stream_key", one_stream)),
    Control(
        "HAZ-080", a_rate_raised_against_an_alarm_is_told, patched(states, "asking_to_slow", lambda *_: ())
    ),
)
IDS = [c.hazard for c in CONTROLS]


@pytest.mark.parametrize("control", CONTROLS, ids=IDS)
def test_the_control_works(control: Control) -> None:
    control.proof(LIMITS)


@pytest.mark.parametrize("control", CONTROLS, ids=IDS)
def test_without_the_control_its_proof_fails(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = control.removed(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        control.proof(limits)

"""The course of a monitored session: start, checks, devices, end, and what the screen says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from subside.care.monitoring import (
    Baseline,
    Change,
    Observation,
    Snapshot,
    Thresholds,
    fold,
    new_snapshot,
    next_due_ms,
    thresholds,
    view,
)

LIMITS = thresholds("texas")
BASELINE = Baseline(sbp_mmhg=128, dbp_mmhg=78)
NURSE = "Nurse Example"


def reading(second: float, what: str, value: float | None, **more: Any) -> Observation:
    ms = round(second * 1000)
    return Observation(at_ms=ms, what=what, value=value, **{"received_ms": ms, "sequence": ms, **more})


def by_hand(second: float, what: str, value: float) -> Observation:
    return reading(second, what, value, source="manual")


def event(
    second: float, what: str, value: float | None = None, *, text: str = "", by: str = NURSE
) -> Observation:
    return reading(second, what, value, text=text, source=by)


def series(what: str, *pieces: tuple[int, int, float]) -> list[Observation]:
    """One reading a second: (first, last, value)."""
    return [reading(s, what, value) for first, last, value in pieces for s in range(first, last + 1)]


def run(
    observations: Sequence[Observation],
    until: float,
    *,
    limits: Thresholds = LIMITS,
    baseline: Baseline = BASELINE,
) -> tuple[Snapshot, tuple[Change, ...]]:
    """Everything that is decided before ``until`` s, this moment included."""
    return fold(new_snapshot(0), observations, limits, baseline, round(until * 1000) + 1001)


def times(changes: Sequence[Change], kind: str, key: str = "") -> list[float]:
    return [c.at_ms / 1000 for c in changes if c.kind == kind and key in ("", c.key)]


def falling(*pieces: tuple[int, int, float]) -> list[Observation]:
    return [*series("spo2_percent", *pieces), *series("hr_bpm", (0, pieces[-1][1], 72))]


def flapping(times_over: int, *, every: int = 40) -> list[Observation]:
    pieces = []
    for i in range(times_over):
        pieces += [(i * every, i * every + 16, 115.0), (i * every + 17, i * every + every - 1, 72.0)]
    end = times_over * every
    return [*series("hr_bpm", *pieces, (end, 1000, 72.0)), *series("spo2_percent", (0, 1000, 97))]


# --- the infusion ----------------------------------------------------------------------------------


def ready() -> list[Observation]:
    return [
        *series("spo2_percent", (0, 100, 97)), *series("hr_bpm", (0, 100, 72)), by_hand(0, "sbp_mmhg", 128),
        by_hand(0, "dbp_mmhg", 78), by_hand(0, "moaas", 5),
    ]  # fmt: skip


def test_a_start_with_everything_in_place_is_silent_and_what_lacks_is_named() -> None:
    _, changes = run([*ready(), event(2, "infusion_start", 20)], 5)
    assert not times(changes, "raised")
    for what, label in (("moaas", "MOAA/S"), ("dbp_mmhg", "DBP"), ("hr_bpm", "HR")):
        session = [o for o in ready() if o.what != what]
        _, changes = run([*session, event(2, "infusion_start", 20)], 5)
        assert [c.text.split(": ")[1] for c in changes if c.key == "started_unwatched"] == [label]
    instead = [o for o in ready() if o.what != "moaas"]
    _, changes = run([*instead, by_hand(0, "rass", 0), event(2, "infusion_start", 20)], 5)
    assert not times(changes, "raised")


def test_the_start_alarm_ends_when_the_last_thing_is_there() -> None:
    session = [o for o in ready() if o.what != "moaas"]
    _, changes = run([*session, event(2, "infusion_start", 20), by_hand(30, "moaas", 5)], 40)
    assert times(changes, "cleared", "started_unwatched") == [30]


def test_a_pressure_from_long_before_is_no_pressure_at_the_start() -> None:
    for age, lacks in ((900, False), (901, True)):
        session = [replace(o, at_ms=o.at_ms + age * 1000, received_ms=o.at_ms + age * 1000) for o in ready()]
        session = [o for o in session if o.what not in ("sbp_mmhg", "dbp_mmhg", "moaas")]
        session += [by_hand(0, "sbp_mmhg", 128), by_hand(0, "dbp_mmhg", 78), by_hand(age - 1, "moaas", 5)]
        # At 901 s the cuff is past its age limit for the screen too, but the start looks at its own limit.
        _, changes = run([*session, event(age, "infusion_start", 20)], age + 5)
        assert bool(times(changes, "raised", "started_unwatched")) == lacks


def test_phases_follow_each_other_and_the_order_follows_the_phases() -> None:
    session = [
        *ready(),
        event(2, "infusion_start", 20),
        event(10, "infusion_pause"),
        event(20, "infusion_resume", 15),
    ]
    snapshot, changes = run([*session, event(30, "infusion_stop")], 40)
    assert [(c.at_ms, c.key) for c in changes if c.kind == "phase"] == [
        (2000, "infusing"), (10_000, "paused"), (20_000, "infusing"), (30_000, "recovery"),
    ]  # fmt: skip
    assert (snapshot.ordered_mg_per_h, snapshot.infusion_start_ms, snapshot.infusion_stop_ms) == (
        0,
        2000,
        30_000,
    )
    assert run(session, 12)[0].ordered_mg_per_h == 0
    assert run(session, 25)[0].ordered_mg_per_h == 15


@pytest.mark.parametrize(
    ("what", "phase"),
    [("infusion_pause", "before"), ("infusion_resume", "before"), ("infusion_stop", "before")],
)
def test_events_out_of_place_change_no_phase(what: str, phase: str) -> None:
    assert run([*ready(), event(3, what)], 5)[0].phase == phase


def test_the_pump_may_differ_from_the_order_by_a_twentieth_and_a_tenth() -> None:
    start = [*ready(), event(2, "infusion_start", 20)]
    for rate, over in ((21.1, False), (21.2, True), (0.0, False)):
        _, changes = run([*start, reading(10, "pump_mg_per_h", rate)], 12)
        assert bool(times(changes, "raised", "over_delivery")) == over
    _, changes = run([*start, reading(10, "pump_mg_per_h", 25), event(11, "rate_change", 25)], 15)
    assert times(changes, "cleared", "over_delivery") == [11]


def test_a_pump_without_a_recorded_order_asks_for_it() -> None:
    _, changes = run([*ready(), event(2, "infusion_start"), reading(10, "pump_mg_per_h", 22)], 12)
    assert times(changes, "raised", "order_unknown") == [10]
    assert not times(changes, "raised", "over_delivery")


def test_an_older_event_never_undoes_a_newer_one() -> None:
    late = replace(event(10, "oxygen_off"), received_ms=30_000)
    assert run([*ready(), event(20, "oxygen_on", 2), late], 40)[0].oxygen
    late = replace(event(10, "rate_change", 12), received_ms=30_000)
    snapshot, changes = run(
        [*ready(), event(2, "infusion_start", 20), event(20, "rate_change", 18), late], 40
    )
    assert snapshot.ordered_mg_per_h == 18
    assert times(changes, "ignored", "rate_change")
    late = replace(event(3, "infusion_pause"), received_ms=30_000)
    snapshot, _ = run([*ready(), event(2, "infusion_start", 20), event(20, "infusion_stop"), late], 40)
    assert snapshot.phase == "recovery"


def test_a_rate_change_without_a_rate_is_refused_and_a_recent_score_satisfies_it() -> None:
    start = [*ready(), event(2, "infusion_start", 20)]
    _, changes = run([*start, event(10, "rate_change")], 12)
    assert times(changes, "refused", "rate_change") == [10]
    for second, asked in ((300, False), (301, True)):
        _, changes = run([*start, event(second, "rate_change", 22)], second + 1)
        assert bool(times(changes, "raised", "rate_change_unscored")) == asked


def test_capnography_cannot_be_taken_off_where_it_is_needed() -> None:
    session = [*ready(), *series("etco2_mmhg", (0, 20, 38)), event(10, "channel_off", text="etco2_mmhg")]
    _, changes = run(session, 15, baseline=replace(BASELINE, capnography=True))
    assert times(changes, "refused", "etco2_mmhg") == [10]
    snapshot, changes = run([*session, event(70, "channel_on", text="etco2_mmhg")], 60)
    assert times(changes, "channel", "etco2_mmhg") == [10]
    assert times(changes, "raised", "stale:etco2_mmhg") == []
    assert snapshot.off == ("etco2_mmhg",)
    _, changes = run([*ready(), event(5, "channel_off", text="blood")], 6)
    assert times(changes, "refused", "blood") == [5]


def test_monitoring_ends_after_the_minimum_stay_without_a_remark() -> None:
    quiet = [event(s, "heartbeat") for s in range(0, 7300, 10)]
    feed = [
        reading(s, w, v) for s in range(0, 7300, 5) for w, v in (("spo2_percent", 97.0), ("hr_bpm", 72.0))
    ]
    spot = [
        by_hand(s, w, v) for s in range(0, 7300, 240) for w, v in (("sbp_mmhg", 128.0), ("dbp_mmhg", 78.0))
    ]
    spot += [by_hand(s, "moaas", 5) for s in range(0, 7300, 600)]
    acts = [event(1, "infusion_start", 20), event(600, "infusion_stop")]
    for second, early in ((7200.999, True), (7201, False)):
        snapshot, changes = run([*quiet, *feed, *spot, *acts, event(second, "monitoring_end")], 7250)
        assert snapshot.phase == "ended"
        assert any("minimum stay" in c.text for c in changes if c.kind == "phase") == early
        assert not snapshot.alarms
        assert not snapshot.checks
        assert times(changes, "closed")  # the scores that nobody made


def test_an_ended_session_is_deaf_until_it_starts_again() -> None:
    end = [
        *ready(),
        event(20, "monitoring_end"),
        reading(30, "spo2_percent", 80),
        *series("spo2_percent", (101, 130, 80)),
    ]
    snapshot, changes = run(end, 200)
    assert not times(changes, "raised")
    assert next_due_ms(snapshot, LIMITS, BASELINE) is None
    snapshot, changes = run([*end, event(100, "monitoring_start")], 130)
    assert snapshot.phase == "before"
    assert times(changes, "raised", "spo2_critical") == [111]


# --- checks ----------------------------------------------------------------------------------------


def test_a_check_is_due_one_interval_after_it_was_made_and_missed_after_its_grace() -> None:
    session = [*ready(), event(2, "infusion_start", 20), by_hand(100, "sbp_mmhg", 128)]
    _, changes = run(session, 600)
    assert times(changes, "check_due", "blood_pressure") == [400]
    assert times(changes, "raised", "missed:blood_pressure") == [520]
    _, changes = run([*session, by_hand(519, "sbp_mmhg", 128)], 600)
    assert times(changes, "raised", "missed:blood_pressure") == []
    assert times(changes, "check_done", "blood_pressure") == [519]
    _, changes = run([*session, event(530, "check_done", text="blood_pressure")], 600)
    assert times(changes, "cleared", "missed:blood_pressure") == [530]
    _, changes = run([*session, event(530, "check_done", text="blood_presure")], 600)
    assert times(changes, "refused", "blood_presure") == [530]


@pytest.mark.parametrize(("second", "counts"), [(2281, False), (2282, True)])
def test_the_reading_at_forty_minutes_may_come_two_minutes_early(second: int, counts: bool) -> None:
    snapshot, _ = run(
        [*ready(), event(2, "infusion_start", 20), by_hand(second, "sbp_mmhg", 128)], second + 1
    )
    assert (snapshot.checks["blood_pressure_40"].done_ms is not None) == counts


def test_after_the_infusion_the_interval_of_the_recovery_holds() -> None:
    limits = thresholds("anzca")
    session = [
        *ready(),
        event(2, "infusion_start", 20),
        event(50, "infusion_stop"),
        by_hand(60, "sbp_mmhg", 128),
    ]
    snapshot, _ = run(session, 70, limits=limits)
    assert snapshot.checks["blood_pressure"].due_ms == 60_000 + 900_000
    snapshot, _ = run(session[:-2], 70, limits=limits)
    assert snapshot.checks["blood_pressure"].due_ms == 2_000 + 600_000


def test_while_a_pressure_alarm_stands_the_cuff_is_due_every_two_minutes() -> None:
    session = [*ready(), event(2, "infusion_start", 20), by_hand(50, "sbp_mmhg", 165)]
    snapshot, _ = run(session, 60)
    assert snapshot.checks["blood_pressure"].due_ms == 170_000
    snapshot, _ = run([*session, by_hand(160, "sbp_mmhg", 162)], 165)
    assert snapshot.checks["blood_pressure"].due_ms == 280_000
    snapshot, _ = run([*session, by_hand(160, "sbp_mmhg", 130)], 165)
    assert snapshot.checks["blood_pressure"].due_ms == 460_000


# --- the watchdog, the screen ----------------------------------------------------------------------


def test_a_heartbeat_is_enough_for_the_watchdog_and_a_hand_entry_is_not() -> None:
    first = reading(0, "spo2_percent", 97)
    _, changes = run([first, event(14, "heartbeat")], 28.9)
    assert times(changes, "raised", "watchdog") == []
    _, changes = run([first, event(14, "heartbeat")], 29)
    assert times(changes, "raised", "watchdog") == [29]
    _, changes = run([first, by_hand(14, "moaas", 5), event(20, "heartbeat")], 25)
    assert times(changes, "raised", "watchdog") == [15]
    assert times(changes, "cleared", "watchdog") == [20]


def test_the_screen_says_what_waits_what_is_stale_and_what_is_off() -> None:
    snapshot, _ = run([event(0, "monitoring_start")], 5)
    shown = {v.what: v for v in view(snapshot, LIMITS, BASELINE, 5_000).vitals}
    assert (shown["spo2_percent"].state, shown["spo2_percent"].age_s) == ("waiting", None)
    snapshot, _ = run([reading(0, "spo2_percent", 97), event(2, "oxygen_on", 2)], 5)
    shown = {v.what: v for v in view(snapshot, LIMITS, BASELINE, 5_000).vitals}
    assert (shown["spo2_percent"].state, shown["spo2_percent"].age_s) == ("live", 5)
    assert shown["spo2_percent"].note == "on added oxygen: no evidence of breathing"
    shown = {v.what: v for v in view(snapshot, LIMITS, BASELINE, 10_000).vitals}
    assert (shown["spo2_percent"].state, shown["spo2_percent"].text) == ("stale", "SpO2 ---")


def test_of_two_devices_the_worse_number_is_shown() -> None:
    pair = [reading(0, "spo2_percent", 97, device="a"), reading(0, "spo2_percent", 91, device="b")]
    pair += [reading(0, "etco2_mmhg", 38, device="a"), reading(0, "etco2_mmhg", 50, device="b")]
    snapshot, _ = run(pair, 2)
    shown = {v.what: v.value for v in view(snapshot, LIMITS, BASELINE, 2_000).vitals}
    assert shown["spo2_percent"] == 91


def test_alarms_stand_in_the_order_in_which_they_matter_with_their_words() -> None:
    session = [*falling((0, 60, 90)), event(20, "ack", text="spo2_critical"), by_hand(30, "chest_pain", 1)]
    snapshot, _ = run([*session, by_hand(0, "sbp_mmhg", 165)], 40)
    shown = view(snapshot, LIMITS, BASELINE, 41_000)
    assert [a.key for a in shown.alarms] == ["chest_pain", "spo2_critical", "sbp_high"]
    assert [a.flashing for a in shown.alarms] == [True, False, True]
    assert shown.alarms[0].text == "*** chest pain: yes"
    assert shown.alarms[1].text == "*** SpO2 90 % <= 91"
    assert shown.alarms[1].prompts[0] == "Look at the patient"
    assert shown.alarms[1].for_s == 41
    assert shown.behind_s == pytest.approx(41 - snapshot.now_ms / 1000)
    assert "not a medical device" in shown.notes[0]


def test_a_new_session_needs_no_waking() -> None:
    assert next_due_ms(new_snapshot(0), LIMITS, BASELINE) is None


# --- devices that come and go, limits that change --------------------------------------------------


def test_an_exchanged_device_takes_its_alarms_with_it_once_they_were_seen() -> None:
    old = [replace(o, device="old") for o in series("spo2_percent", (0, 20, 85))]
    new = [replace(o, device="new") for o in series("spo2_percent", (25, 60, 97))]
    pulse = series("hr_bpm", (0, 60, 72))
    snapshot, changes = run([*old, *pulse, event(22, "device_off", text="old"), *new], 60)
    assert times(changes, "refused", "old") == [22]  # nothing else measures the saturation yet
    assert snapshot.alarms["spo2_critical@old"].present
    snapshot, changes = run([*old, *pulse, *new, event(40, "device_off", text="old")], 60)
    assert times(changes, "latched", "spo2_critical@old") == [40]
    seen = [event(40, "device_off", text="old"), event(50, "ack", text="spo2_critical@old")]
    snapshot, changes = run([*old, *pulse, *new, *seen], 60)
    assert not snapshot.alarms
    _, changes = run([*pulse, event(5, "device_off", text="none")], 10)
    assert times(changes, "refused", "none") == [5]


def test_a_baseline_that_is_recorded_later_counts_from_then() -> None:
    session = [*ready(), event(2, "infusion_start", 20)]
    unknown = Baseline()
    snapshot, changes = fold(
        new_snapshot(0), [o for o in session if o.at_ms < 30_000], LIMITS, unknown, 30_000
    )
    assert times(changes, "raised", "baseline_missing") == [2]
    known = Baseline(sbp_mmhg=95, dbp_mmhg=58)
    later = [o for o in session if o.at_ms >= 30_000]
    later += [by_hand(40, "sbp_mmhg", 140), by_hand(41, "dbp_mmhg", 70)]
    snapshot, changes = fold(snapshot, later, LIMITS, known, 50_000)
    assert times(changes, "raised", "sbp_rise") == [40]
    assert times(changes, "cleared", "baseline_missing") == [40]


def test_a_limit_made_stricter_in_the_middle_of_a_session_holds_from_the_next_reading() -> None:
    session = falling((0, 60, 94))
    early = [o for o in session if o.at_ms < 30_000]
    snapshot, _ = fold(new_snapshot(0), early, LIMITS, BASELINE, 30_000)
    rest = [o for o in session if o.at_ms >= 30_000]
    _, changes = fold(snapshot, rest, LIMITS.tightened({"spo2_critical": 95.0}), BASELINE, 61_000)
    # The reading of 29 s was still within the window when the limit changed: the first judged by it.
    assert times(changes, "raised", "spo2_critical") == [39]


def test_raising_the_rate_against_an_alarm_is_an_alarm_and_lowering_it_is_not() -> None:
    session = [*ready(), event(2, "infusion_start", 20), by_hand(30, "moaas", 3)]
    _, changes = run([*session, event(40, "rate_change", 25)], 50)
    assert times(changes, "raised", "rate_raised") == [40]
    assert "moaas_low" in next(c.text for c in changes if c.key == "rate_raised")
    _, changes = run([*session, event(40, "rate_change", 15)], 50)
    assert times(changes, "raised", "rate_raised") == []
    _, changes = run([*session, event(40, "rate_change", 25), event(45, "rate_change", 10)], 50)
    assert times(changes, "cleared", "rate_raised") == [45]
    _, changes = run([*session, event(40, "rate_change", 25), by_hand(46, "moaas", 5)], 50)
    assert times(changes, "cleared", "rate_raised") == [46]
    _, changes = run([*ready(), event(2, "infusion_start", 20), event(40, "rate_change", 25)], 50)
    assert times(changes, "raised", "rate_raised") == []


def test_probes_taken_off_at_the_end_do_not_keep_the_session_open() -> None:
    session = [*ready(), event(2, "infusion_start", 20), event(90, "infusion_stop")]
    snapshot, changes = run([*session, event(180, "monitoring_end")], 190)
    assert times(changes, "raised", "watchdog") == [115]
    assert snapshot.phase == "ended"


# --- words and small print -------------------------------------------------------------------------


def test_an_alarm_whose_channel_came_back_low_is_known_again() -> None:
    session = [*series("spo2_percent", (0, 20, 85), (40, 45, 86)), *series("hr_bpm", (0, 60, 72))]
    dark, _ = run(session, 35)
    assert (dark.alarms["spo2_critical"].present, dark.alarms["spo2_critical"].known) == (True, False)
    assert "channel not live now" in view(dark, LIMITS, BASELINE, 36_000).alarms[0].text
    back, changes = run(session, 45)
    assert (back.alarms["spo2_critical"].present, back.alarms["spo2_critical"].known) == (True, True)
    assert back.alarms["spo2_critical"].worst == 85
    assert times(changes, "raised", "spo2_critical") == [10]


def test_changes_say_how_long_and_to_whom() -> None:
    session = [*ready(), event(2, "infusion_start", 20), *series("spo2_percent", (101, 160, 85))]
    snapshot, changes = run(session, 500)
    told = {(c.kind, c.key): c.text for c in changes}
    assert told["raised", "missed:blood_pressure"] == "** blood pressure missed: due 120 s ago"
    assert told["stale", "spo2_percent"] == "SpO2 ---: no reading for 10 s"
    assert told["escalated", "spo2_critical"].endswith(
        "unacknowledged for 120 s; to call now: everyone on site"
    )
    assert told["raised", "watchdog"] == "*** no data from any device: 15 s"
    assert told["priority_raised", "stale:spo2_percent"].endswith(
        "unacknowledged for 60 s: now high priority"
    )
    assert {c.to for c in changes if c.kind == "escalated"} == {
        "charge nurse",
        "physician",
        "everyone on site",
    }
    assert snapshot.alarms["spo2_critical"].level == 3


def test_a_channel_that_is_not_needed_any_more_stops_alarming() -> None:
    session = [*ready(), event(1, "infusion_start", 20), by_hand(10, "moaas", 3), by_hand(60, "moaas", 5)]
    _, changes = run(session, 70)
    assert times(changes, "raised", "stale:etco2_mmhg") == [40]
    # It was awaited only while the sedation was deep; nobody ever sent it.
    assert times(changes, "cleared", "stale:etco2_mmhg") == [60]


def test_a_flow_of_oxygen_and_a_rate_are_written_with_their_units() -> None:
    session = [
        *ready(),
        event(2, "infusion_start", 20),
        event(5, "oxygen_on", 2),
        event(9, "rate_change", 22),
    ]
    _, changes = run([*session, event(20, "oxygen_off")], 30)
    texts = [c.text for c in changes if c.kind in ("phase", "oxygen", "rate")]
    assert texts == [
        "infusion starts at 20 mg/h", "oxygen on 2 L/min: SpO2 is no evidence of breathing now",
        "ordered rate 22 mg/h", "oxygen off: room air",
    ]  # fmt: skip
    assert {c.by for c in changes if c.kind in ("phase", "oxygen", "rate")} == {NURSE}


def test_any_reading_of_a_device_quiets_the_watchdog() -> None:
    _, changes = run([reading(0, "spo2_percent", 97), reading(20, "spo2_percent", 97)], 25)
    assert times(changes, "raised", "watchdog") == [15]
    assert times(changes, "cleared", "watchdog") == [20]


def test_a_device_taken_off_takes_its_clock_alarm_along() -> None:
    fast = [reading(s, "rr_per_min", 14, device="belt") for s in range(0, 20, 5)]
    fast = [replace(o, at_ms=o.at_ms + 5000) for o in fast]
    snapshot, _ = run([*fast, *series("spo2_percent", (0, 30, 97))], 25)
    assert "clock:belt" in snapshot.alarms
    snapshot, changes = run(
        [*fast, *series("spo2_percent", (0, 30, 97)), event(22, "device_off", text="belt")], 25
    )
    assert times(changes, "cleared", "clock:belt") == [22]
    assert not any(s.device == "belt" for s in snapshot.streams.values())


def test_the_audio_pause_is_over_on_the_screen_when_its_time_is() -> None:
    snapshot, _ = run([*falling((0, 30, 90)), event(20, "audio_pause")], 25)
    assert view(snapshot, LIMITS, BASELINE, 139_999).audio_pause_left_s == 0.001
    over = view(snapshot, LIMITS, BASELINE, 140_000)
    assert (over.audio_pause_left_s, over.sounding) == (None, "high")


def test_grouped_lines_are_counted_and_high_ones_are_not_among_them() -> None:
    flood = [*flapping(8), reading(290, "apnea_s", 25.0), reading(291, "apnea_s", 25.0)]
    snapshot, _ = run(flood, 296)
    shown = view(snapshot, LIMITS, BASELINE, 296_000)
    assert {a.key: a.grouped for a in shown.alarms} == {"apnea": False, "hr_high": True}
    assert shown.grouped == 1


def test_a_check_that_is_due_stays_due_when_the_infusion_stops() -> None:
    session = [*ready(), event(2, "infusion_start", 20), event(310, "infusion_stop")]
    snapshot, _ = run(session, 320)
    assert (snapshot.checks["blood_pressure"].state, snapshot.checks["blood_pressure"].due_ms) == (
        "due",
        302_000,
    )


def test_an_event_sent_twice_is_told_once() -> None:
    for what, value in (("oxygen_on", 2.0), ("audio_pause", None)):
        once = event(10, what, value)
        _, changes = run([*ready(), once, replace(once, received_ms=15_000)], 20)
        assert len([c for c in changes if c.kind in ("oxygen", "audio_paused", "audio_resumed")]) == 1


def test_starting_again_gives_the_devices_their_time() -> None:
    session = [*ready(), event(20, "monitoring_end"), event(500, "monitoring_start")]
    _, changes = run(session, 520)
    assert times(changes, "raised", "watchdog") == [515]


def test_a_second_infusion_in_one_session_starts_its_own_checks() -> None:
    session = [
        *ready(),
        event(2, "infusion_start", 20),
        event(50, "infusion_stop"),
        event(90, "infusion_start", 15),
    ]
    snapshot, _ = run(session, 95)
    assert snapshot.infusion_start_ms == 90_000
    assert snapshot.infusion_stop_ms is None
    assert snapshot.ordered_mg_per_h == 15
    assert snapshot.checks["blood_pressure"].due_ms == 390_000
    assert snapshot.checks["blood_pressure_40"].due_ms == 90_000 + 2_400_000


def test_two_pumps_are_judged_by_the_faster() -> None:
    session = [*ready(), event(2, "infusion_start", 20), reading(10, "pump_mg_per_h", 20, device="a")]
    _, changes = run([*session, reading(11, "pump_mg_per_h", 30, device="b")], 15)
    assert times(changes, "raised", "over_delivery") == [11]


def test_what_the_pump_did_last_stands_while_it_is_silent() -> None:
    session = [*ready(), event(2, "infusion_start", 20), reading(10, "pump_mg_per_h", 30)]
    snapshot, changes = run(session, 90)
    assert "over_delivery" in snapshot.alarms
    assert times(changes, "raised", "stale:pump_mg_per_h") == [70]
    assert snapshot.alarms["stale:pump_mg_per_h"].priority == "low"


def test_a_pump_at_rest_needs_no_order_and_a_site_may_go_without_capnography() -> None:
    _, changes = run([*ready(), event(2, "infusion_start"), reading(10, "pump_mg_per_h", 0)], 12)
    assert not times(changes, "raised", "order_unknown")
    never = replace(LIMITS, policy=replace(LIMITS.policy, capnography="never"))
    needs = replace(BASELINE, capnography=True)
    _, changes = run([*ready(), by_hand(5, "moaas", 2)], 60, limits=never, baseline=needs)
    assert not times(changes, "raised", "stale:etco2_mmhg")
    always = replace(LIMITS, policy=replace(LIMITS.policy, capnography="always"))
    _, changes = run(ready(), 60, limits=always)
    assert times(changes, "raised", "stale:etco2_mmhg") == [30]
    for score, needed in ((-2, False), (-3, True)):
        _, changes = run([*ready(), by_hand(5, "rass", score)], 60)
        assert bool(times(changes, "raised", "stale:etco2_mmhg")) == needed
    for score, needed in ((4, False), (3, True)):
        _, changes = run([*ready(), by_hand(5, "moaas", score)], 60)
        assert bool(times(changes, "raised", "stale:etco2_mmhg")) == needed


def test_a_channel_that_is_off_is_shown_as_off_and_back_as_back() -> None:
    session = [*ready(), *series("etco2_mmhg", (0, 9, 38)), event(10, "channel_off", text="etco2_mmhg")]
    snapshot, _ = run(session, 20)
    shown = {v.what: v for v in view(snapshot, LIMITS, BASELINE, 20_000).vitals}
    assert (shown["etco2_mmhg"].state, shown["etco2_mmhg"].value) == ("off", None)
    session += [event(25, "channel_on", text="etco2_mmhg"), reading(26, "etco2_mmhg", 39)]
    snapshot, changes = run(session, 60)
    assert times(changes, "channel", "etco2_mmhg") == [10, 25]
    assert snapshot.off == ()
    assert times(changes, "raised", "stale:etco2_mmhg") == [56]


def test_an_infusion_started_again_after_the_end_gives_the_devices_their_time() -> None:
    session = [*ready(), event(20, "monitoring_end"), event(500, "infusion_start", 20)]
    snapshot, changes = run(session, 520)
    assert snapshot.phase == "infusing"
    assert times(changes, "raised", "started_unwatched") == [500]
    assert times(changes, "raised", "watchdog") == [515]


def test_a_start_that_arrives_again_after_the_stop_starts_nothing() -> None:
    start = event(2, "infusion_start", 20)
    again = replace(start, received_ms=60_000)
    snapshot, changes = run([*ready(), start, event(50, "infusion_stop"), again], 70)
    assert snapshot.phase == "recovery"
    assert snapshot.ordered_mg_per_h == 0
    assert times(changes, "ignored", "infusion_start") == [59]  # at the settled moment of its arrival


def test_an_alarm_brings_a_check_forward_and_never_puts_it_off() -> None:
    session = [*ready(), event(2, "infusion_start", 20), by_hand(100, "sbp_mmhg", 130)]
    snapshot, _ = run([*session, by_hand(350, "moaas", 3)], 355)
    assert snapshot.checks["sedation"].due_ms == 470_000
    # A high diastolic at 330 s would ask for a cuff by 450 s; it is due at 400 s already.
    late = [*session, replace(by_hand(330, "dbp_mmhg", 101), at_ms=99_000, received_ms=330_000)]
    snapshot, changes = run(late, 335)
    assert times(changes, "raised", "dbp_high") == [329]
    assert snapshot.checks["blood_pressure"].due_ms == 400_000


def test_without_a_flood_no_change_is_grouped() -> None:
    session = [*flapping(3), event(140, "ack", text="hr_high")]
    _, changes = run(session, 200)
    assert len(times(changes, "raised", "hr_high")) == 3
    assert not [c for c in changes if c.grouped]


def test_a_score_at_the_moment_of_the_rate_change_is_a_score_for_it() -> None:
    session = [*ready(), event(2, "infusion_start", 20), event(400, "rate_change", 22)]
    _, changes = run([*session, by_hand(400.5, "moaas", 5)], 405)
    assert times(changes, "cleared", "rate_change_unscored") == [400.5]
    _, changes = run([*session, event(410, "audio_pause")], 415)
    assert "audio paused for 120 s" in [c.text for c in changes]


def test_the_screen_counts_down_to_each_check_and_past_it() -> None:
    snapshot, _ = run([*ready(), event(2, "infusion_start", 20)], 100)
    shown = view(snapshot, LIMITS, BASELINE, 101_000).checks
    assert (shown[0].name, shown[0].label, shown[0].state, shown[0].in_s) == (
        "blood_pressure", "blood pressure", "waiting", 201,
    )  # fmt: skip
    assert [c.in_s for c in shown] == sorted(c.in_s for c in shown)
    assert shown[-1].name == "blood_pressure_40"
    assert view(snapshot, LIMITS, BASELINE, 310_000).checks[0].in_s == -8


def test_a_saturation_typed_in_does_not_hide_that_the_oximeter_is_lost() -> None:
    probe = [replace(o, device="probe") for o in series("spo2_percent", (0, 20, 97))]
    pulse = series("hr_bpm", (0, 100, 72))
    _, changes = run([*probe, *pulse, by_hand(25, "spo2_percent", 96)], 60)
    assert times(changes, "raised", "stale:spo2_percent") == [30]
    assert times(changes, "cleared", "stale:spo2_percent") == []
    # Without any device, a value taken by hand stands for its five minutes.
    _, changes = run([*pulse, by_hand(5, "spo2_percent", 96)], 60)
    assert times(changes, "raised", "stale:spo2_percent") == []


def test_a_good_reading_after_a_gap_ends_what_stood() -> None:
    session = [
        *series("spo2_percent", (0, 20, 85), (40, 70, 97)),
        *series("rr_per_min", (0, 20, 10), (60, 70, 14)),
    ]
    snapshot, changes = run([*session, *series("hr_bpm", (0, 70, 72))], 70)
    assert times(changes, "latched", "spo2_critical") == [40]
    assert times(changes, "cleared", "rr_low") == [60]
    assert set(snapshot.alarms) == {"spo2_critical"}


def test_the_next_waking_is_when_a_waiting_reading_is_decided() -> None:
    snapshot, _ = fold(new_snapshot(0), [reading(5, "spo2_percent", 97)], LIMITS, BASELINE, 5_000)
    assert next_due_ms(snapshot, LIMITS, BASELINE) == 6_001
    snapshot, _ = fold(snapshot, [reading(5.5, "spo2_percent", 97)], LIMITS, BASELINE, 6_001)
    assert next_due_ms(snapshot, LIMITS, BASELINE) == 6_501


def test_the_screen_says_how_much_of_the_profile_is_unsigned_and_nothing_if_all_is_read() -> None:
    assert len(view(new_snapshot(0), LIMITS, BASELINE, 0).notes) == 2
    read = replace(
        LIMITS,
        rules=tuple(replace(r, basis="read") for r in LIMITS.rules),
        checks=tuple(replace(c, basis="read") for c in LIMITS.checks),
        states=tuple(replace(s, basis="read") for s in LIMITS.states),
    )
    assert len(view(new_snapshot(0), read, BASELINE, 0).notes) == 1


def test_where_recovery_is_watched_more_closely_the_next_check_comes_forward() -> None:
    closer = tuple(replace(c, after_s=60.0) if c.name == "blood_pressure" else c for c in LIMITS.checks)
    limits = replace(LIMITS, checks=closer)
    session = [*ready(), event(2, "infusion_start", 20), event(50, "infusion_stop")]
    snapshot, _ = run(session, 55, limits=limits)
    assert snapshot.checks["blood_pressure"].due_ms == 110_000
    assert snapshot.checks["blood_pressure_40"].due_ms == 2_402_000

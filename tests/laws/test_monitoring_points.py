"""The monitor at its edges: one short session a promise, each with moments on both sides of a limit."""

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


# --- delays and ages -------------------------------------------------------------------------------


def test_a_good_reading_at_the_very_moment_prevents_the_alarm_and_one_just_after_does_not() -> None:
    low = series("spo2_percent", (0, 9, 90))
    _, prevented = run([*low, reading(10, "spo2_percent", 95)], 20)
    assert times(prevented, "raised", "spo2_critical") == []
    _, raised = run([*low, reading(10.001, "spo2_percent", 95)], 20)
    assert times(raised, "raised", "spo2_critical") == [10]


def test_a_reading_lives_for_less_than_its_age_limit() -> None:
    pair = [reading(0, "spo2_percent", 97), reading(10, "spo2_percent", 97)]
    _, kept = run(pair, 15)
    assert times(kept, "stale") == [10]  # the pulse that was never seen; the saturation was just in time
    assert [c.key for c in kept if c.kind == "stale"] == ["hr_bpm"]
    _, lost = run([pair[0], reading(10.001, "spo2_percent", 97)], 15)
    assert times(lost, "stale", "spo2_percent") == [10]
    assert times(lost, "live", "spo2_percent") == [10.001]
    assert times(lost, "cleared", "stale:spo2_percent") == [10.001]


def test_a_gap_starts_the_delay_again() -> None:
    session = [*series("spo2_percent", (0, 5, 90)), *series("spo2_percent", (16, 40, 90))]
    _, changes = run(session, 40)
    # 0 to 5 s, then silence: live until 15 s, so the alarm of 10 s is real; the rest adds none.
    assert times(changes, "raised", "spo2_critical") == [10]
    session = [reading(0, "spo2_percent", 90), *series("spo2_percent", (12, 40, 90))]
    _, changes = run(session, 40)
    assert times(changes, "raised", "spo2_critical") == [22]


def test_a_single_low_reading_that_goes_stale_is_a_missing_reading_not_a_low_one() -> None:
    _, changes = run([reading(0, "spo2_percent", 90)], 12)
    assert times(changes, "raised", "spo2_critical") == []
    assert times(changes, "raised", "stale:spo2_percent") == [10]


@pytest.mark.parametrize(("second", "raised"), [(119.999, []), (120.0, [120.0])])
def test_high_pressure_is_confirmed_by_a_reading_two_minutes_later(
    second: float, raised: list[float]
) -> None:
    session = [by_hand(0, "sbp_mmhg", 190), by_hand(60, "sbp_mmhg", 195), by_hand(second, "sbp_mmhg", 185)]
    _, changes = run(session, 200)
    assert times(changes, "raised", "sbp_pause") == raised


def test_a_normal_pressure_between_two_high_ones_starts_over() -> None:
    session = [by_hand(0, "sbp_mmhg", 190), by_hand(60, "sbp_mmhg", 150), by_hand(121, "sbp_mmhg", 190)]
    _, changes = run([*session, by_hand(200, "sbp_mmhg", 190)], 260)
    assert times(changes, "raised", "sbp_pause") == []
    _, changes = run([*session, by_hand(241, "sbp_mmhg", 190)], 260)
    assert times(changes, "raised", "sbp_pause") == [241]


def test_limits_stand_exactly_where_the_table_says() -> None:
    for value, alarm in ((180, None), (181, "sbp_pause")):
        session = [by_hand(0, "sbp_mmhg", value), by_hand(130, "sbp_mmhg", value)]
        _, changes = run(session, 140)
        assert bool(times(changes, "raised", "sbp_pause")) == (alarm is not None)
    for value, expected in ((159, False), (160, True)):
        _, changes = run([by_hand(0, "sbp_mmhg", value)], 5, baseline=Baseline(sbp_mmhg=150, dbp_mmhg=80))
        assert bool(times(changes, "raised", "sbp_high")) == expected


def test_a_diastolic_run_that_ended_long_ago_confirms_nothing() -> None:
    session = [by_hand(0, "dbp_mmhg", 104), by_hand(60, "dbp_mmhg", 90), by_hand(125, "sbp_mmhg", 190)]
    _, changes = run(session, 130)
    assert times(changes, "raised", "sbp_pause") == []


def test_no_alarm_is_raised_beside_a_graver_one_and_it_comes_when_that_is_over() -> None:
    session = series("rr_per_min", (0, 20, 0), (21, 60, 10))
    _, changes = run(session, 60)
    assert times(changes, "raised", "no_breaths") == [0]
    assert times(changes, "raised", "rr_critical_low") == []
    # Below 12 since the first second: its delay is over at once when the graver condition ends.
    assert times(changes, "raised", "rr_low") == [21]


# --- what arrives late ------------------------------------------------------------------------------


def test_a_reading_some_seconds_late_is_used_and_its_age_counts_from_when_it_was_true() -> None:
    late = [replace(reading(s, "spo2_percent", 97), received_ms=s * 1000 + 5000) for s in range(20)]
    _, changes = run(late, 40)
    assert times(changes, "stale", "spo2_percent")[-1] == 29  # ten seconds after 19 s
    assert times(changes, "raised", "clock") == [4]  # the first arrival, seen a second (the window) before it


def test_an_overtaken_reading_is_told_and_not_used() -> None:
    session = [
        *series("spo2_percent", (0, 30, 97)),
        replace(reading(20, "spo2_percent", 80), received_ms=25_000),
    ]
    session[-1] = replace(session[-1], at_ms=20_500)
    snapshot, changes = run(session, 30)
    told = "SpO2 80 % of 4.5 s ago arrived now: kept for the record only; beyond spo2_critical"
    assert [c.text for c in changes if c.kind == "late"] == [f"{told}: look at the patient"]
    assert snapshot.streams["spo2_percent"].value == 97
    assert not times(changes, "raised", "spo2_critical")


def test_late_becomes_historic_after_a_minute() -> None:
    for age, kind in ((60_000, "late"), (60_001, "historic")):
        _, changes = run([replace(reading(0, "spo2_percent", 97), received_ms=age)], 65)
        assert [c.kind for c in changes if c.key == "spo2_percent" and c.kind in ("late", "historic")] == [
            kind
        ]


def test_the_clock_alarm_ends_with_a_reading_in_time() -> None:
    fast = replace(reading(5, "spo2_percent", 97), at_ms=7_001)
    _, changes = run([reading(0, "spo2_percent", 97), fast, reading(8, "spo2_percent", 97)], 12)
    assert times(changes, "raised", "clock") == [5]
    assert times(changes, "cleared", "clock") == [8]
    close = replace(fast, at_ms=7_000)
    _, changes = run([close], 12)
    assert not times(changes, "raised", "clock")


def test_a_device_that_has_no_value_says_so_once() -> None:
    session = [reading(0, "spo2_percent", 97), *[reading(s, "spo2_percent", None) for s in range(1, 6)]]
    snapshot, changes = run(session, 6)
    assert times(changes, "no_value", "spo2_percent") == [1]
    assert times(changes, "raised", "stale:spo2_percent") == [1]
    assert snapshot.streams["spo2_percent"].value is None


def test_a_cuff_without_a_result_makes_no_check() -> None:
    session = [event(0, "infusion_start", 20), reading(100, "sbp_mmhg", None)]
    snapshot, changes = run(session, 200)
    assert times(changes, "no_value", "sbp_mmhg") == [100]
    assert snapshot.checks["blood_pressure"].due_ms == 300_000


# --- acknowledging ----------------------------------------------------------------------------------


def falling(*pieces: tuple[int, int, float]) -> list[Observation]:
    return [*series("spo2_percent", *pieces), *series("hr_bpm", (0, pieces[-1][1], 72))]


def test_worse_counts_from_what_was_seen_when_it_was_acknowledged() -> None:
    session = falling((0, 14, 90), (15, 29, 87), (30, 39, 84), (40, 60, 83))
    snapshot, changes = run([*session, event(20, "ack", text="spo2_critical")], 60)
    assert times(changes, "worse", "spo2_critical") == [40]
    alarm = snapshot.alarms["spo2_critical"]
    assert (alarm.acknowledged_ms, alarm.worst, alarm.value) == (None, 83, 90)
    assert times(changes, "escalated", "spo2_critical") == []  # starts over at 40 s
    _, changes = run([*falling((0, 14, 90), (15, 29, 87), (30, 39, 84), (40, 99, 83)),
                      event(20, "ack", text="spo2_critical")], 99)  # fmt: skip
    assert times(changes, "escalated", "spo2_critical") == [70]


def test_the_name_of_the_limit_or_of_the_device_s_alarm_acknowledges_it() -> None:
    probes = [*series("spo2_percent", (0, 20, 90))]
    probes = [replace(o, device=d) for o in probes for d in ("left", "right")]
    snapshot, _ = run([*probes, event(15, "ack", text="spo2_critical@left")], 20)
    assert snapshot.alarms["spo2_critical@left"].acknowledged_by == NURSE
    assert snapshot.alarms["spo2_critical@right"].acknowledged_by == ""
    snapshot, _ = run([*probes, event(15, "ack", text="spo2_critical")], 20)
    assert {a.acknowledged_by for k, a in snapshot.alarms.items() if k.startswith("spo2_critical")} == {NURSE}


def test_nobody_acknowledges_what_did_not_stand_yet() -> None:
    session = falling((0, 30, 90))
    snapshot, changes = run([*session, event(9, "ack", text="spo2_critical")], 30)
    assert times(changes, "ignored", "spo2_critical") == [9]
    assert snapshot.alarms["spo2_critical"].acknowledged_ms is None
    snapshot, _ = run([*session, event(10.001, "ack", text="spo2_critical")], 30)
    assert snapshot.alarms["spo2_critical"].acknowledged_ms == 10_001


def test_device_and_manual_are_no_names() -> None:
    for who in ("device", "manual", " "):
        _, changes = run([*falling((0, 30, 90)), event(15, "ack", text="spo2_critical", by=who)], 30)
        assert times(changes, "refused", "spo2_critical") == [15]


def test_a_recovered_alarm_that_comes_back_is_the_same_story_and_help_is_not_called_later() -> None:
    session = falling((0, 14, 90), (15, 20, 97), (21, 60, 90))
    snapshot, changes = run(session, 60)
    assert times(changes, "raised", "spo2_critical") == [10, 31]
    assert times(changes, "latched", "spo2_critical") == [15]
    assert times(changes, "escalated", "spo2_critical") == [40]  # thirty seconds after the first
    assert snapshot.alarms["spo2_critical"].level == 1


def test_acknowledged_and_over_is_gone_and_a_new_episode_is_a_new_alarm() -> None:
    session = falling((0, 14, 90), (15, 20, 97), (21, 60, 90))
    snapshot, changes = run([*session, event(12, "ack", text="spo2_critical")], 60)
    assert times(changes, "cleared", "spo2_critical") == [15]
    assert times(changes, "raised", "spo2_critical") == [10, 31]
    assert snapshot.alarms["spo2_critical"].acknowledged_ms is None
    assert times(changes, "escalated", "spo2_critical") == []  # due at 61 s


def test_reminders_repeat_while_it_stands() -> None:
    session = falling((0, 500, 90))
    _, changes = run([*session, event(20, "ack", text="spo2_critical")], 500)
    assert times(changes, "reminder", "spo2_critical") == [200, 380]
    assert times(changes, "escalated", "spo2_critical") == []


def test_a_missing_saturation_becomes_high_only_if_nobody_acknowledges() -> None:
    session = [*series("hr_bpm", (0, 200, 72)), reading(0, "spo2_percent", 97)]
    snapshot, changes = run(session, 150)
    assert times(changes, "priority_raised", "stale:spo2_percent") == [70]
    assert times(changes, "escalated", "stale:spo2_percent") == [100, 130]
    assert snapshot.alarms["stale:spo2_percent"].priority == "high"
    _, changes = run([*session, event(69, "ack", text="stale:spo2_percent")], 150)
    assert times(changes, "priority_raised") == []


# --- sound -----------------------------------------------------------------------------------------


def test_a_second_press_ends_the_pause_and_the_same_press_twice_is_one() -> None:
    session = falling((0, 60, 90))
    press = event(20, "audio_pause")
    again = replace(press, received_ms=22_000)
    _, changes = run([*session, press, again], 60)
    assert (times(changes, "audio_paused"), times(changes, "audio_resumed")) == ([20], [])
    snapshot, changes = run([*session, press, event(30, "audio_pause")], 60)
    assert times(changes, "audio_resumed") == [30]
    assert view(snapshot, LIMITS, BASELINE, 61_000).sounding == "high"


def test_where_only_a_higher_alarm_breaks_the_pause_an_equal_one_does_not() -> None:
    limits = replace(LIMITS, policy=replace(LIMITS.policy, pause_broken_by="higher"))
    high = [*falling((0, 60, 90)), *series("rr_per_min", (0, 29, 14), (30, 60, 6))]
    snapshot, changes = run([*high, event(20, "audio_pause")], 60, limits=limits)
    assert times(changes, "audio_resumed") == []
    assert view(snapshot, limits, BASELINE, 61_000).sounding is None
    assert view(snapshot, limits, BASELINE, 61_000).audio_pause_left_s == 79
    medium = [*falling((0, 60, 92)), *series("rr_per_min", (0, 29, 14), (30, 60, 6))]
    _, changes = run([*medium, event(20, "audio_pause")], 60, limits=limits)
    assert times(changes, "audio_resumed") == [30]


def test_the_loudest_present_and_unacknowledged_alarm_sounds() -> None:
    session = falling((0, 60, 90))
    snapshot, _ = run(session, 30)
    assert view(snapshot, LIMITS, BASELINE, 31_000).sounding == "high"
    snapshot, _ = run([*session, event(20, "ack", text="spo2_critical")], 30)
    assert view(snapshot, LIMITS, BASELINE, 31_000).sounding is None
    snapshot, _ = run(falling((0, 14, 90), (15, 40, 97)), 30)  # latched, over: seen, not heard
    shown = view(snapshot, LIMITS, BASELINE, 31_000)
    assert (shown.sounding, shown.alarms[0].key, shown.alarms[0].present) == (None, "spo2_critical", False)


# --- flood -----------------------------------------------------------------------------------------


def flapping(times_over: int, *, every: int = 40) -> list[Observation]:
    pieces = []
    for i in range(times_over):
        pieces += [(i * every, i * every + 16, 115.0), (i * every + 17, i * every + every - 1, 72.0)]
    end = times_over * every
    return [*series("hr_bpm", *pieces, (end, 1000, 72.0)), *series("spo2_percent", (0, 1000, 97))]


def test_the_seventh_alarm_in_ten_minutes_starts_the_grouping_and_it_ends_in_time() -> None:
    _, changes = run(flapping(6), 900)
    assert times(changes, "flood_started") == []
    _, changes = run(flapping(7), 1000)
    assert times(changes, "flood_started") == [6 * 40 + 15]
    grouped = [c.at_ms / 1000 for c in changes if c.kind == "raised" and c.grouped]
    assert grouped == [6 * 40 + 15]
    assert times(changes, "flood_ended") == [15 + 600]  # when the first of the seven is ten minutes old


def test_seven_alarms_over_more_than_ten_minutes_are_no_flood() -> None:
    _, changes = run(flapping(7, every=101), 1000)
    assert times(changes, "flood_started") == []


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


# --- the watchdog, the screen -----------------------------------------------------------------------


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


# --- devices that come and go, limits that change ---------------------------------------------------


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


# --- words and small print ---------------------------------------------------------------------------


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

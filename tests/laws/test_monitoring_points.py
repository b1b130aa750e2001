"""The alarms of the monitor at their edges: one short session a promise, moments on both sides of a limit."""

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


# --- what arrives late -----------------------------------------------------------------------------


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


# --- acknowledging ---------------------------------------------------------------------------------


def falling(*pieces: tuple[int, int, float]) -> list[Observation]:
    return [*series("spo2_percent", *pieces), *series("hr_bpm", (0, pieces[-1][1], 72))]


def test_worse_counts_from_what_was_seen_when_it_was_acknowledged() -> None:
    session = falling((0, 14, 90), (15, 29, 87), (30, 39, 84), (40, 60, 83))
    snapshot, changes = run([*session, event(20, "ack", text="spo2_critical")], 60)
    assert times(changes, "worse", "spo2_critical") == [40]
    assert next(c.prompts[0] for c in changes if c.kind == "worse") == "Look at the patient"
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
    assert next(c.prompts[1] for c in changes if c.kind == "priority_raised").startswith("Check sensor")
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

"""What the screen and the stored state hold at a moment: ages, orders, worst values, what outlives a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from subside.care import Facts
from subside.care.monitoring import (
    Baseline,
    Change,
    Observation,
    Snapshot,
    Thresholds,
    View,
    fold,
    new_snapshot,
    news2,
    snapshot_from_text,
    snapshot_to_text,
    thresholds,
    view,
)

NURSE = "Nurse Example"
LIMITS = thresholds("texas")
KNOWN = Baseline(sbp_mmhg=128, dbp_mmhg=78)


def reading(second: float, what: str, value: float | None, **more: Any) -> Observation:
    ms = round(second * 1000)
    return Observation(at_ms=ms, what=what, value=value, **{"received_ms": ms, "sequence": ms, **more})


def by_hand(second: float, what: str, value: float | None) -> Observation:
    return reading(second, what, value, source="manual")


def event(second: float, what: str, value: float | None = None, *, text: str = "") -> Observation:
    return reading(second, what, value, text=text, source=NURSE)


def every_second(what: str, *pieces: tuple[int, int, float]) -> list[Observation]:
    return [reading(s, what, value) for first, last, value in pieces for s in range(first, last + 1)]


def run(
    session: Sequence[Observation], until: float, limits: Thresholds = LIMITS, baseline: Baseline = KNOWN
) -> tuple[Snapshot, tuple[Change, ...]]:
    return fold(new_snapshot(0), session, limits, baseline, round(until * 1000) + 1001)


def screen(session: Sequence[Observation], until: float) -> View:
    return view(run(session, until)[0], LIMITS, KNOWN, round(until * 1000))


# --- the screen -----------------------------------------------------------------------------------------


def test_a_number_on_the_screen_has_its_unit_and_the_age_of_its_reading() -> None:
    session = [*every_second("hr_bpm", (0, 30, 72)), by_hand(10, "sbp_mmhg", 131), by_hand(20, "moaas", 5)]
    shown = {v.what: v for v in screen(session, 31).vitals}
    assert (shown["hr_bpm"].unit, shown["hr_bpm"].text, shown["hr_bpm"].age_s) == ("/min", "HR 72 /min", 1.0)
    assert (shown["sbp_mmhg"].unit, shown["sbp_mmhg"].text) == ("mmHg", "SBP 131 mmHg")
    assert shown["sbp_mmhg"].age_s == 21.0
    assert shown["moaas"].text == "MOAA/S 5"  # a score has no unit to show


@pytest.mark.parametrize(
    ("what", "one", "other", "worse"),
    [
        ("hr_bpm", 72.0, 150.0, 150.0),
        ("hr_bpm", 72.0, 36.0, 36.0),
        ("hr_bpm", 115.0, 36.0, 36.0),
        ("spo2_percent", 97.0, 90.0, 90.0),
        ("rr_per_min", 14.0, 32.0, 32.0),
        ("etco2_mmhg", 38.0, 60.0, 60.0),
    ],
)
def test_of_two_devices_the_number_further_from_normal_is_shown_high_or_low(
    what: str, one: float, other: float, worse: float
) -> None:
    for first, second in ((one, other), (other, one)):
        session = [reading(1, what, first, device="A"), reading(1, what, second, device="B")]
        (shown,) = [v for v in screen(session, 2).vitals if v.what == what]
        assert shown.value == worse


def test_alarms_of_one_priority_stand_with_the_newest_first_and_say_for_how_long() -> None:
    session = [
        *every_second("hr_bpm", (0, 100, 72)), *every_second("spo2_percent", (0, 100, 97)),
        by_hand(20, "nausea_nrs", 8), by_hand(40, "sbp_mmhg", 165), by_hand(41, "dbp_mmhg", 80),
    ]  # fmt: skip
    lines = screen(session, 60).alarms
    assert [(a.key, a.priority, a.for_s) for a in lines] == [
        ("sbp_high", "medium", 20.0), ("nausea_high", "medium", 40.0),
    ]  # fmt: skip


# --- the early warning score ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "value", "points"),
    [("moaas", 5, 0), ("moaas", 4, 3), ("rass", 0, 0), ("rass", 1, 0), ("rass", -1, 3)],
)
def test_who_is_not_fully_awake_scores_three_by_either_scale(what: str, value: float, points: int) -> None:
    vitals = [
        *every_second("hr_bpm", (0, 10, 72)), *every_second("spo2_percent", (0, 10, 97)),
        *every_second("rr_per_min", (0, 10, 14)), by_hand(5, "sbp_mmhg", 128), by_hand(5, "temp_c", 36.8),
    ]  # fmt: skip
    snapshot, _ = run([*vitals, by_hand(6, what, value)], 10)
    found = news2(snapshot, LIMITS, KNOWN, 10_000)
    assert (found.score, found.missing) == (points, ())
    unknown = news2(run(vitals, 10)[0], LIMITS, KNOWN, 10_000)
    assert unknown.missing == ("consciousness",)


def test_added_oxygen_scores_two() -> None:
    vitals = [
        *every_second("hr_bpm", (0, 10, 72)), *every_second("spo2_percent", (0, 10, 97)),
        *every_second("rr_per_min", (0, 10, 14)), by_hand(5, "sbp_mmhg", 128), by_hand(5, "temp_c", 36.8),
        by_hand(6, "moaas", 5),
    ]  # fmt: skip
    snapshot, _ = run([*vitals, event(7, "oxygen_on", 2)], 10)
    assert news2(snapshot, LIMITS, KNOWN, 10_000).score == 2


def test_a_sign_is_shown_as_yes_or_no() -> None:
    shown = {
        v.what: v.text for v in screen([by_hand(5, "seizure", 0), by_hand(5, "chest_pain", 1)], 6).vitals
    }
    assert (shown["seizure"], shown["chest_pain"]) == ("seizure: no", "chest pain: yes")


def test_an_overtaken_reading_is_told_under_the_name_of_its_channel() -> None:
    session = [*every_second("hr_bpm", (0, 20, 72)), reading(12, "hr_bpm", 75, received_ms=18_000)]
    assert ("late", "hr_bpm") in {(c.kind, c.key) for c in run(session, 20)[1]}


# --- the worst value, upward and downward -------------------------------------------------------------------


def told(session: Sequence[Observation], until: float, key: str) -> list[tuple[str, float | None]]:
    return [(c.kind, c.value) for c in run(session, until)[1] if c.key == key]


def test_a_fast_pulse_has_its_highest_as_worst_and_a_slow_one_its_lowest() -> None:
    fast = [*every_second("hr_bpm", (0, 9, 72), (10, 39, 140), (40, 49, 150), (50, 80, 135), (81, 90, 72)),
            *every_second("spo2_percent", (0, 90, 97)), event(60, "ack", text="hr_critical_high")]  # fmt: skip
    assert ("acknowledged", 150.0) in told(fast, 88, "hr_critical_high")
    slow = [*every_second("hr_bpm", (0, 9, 72), (10, 39, 38), (40, 49, 34), (50, 80, 39), (81, 90, 72)),
            *every_second("spo2_percent", (0, 90, 97)), event(60, "ack", text="hr_critical_low")]  # fmt: skip
    assert ("acknowledged", 34.0) in told(slow, 88, "hr_critical_low")


def test_a_fast_pulse_that_gets_much_faster_after_it_was_seen_sounds_again_and_a_little_faster_does_not() -> (
    None
):
    rule = LIMITS.rule("hr_critical_high")
    assert rule.worse_by is not None
    for more, again in ((rule.worse_by, True), (rule.worse_by - 1, False)):
        session = [*every_second("hr_bpm", (0, 9, 72), (10, 59, 140), (60, 90, 140 + more)),
                   *every_second("spo2_percent", (0, 90, 97)), event(40, "ack", text="hr_critical_high")]  # fmt: skip
        kinds = [kind for kind, _ in told(session, 80, "hr_critical_high")]
        assert ("worse" in kinds) == again


def test_a_systolic_and_then_a_diastolic_pressure_too_high_is_twice_and_a_gap_between_them_is_not() -> None:
    def paused(*pressures: tuple[float, float, float]) -> list[tuple[str, float]]:
        session = [
            *every_second("hr_bpm", (0, 300, 72)), *every_second("spo2_percent", (0, 300, 97)),
            *(by_hand(at, "sbp_mmhg", high) for at, high, _ in pressures),
            *(by_hand(at, "dbp_mmhg", low) for at, _, low in pressures),
        ]  # fmt: skip
        _, changes = run(session, 290)
        return [(c.key, c.at_ms / 1000) for c in changes if c.kind == "raised" and c.key.endswith("bp_pause")]

    assert paused((10, 185, 95), (140, 170, 115)) == [("dbp_pause", 140.0)]
    assert paused((10, 170, 115), (140, 185, 95)) == [("sbp_pause", 140.0)]
    assert paused((10, 185, 95), (70, 170, 95), (140, 170, 115)) == []
    assert paused((10, 185, 95), (70, 170, 115)) == []  # a minute apart is one rise, not two
    assert sorted(paused((10, 185, 115), (140, 186, 116))) == [("dbp_pause", 140.0), ("sbp_pause", 140.0)]


def test_the_value_that_was_worse_than_when_seen_is_told() -> None:
    session = [*every_second("spo2_percent", (0, 9, 97), (10, 59, 90), (60, 99, 84)),
               *every_second("hr_bpm", (0, 99, 72)), event(30, "ack", text="spo2_critical")]  # fmt: skip
    assert ("worse", 84.0) in told(session, 70, "spo2_critical")


def test_an_alarm_raised_again_holds_the_value_of_now() -> None:
    session = [*every_second("spo2_percent", (0, 9, 97), (10, 30, 90), (31, 40, 97), (41, 70, 86)),
               *every_second("hr_bpm", (0, 70, 72))]  # fmt: skip
    snapshot, _ = run(session, 60)
    assert (snapshot.alarms["spo2_critical"].value, snapshot.alarms["spo2_critical"].worst) == (86.0, 86.0)


# --- an audio pause at a site where only a higher alarm breaks it ---------------------------------------------


def test_a_worse_or_an_upgraded_alarm_breaks_the_audio_pause_by_its_rank() -> None:
    higher = replace(LIMITS, policy=replace(LIMITS.policy, pause_broken_by="higher"))
    lost = [*every_second("hr_bpm", (0, 200, 72)), *every_second("spo2_percent", (0, 20, 97)),
            event(60, "audio_pause")]  # fmt: skip
    _, changes = run(lost, 120, higher)
    resumed = [(c.at_ms, c.text) for c in changes if c.kind == "audio_resumed"]
    assert resumed == [(90_000, "audio pause broken by a new high alarm")]
    low = [*every_second("spo2_percent", (0, 9, 97), (10, 59, 90), (60, 99, 80)),
           *every_second("hr_bpm", (0, 99, 72)), event(30, "ack", text="spo2_critical"),
           event(40, "audio_pause")]  # fmt: skip
    _, changes = run(low, 90, higher)
    resumed = [(c.at_ms, c.text) for c in changes if c.kind == "audio_resumed"]
    assert resumed == [(60_000, "audio pause broken by a new high alarm")]


# --- across a restart -----------------------------------------------------------------------------------------


def restarted(
    session: Sequence[Observation], at: float, until: float, limits: Thresholds = LIMITS
) -> list[str]:
    """What is told after a restart from the stored text at a moment."""
    cut = round(at * 1000)
    first = [o for o in session if (o.received_ms or 0) <= cut]
    snapshot, _ = fold(new_snapshot(0), first, limits, KNOWN, cut)
    later = [o for o in session if (o.received_ms or 0) > cut]
    _, changes = fold(
        snapshot_from_text(snapshot_to_text(snapshot)), later, limits, KNOWN, round(until * 1000) + 1001
    )
    return [c.text for c in changes]


def test_a_restart_remembers_when_the_infusion_began_and_ended() -> None:
    vitals = [*every_second("hr_bpm", (0, 100, 72)), *every_second("spo2_percent", (0, 100, 97))]
    session = [
        *vitals,
        event(10, "infusion_start", 5),
        event(30, "infusion_stop"),
        event(90, "monitoring_end"),
    ]
    assert restarted(session, 60, 95)[-1] == (
        "monitoring ends; before the minimum stay of 120 min from the start and 30 min from the end"
    )


def test_a_restart_remembers_that_oxygen_is_on_since_when_and_what_the_pause_of_sound_covers() -> None:
    vitals = [*every_second("hr_bpm", (0, 100, 72)), *every_second("spo2_percent", (0, 100, 97))]
    late = reading(15, "oxygen_off", None, source=NURSE, received_ms=70_000)
    assert "oxygen off: room air" not in restarted([*vitals, event(20, "oxygen_on", 2), late], 60, 95)
    higher = replace(LIMITS, policy=replace(LIMITS.policy, pause_broken_by="higher"))
    medium = [*vitals, by_hand(20, "sbp_mmhg", 165), event(30, "audio_pause"), by_hand(70, "dbp_mmhg", 112)]
    assert not any("audio pause broken" in text for text in restarted(medium, 60, 80, higher))


def test_after_a_restart_an_older_pause_that_arrives_late_pauses_nothing() -> None:
    vitals = [*every_second("hr_bpm", (0, 100, 72)), *every_second("spo2_percent", (0, 100, 97))]
    session = [*vitals, event(10, "infusion_start", 5), event(20, "infusion_pause"), event(30, "infusion_resume", 5),
               reading(25, "infusion_pause", None, source=NURSE, received_ms=70_000)]  # fmt: skip
    assert "infusion paused" not in restarted(session, 60, 95)


def test_two_readings_sent_in_the_wrong_order_are_taken_in_the_right_one() -> None:
    later, earlier = (
        reading(2, "hr_bpm", 72.0, received_ms=2_500),
        reading(1, "hr_bpm", 75.0, received_ms=2_500),
    )
    snapshot, changes = fold(new_snapshot(0), [later, earlier], LIMITS, KNOWN, 5_000)
    assert snapshot.streams["hr_bpm"].value == 72.0
    assert [c.kind for c in changes if c.key == "hr_bpm"] == []


def test_what_waits_without_a_time_of_arrival_arrived_when_it_was_handed_over() -> None:
    waiting = Observation(at_ms=400, what="hr_bpm", value=72.0)
    snapshot, _ = fold(new_snapshot(0), [waiting], LIMITS, KNOWN, 500)
    _, changes = fold(snapshot, [], LIMITS, KNOWN, 50_000)
    assert "late" not in {c.kind for c in changes}
    assert ("stale", 10_400) in {(c.kind, c.at_ms) for c in changes if c.key == "hr_bpm"}


# --- the pump ---------------------------------------------------------------------------------------------------


def test_a_pump_that_stands_still_needs_no_order() -> None:
    _, changes = run([reading(5, "pump_mg_per_h", 0.0)], 10)
    assert not [c for c in changes if c.key == "order_unknown"]


# --- derived facts ----------------------------------------------------------------------------------------------


def test_the_index_that_pounds_would_give_is_computed_in_kilograms() -> None:
    # 154 written as kg at 168 cm: 54.6; read as pounds it is 69.85 kg and 24.75.
    facts = Facts.of({"weight_kg": 154, "height_cm": 168})
    assert facts["bmi"] == pytest.approx(54.5635, rel=1e-4)
    assert facts["bmi_if_pounds"] == pytest.approx(24.7496, rel=1e-4)


@pytest.mark.parametrize(
    ("printed", "drug", "same"),
    [
        ("S-Ketamine 25 mg/mL", "esketamine", True),
        ("S(+)-Ketamine", "esketamine", True),
        ("Ketanest S", "esketamine", True),
        ("ESKETAMINE", "esketamine", True),
        ("S-Ketamine 25 mg/mL", "racemic_ketamine", False),
        ("Ketamine 10 mg/mL", "racemic_ketamine", True),
        ("KETALAR", "racemic_ketamine", True),
        ("Ketamine 10 mg/mL", "esketamine", False),
        ("Ketoprofen", "racemic_ketamine", False),
    ],
)
def test_the_name_on_the_vial_has_to_be_that_of_the_ordered_form(printed: str, drug: str, same: bool) -> None:
    assert Facts.of({"product_name": printed, "drug": drug})["name_matches"] is same

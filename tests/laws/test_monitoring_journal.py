# ruff: noqa: E501 (a line of the journal is a line here)
"""What stands in the journal of a session, word by word: who did what when, and what the monitor said to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from subside.care.monitoring import Baseline, Change, Observation, fold, new_snapshot, thresholds, view

NURSE = "Nurse Example"
LIMITS = thresholds("texas")


def reading(second: float, what: str, value: float | None, **more: Any) -> Observation:
    ms = round(second * 1000)
    return Observation(at_ms=ms, what=what, value=value, **{"received_ms": ms, "sequence": ms, **more})


def by_hand(second: float, what: str, value: float | None) -> Observation:
    return reading(second, what, value, source="manual")


def event(
    second: float, what: str, value: float | None = None, *, text: str = "", by: str = NURSE
) -> Observation:
    return reading(second, what, value, text=text, source=by)


def every_second(what: str, *pieces: tuple[int, int, float], device: str = "") -> list[Observation]:
    """One reading a second: (first, last, value)."""
    return [
        reading(s, what, value, device=device)
        for first, last, value in pieces
        for s in range(first, last + 1)
    ]


def saturation(*pieces: tuple[int, int, float]) -> list[Observation]:
    """The saturation as drawn, and a quiet pulse beside it."""
    return [*every_second("spo2_percent", *pieces), *every_second("hr_bpm", (0, pieces[-1][1], 72))]


def flapping(times_over: int) -> list[tuple[int, int, float]]:
    """A pulse that is too fast for 17 s of every 40 s."""
    pieces = []
    for i in range(times_over):
        pieces += [(i * 40, i * 40 + 16, 115.0), (i * 40 + 17, i * 40 + 39, 72.0)]
    return pieces


def changes(session: Sequence[Observation], until: float, baseline: Baseline) -> tuple[Change, ...]:
    return fold(new_snapshot(0), session, LIMITS, baseline, round(until * 1000) + 1001)[1]


def journal(session: Sequence[Observation], until: float, baseline: Baseline) -> list[str]:
    return [
        f"{c.at_ms / 1000:g} s {c.kind} {c.key}: {c.text}"
        + (f" ({c.by})" if c.by else "")
        + (f" -> {c.to}" if c.to else "")
        for c in changes(session, until, baseline)
    ]


#: Every check after half a minute.
SOON = tuple(replace(c, every_s=30.0, grace_s=30.0) if c.name == "sedation" else c for c in LIMITS.checks)
KNOWN = Baseline(sbp_mmhg=128, dbp_mmhg=78)
QUIET = [
    *saturation((0, 100, 97)), by_hand(0, "sbp_mmhg", 128), by_hand(0, "dbp_mmhg", 78), by_hand(0, "moaas", 5),
]  # fmt: skip
LOW = saturation((0, 9, 97), (10, 40, 90), (41, 600, 97))


@pytest.mark.parametrize(
    ("session", "until", "baseline", "expected"),
    [
        pytest.param(
            [
                *QUIET,
                event(10, "infusion_start", 10),
                event(12, "rate_change", 15),
                event(14, "rate_change"),
                event(15, "rate_change", -1),
                event(13, "rate_change", 12),
                event(20, "infusion_pause"),
                event(25, "infusion_resume", 12),
                event(26, "rate_change", 0),
                event(27, "infusion_resume", 12),
                event(30, "infusion_stop"),
                event(31, "infusion_stop"),
                event(32, "infusion_pause"),
                event(40, "monitoring_end"),
            ],
            60,
            KNOWN,
            [
                "10 s phase infusing: infusion starts at 10 mg/h (Nurse Example)",
                "12 s rate rate_change: ordered rate 15 mg/h (Nurse Example)",
                "13 s rate rate_change: ordered rate 12 mg/h (Nurse Example)",
                "14 s refused rate_change: a rate change needs the new rate in mg/h, at least 0 (Nurse Example)",
                "15 s refused rate_change: a rate change needs the new rate in mg/h, at least 0 (Nurse Example)",
                "20 s phase paused: infusion paused (Nurse Example)",
                "25 s phase infusing: infusion goes on at 12 mg/h (Nurse Example)",
                "26 s rate rate_change: ordered rate 0 mg/h (Nurse Example)",
                "30 s phase recovery: infusion stopped (Nurse Example)",
                "40 s phase ended: monitoring ends; before the minimum stay of 120 min from the start and 30 min from the end (Nurse Example)",
            ],
            id="an infusion with a change of rate, a pause and an early end",
        ),
        pytest.param(
            [
                *QUIET,
                event(10, "infusion_start"),
                event(20, "infusion_pause"),
                event(25, "infusion_resume"),
                event(28, "monitoring_end"),
                event(29, "infusion_pause"),
                event(30, "monitoring_end"),
                event(35, "infusion_stop"),
                event(36, "monitoring_end"),
                event(36, "monitoring_start"),
                event(40, "monitoring_start"),
                event(41, "monitoring_start"),
            ],
            60,
            KNOWN,
            [
                "10 s phase infusing: infusion starts (Nurse Example)",
                "20 s phase paused: infusion paused (Nurse Example)",
                "25 s phase infusing: infusion goes on (Nurse Example)",
                "28 s refused monitoring_end: monitoring cannot end: the infusion has not been stopped (Nurse Example)",
                "29 s phase paused: infusion paused (Nurse Example)",
                "30 s refused monitoring_end: monitoring cannot end: the infusion has not been stopped (Nurse Example)",
                "35 s phase recovery: infusion stopped (Nurse Example)",
                "36 s phase ended: monitoring ends; before the minimum stay of 120 min from the start and 30 min from the end (Nurse Example)",
                "40 s phase before: monitoring starts again (Nurse Example)",
            ],
            id="monitoring cannot end while an infusion runs or waits, and can begin again",
        ),
        pytest.param(
            [
                *QUIET,
                event(10, "infusion_start", 10),
                event(20, "rate_change", 15),
                reading(15, "rate_change", 30, source=NURSE, received_ms=40_000),
                event(50, "rate_change", 0.5),
                event(55, "infusion_stop"),
                reading(52, "infusion_pause", None, source=NURSE, received_ms=70_000),
                reading(53, "infusion_start", 5, source=NURSE, received_ms=75_000),
            ],
            90,
            KNOWN,
            [
                "10 s phase infusing: infusion starts at 10 mg/h (Nurse Example)",
                "20 s rate rate_change: ordered rate 15 mg/h (Nurse Example)",
                "39 s ignored rate_change: rate change: repeated or overtaken",
                "50 s rate rate_change: ordered rate 0.5 mg/h (Nurse Example)",
                "55 s phase recovery: infusion stopped (Nurse Example)",
                "74 s ignored infusion_start: infusion starts at 5 mg/h: repeated or overtaken",
            ],
            id="a late rate change is told and changes nothing",
        ),
        pytest.param(
            [
                *QUIET,
                event(10, "oxygen_on", 2),
                event(12, "oxygen_on"),
                event(11, "oxygen_off"),
                event(20, "oxygen_off", 3),
            ],
            60,
            KNOWN,
            [
                "10 s oxygen oxygen_on: oxygen on 2 L/min: SpO2 is no evidence of breathing now (Nurse Example)",
                "11 s oxygen oxygen_off: oxygen off: room air (Nurse Example)",
                "12 s oxygen oxygen_on: oxygen on: SpO2 is no evidence of breathing now (Nurse Example)",
                "20 s oxygen oxygen_off: oxygen off: room air (Nurse Example)",
            ],
            id="oxygen",
        ),
        pytest.param(
            [*QUIET, *(event(s, "audio_pause") for s in (10, 20, 30, 30))],
            60,
            KNOWN,
            [
                "10 s audio_paused audio: audio paused for 120 s (Nurse Example)",
                "20 s audio_resumed audio: audio pause ended by hand (Nurse Example)",
                "30 s audio_paused audio: audio paused for 120 s (Nurse Example)",
            ],
            id="the sound is paused, brought back, and paused again",
        ),
        pytest.param(
            [
                *QUIET,
                event(10, "check_done", text="blood_presure"),
                event(11, "channel_off", text="moaas"),
                event(12, "channel_off", text="spo2_percent"),
                event(13, "channel_off", text="hr_bpm"),
                event(17, "device_off", text="monitor 9"),
                event(18, "device_off"),
                event(19, "ack", text="spo2_low"),
                event(20, "ack", text="spo2_low", by="device"),
                event(21, "ack", text="spo2_low", by="  "),
                event(22, "ack", text="spo2_low", by="manual"),
            ],
            60,
            KNOWN,
            [
                "10 s refused blood_presure: no such check; known: blood_pressure, blood_pressure_40, sedation, dissociation, nausea, dizziness (Nurse Example)",
                "11 s refused moaas: no such continuous channel (Nurse Example)",
                "12 s refused spo2_percent: spo2_percent is required: its alarms cannot be turned off (Nurse Example)",
                "13 s refused hr_bpm: hr_bpm is required: its alarms cannot be turned off (Nurse Example)",
                "17 s refused monitor 9: no such device (Nurse Example)",
                "18 s refused : no such device (Nurse Example)",
                "19 s ignored spo2_low: no such alarm stood when it was acknowledged (Nurse Example)",
                "20 s refused spo2_low: an acknowledgment needs the name of the person (source)",
                "21 s refused spo2_low: an acknowledgment needs the name of the person (source)",
                "22 s refused spo2_low: an acknowledgment needs the name of the person (source)",
            ],
            id="what nobody can do is refused with its reason",
        ),
        pytest.param(
            [
                *QUIET,
                event(14, "channel_off", text="rr_per_min"),
                event(15, "channel_off", text="rr_per_min"),
                event(16, "channel_on", text="rr_per_min"),
            ],
            60,
            KNOWN,
            [
                "14 s channel rr_per_min: rr_per_min taken off on purpose (Nurse Example)",
                "16 s channel rr_per_min: rr_per_min in use again (Nurse Example)",
            ],
            id="a channel is taken off on purpose, twice, and put back",
        ),
        pytest.param(
            [
                *every_second("spo2_percent", (0, 40, 97), device="A"),
                *every_second("hr_bpm", (0, 40, 72), device="A"),
                *every_second("rr_per_min", (0, 40, 14), device="B"),
                event(10.5, "device_off", text="A"),
                event(11.5, "device_off", text="B"),
                *every_second("spo2_percent", (13, 40, 97), device="C"),
                event(20.5, "device_off", text="A"),
                *every_second("hr_bpm", (22, 40, 72), device="C"),
                event(30.5, "device_off", text="A"),
            ],
            40,
            KNOWN,
            [
                "10.5 s refused A: nothing else measures hr_bpm, spo2_percent, which is required (Nurse Example)",
                "11.5 s channel B: B taken off on purpose (Nurse Example)",
                "20.5 s refused A: nothing else measures hr_bpm, which is required (Nurse Example)",
                "30.5 s channel A: A taken off on purpose (Nurse Example)",
            ],
            id="the only device that measures what is required stays",
        ),
        pytest.param(
            [
                *every_second("spo2_percent", (0, 9, 97), (10, 40, 90), device="A"),
                *every_second("hr_bpm", (0, 60, 72)),
                reading(12.5, "hr_bpm", 75, device="A", received_ms=8_000),
                *every_second("spo2_percent", (30, 60, 97), device="B"),
                event(35.5, "device_off", text="A"),
            ],
            45,
            KNOWN,
            [
                "8 s raised clock:A: * clock of a device is off, or its readings arrive late: +4.5 s A",
                "9 s cleared clock:A: * clock:A: condition ended",
                "18 s stale hr_bpm@A: HR ---: no reading for 10 s",
                "20 s raised spo2_critical@A: *** SpO2 90 % <= 91 for 10 s (A)",
                "35.5 s latched spo2_critical@A: *** spo2_critical@A: device taken off on purpose",
                "35.5 s channel A: A taken off on purpose (Nurse Example)",
            ],
            id="an exchanged device takes its alarms along",
        ),
        pytest.param(
            [
                *saturation((0, 9, 97), (10, 199, 90), (200, 400, 97)),
                event(80, "ack", text="spo2_critical"),
                event(320, "ack", text="spo2_critical"),
            ],
            380,
            KNOWN,
            [
                "20 s raised spo2_critical: *** SpO2 90 % <= 91 for 10 s",
                "50 s escalated spo2_critical: *** spo2_critical: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
                "80 s acknowledged spo2_critical: *** spo2_critical: acknowledged; condition still present (Nurse Example)",
                "200 s cleared spo2_critical: *** spo2_critical: condition ended",
                "320 s ignored spo2_critical: no such alarm stood when it was acknowledged (Nurse Example)",
            ],
            id="a low saturation, seen and treated",
        ),
        pytest.param(
            [
                *saturation((0, 9, 97), (10, 99, 90), (100, 150, 84), (151, 199, 80)),
                event(60, "ack", text="spo2_critical"),
            ],
            140,
            KNOWN,
            [
                "20 s raised spo2_critical: *** SpO2 90 % <= 91 for 10 s",
                "50 s escalated spo2_critical: *** spo2_critical: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
                "60 s acknowledged spo2_critical: *** spo2_critical: acknowledged; condition still present (Nurse Example)",
                "100 s worse spo2_critical: *** spo2_critical: worse than when acknowledged: SpO2 84 % <= 91 for 10 s",
                "130 s escalated spo2_critical: *** spo2_critical: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
            ],
            id="a low saturation, seen, and then much worse",
        ),
        pytest.param(
            [
                *LOW,
                event(500, "ack", text="spo2_critical"),
            ],
            520,
            KNOWN,
            [
                "20 s raised spo2_critical: *** SpO2 90 % <= 91 for 10 s",
                "41 s latched spo2_critical: *** spo2_critical: recovered; stays until acknowledged",
                "50 s escalated spo2_critical: *** spo2_critical: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
                "80 s escalated spo2_critical: *** spo2_critical: unacknowledged for 60 s; to call now: physician -> physician",
                "140 s escalated spo2_critical: *** spo2_critical: unacknowledged for 120 s; to call now: everyone on site -> everyone on site",
                "500 s acknowledged spo2_critical: *** spo2_critical: acknowledged after it had ended (Nurse Example)",
            ],
            id="a low saturation that nobody sees brings the next people, and stays after it has recovered",
        ),
        pytest.param(
            [
                *saturation((0, 9, 97), (10, 900, 90)),
                event(30, "ack", text="spo2_critical", by="Dr. Example"),
            ],
            700,
            KNOWN,
            [
                "20 s raised spo2_critical: *** SpO2 90 % <= 91 for 10 s",
                "30 s acknowledged spo2_critical: *** spo2_critical: acknowledged; condition still present (Dr. Example)",
                "210 s reminder spo2_critical: *** spo2_critical: acknowledged, and still present",
                "390 s reminder spo2_critical: *** spo2_critical: acknowledged, and still present",
                "570 s reminder spo2_critical: *** spo2_critical: acknowledged, and still present",
            ],
            id="an alarm that is acknowledged and stands is recalled",
        ),
        pytest.param(
            [
                *every_second("hr_bpm", (0, 800, 72)),
                *every_second("spo2_percent", (0, 20, 97)),
            ],
            125,
            KNOWN,
            [
                "30 s stale spo2_percent: SpO2 ---: no reading for 10 s",
                "30 s raised stale:spo2_percent: ** no live reading: SpO2",
                "90 s priority_raised stale:spo2_percent: *** stale:spo2_percent: unacknowledged for 60 s: now high priority",
                "120 s escalated stale:spo2_percent: *** stale:spo2_percent: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
            ],
            id="a probe that falls off becomes urgent while nobody looks",
        ),
        pytest.param(
            [
                *LOW,
                event(60, "monitoring_end"),
                event(61, "ack", text="spo2_critical"),
                event(70, "monitoring_end"),
            ],
            100,
            KNOWN,
            [
                "20 s raised spo2_critical: *** SpO2 90 % <= 91 for 10 s",
                "41 s latched spo2_critical: *** spo2_critical: recovered; stays until acknowledged",
                "50 s escalated spo2_critical: *** spo2_critical: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
                "60 s refused monitoring_end: monitoring cannot end: high alarm spo2_critical (Nurse Example)",
                "61 s acknowledged spo2_critical: *** spo2_critical: acknowledged after it had ended (Nurse Example)",
                "70 s phase ended: monitoring ends (Nurse Example)",
            ],
            id="monitoring cannot end over a high alarm that nobody has seen",
        ),
        pytest.param(
            [
                *saturation((0, 60, 97)),
                *every_second("rr_per_min", (0, 5, 14)),
                event(50, "monitoring_end"),
            ],
            60,
            KNOWN,
            [
                "35 s stale rr_per_min: RR ---: no reading for 30 s",
                "35 s raised stale:rr_per_min: ** no live reading: RR",
                "50 s phase ended: monitoring ends (Nurse Example)",
                "50 s closed stale:rr_per_min: ** stale:rr_per_min: closed with the session",
            ],
            id="a session that ends closes what still stands, each on the record",
        ),
        pytest.param(
            [
                *saturation((0, 100, 97)),
                reading(10.5, "spo2_percent", 300),
                reading(20.5, "spo2_percent", None),
                by_hand(30.5, "sbp_mmhg", None),
                reading(5, "hr_bpm", 130, received_ms=40_000),
                reading(-200, "spo2_percent", 85, received_ms=50_000),
                by_hand(60, "seizure", 1),
                reading(75, "etco2_mmhg", 38, device="C", received_ms=70_000),
                reading(76, "etco2_mmhg", 38, device="C"),
            ],
            80,
            KNOWN,
            [
                "10.5 s artifact spo2_percent: SpO2 300 % is no possible value; treated as no value",
                "10.5 s no_value spo2_percent: SpO2 ---: the device sends no value",
                "10.5 s raised stale:spo2_percent: ** no live reading: SpO2",
                "11 s live spo2_percent: SpO2 97 %: live again",
                "11 s cleared stale:spo2_percent: ** stale:spo2_percent: live again",
                "20.5 s no_value spo2_percent: SpO2 ---: the device sends no value",
                "20.5 s raised stale:spo2_percent: ** no live reading: SpO2",
                "21 s live spo2_percent: SpO2 97 %: live again",
                "21 s cleared stale:spo2_percent: ** stale:spo2_percent: live again",
                "30.5 s no_value sbp_mmhg: SBP: measured, and no value came",
                "39 s late hr_bpm: HR 130 /min of 35 s ago arrived now: kept for the record only; beyond hr_high: look at the patient",
                "49 s historic spo2_percent: SpO2 85 % of 250 s ago arrived now: kept for the record only; beyond spo2_critical: look at the patient",
                "60 s raised seizure: *** seizure: yes",
                "70 s raised clock:C: * clock of a device is off, or its readings arrive late: +5 s C",
                "76 s cleared clock:C: * clock:C: condition ended",
            ],
            id="readings that cannot be, that are none, that come late, or from a fast clock",
        ),
        pytest.param(
            saturation((0, 20, 97)),
            90,
            KNOWN,
            [
                "30 s stale hr_bpm: HR ---: no reading for 10 s",
                "30 s raised stale:hr_bpm: ** no live reading: HR",
                "30 s stale spo2_percent: SpO2 ---: no reading for 10 s",
                "30 s raised stale:spo2_percent: ** no live reading: SpO2",
                "35 s raised watchdog: *** no data from any device: 15 s",
                "65 s escalated watchdog: *** watchdog: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
                "90 s priority_raised stale:hr_bpm: *** stale:hr_bpm: unacknowledged for 60 s: now high priority",
                "90 s priority_raised stale:spo2_percent: *** stale:spo2_percent: unacknowledged for 60 s: now high priority",
            ],
            id="all devices fall silent",
        ),
        pytest.param(
            [
                *saturation((0, 100, 97)),
                event(10, "infusion_start", 5),
                event(12, "oxygen_on", 2),
                reading(30, "rr_per_min", 14),
            ],
            40,
            Baseline(),
            [
                "10 s phase infusing: infusion starts at 5 mg/h (Nurse Example)",
                "10 s raised started_unwatched: *** infusion runs without the required monitoring: SBP, DBP, MOAA/S",
                "10 s raised baseline_missing: * no baseline: a rise from it cannot be seen: dbp_mmhg, sbp_mmhg",
                "12 s oxygen oxygen_on: oxygen on 2 L/min: SpO2 is no evidence of breathing now (Nurse Example)",
                "12 s raised breathing_unwatched: ** on added oxygen with breathing unwatched",
                "30 s cleared breathing_unwatched: ** breathing_unwatched: condition ended",
                "40 s escalated started_unwatched: *** started_unwatched: unacknowledged for 30 s; to call now: charge nurse -> charge nurse",
            ],
            id="oxygen without anything that sees breathing",
        ),
        pytest.param(
            [
                *saturation((0, 400, 97)),
                by_hand(10, "sbp_mmhg", 185),
                by_hand(140, "sbp_mmhg", 186),
                event(150, "ack", text="sbp_pause"),
                event(151, "ack", text="sbp_high"),
                by_hand(300, "sbp_mmhg", 140),
            ],
            320,
            KNOWN,
            [
                "10 s raised sbp_high: ** SBP 185 mmHg >= 160",
                "140 s raised sbp_pause: *** SBP 186 mmHg > 180 (2 readings, 120 s apart)",
                "150 s acknowledged sbp_pause: *** sbp_pause: acknowledged; condition still present (Nurse Example)",
                "151 s acknowledged sbp_high: ** sbp_high: acknowledged; condition still present (Nurse Example)",
                "300 s cleared sbp_pause: *** sbp_pause: condition ended",
                "300 s cleared sbp_high: ** sbp_high: condition ended",
            ],
            id="a pressure too high twice",
        ),
        pytest.param(
            [
                *QUIET,
                reading(5, "pump_mg_per_h", 5),
                event(10, "infusion_start", 5),
                reading(20, "pump_mg_per_h", 7.5),
                reading(30, "pump_mg_per_h", 5),
            ],
            40,
            KNOWN,
            [
                "5 s raised order_unknown: * pump runs and no order is recorded: 5 mg/h",
                "10 s phase infusing: infusion starts at 5 mg/h (Nurse Example)",
                "10 s cleared order_unknown: * order_unknown: condition ended",
                "20 s raised over_delivery: *** pump runs above the order: 7.5 mg/h, ordered 5 mg/h",
                "30 s cleared over_delivery: *** over_delivery: condition ended",
            ],
            id="the pump runs faster than ordered, and before an order",
        ),
        pytest.param(
            [
                *saturation((0, 400, 97)),
                by_hand(0, "sbp_mmhg", 128),
                by_hand(0, "dbp_mmhg", 78),
                by_hand(0, "moaas", 5),
                event(5, "infusion_start", 5),
                by_hand(10, "sbp_mmhg", 170),
                event(12, "ack", text="sbp_high"),
                event(300, "ack", text="missed:blood_pressure"),
                event(310, "rate_change", 8),
                event(330, "rate_change", 7),
                by_hand(340, "moaas", 4),
                event(350, "infusion_stop"),
            ],
            360,
            KNOWN,
            [
                "5 s phase infusing: infusion starts at 5 mg/h (Nurse Example)",
                "10 s raised sbp_high: ** SBP 170 mmHg >= 160",
                "12 s acknowledged sbp_high: ** sbp_high: acknowledged; condition still present (Nurse Example)",
                "130 s check_due blood_pressure: blood pressure: due now",
                "192 s reminder sbp_high: ** sbp_high: acknowledged, and still present",
                "250 s raised missed:blood_pressure: ** blood pressure missed: due 120 s ago",
                "300 s acknowledged missed:blood_pressure: ** missed:blood_pressure: acknowledged; condition still present (Nurse Example)",
                "310 s raised rate_raised: ** rate raised while an alarm asks to slow, pause or stop: sbp_high",
                "310 s rate rate_change: ordered rate 8 mg/h (Nurse Example)",
                "310 s raised rate_change_unscored: ** rate changed without a recent sedation score",
                "330 s cleared rate_raised: ** rate_raised: lowered",
                "330 s rate rate_change: ordered rate 7 mg/h (Nurse Example)",
                "340 s cleared rate_change_unscored: ** rate_change_unscored: scored",
                "350 s phase recovery: infusion stopped (Nurse Example)",
            ],
            id="the rate is raised while an alarm asks to slow, without a score of sedation",
        ),
        pytest.param(
            [*QUIET, event(10, "infusion_start", 5), event(20, "infusion_stop")],
            30,
            Baseline(),
            [
                "10 s phase infusing: infusion starts at 5 mg/h (Nurse Example)",
                "10 s raised baseline_missing: * no baseline: a rise from it cannot be seen: dbp_mmhg, sbp_mmhg",
                "20 s phase recovery: infusion stopped (Nurse Example)",
            ],
            id="a baseline that nobody recorded",
        ),
        pytest.param(
            [
                *every_second("hr_bpm", *flapping(8), (320, 900, 72)),
                *every_second("spo2_percent", (0, 900, 97)),
            ],
            900,
            KNOWN,
            [
                "15 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "17 s cleared hr_high: ** hr_high: condition ended",
                "55 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "57 s cleared hr_high: ** hr_high: condition ended",
                "95 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "97 s cleared hr_high: ** hr_high: condition ended",
                "135 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "137 s cleared hr_high: ** hr_high: condition ended",
                "175 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "177 s cleared hr_high: ** hr_high: condition ended",
                "215 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "217 s cleared hr_high: ** hr_high: condition ended",
                "255 s flood_started flood: more than 6 alarms in 10 min: all but high ones are grouped",
                "255 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "257 s cleared hr_high: ** hr_high: condition ended",
                "295 s raised hr_high: ** HR 115 /min >= 111 for 15 s",
                "297 s cleared hr_high: ** hr_high: condition ended",
                "655 s flood_ended flood: alarms are shown one by one again",
            ],
            id="a flood of alarms is grouped and ends",
        ),
        pytest.param(
            [
                *saturation((0, 39, 97), (40, 60, 93), (61, 400, 97)),
                event(10, "audio_pause"),
                event(100, "audio_pause"),
            ],
            230,
            KNOWN,
            [
                "10 s audio_paused audio: audio paused for 120 s (Nurse Example)",
                "55 s audio_resumed audio: audio pause broken by a new medium alarm",
                "55 s raised spo2_low: ** SpO2 93 % <= 93 for 15 s",
                "61 s cleared spo2_low: ** spo2_low: condition ended",
                "100 s audio_paused audio: audio paused for 120 s (Nurse Example)",
                "220 s audio_resumed audio: audio pause is over",
            ],
            id="a pause of the sound is broken by a new alarm, or runs out",
        ),
        pytest.param(
            [
                *saturation((0, 900, 97)),
                by_hand(0, "sbp_mmhg", 128),
                by_hand(0, "dbp_mmhg", 78),
                by_hand(0, "moaas", 5),
                event(5, "infusion_start", 5),
                by_hand(310, "sbp_mmhg", 130),
                event(690, "check_done", text="sedation"),
                by_hand(850, "sbp_mmhg", 131),
            ],
            860,
            KNOWN,
            [
                "5 s phase infusing: infusion starts at 5 mg/h (Nurse Example)",
                "305 s check_due blood_pressure: blood pressure: due now",
                "310 s check_done blood_pressure: blood pressure: made",
                "420 s stale dbp_mmhg: DBP ---: no reading for 420 s",
                "610 s check_due blood_pressure: blood pressure: due now",
                "730 s stale sbp_mmhg: SBP ---: no reading for 420 s",
                "730 s raised missed:blood_pressure: ** blood pressure missed: due 120 s ago",
                "850 s live sbp_mmhg: SBP 131 mmHg: live again",
                "850 s check_done blood_pressure: blood pressure: made",
                "850 s cleared missed:blood_pressure: ** missed:blood_pressure: made",
            ],
            id="checks come due, are missed, and are made",
        ),
        pytest.param(
            [*QUIET, reading(10, "lactate", 2.0)],
            20,
            KNOWN,
            [
                "10 s unknown lactate: no channel or event of this name (lactate); not used",
            ],
            id="a name that no device of ours knows",
        ),
    ],
)
def test_the_journal_tells_who_did_what_and_what_the_monitor_said(
    session: list[Observation], until: float, baseline: Baseline, expected: list[str]
) -> None:
    assert journal(session, until, baseline) == expected


def test_an_alarm_says_what_to_do_when_it_rises_when_it_worsens_and_when_it_becomes_urgent() -> None:
    def prompts(session: Sequence[Observation], kind: str, key: str) -> list[tuple[str, ...]]:
        return [c.prompts for c in changes(session, 200, KNOWN) if (c.kind, c.key) == (kind, key)]

    worse = saturation((0, 9, 97), (10, 99, 90), (100, 199, 84))
    seen = [*worse, event(60, "ack", text="spo2_critical")]
    steps = (
        "Look at the patient", "Open the airway", "Consider oxygen", "Stop the infusion", "Call the clinician",
    )  # fmt: skip
    assert prompts(seen, "raised", "spo2_critical") == [steps]
    assert prompts(seen, "worse", "spo2_critical") == [steps]
    assert prompts(seen, "acknowledged", "spo2_critical") == [()]
    lost = [*every_second("hr_bpm", (0, 199, 72)), *every_second("spo2_percent", (0, 20, 97))]
    sensor = ("Look at the patient", "Check sensor, cable and device")
    assert prompts(lost, "raised", "stale:spo2_percent") == [sensor]
    assert prompts(lost, "priority_raised", "stale:spo2_percent") == [sensor]


def test_every_line_about_an_alarm_holds_its_worst_value_its_limit_and_since_when() -> None:
    session = [
        *saturation((0, 9, 97), (10, 49, 90), (50, 99, 88), (100, 300, 97)), event(60, "ack", text="spo2_critical"),
    ]  # fmt: skip
    told = [
        (c.kind, c.priority, c.value, c.limit, c.since_ms)
        for c in changes(session, 200, KNOWN)
        if c.key == "spo2_critical"
    ]
    assert told == [
        ("raised", "high", 90.0, 91.0, 10_000),
        ("escalated", "high", 88.0, 91.0, 10_000),
        ("acknowledged", "high", 88.0, 91.0, 10_000),
        ("cleared", "high", 88.0, 91.0, 10_000),
    ]


def test_a_start_that_arrives_after_the_stop_moves_neither() -> None:
    session = [
        *QUIET, event(10, "infusion_start", 10), event(55, "infusion_stop"),
        reading(53, "infusion_start", 5, source=NURSE, received_ms=75_000),
    ]  # fmt: skip
    snapshot, _ = fold(new_snapshot(0), session, LIMITS, KNOWN, 90_000)
    assert (snapshot.phase, snapshot.infusion_start_ms, snapshot.infusion_stop_ms) == (
        "recovery",
        10_000,
        55_000,
    )
    assert snapshot.ordered_mg_per_h == 0


def test_an_alarm_that_recovers_after_a_gap_is_shown_as_recovered() -> None:
    session = [*saturation((0, 9, 97), (10, 30, 90)), *every_second("spo2_percent", (60, 70, 97))]
    snapshot, _ = fold(new_snapshot(0), session, LIMITS, KNOWN, 66_000)
    (line,) = [a for a in view(snapshot, LIMITS, KNOWN, 66_000).alarms if a.key == "spo2_critical"]
    assert line.text == "*** SpO2 90 % <= 91; recovered"
    before, _ = fold(new_snapshot(0), session, LIMITS, KNOWN, 50_000)
    (line,) = [a for a in view(before, LIMITS, KNOWN, 50_000).alarms if a.key == "spo2_critical"]
    assert line.text == "*** SpO2 90 % <= 91; channel not live now"


def test_alarms_say_whether_they_are_about_the_patient_the_devices_or_the_procedure() -> None:
    session = [
        *saturation((0, 9, 97), (10, 300, 90)), event(5, "infusion_start", 5), *every_second("rr_per_min", (0, 5, 14)),
    ]  # fmt: skip
    snapshot, _ = fold(new_snapshot(0), session, replace(LIMITS, checks=SOON), KNOWN, 300_000)
    kinds = {key: alarm.kind for key, alarm in snapshot.alarms.items()}
    assert kinds["spo2_critical"] == "physiological"
    assert kinds["stale:rr_per_min"] == "technical"
    assert kinds["missed:sedation"] == "procedural"


def test_the_screen_says_what_it_is_and_what_nobody_has_signed() -> None:
    first, second = view(new_snapshot(0), LIMITS, KNOWN, 0).notes
    assert first == (
        "Decision support and research software, not a medical device; "
        "the certified bedside monitor stays primary."
    )
    assert second == (
        f"{len(LIMITS.unsigned())} limits and checks of profile 'Texas, office-based (level II to IV)' "
        "await a medical director's signature"
    )

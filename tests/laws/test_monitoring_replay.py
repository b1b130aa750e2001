"""A recorded session played again: which files are taken, and what stands in the result for programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from subside.care.monitoring import Baseline, Observation, fold, new_snapshot, thresholds, view
from subside.care.replay import read_record, replay, replay_result
from subside.errors import ParameterError

NURSE = "Nurse Example"
LIMITS = thresholds("texas")
KNOWN = Baseline(sbp_mmhg=128, dbp_mmhg=78)


def reading(second: float, what: str, value: float | None, **more: object) -> Observation:
    return Observation(at_ms=round(second * 1000), what=what, value=value, sequence=round(second), **more)


def falling(*pieces: tuple[int, int, float]) -> list[Observation]:
    last = pieces[-1][1]
    drawn = [reading(s, "spo2_percent", v) for a, b, v in pieces for s in range(a, b + 1)]
    return [*drawn, *(reading(s, "hr_bpm", 72) for s in range(last + 1))]


# --- which files ---------------------------------------------------------------------------------------


def test_a_table_and_a_session_file_are_taken_whatever_the_case_of_their_ending(tmp_path: Path) -> None:
    table = tmp_path / "night.CSV"
    table.write_text("at,what,value,unit\n1 s,hr_bpm,70,/min\n", encoding="utf-8")
    record, site, until = read_record(table)
    assert ([o.value for o in record.observations], site, until) == ([70.0], None, None)
    story = tmp_path / "night.TOML"
    story.write_text('site = "anzca"\nuntil = "2 min"\nrecord = "1 s, hr_bpm, 71, /min"\n', encoding="utf-8")
    record, site, until = read_record(story)
    assert ([o.value for o in record.observations], site, until) == ([71.0], "anzca", 120_000)


def test_a_parquet_table_is_taken(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"at": ["1 s"], "what": ["hr_bpm"], "value": [70.0], "unit": ["/min"]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "night.parquet")
    record, site, until = read_record(tmp_path / "night.parquet")
    assert ([o.value for o in record.observations], site, until) == ([70.0], None, None)


def test_what_is_no_record_is_refused_with_what_to_do(tmp_path: Path) -> None:
    none = tmp_path / "none.csv"
    with pytest.raises(ParameterError) as caught:
        read_record(none)
    assert str(caught.value) == (
        f"the record must be a file; got '{none}', which is none. Check the name and the folder."
    )
    notes = tmp_path / "notes.txt"
    notes.write_text("x", encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        read_record(notes)
    assert str(caught.value) == (
        "the record must be a .csv, .parquet or .toml (scenario) file; got 'notes.txt'. Save it as one of these."
    )
    with pytest.raises(ParameterError, match=r"^a record must hold at least one observation; got none\."):
        replay([], LIMITS, KNOWN)


# --- what comes out ------------------------------------------------------------------------------------


def played(observations: list[Observation], **more: int) -> dict[str, object]:
    """The result as a program reads it."""
    return json.loads(json.dumps(replay_result(replay(observations, LIMITS, KNOWN, **more))))


def test_the_result_names_the_profile_and_what_nobody_signed() -> None:
    result = played(falling((0, 5, 97)))
    assert result["site"] == "texas"
    assert result["observations"] == 12
    assert result["unsigned"] == list(LIMITS.unsigned())
    assert list(result) == ["site", "observations", "unsigned", "timeline", "episodes", "states", "counts"]


def test_a_new_alarm_stands_in_the_time_line_with_its_early_warning_score() -> None:
    raised, escalated = played(falling((0, 9, 97), (10, 50, 90)))["timeline"]
    assert raised == {
        "at_ms": 20_000, "kind": "raised", "key": "spo2_critical", "text": "*** SpO2 90 % <= 91 for 10 s",
        "priority": "high", "value": 90.0, "limit": 91.0, "since_ms": 10_000,
        "prompts": [
            "Look at the patient", "Open the airway", "Consider oxygen", "Stop the infusion", "Call the clinician",
        ],
        "news2": raised["news2"],
    }  # fmt: skip
    assert raised["news2"].startswith("NEWS2 at least 3")
    assert escalated["kind"] == "escalated"
    assert "news2" not in escalated  # the score stands beside what is new, not beside every line


def test_an_alarm_is_one_episode_from_its_rise_to_its_end() -> None:
    session = [
        *falling((0, 9, 97), (10, 69, 90), (70, 79, 88), (80, 120, 97)),
        reading(75, "ack", None, text="spo2_critical", source=NURSE),
    ]
    result = played(session)
    assert result["episodes"] == [
        {
            "key": "spo2_critical", "priority": "high", "text": "*** SpO2 90 % <= 91 for 10 s",
            "raised_ms": 20_000, "acknowledged_ms": 75_000, "acknowledged_by": NURSE, "escalations": 1,
            "ended_ms": 80_000, "worst": 88.0,
        }
    ]  # fmt: skip
    assert result["counts"] == {"low": 0, "medium": 0, "high": 1}
    assert list(result["counts"]) == ["low", "medium", "high"]


def test_an_alarm_that_recovers_unseen_ends_when_it_recovered_and_stays_open_until_seen() -> None:
    low = falling((0, 9, 97), (10, 39, 90), (40, 120, 97))
    (open_,) = played(low)["episodes"]
    assert (open_["ended_ms"], open_["acknowledged_ms"], open_["acknowledged_by"]) == (40_000, None, "")
    seen = [*low, reading(100, "ack", None, text="spo2_critical", source=NURSE)]
    (closed,) = played(seen)["episodes"]
    assert (closed["ended_ms"], closed["acknowledged_ms"], closed["acknowledged_by"]) == (
        40_000, 100_000, NURSE,
    )  # fmt: skip


def test_an_alarm_that_comes_back_unseen_is_the_same_episode_and_its_end_is_open_again() -> None:
    (episode,) = played(falling((0, 9, 97), (10, 30, 90), (31, 40, 97), (41, 70, 85)))["episodes"]
    assert (episode["raised_ms"], episode["ended_ms"], episode["worst"]) == (20_000, None, 85.0)


def test_an_alarm_seen_over_and_raised_anew_is_two_episodes_in_order() -> None:
    session = [
        *falling((0, 9, 97), (10, 30, 90), (31, 60, 97), (61, 90, 90), (91, 100, 97)),
        reading(25, "ack", None, text="spo2_critical", source=NURSE),
    ]
    assert [(e["raised_ms"], e["ended_ms"]) for e in played(session)["episodes"]] == [
        (20_000, 31_000), (71_000, 91_000),
    ]  # fmt: skip


def test_an_alarm_closed_with_the_session_ends_with_it() -> None:
    session = [
        *falling((0, 60, 97)),
        *(reading(s, "rr_per_min", 14) for s in range(6)),
        reading(50, "monitoring_end", None, source=NURSE),
    ]
    ended = {e["key"]: e["ended_ms"] for e in played(session)["episodes"]}
    assert ended == {"stale:rr_per_min": 50_000}


def test_the_state_is_told_once_a_minute_and_at_the_end() -> None:
    result = played([*falling((0, 9, 97), (10, 70, 90))], until_ms=130_000)
    states = {s["at_ms"]: s for s in result["states"]}
    assert list(states) == [0, 60_000, 120_000, 130_000]
    assert states[60_000] == {
        "at_ms": 60_000, "phase": "before", "live": {"spo2_percent": 90.0, "hr_bpm": 72.0}, "blank": [],
        "alarms": {"spo2_critical": "high"}, "sounding": "high", "news2": states[60_000]["news2"],
    }  # fmt: skip
    # The record ends at 70 s: ten seconds later nothing is live, and nothing looks as if it were.
    assert states[130_000]["live"] == {}
    assert set(states[130_000]["blank"]) == {"spo2_percent", "hr_bpm"}
    assert {"watchdog", "stale:hr_bpm", "stale:spo2_percent"} <= set(states[130_000]["alarms"])
    assert states[60_000]["news2"].startswith("NEWS2 at least 3")


def test_playing_a_record_again_is_what_the_monitor_would_have_said_live() -> None:
    session = falling((0, 9, 97), (10, 70, 90), (71, 200, 97))
    whole = replay(session, LIMITS, KNOWN)
    end = whole.last.now_ms
    live = [replace(o, received_ms=o.at_ms) for o in session]
    snapshot, changes = fold(new_snapshot(0), live, LIMITS, KNOWN, end)
    assert whole.changes == changes
    assert whole.observations == len(session)
    assert whole.end == view(whole.last, LIMITS, KNOWN, 200_000)
    assert (whole.thresholds, whole.baseline) == (LIMITS, KNOWN)
    assert snapshot.alarms == whole.last.alarms


def test_a_reading_that_came_late_is_told_when_it_came_and_raises_nothing() -> None:
    late = [reading(s, "spo2_percent", 80.0, received_ms=100_000 + s * 1000) for s in range(20)]
    session = [*(reading(s, "hr_bpm", 72) for s in range(200)), *late]
    timeline = played(session)["timeline"]
    told = [e["at_ms"] for e in timeline if e["kind"] == "historic"]
    # Each at the moment of its arrival, less the second in which readings may still change places.
    assert told == [99_000 + s * 1000 for s in range(20)]
    assert "spo2_critical" not in {e["key"] for e in timeline}


def test_each_further_call_for_help_counts_once() -> None:
    session = falling((0, 9, 97), (10, 90, 90))
    (episode,) = played(session)["episodes"]
    assert (episode["escalations"], episode["priority"]) == (2, "high")


def test_a_record_that_begins_late_is_told_from_its_beginning() -> None:
    states = played([reading(s, "hr_bpm", 72) for s in range(600, 700)])["states"]
    assert [s["at_ms"] for s in states] == [600_000, 660_000, 699_000]

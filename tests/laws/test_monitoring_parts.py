"""Laws of the parts around the fold: NEWS2, thresholds as data, records, the screen, the next wake-up."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subside.care import load_profile, profile_names, rule
from subside.care.monitoring import (
    SITES,
    Baseline,
    Observation,
    baseline_from_case,
    fold,
    new_snapshot,
    next_due_ms,
    snapshot_from_json,
    snapshot_from_text,
    thresholds,
    view,
)
from subside.care.monitoring.early_warning import PARTS, score
from subside.care.monitoring.messages import PROMPTS
from subside.care.monitoring.moments import elapsed_ms
from subside.care.monitoring.observation import EVENTS
from subside.care.monitoring.record import Record, parse_csv
from subside.care.monitoring.rulebook import build
from subside.case import parse_case
from subside.errors import CaseError, ParameterError, Problem, UnknownNameError

LIMITS = thresholds("texas")
NORMAL = {
    "rr_per_min": 16.0, "spo2_percent": 97.0, "sbp_mmhg": 125.0, "hr_bpm": 70.0, "temp_c": 37.0,
    "consciousness": 0.0,
}  # fmt: skip


# --- NEWS2 -----------------------------------------------------------------------------------------


def test_a_well_person_scores_nothing_and_every_part_is_there() -> None:
    found = score(NORMAL, oxygen=False)
    assert (found.score, found.missing, found.band) == (0, (), "low")
    assert tuple(name for name, _ in found.parts) == PARTS


@pytest.mark.parametrize(
    ("name", "worse"),
    [
        ("rr_per_min", (16, 11, 8)), ("rr_per_min", (16, 21, 25)), ("spo2_percent", (96, 95, 93, 91)),
        ("sbp_mmhg", (111, 110, 100, 90)), ("hr_bpm", (51, 50, 40)), ("hr_bpm", (90, 91, 111, 131)),
        ("temp_c", (38.0, 38.1, 39.1)), ("temp_c", (36.1, 36.0, 35.0)),
    ],
)  # fmt: skip
def test_each_step_of_the_chart_away_from_normal_adds_points(name: str, worse: tuple[float, ...]) -> None:
    # The values stand at the edges of neighboring columns of the chart, so each is in another one.
    points = [score({**NORMAL, name: value}, oxygen=False).score for value in worse]
    assert points == sorted(set(points))


def test_what_is_missing_is_named_and_never_counted_as_normal() -> None:
    found = score({**NORMAL, "temp_c": None, "rr_per_min": None}, oxygen=False)
    assert found.missing == ("rr_per_min", "temp_c")
    assert "at least" in str(found)


def test_pressure_up_to_219_scores_nothing_which_is_why_it_is_never_alone() -> None:
    assert score({**NORMAL, "sbp_mmhg": 219.0}, oxygen=False).score == 0
    assert score({**NORMAL, "sbp_mmhg": 220.0}, oxygen=False).band == "single_3"
    assert "never alone" in score(NORMAL, oxygen=False).note


def test_oxygen_adds_two_and_scale_two_punishes_too_much_of_it() -> None:
    assert score(NORMAL, oxygen=True).score == 2
    assert score({**NORMAL, "spo2_percent": 90.0}, oxygen=True, spo2_scale=2).score == 2
    assert score({**NORMAL, "spo2_percent": 97.0}, oxygen=True, spo2_scale=2).score == 5
    assert score({**NORMAL, "spo2_percent": 97.0}, oxygen=False, spo2_scale=2).score == 0


def test_the_bands_are_five_and_seven() -> None:
    five = {**NORMAL, "rr_per_min": 21.0, "hr_bpm": 111.0, "temp_c": 38.5}
    assert (score(five, oxygen=False).score, score(five, oxygen=False).band) == (5, "urgent")
    seven = {**five, "sbp_mmhg": 100.0}
    assert (score(seven, oxygen=False).score, score(seven, oxygen=False).band) == (7, "emergency")


# --- thresholds as data ------------------------------------------------------------------------------


def rule_file() -> dict[str, object]:
    return tomllib.loads(
        files("subside.evidence").joinpath("rules/monitoring.toml").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("site", SITES)
def test_every_limit_check_and_state_says_where_it_comes_from(site: str) -> None:
    t = thresholds(site)
    bases = {"read", "secondary", "recalled", "design"}
    for item in (*t.rules, *t.checks, *t.states):
        assert item.basis in bases
        assert item.row
    assert {s.id for s in t.states} <= set(t.unsigned())
    assert "blood_pressure" not in thresholds("texas").unsigned()  # read in the state's rule


def test_every_prompt_has_words_and_every_limit_a_first_step() -> None:
    for item in (*LIMITS.rules, *LIMITS.states):
        assert item.prompts
        assert set(item.prompts) <= set(PROMPTS)


def test_a_limit_is_higher_in_priority_the_further_it_is_from_normal() -> None:
    rank = {"low": 0, "medium": 1, "high": 2}
    for limit in LIMITS.rules:
        if limit.covered_by:
            graver = LIMITS.rule(limit.covered_by)
            assert rank[graver.priority] >= rank[limit.priority]
            if limit.at_most is not None and graver.at_most is not None:
                assert graver.at_most < limit.at_most
            if limit.at_least is not None and graver.at_least is not None:
                assert graver.at_least > limit.at_least


def test_a_typo_in_the_rule_file_is_an_error_not_a_lost_alarm() -> None:
    tables = rule_file()
    tables["rule"]["spo2_critical"]["at_mots"] = 91  # type: ignore[index]
    with pytest.raises(ParameterError, match="Did you mean 'at_most'"):
        build(tables, site="strict")
    tables = rule_file()
    del tables["rule"]["spo2_critical"]["at_most"]  # type: ignore[index]
    with pytest.raises(ParameterError, match="exactly one of"):
        build(tables, site="strict")
    tables = rule_file()
    tables["rule"]["spo2_low"]["covered_by"] = "spo2_crtical"  # type: ignore[index]
    with pytest.raises(UnknownNameError, match="spo2_critical"):
        build(tables, site="strict")


def test_an_unknown_site_or_limit_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'texas'"):
        thresholds("texa")
    with pytest.raises(UnknownNameError, match="Did you mean 'spo2_critical'"):
        LIMITS.rule("spo2_citical")


@pytest.mark.parametrize(
    ("rule_id", "looser", "stricter"),
    [
        ("spo2_critical", 90, 92),
        ("hr_critical_high", 140, 125),
        ("sbp_pause", 190, 170),
        ("sbp_rise", 50, 30),
    ],
)
def test_limits_can_be_tightened_and_never_widened(rule_id: str, looser: float, stricter: float) -> None:
    assert LIMITS.tightened({rule_id: stricter}) != LIMITS
    with pytest.raises(ParameterError, match=f"got {looser}"):
        LIMITS.tightened({rule_id: looser})


@pytest.mark.parametrize("name", profile_names())
def test_the_monitor_is_no_looser_than_the_start_gate_and_the_discharge_of_the_same_profile(
    name: str,
) -> None:
    profile = load_profile(name)
    t = thresholds(profile.follows)
    cuff = next(c for c in t.checks if c.name == "blood_pressure")
    assert cuff.every_s is not None
    assert cuff.every_s <= 60 * float(profile.limits(rule("MON-001"))["longest_min"])
    stay = profile.limits(rule("MON-009"))
    assert t.policy.minimum_stay_s >= 60 * float(stay["from_start"])
    assert t.policy.minimum_after_s >= 60 * float(stay["from_end"])


# --- records -----------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_time_written_three_ways_is_the_same_moment(ms: int) -> None:
    seconds, rest = divmod(ms, 1000)
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
    words = f"{seconds // 3600} h {seconds // 60 % 60} min {seconds % 60}.{rest:03d} s"
    assert elapsed_ms(clock) == elapsed_ms(words) == elapsed_ms(f"{seconds}.{rest:03d} s") == ms


def test_clock_times_of_any_zone_are_the_same_record_across_the_change_to_summer_time() -> None:
    head = "at,what,value,unit\n"
    local = "2030-03-10T01:59:50-06:00,hr_bpm,70,/min\n2030-03-10T03:00:05-05:00,hr_bpm,71,/min\n"
    utc = "2030-03-10T07:59:50Z,hr_bpm,70,/min\n2030-03-10T08:00:05Z,hr_bpm,71,/min\n"
    first, second = parse_csv(head + local, origin="a"), parse_csv(head + utc, origin="b")
    assert [o.at_ms for o in first.observations] == [0, 15_000]
    assert first.observations == second.observations


def test_a_record_holds_baseline_and_needs_of_the_patient() -> None:
    text = (
        "at,what,value,unit\n"
        "0 s,baseline_sbp_mmhg,121,mmHg\n0 s,capnography_needed,yes,\n"
        "0 s,news2_spo2_scale,2,\n1 s,hr_bpm,70,bpm\n"
    )
    assert parse_csv(text, origin="r").baseline == Baseline(
        sbp_mmhg=121, capnography=True, news2_spo2_scale=2
    )


def test_at_most_fifty_mistakes_are_listed_and_the_rest_is_counted() -> None:
    rows = "".join(f"{i},hr_bpm,70,/min\n" for i in range(80))
    with pytest.raises(CaseError, match="30 more mistakes") as caught:
        parse_csv("at,what,value,unit\n" + rows, origin="r.csv")
    assert len(caught.value.problems) == 51


# --- the patient -------------------------------------------------------------------------------------

CASE = """\
format = 1
title = "An invented person"
[patient]
age_years = 50
weight_kg = 70
condition = "complex_regional_pain_syndrome"
sbp_mmhg = 131
dbp_mmhg = 79
{more}
[[infusion]]
drug = "esketamine"
start = "0 h"
steps = [ {{ rate = "10 mg/h", for = "4 h" }} ]
"""


@pytest.mark.parametrize(
    ("more", "needed"),
    [
        ('history = { sleep_apnea = "no" }\nmedicines = []', False),
        ('history = { sleep_apnea = "yes" }\nmedicines = []', True),
        ("medicines = []", True),  # not asked about sleep apnea: not known to be absent
        ('history = { sleep_apnea = "no" }', True),  # medicines not asked for
        ('history = { sleep_apnea = "no" }\nmedicines = [ { name = "oxycodone" } ]', True),
        ('history = { sleep_apnea = "no" }\nmedicines = [ { name = "gabapentin" } ]', False),
        ('history = { sleep_apnea = "no" }\nmedicines = [ { name = "baclofen" } ]', True),
    ],
)
def test_capnography_is_spared_only_where_apnea_and_depressants_are_known_to_be_absent(
    more: str, needed: bool
) -> None:
    found = baseline_from_case(parse_case(CASE.format(more=more), origin="case.toml"))
    assert (found.sbp_mmhg, found.dbp_mmhg, found.hr_bpm) == (131, 79, None)
    assert found.capnography == needed


# --- the fold's edges ---------------------------------------------------------------------------------


def test_a_number_that_is_none_is_refused_at_the_door() -> None:
    with pytest.raises(ParameterError, match="got nan"):
        Observation(at_ms=0, what="spo2_percent", value=float("nan"))


def test_a_name_that_nobody_knows_is_recorded_and_stops_nothing() -> None:
    strange = Observation(at_ms=0, what="spo3", value=1.0, received_ms=0)
    _, changes = fold(new_snapshot(0), [strange], LIMITS, Baseline(), 5_000)
    assert [c.kind for c in changes] == ["unknown"]


def test_a_snapshot_of_another_format_is_refused() -> None:
    with pytest.raises(ParameterError, match="Replay the session"):
        snapshot_from_json({"format": 99})
    with pytest.raises(ParameterError, match="Replay the session"):
        snapshot_from_json({"format": 1})
    for text in ("", "[]", '{"format":1'):
        with pytest.raises(ParameterError, match="Replay the session"):
            snapshot_from_text(text)


def test_time_never_runs_backward() -> None:
    snapshot, _ = fold(new_snapshot(0), [], LIMITS, Baseline(), 10_000)
    again, changes = fold(snapshot, [], LIMITS, Baseline(), 5_000)
    assert (again, changes) == (snapshot, ())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from((97.0, 92.0, 88.0))), min_size=1, max_size=20))
def test_waking_at_the_next_due_moment_misses_nothing(pairs: list[tuple[int, float]]) -> None:
    session = [
        Observation(at_ms=s * 1000, what="spo2_percent", value=v, sequence=i, received_ms=s * 1000)
        for i, (s, v) in enumerate(sorted(pairs))
    ]
    whole, changes = fold(new_snapshot(0), session, LIMITS, Baseline(), 300_000)
    snapshot, found = fold(new_snapshot(0), session, LIMITS, Baseline(), 0)
    woken = [*found]
    while (due := next_due_ms(snapshot, LIMITS, Baseline())) is not None and due <= 300_000:
        assert due > snapshot.now_ms
        snapshot, new = fold(snapshot, [], LIMITS, Baseline(), due)
        woken += new
    snapshot, new = fold(snapshot, [], LIMITS, Baseline(), 300_000)
    assert snapshot == whole
    assert (*woken, *new) == changes


def test_a_manual_count_of_breaths_stands_for_minutes_and_alarms_like_a_device() -> None:
    counted = Observation(at_ms=0, what="rr_per_min", value=6.0, source="manual", received_ms=0)
    snapshot, changes = fold(new_snapshot(0), [counted], LIMITS, Baseline(), 5_000)
    assert any(c.kind == "raised" and c.key == "rr_critical_low@by hand" for c in changes)
    shown = {v.what: v for v in view(snapshot, LIMITS, Baseline(), 120_000).vitals}
    assert (shown["rr_per_min"].value, shown["rr_per_min"].by_hand) == (6.0, True)
    assert {v.what: v.value for v in view(snapshot, LIMITS, Baseline(), 301_000).vitals}["rr_per_min"] is None


def test_every_event_can_be_the_first_thing_that_happens() -> None:
    for what in EVENTS:
        first = Observation(at_ms=0, what=what, text="x", source="Nurse Example", received_ms=0)
        snapshot, _ = fold(new_snapshot(0), [first], LIMITS, Baseline(), 5_000)
        assert snapshot.started_ms == 0


def read_or_refused(text: str) -> tuple[Record | None, tuple[Problem, ...]]:
    try:
        return parse_csv(text, origin="any.csv"), ()
    except CaseError as error:
        return None, error.problems


WORDS = st.sampled_from(
    ("0:00:01", "5", "1 min", "spo2_percent", "ack", "rate_change", "hr_bpm", "97", "%", "/min", "", "nan",
     "inf", "device", "manual", "2030-01-05T14:30:00Z", "2030-13-45T00:00:00Z", '"', "'", "-1 s", "1e999",
     "1 h 2 x", "\x00", "é")
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=8), max_size=8))
def test_whatever_a_table_holds_it_is_read_or_refused_with_lines(rows: list[list[str]]) -> None:
    text = "at,what,value,unit,source,device,received\n" + "\n".join(",".join(row) for row in rows)
    record, problems = read_or_refused(text)
    assert all(p.line is not None or p.where == "rows" for p in problems)
    if record is not None:
        snapshot, _ = fold(new_snapshot(0), record.observations, LIMITS, record.baseline, 100_000_000)
        assert snapshot.now_ms == 100_000_000


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    record, problems = read_or_refused(text)
    assert (record is None) == bool(problems)

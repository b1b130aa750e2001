"""Whole monitored sessions, one file each: signals and events in, alarms and their times out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from subside.care.monitoring import Change, thresholds
from subside.care.monitoring.scenario import Expected, read_scenario
from subside.care.replay import Replay, replay

FILES = sorted(Path(__file__).parent.glob("*.toml"))


def matches(change: Change, wanted: Expected) -> bool:
    """Whether a change is one that was described. An alarm may be named with or without its device."""
    return (
        change.kind == wanted.kind
        and wanted.alarm in ("", change.key, change.key.split("@")[0])
        and wanted.priority in ("", change.priority)
        and wanted.says in change.text
        and wanted.to in ("", change.to)
        and wanted.from_ms <= change.at_ms
        and (wanted.to_ms is None or change.at_ms <= wanted.to_ms)
        and (wanted.at_ms is None or abs(change.at_ms - wanted.at_ms) <= wanted.within_ms)
    )


@cache
def played(path: Path) -> Replay:
    """The session played once; two tests look at it."""
    scenario = read_scenario(path)
    return replay(
        scenario.record.observations,
        thresholds(scenario.site),
        scenario.record.baseline,
        until_ms=scenario.until_ms,
    )


def lines(changes: tuple[Change, ...]) -> str:
    return "\n".join(f"  {c.at_ms / 1000:8.1f} s  {c.kind:<14} {c.key:<28} {c.text}" for c in changes)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_session_goes_as_its_file_says(path: Path) -> None:
    scenario = read_scenario(path)
    done = played(path)
    for wanted in scenario.expect:
        assert any(matches(c, wanted) for c in done.changes), f"{wanted} did not come:\n{lines(done.changes)}"
    for unwanted in scenario.never:
        came = [c for c in done.changes if matches(c, unwanted)]
        assert not came, f"{unwanted} must not come:\n{lines(tuple(came))}"
    standing = {key.split("@")[0] for key in done.last.alarms} | set(done.last.alarms)
    for key in scenario.end.get("standing", ()):
        assert key in standing, f"{key} does not stand at the end:\n{lines(done.changes)}"
    for key in scenario.end.get("clear", ()):
        assert key not in standing, f"{key} stands at the end:\n{lines(done.changes)}"
        assert key != "all" or not standing, f"still standing: {standing}"
    shown = {v.what: v.value for v in done.end.vitals}
    for what in scenario.end.get("shows", ()):
        assert shown[what] is not None
    for what in scenario.end.get("blank", ()):
        assert shown[what] is None
    for score in scenario.end.get("news2", ()):
        assert str(done.end.news2) == score


def test_there_are_enough_sessions_and_each_tells_its_story() -> None:
    scenarios = [read_scenario(path) for path in FILES]
    assert len(scenarios) >= 20
    assert all(s.title and s.story and (s.expect or s.never) for s in scenarios)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_prompt_names_a_drug_or_a_dose(path: Path) -> None:
    drugs = ("mg", "mcg", "labetalol", "hydralazine", "clonidine", "midazolam", "ondansetron", "naloxone")
    for change in played(path).changes:
        for prompt in change.prompts:
            assert not any(word in prompt.lower().split() for word in drugs)

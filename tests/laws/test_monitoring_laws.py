"""Laws of the live monitor, over generated sessions: signals with corners at and around the limits.

Nothing here knows how the monitor works inside; the expected alarms come from a separate, slower reading
of the same rules (`expected_raises`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subside.care.monitoring import (
    Baseline,
    Change,
    Observation,
    Snapshot,
    fold,
    new_snapshot,
    snapshot_from_json,
    snapshot_from_text,
    snapshot_to_json,
    snapshot_to_text,
    thresholds,
    view,
)

RANK = {"low": 0, "medium": 1, "high": 2}
LIMITS = thresholds("texas")
BASELINE = Baseline(sbp_mmhg=128, dbp_mmhg=78)
WINDOW_MS = round(LIMITS.policy.reorder_window_s * 1000)

GAP = "gap"  # the feed is silent
NO_VALUE = "no value"  # the device speaks, and has no value

#: Values on both sides of each limit, and exactly on it.
VALUES: dict[str, tuple[Any, ...]] = {
    "spo2_percent": (98, 94, 93, 92, 91, 90, 84, GAP, NO_VALUE, 130),
    "hr_bpm": (70, 110, 111, 131, 140, 50, 41, 40, 0, GAP),
    "rr_per_min": (14, 12, 11, 9, 8, 6, 0, 21, 25, GAP, NO_VALUE),
    "etco2_mmhg": (38, 50, 51, 60, 5, 0, GAP),
}
PEOPLE = ("Nurse Example", "Doctor Example")


def signal(what: str) -> st.SearchStrategy[list[tuple[int, Any]]]:
    """Pieces of (seconds, value)."""
    return st.lists(
        st.tuples(st.integers(min_value=1, max_value=25), st.sampled_from(VALUES[what])),
        min_size=1,
        max_size=6,
    )


def readings(
    what: str, pieces: Sequence[tuple[int, Any]], *, first: int, device: str = "monitor"
) -> list[Observation]:
    """One reading a second, each piece at its value."""
    found = []
    second = 0
    for seconds, value in pieces:
        for _ in range(seconds):
            if value != GAP:
                found.append(
                    Observation(
                        at_ms=second * 1000 + first,
                        what=what,
                        value=None if value == NO_VALUE else float(value),
                        device=device,
                        sequence=second,
                        received_ms=second * 1000 + first,
                    )
                )
            second += 1
    return found


def event(
    at_ms: int, what: str, *, text: str = "", value: float | None = None, by: str = PEOPLE[0]
) -> Observation:
    """One event, received when it happened."""
    return Observation(
        at_ms=at_ms, what=what, text=text, value=value, source=by, sequence=at_ms, received_ms=at_ms
    )


ACKS = ("spo2_critical", "spo2_low", "rr_critical_low", "hr_critical_low", "stale:spo2_percent", "watchdog")


@st.composite
def events(draw: st.DrawFn) -> list[Observation]:
    """A few events at odd moments."""
    kinds = st.sampled_from(("ack", "audio_pause", "oxygen_on", "oxygen_off", "rate_change", "infusion_stop"))
    found = []
    for at in sorted(draw(st.sets(st.integers(min_value=1_000, max_value=90_000), max_size=5))):
        what = draw(kinds)
        text = draw(st.sampled_from(ACKS)) if what == "ack" else ""
        found.append(event(at, what, text=text, value=20.0 if what == "rate_change" else None))
    return found


@st.composite
def sessions(draw: st.DrawFn, *, with_events: bool = True) -> list[Observation]:
    """A whole session: an infusion, several signals, spot readings, events; in the order of time."""
    found = [event(0, "infusion_start", value=22.0)] if draw(st.booleans()) else []
    for i, what in enumerate(VALUES):
        if what == "spo2_percent" or draw(st.booleans()):
            found += readings(what, draw(signal(what)), first=i)
    for at in draw(st.lists(st.integers(min_value=0, max_value=100), max_size=3, unique=True)):
        for what, options in (
            ("sbp_mmhg", (125, 165, 185, 88)),
            ("dbp_mmhg", (80, 104)),
            ("moaas", (5, 3, 1)),
        ):
            value = float(draw(st.sampled_from(options)))
            ms = at * 1000 + 500
            found.append(
                Observation(at_ms=ms, what=what, value=value, source="manual", sequence=at, received_ms=ms)
            )
    if with_events:
        found += draw(events())
    return sorted(found, key=lambda o: (o.at_ms, o.sequence, o.what))


END_MS = 240_000


def run(
    observations: Sequence[Observation],
    *,
    until_ms: int = END_MS,
    limits: Any = LIMITS,
    baseline: Baseline = BASELINE,
    start_ms: int = 0,
) -> tuple[Snapshot, tuple[Change, ...]]:
    """Fold everything in one call."""
    return fold(new_snapshot(start_ms), observations, limits, baseline, until_ms)


def delayed(observations: Sequence[Observation], delays: Sequence[int]) -> list[Observation]:
    """The same observations, each arriving so much later (ms), in the order of arrival."""
    late = [
        replace(o, received_ms=o.at_ms + delays[i % len(delays)] if delays else o.at_ms)
        for i, o in enumerate(observations)
    ]
    return sorted(late, key=lambda o: o.received_ms or 0)


# What may differ when something is sent twice: notes about what arrived, never the state.
NOTES = ("late", "historic", "ignored", "refused")


def told(changes: Sequence[Change]) -> list[Change]:
    """Changes of the state alone."""
    return [c for c in changes if c.kind not in NOTES]


def rule(rule_id: str) -> Any:
    return LIMITS.rule(rule_id)


def violates(limit: Any, value: float) -> bool:
    if limit.at_most is not None:
        return bool(value <= limit.at_most)
    if limit.above is not None:
        return bool(value > limit.above)
    return bool(value >= limit.at_least)


def stale_ms(what: str) -> int:
    channel = next(c for c in LIMITS.channels if c.name == what)
    return round(channel.stale_s * 1000)


def expected_raises(observations: Sequence[Observation], rule_id: str) -> list[int]:
    """Return when a limit of a continuous channel must alarm, in ms: read reading by reading.

    The value holds from one reading to the next, for no longer than the age limit. A good reading ends
    the alarm; silence does not.
    """
    limit = rule(rule_id)
    channel = next(c for c in LIMITS.channels if c.name == limit.channel)
    series: list[tuple[int, float | None]] = []
    for o in observations:
        if o.what == limit.channel:
            possible = o.value is not None and channel.low <= o.value <= channel.high
            series.append((o.at_ms, o.value if possible else None))
    found: list[int] = []
    standing = False
    since: int | None = None
    for i, (at, value) in enumerate(series):
        until = min(series[i + 1][0] if i + 1 < len(series) else END_MS, at + stale_ms(limit.channel))
        if value is None:
            since = None
            continue
        if not violates(limit, value):
            since, standing = None, False
            continue
        since = at if since is None else since
        due = max(since + round(limit.delay_s * 1000), at)
        last = i + 1 == len(series)
        # At the very moment of the next reading, that reading comes first.
        in_time = due < until or (due == at)
        if in_time and not standing and due < END_MS - WINDOW_MS:
            found.append(due)
            standing = True
        gone = last or series[i + 1][0] - at > stale_ms(limit.channel)
        if gone:
            since = None
    return found


# The same sessions every time (tests/conftest.py), unless the profile is "explore"; the slow run is longer.
FAST = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEWER = settings(FAST, max_examples=100)


@FAST
@given(sessions(with_events=False), st.sampled_from(("spo2_critical", "asystole", "no_breaths")))
def test_every_high_alarm_comes_exactly_when_the_rule_says_and_none_from_stale_data(
    session: list[Observation], rule_id: str
) -> None:
    _, changes = run(session)
    raised = [c.at_ms for c in changes if c.kind == "raised" and c.key == f"{rule_id}@monitor"]
    assert raised == expected_raises(session, rule_id)


@FAST
@given(sessions(with_events=False))
def test_a_lesser_alarm_is_left_out_only_while_a_graver_one_of_the_same_signal_stands(
    session: list[Observation],
) -> None:
    _, changes = run(session)
    families = {"spo2_low": ("spo2_critical",), "rr_low": ("rr_critical_low", "no_breaths")}
    for low, graver in families.items():
        keys = {f"{name}@monitor" for name in (low, *graver)}
        raised = {c.at_ms for c in changes if c.kind == "raised" and c.key == f"{low}@monitor"}
        for due in set(expected_raises(session, low)) - raised:
            standing: set[str] = set()
            for c in changes:
                if c.at_ms <= due and c.key in keys and c.kind == "raised":
                    standing.add(c.key)
                elif c.at_ms <= due and c.kind in ("cleared", "latched"):
                    standing.discard(c.key)
            assert standing, f"{low} at {due} is lost"


@FAST
@given(sessions())
def test_an_alarm_is_raised_only_from_a_reading_that_is_live(session: list[Observation]) -> None:
    _, changes = run(session)
    ids = {r.id: r for r in LIMITS.rules}
    for c in changes:
        limit = ids.get(c.key.split("@")[0])
        if c.kind != "raised" or limit is None or limit.channel not in VALUES:
            continue
        newest = max(
            (o for o in session if o.what == limit.channel and o.at_ms <= c.at_ms), key=lambda o: o.at_ms
        )
        assert newest.value is not None
        assert violates(limit, newest.value)
        assert c.at_ms - newest.at_ms < stale_ms(limit.channel)


@FAST
@given(sessions(), st.lists(st.integers(min_value=1, max_value=END_MS), max_size=8, unique=True))
def test_portions_and_restarts_from_any_stored_snapshot_give_the_same(
    session: list[Observation], cuts: list[int]
) -> None:
    whole, changes = run(session)
    snapshot, found = new_snapshot(0), []
    previous = -1
    for now in [*sorted(cuts), END_MS]:
        part = [o for o in session if previous < (o.received_ms or 0) <= now]
        snapshot, new = fold(snapshot, part, LIMITS, BASELINE, now)
        found += new
        stored = snapshot_to_text(snapshot)
        again = snapshot_from_text(stored)
        assert again == snapshot
        assert snapshot_to_text(again) == stored
        assert snapshot_from_json(json.loads(json.dumps(snapshot_to_json(snapshot)))) == snapshot
        snapshot = again
        previous = now
    assert snapshot == whole
    assert tuple(found) == changes


@FAST
@given(
    sessions(), st.lists(st.integers(min_value=0, max_value=WINDOW_MS), min_size=1, max_size=7), st.randoms()
)
def test_disorder_within_the_window_is_harmless(
    session: list[Observation], delays: list[int], chance: random.Random
) -> None:
    calm, changes = run(session)
    arrived = delayed(session, delays)
    chance.shuffle(arrived)
    assert run(arrived) == (calm, changes)
    snapshot, found = new_snapshot(0), []
    for o in delayed(session, delays):  # one call an arrival, as a server does
        snapshot, new = fold(snapshot, [o], LIMITS, BASELINE, o.received_ms or 0)
        found += new
    snapshot, new = fold(snapshot, [], LIMITS, BASELINE, END_MS)
    assert (snapshot, (*found, *new)) == (calm, changes)


@FAST
@given(sessions(), st.lists(st.integers(min_value=0, max_value=45_000), min_size=1, max_size=9))
def test_what_is_sent_twice_counts_once(session: list[Observation], delays: list[int]) -> None:
    once, changes = run(session)
    copies = [replace(o, received_ms=o.at_ms + delays[i % len(delays)]) for i, o in enumerate(session)]
    twice, more = run([*session, *copies])
    assert twice == once
    assert told(more) == told(changes)


@FEWER
@given(sessions(), st.sampled_from((-3_600_000, 86_400_000, 1_893_456_000_000)))
def test_the_clock_may_begin_anywhere(session: list[Observation], shift: int) -> None:
    _, changes = run(session)
    moved = [replace(o, at_ms=o.at_ms + shift, received_ms=(o.received_ms or 0) + shift) for o in session]
    _, found = run(moved, until_ms=END_MS + shift, start_ms=shift)
    back = [
        replace(c, at_ms=c.at_ms - shift, since_ms=None if c.since_ms is None else c.since_ms - shift)
        for c in found
    ]
    assert tuple(back) == changes


@FEWER
@given(signal("spo2_percent"), st.integers(min_value=2_001, max_value=3_600_000))
def test_a_fast_device_clock_delays_no_alarm_and_is_told(pieces: list[tuple[int, Any]], ahead: int) -> None:
    right = readings("spo2_percent", pieces, first=0)
    fast = [replace(o, at_ms=o.at_ms + ahead) for o in right]
    _, changes = run(fast)
    raised = [c.at_ms for c in changes if c.kind == "raised" and c.key == "spo2_critical@monitor"]
    assert raised == expected_raises(right, "spo2_critical")
    if right:
        assert any(c.kind == "raised" and c.key == "clock:monitor" for c in changes)


@FEWER
@given(signal("spo2_percent"), st.integers(min_value=60_000, max_value=3_600_000))
def test_a_replayed_buffer_alarms_nobody_about_the_past_and_never_looks_live(
    pieces: list[tuple[int, Any]], behind: int
) -> None:
    right = readings("spo2_percent", pieces, first=0)
    late = [replace(o, received_ms=o.at_ms + behind) for o in right]
    until = behind + 120_000
    snapshot, changes = run(late, until_ms=until)
    assert not [c for c in changes if c.kind == "raised" and c.key.startswith("spo2")]
    assert all(v.value is None for v in view(snapshot, LIMITS, BASELINE, until).vitals)
    if late:  # and someone is called: no live reading
        assert any(c.kind == "raised" and c.key == "stale:spo2_percent" for c in changes)


@FAST
@given(sessions(), st.lists(st.integers(min_value=0, max_value=END_MS), min_size=1, max_size=5))
def test_what_is_shown_as_live_was_measured_within_its_age_limit(
    session: list[Observation], moments: list[int]
) -> None:
    snapshot = new_snapshot(0)
    previous = -1
    for now in sorted(moments):
        part = [o for o in session if previous < (o.received_ms or 0) <= now]
        snapshot, _ = fold(snapshot, part, LIMITS, BASELINE, now)
        for later in (now, now + 5_000, now + 11_000):  # the fold may have died meanwhile
            for vital in view(snapshot, LIMITS, BASELINE, later).vitals:
                if vital.what in VALUES and vital.value is not None:
                    fresh = [o for o in session if o.what == vital.what and o.value == vital.value]
                    assert any(later - stale_ms(vital.what) < o.at_ms <= now for o in fresh)
                    assert vital.state == "live"
                elif vital.value is None:
                    assert vital.state != "live"
        previous = now


@FAST
@given(sessions())
def test_an_alarm_ends_only_by_a_good_reading_never_by_an_acknowledgment_or_by_silence(
    session: list[Observation],
) -> None:
    _, changes = run(session)
    ids = {r.id: r for r in LIMITS.rules}
    for c in changes:
        limit = ids.get(c.key.split("@")[0])
        if limit is None or limit.channel not in VALUES or c.kind not in ("cleared", "latched"):
            continue
        now = [o.value for o in session if o.what == limit.channel and o.at_ms == c.at_ms]
        assert any(v is not None and not violates(limit, v) for v in now)


@FAST
@given(sessions(), st.integers(min_value=1_000, max_value=90_000))
def test_an_acknowledged_high_alarm_stands_as_long_as_its_condition(
    session: list[Observation], at: int
) -> None:
    before, _ = run([o for o in session if o.at_ms < at], until_ms=at + WINDOW_MS)
    acks = [event(at, "ack", text=key) for key in before.alarms]
    after, _ = fold(
        before, [replace(a, received_ms=at + WINDOW_MS) for a in acks], LIMITS, BASELINE, at + WINDOW_MS + 2
    )
    for key, alarm in before.alarms.items():
        if alarm.present:
            assert after.alarms[key].present
            assert after.alarms[key].priority == alarm.priority
            assert key in {line.key for line in view(after, LIMITS, BASELINE, at).alarms}


@FAST
@given(sessions(), st.sampled_from(("any", "higher")))
def test_an_audio_pause_never_covers_a_new_graver_alarm(session: list[Observation], broken_by: str) -> None:
    limits = replace(LIMITS, policy=replace(LIMITS.policy, pause_broken_by=broken_by))
    _, changes = run(session, limits=limits)
    paused_at: int | None = None
    loudest = -1
    standing: dict[str, int] = {}
    for c in changes:
        if c.kind == "audio_paused":
            paused_at, loudest = c.at_ms, max(standing.values(), default=-1)
        elif c.kind == "audio_resumed":
            paused_at = None
        elif c.kind in ("raised", "priority_raised", "worse"):
            new = RANK[c.priority or "low"]
            assert paused_at is None or (broken_by == "higher" and new <= loudest)
            standing[c.key] = new
        elif c.kind in ("cleared", "acknowledged", "closed"):
            standing.pop(c.key, None)
        if paused_at is not None:
            assert c.at_ms - paused_at <= 120_000


@FAST
@given(sessions())
def test_a_flood_groups_alarms_but_never_a_high_one(session: list[Observation]) -> None:
    limits = replace(LIMITS, policy=replace(LIMITS.policy, flood_alarms=2))
    flooded, changes = run(session, limits=limits)
    _, single = run(session, limits=replace(limits, policy=replace(limits.policy, flood_alarms=10_000)))
    assert not [c for c in changes if c.grouped and c.priority == "high"]
    assert [(c.at_ms, c.key) for c in changes if c.kind == "raised"] == [
        (c.at_ms, c.key) for c in single if c.kind == "raised"
    ]
    shown = view(flooded, limits, BASELINE, END_MS)
    assert {line.key for line in shown.alarms} == set(flooded.alarms)
    assert not [line for line in shown.alarms if line.grouped and line.priority == "high"]


@FAST
@given(sessions(with_events=False))
def test_nobody_answering_a_high_alarm_brings_the_next_people_on_time(session: list[Observation]) -> None:
    snapshot, changes = run(session)
    for key, alarm in snapshot.alarms.items():
        if alarm.priority == "high":
            called = [(c.at_ms, c.to) for c in changes if c.kind == "escalated" and c.key == key]
            steps = zip(LIMITS.policy.escalate_s, LIMITS.policy.escalate_to, strict=True)
            due = [(alarm.escalate_from_ms + round(s * 1000), to) for s, to in steps]
            episodes = sum(c.kind in ("raised", "worse") and c.key == key for c in changes)
            if episodes == 1:  # an earlier episode of the same key has called people of its own
                assert called == [d for d in due if d[0] < END_MS - WINDOW_MS]


@FEWER
@given(signal("spo2_percent"), st.sampled_from((92.0, 93.0, 94.0)))
def test_a_stricter_limit_never_alarms_later(pieces: list[tuple[int, Any]], limit: float) -> None:
    session = readings("spo2_percent", pieces, first=0)
    _, usual = run(session)
    _, strict = run(session, limits=LIMITS.tightened({"spo2_critical": limit}))
    first = min(
        (c.at_ms for c in usual if c.kind == "raised" and c.key == "spo2_critical@monitor"), default=None
    )
    if first is not None:
        assert (
            min(c.at_ms for c in strict if c.kind == "raised" and c.key == "spo2_critical@monitor") <= first
        )


@FEWER
@given(sessions(with_events=False))
def test_silence_of_all_devices_is_a_high_alarm(session: list[Observation]) -> None:
    if not session:
        return
    snapshot, changes = run(session)
    spoke = [o.at_ms for o in session if o.source == "device"]
    last = max([*spoke, session[0].at_ms])
    assert snapshot.alarms["watchdog"].priority == "high"
    raised = [c.at_ms for c in changes if c.kind == "raised" and c.key == "watchdog"]
    assert raised[-1] == last + round(LIMITS.policy.watchdog_s * 1000)


@FAST
@given(sessions(), st.lists(st.integers(min_value=0, max_value=90_000), min_size=1, max_size=9))
def test_a_change_is_named_by_time_kind_key_and_since(session: list[Observation], delays: list[int]) -> None:
    _, changes = run(delayed(session, delays))
    names: dict[tuple[Any, ...], Change] = {}
    for c in changes:
        name = (c.at_ms, c.kind, c.key, c.since_ms)
        assert names.setdefault(name, c) == c


@pytest.mark.slow
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
@given(sessions(), st.lists(st.integers(min_value=0, max_value=WINDOW_MS), min_size=1, max_size=7))
def test_thousands_of_sessions_lose_no_alarm_and_survive_disorder(
    session: list[Observation], delays: list[int]
) -> None:
    calm, changes = run(session)
    assert run(delayed(session, delays)) == (calm, changes)
    quiet = [o for o in session if o.what not in ("ack", "rate_change", "infusion_stop")]
    _, found = run(quiet)
    for rule_id in ("spo2_critical", "asystole", "no_breaths"):
        raised = [c.at_ms for c in found if c.kind == "raised" and c.key == f"{rule_id}@monitor"]
        assert raised == expected_raises(quiet, rule_id)

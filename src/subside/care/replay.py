"""A recorded session run through the monitor: its alarms and states over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from subside.care.monitoring.early_warning import news2
from subside.care.monitoring.folding import fold, next_due_ms
from subside.care.monitoring.jsonable import change_to_json
from subside.care.monitoring.observation import Observation
from subside.care.monitoring.plan import plan_for
from subside.care.monitoring.record import Record, read_table
from subside.care.monitoring.scenario import read_scenario
from subside.care.monitoring.screen import View, view
from subside.care.monitoring.snapshot import Change, Snapshot, new_snapshot
from subside.care.monitoring.threshold import RANK, Baseline, Thresholds
from subside.errors import ParameterError

__all__ = ["Entry", "Episode", "Replay", "Sample", "read_record", "replay", "replay_result"]

SAMPLE_MS = 60_000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change on the time line, with NEWS2 beside what a new alarm says."""

    change: Change
    news2: str = ""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One alarm from its rise to its end; None where that never came."""

    key: str
    priority: str
    text: str
    raised_ms: int
    acknowledged_ms: int | None
    acknowledged_by: str
    escalations: int
    ended_ms: int | None
    worst: float | None


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The state at one moment: what is live, what is not, what stands."""

    at_ms: int
    phase: str
    live: tuple[tuple[str, float], ...]
    blank: tuple[str, ...]
    alarms: tuple[tuple[str, str], ...]
    sounding: str | None
    news2: str


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What the monitor made of a record."""

    thresholds: Thresholds
    baseline: Baseline
    entries: tuple[Entry, ...]
    episodes: tuple[Episode, ...]
    samples: tuple[Sample, ...]
    last: Snapshot
    end: View
    observations: int

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes alone."""
        return tuple(entry.change for entry in self.entries)


def read_record(path: Path) -> tuple[Record, str | None, int | None]:
    """Return a record, and the site and the end (ms) that a scenario file names.

    Raises:
        ParameterError: If there is no such file, or its name says no known kind.
        CaseError: If it holds mistakes; every one with its line.
    """
    if not path.is_file():
        raise ParameterError(
            f"the record must be a file; got '{path}', which is none. Check the name and the folder."
        )
    kind = path.suffix.lower()
    if kind == ".toml":
        scenario = read_scenario(path)
        return scenario.record, scenario.site, scenario.until_ms
    if kind not in (".csv", ".parquet"):
        raise ParameterError(
            f"the record must be a .csv, .parquet or .toml (scenario) file; got '{path.name}'. "
            "Save it as one of these."
        )
    return read_table(path), None, None


def replay(
    observations: Sequence[Observation],
    thresholds: Thresholds,
    baseline: Baseline,
    *,
    until_ms: int | None = None,
) -> Replay:
    """Return what the monitor says to a record, as it would have said it live.

    Args:
        observations: In any order; one without ``received_ms`` counts as received when it was true.
        thresholds: From ``thresholds(site)``.
        baseline: The patient's readings before the infusion.
        until_ms: Go on to this moment, in silence if need be; None: to the last observation.
    """
    arrived = sorted(
        ((o.at_ms if o.received_ms is None else o.received_ms), i, o) for i, o in enumerate(observations)
    )
    if not arrived:
        raise ParameterError("a record must hold at least one observation; got none. Add the readings.")
    begin, last = arrived[0][0], arrived[-1][0]
    window = plan_for(thresholds, baseline).window_ms
    # One ms past the window: then the last observation itself is decided.
    end = max(last, until_ms if until_ms is not None else last) + window + 1
    run = _Run(thresholds, baseline, begin)
    index = 0
    while index < len(arrived):
        moment = arrived[index][0]
        batch = []
        while index < len(arrived) and arrived[index][0] == moment:
            batch.append(_received(arrived[index][2], moment))
            index += 1
        run.go(moment, batch)
    run.go(end, ())
    return run.result(end - window - 1, len(arrived))


def replay_result(r: Replay) -> dict[str, Any]:
    """Return a replay as JSON values."""
    return {
        "site": r.thresholds.site,
        "observations": r.observations,
        "unsigned": list(r.thresholds.unsigned()),
        "timeline": [
            {**change_to_json(e.change), **({"news2": e.news2} if e.news2 else {})} for e in r.entries
        ],
        "episodes": [{name: getattr(e, name) for name in Episode.__dataclass_fields__} for e in r.episodes],
        "states": [
            {
                "at_ms": s.at_ms,
                "phase": s.phase,
                "live": dict(s.live),
                "blank": list(s.blank),
                "alarms": dict(s.alarms),
                "sounding": s.sounding,
                "news2": s.news2,
            }
            for s in r.samples
        ],
        "counts": {p: sum(e.priority == p for e in r.episodes) for p in sorted(RANK, key=RANK.__getitem__)},
    }


def _received(o: Observation, moment: int) -> Observation:
    if o.received_ms is not None:
        return o
    from dataclasses import replace

    return replace(o, received_ms=moment)


class _Run:
    """The fold, called at every arrival and whenever something comes due, as a server would."""

    def __init__(self, thresholds: Thresholds, baseline: Baseline, begin: int) -> None:
        self.thresholds, self.baseline = thresholds, baseline
        self.snapshot = new_snapshot(begin)
        self.entries: list[Entry] = []
        self.samples: list[Sample] = []
        self.next_sample = begin

    def go(self, moment: int, batch: Sequence[Observation]) -> None:
        """Go to a moment with what arrives at it, stopping wherever something comes due before."""
        while True:
            due = next_due_ms(self.snapshot, self.thresholds, self.baseline)
            if due is None or due >= moment or due <= self.snapshot.now_ms:
                break
            self._step(due, ())
        self._step(moment, batch)

    def _step(self, moment: int, batch: Sequence[Observation]) -> None:
        while self.next_sample < moment:
            self._sample(self.next_sample)
            self.next_sample += SAMPLE_MS
        self.snapshot, changes = fold(self.snapshot, batch, self.thresholds, self.baseline, moment)
        for change in changes:
            beside = change.kind in ("raised", "worse", "priority_raised")
            score = str(news2(self.snapshot, self.thresholds, self.baseline, change.at_ms)) if beside else ""
            self.entries.append(Entry(change=change, news2=score))

    def _sample(self, moment: int) -> None:
        v = view(self.snapshot, self.thresholds, self.baseline, moment)
        self.samples.append(
            Sample(
                at_ms=moment,
                phase=v.phase,
                live=tuple((x.what, x.value) for x in v.vitals if x.value is not None),
                blank=tuple(x.what for x in v.vitals if x.value is None),
                alarms=tuple((a.key, a.priority) for a in v.alarms),
                sounding=v.sounding,
                news2=str(v.news2),
            )
        )

    def result(self, end: int, count: int) -> Replay:
        """Return what came of it."""
        self._sample(end)
        changes = [entry.change for entry in self.entries]
        return Replay(
            thresholds=self.thresholds,
            baseline=self.baseline,
            entries=tuple(self.entries),
            episodes=episodes(changes, self.snapshot),
            samples=tuple(self.samples),
            last=self.snapshot,
            end=view(self.snapshot, self.thresholds, self.baseline, end),
            observations=count,
        )


def episodes(changes: Sequence[Change], last: Snapshot) -> tuple[Episode, ...]:
    """Return each alarm from its rise to its end. One that rises again while latched is one episode."""
    open_: dict[str, dict[str, Any]] = {}
    found: list[Episode] = []
    for c in changes:
        if c.kind == "raised" and c.key not in open_:
            open_[c.key] = {
                "key": c.key, "priority": c.priority, "text": c.text, "raised_ms": c.at_ms, "worst": c.value,
                "acknowledged_ms": None, "acknowledged_by": "", "escalations": 0, "ended_ms": None,
            }  # fmt: skip
        if c.key not in open_ or c.priority is None:
            continue
        now = open_[c.key]
        now["priority"] = c.priority
        if c.value is not None and c.kind != "raised":
            now["worst"] = c.value
        if c.kind == "escalated":
            now["escalations"] += 1
        if c.kind == "acknowledged":
            now["acknowledged_ms"], now["acknowledged_by"] = c.at_ms, c.by
        if c.kind == "latched":
            now["ended_ms"] = c.at_ms
        if c.kind == "raised" and now["ended_ms"] is not None:
            now["ended_ms"] = None
        gone = c.kind in ("cleared", "closed") or (c.kind == "acknowledged" and now["ended_ms"] is not None)
        if gone:
            now["ended_ms"] = c.at_ms if now["ended_ms"] is None else now["ended_ms"]
            found.append(Episode(**open_.pop(c.key)))
    for key, now in open_.items():
        alarm = last.alarms.get(key)
        if alarm is not None and alarm.worst is not None:
            now["worst"] = alarm.worst
        found.append(Episode(**now))
    return tuple(sorted(found, key=lambda e: (e.raised_ms, e.key)))

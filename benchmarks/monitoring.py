"""What one observation costs the live monitor: python benchmarks/monitoring.py

A two-hour session in three forms: one call of the fold an observation (a snapshot each), one a message
of six readings as a bedside monitor sends them, and both with the snapshot also written as JSON text.
Writes benchmarks/results/monitoring.json. Goal: at most 40 microseconds an observation, snapshots included.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import time
from pathlib import Path

from subside.care.monitoring import (
    Baseline,
    Observation,
    fold,
    new_snapshot,
    snapshot_to_text,
    thresholds,
)

HOURS = 2.0
GOAL_US = 40.0
REPEATS = 3
OUT = Path(__file__).parent / "results" / "monitoring.json"


def session(*, troubled: bool, seed: int = 1) -> list[list[Observation]]:
    """Return the messages of a session: six continuous readings a second, cuff and scores, and events.

    A troubled one is beyond a limit for about a tenth of the time, with acknowledgments and feed gaps.
    """
    rng = random.Random(seed)
    messages: list[list[Observation]] = []
    number = 0

    def reading(at: int, what: str, value: float, source: str = "device") -> Observation:
        nonlocal number
        number += 1
        return Observation(
            at_ms=at,
            what=what,
            value=value,
            source=source,
            device="monitor",
            sequence=number,
            received_ms=at + 200,
        )

    def event(at: int, what: str, text: str = "", value: float | None = None) -> Observation:
        nonlocal number
        number += 1
        return Observation(
            at_ms=at,
            what=what,
            value=value,
            text=text,
            source="Nurse Example",
            sequence=number,
            received_ms=at + 200,
        )

    for second in range(int(HOURS * 3600)):
        at = second * 1000
        low = troubled and second % 600 > 540
        gap = troubled and 300 < second % 1800 < 330
        message = []
        if not gap:
            message = [
                reading(at, "spo2_percent", rng.choice((88, 90, 92)) if low else rng.choice((96, 97, 98))),
                reading(at, "hr_bpm", round(rng.gauss(78, 3))),
                reading(at, "rr_per_min", rng.choice((7, 9)) if low else rng.choice((13, 14, 15))),
                reading(at, "etco2_mmhg", round(rng.gauss(38, 1))),
                reading(at, "apnea_s", rng.choice((2.0, 3.0, 4.0))),
                reading(at, "pump_mg_per_h", 22.0 if second >= 60 else 0.0),
            ]
        if second % 300 == 30:
            message += [
                reading(at, "sbp_mmhg", 185 if low else round(rng.gauss(132, 5))),
                reading(at, "dbp_mmhg", round(rng.gauss(80, 4))),
            ]
        if second % 900 == 40:
            message += [
                reading(at, name, value, "manual")
                for name, value in (
                    ("moaas", 5),
                    ("dissociation_nrs", 2),
                    ("nausea_nrs", 1),
                    ("dizziness_nrs", 1),
                )
            ]
        if second == 60:
            message.append(event(at, "infusion_start", value=22.0))
        if low and second % 600 == 570:
            message += [event(at, "ack", text) for text in ("spo2_critical", "rr_critical_low", "spo2_low")]
        if message:
            messages.append(message)
    return messages


def cost_us(messages: list[list[Observation]], *, a_call: str, as_json: bool) -> float:
    """Return the microseconds an observation of one pass over a session."""
    limits, baseline = thresholds("texas"), Baseline(sbp_mmhg=128, dbp_mmhg=78)
    calls = [[o] for m in messages for o in m] if a_call == "observation" else messages
    count = sum(len(c) for c in calls)
    snapshot = new_snapshot(0)
    begun = time.process_time()
    for call in calls:
        received = call[-1].received_ms
        assert received is not None
        snapshot, _ = fold(snapshot, call, limits, baseline, received)
        if as_json:
            snapshot_to_text(snapshot)
    return (time.process_time() - begun) / count * 1e6


def main() -> None:
    """Measure, print and write."""
    rows = []
    for troubled in (False, True):
        messages = session(troubled=troubled)
        for a_call in ("observation", "message"):
            for as_json in (False, True):
                found = [cost_us(messages, a_call=a_call, as_json=as_json) for _ in range(REPEATS)]
                row = {
                    "session": "troubled" if troubled else "quiet",
                    "one_call_a": a_call,
                    "snapshot_as_json_text": as_json,
                    "observations": sum(len(m) for m in messages),
                    "us_per_observation_median": round(statistics.median(found), 2),
                    "us_per_observation_best": round(min(found), 2),
                    "us_per_observation_worst": round(max(found), 2),
                }
                rows.append(row)
                print(
                    f"{row['session']:<9} one call a {a_call:<12} json {as_json!s:<6}"
                    f"{row['us_per_observation_median']:8.2f} us an observation"
                )
    document = {
        "what": "microseconds of processor time an observation of the monitoring fold; snapshots included",
        "goal_us": GOAL_US,
        "repeats": REPEATS,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores shared",
        "rows": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

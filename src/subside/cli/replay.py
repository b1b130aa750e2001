"""Run a recorded session through the monitor: its alarms and states over time.

RECORD is a CSV or Parquet table (at, what, value, unit, source, device; optional: sequence, received,
text) of readings and events, or a scenario file (.toml) of the tests. Names, units and events:
docs/explanation/monitoring.md. Exit code 1: at least one alarm was raised.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from subside.cli.answer import Answer
from subside.cli.arguments import Parser
from subside.cli.talk import Talk

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from subside.care.monitoring import Baseline
    from subside.care.replay import Entry, Replay

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    """Add what replay takes."""
    parser.add_argument("record", metavar="RECORD", help="a .csv, .parquet or .toml file")
    parser.add_argument(
        "--site", metavar="NAME", default=None, help="site profile: strict (default), texas, anzca"
    )
    parser.add_argument(
        "--case", metavar="CASE", default=None, help="a case file: its patient's readings are the baseline"
    )
    parser.add_argument(
        "--until", metavar="TIME", default=None, help='go on in silence to this time, such as "45 min"'
    )


def run(options: Namespace, _talk: Talk) -> Answer:
    """Replay a record."""
    from pathlib import Path

    from subside.care.monitoring import thresholds
    from subside.care.monitoring.moments import elapsed_ms
    from subside.care.monitoring.rulebook import DEFAULT_SITE
    from subside.care.replay import read_record, replay, replay_result

    record, site, until = read_record(Path(options.record))
    if options.until is not None:
        until = elapsed_ms(options.until)
    limits = thresholds(options.site or site or DEFAULT_SITE)
    baseline = _from_case(options.case, record.baseline) if options.case else record.baseline
    done = replay(record.observations, limits, baseline, until_ms=until)
    zero = record.zero
    unsigned = len(limits.unsigned())
    text = f"{unsigned} limits and checks of profile '{limits.label}' await a medical director's signature"
    start = None if zero is None else zero.isoformat()
    return Answer(
        result=lambda: {"record": Path(options.record).name, "start": start, **replay_result(done)},
        show=lambda console: _show(done, zero, console),
        warnings=[{"code": "unsigned_profile", "text": text}] if unsigned else [],
        sources=[{"key": key, "citation": c, "address": a} for key, c, a in limits.sources],
        finding=bool(done.episodes),
    )


def _from_case(path: str, known: Baseline) -> Baseline:
    """Return the baseline, with what the record leaves open filled from the case's patient."""
    from dataclasses import replace

    from subside.care.monitoring import baseline_from_case
    from subside.case import read_case

    patient = baseline_from_case(read_case(path))
    names = ("sbp_mmhg", "dbp_mmhg", "hr_bpm", "spo2_percent", "rr_per_min")
    found = {name: getattr(patient, name) for name in names if getattr(known, name) is None}
    return replace(known, **found, capnography=known.capnography or patient.capnography)


def _show(done: Replay, zero: datetime | None, console: Console) -> None:
    """Print the time line for people; plain text, so that * and --- arrive as they are."""

    def line(text: str = "") -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    counts = {p: sum(e.priority == p for e in done.episodes) for p in ("high", "medium", "low")}
    line(f"Replay of {done.observations} observations, profile: {done.thresholds.label}")
    if zero is not None:
        line(f"Times from {zero.isoformat()}")
    line()
    for entry in done.entries:
        for text in _lines(entry):
            line(text)
    if not done.entries:
        line("  nothing to report")
    line()
    line("Alarms: " + ", ".join(f"{n} {p}" for p, n in counts.items()))
    for e in done.episodes:
        ended = "the end" if e.ended_ms is None else _time(e.ended_ms)
        line(f"  {_time(e.raised_ms)} to {ended}  {e.text}")
    line()
    line("At the end: " + "; ".join(_vital(v.text, v.state, v.age_s) for v in done.end.vitals))
    line(f"  phase {done.end.phase}; {done.end.news2}")
    line(f"  {done.end.news2.note}")
    for note in done.end.notes:
        line(f"  {note}")


def _lines(entry: Entry) -> list[str]:
    c = entry.change
    who = f" [{c.by}]" if c.by else ""
    grouped = " (grouped)" if c.grouped else ""
    word = c.kind.replace("_", " ")
    found = [f"  {_time(c.at_ms)}  {word:<15} {c.text}{who}{grouped}"]
    if entry.news2:
        found[0] += f"  [{entry.news2}]"
    if c.prompts and not c.grouped:
        found.append(f"  {'':>10}  {'':<15} -> " + "; ".join(c.prompts))
    return found


def _vital(text: str, state: str, age_s: float | None) -> str:
    if state == "live":
        return text if age_s is None or age_s < 60 else f"{text} ({age_s / 60:.0f} min ago)"
    return f"{text} ({state}{'' if age_s is None else f', {age_s:.0f} s'})"


def _time(at_ms: int) -> str:
    sign, at = ("-", -at_ms) if at_ms < 0 else ("", at_ms)
    seconds = at // 1000
    text = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{at % 1000 // 100}" if at % 1000 else f"{text}  "

"""Measures every gate on every member and keeps the table that ``subside evidence`` reads.

``python -m subside.engine.circuit.measure`` takes some fifteen minutes on two cores; a row is written as
soon as its member is done, and ``--from`` goes on where an earlier run stopped. ``--only GATE ...`` measures
these gates and keeps the rest of the table. ``--fresh`` judges every
member on seeds that its selection has not seen, prints what is missed and writes nothing.
"""

from __future__ import annotations

import argparse
import csv
import functools
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.ensemble import ensemble
from subside.engine.circuit.gates import FAST_GATES, HELD_OUT_GATES, INF, Gate
from subside.engine.circuit.members import Member
from subside.engine.circuit.probes import JUDGED_ON, Bench
from subside.engine.circuit.simulate import over_threads
from subside.engine.circuit.slow_gates import SLOW_GATES

TABLE: Final = Path(__file__).with_name("measured.csv")
SLOW_MEMBERS: Final = 16  # slow gates run minutes of a cord's life: on the first members only
SLOW_SEEDS: Final = 2
FRESH: Final = (5, 6, 7, 8)
ALL_GATES: Final = (*FAST_GATES, *HELD_OUT_GATES, *SLOW_GATES)
COLUMNS: Final = ("animal", *(gate.name for gate in ALL_GATES))


def measure(member: Member, gates: Sequence[Gate], *, seeds: tuple[int, ...] = JUDGED_ON) -> list[float]:
    """Return what each gate measures on one member, on means over seeds."""
    bench = Bench(member, seeds=seeds)
    return [float(gate.measure(bench)) for gate in gates]


def missed(member: Member, *, seeds: tuple[int, ...]) -> dict[str, float]:
    """Return the fast gates that a member misses on means over seeds, with what it measures."""
    found = zip(FAST_GATES, measure(member, FAST_GATES, seeds=seeds), strict=True)
    return {gate.name: x for gate, x in found if not gate.holds(x)}


@functools.cache
def measured() -> dict[str, NDArray[np.float64]]:
    """Return the shipped measurements by gate, in the order of the ensemble.

    Shape of each ``(member,)``; slow gates: the first ``SLOW_MEMBERS`` members.
    """
    text = files("subside.engine.circuit").joinpath("measured.csv").read_text(encoding="utf-8")
    rows = {int(row["animal"]): row for row in csv.DictReader(text.splitlines())}
    kept = [rows[m.animal] for m in ensemble() if m.animal in rows]
    found = {g.name: np.array([float(row[g.name]) for row in kept if row[g.name]]) for g in ALL_GATES}
    for values in found.values():
        values.setflags(write=False)
    return found


def markdown() -> str:
    """Return the table of the page on the dorsal horn: every gate with its limits and what members measure."""
    lines = ["| gate | accepted | mean | range | members within | basis |", "|---|---|---|---|---|---|"]
    for gate in ALL_GATES:
        values = measured()[gate.name]
        high = "or more" if gate.high == INF else f"to {gate.high:.3g}"
        within = sum(gate.holds(float(x)) for x in values)
        met = within == len(values) if gate in FAST_GATES else gate.holds(float(values.mean()))
        mean = f"{values.mean():.3g}" + ("" if met else " (missed)")
        basis = gate.basis + (", provisional" if gate.provisional else "")
        lines.append(
            f"| {gate.says} | {gate.low:.3g} {high} | {mean} | {values.min():.3g} to {values.max():.3g} | "
            f"{within} of {len(values)} | {basis} |"
        )
    return "\n".join(lines)


def _row(at: int, member: Member, gates: Sequence[Gate] = ALL_GATES) -> dict[str, object]:
    """Return what a member measures, as written; slow gates are left empty beyond the first members."""
    fast = [gate for gate in gates if gate not in SLOW_GATES]
    slow = [gate for gate in gates if gate in SLOW_GATES] if at < SLOW_MEMBERS else []
    found = (*measure(member, fast), *measure(member, slow, seeds=JUDGED_ON[:SLOW_SEEDS]))
    values = zip((*fast, *slow), found, strict=True)
    return {"animal": member.animal} | {gate.name: f"{x:.4g}" for gate, x in values}


def _renew(names: Sequence[str]) -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = {int(row["animal"]): dict[str, object](row) for row in csv.DictReader(file)}
    gates = [gate for gate in ALL_GATES if gate.name in names]
    jobs = [lambda k=k, m=m: _row(k, m, gates) for k, m in enumerate(ensemble())]  # type: ignore[misc]
    for member, new in zip(ensemble(), over_threads(jobs), strict=True):
        rows[member.animal] |= new
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
        table.writeheader()
        table.writerows(rows[m.animal] for m in ensemble())


def main() -> None:
    """Measure and write, two members at a time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--table", action="store_true", help="print the shipped table in Markdown, measure nothing"
    )
    parser.add_argument("--fresh", action="store_true", help="judge on seeds not selected on, write nothing")
    parser.add_argument("--from", type=int, default=0, dest="first", help="member to go on from")
    parser.add_argument("--only", nargs="+", metavar="GATE", choices=[g.name for g in ALL_GATES], help="these alone")
    options = parser.parse_args()
    if options.table:
        print(markdown())
        return
    whole = ensemble()
    if options.only:
        _renew(options.only)
        return
    if options.fresh:
        found = over_threads([lambda m=m: missed(m, seeds=FRESH) for m in whole])  # type: ignore[misc]
        passed = sum(not names for names in found)
        print(f"{passed} of {len(whole)} members pass every fast gate on means over seeds {FRESH}")
        for member, names in zip(whole, found, strict=True):
            if names:
                print(f"{member.animal:6d}", ", ".join(f"{name} {x:.4g}" for name, x in names.items()))
        return
    with TABLE.open("a" if options.first else "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if not options.first:
            table.writeheader()
        for at in range(options.first, len(whole), 2):
            pair = enumerate(whole[at : at + 2], start=at)
            jobs = [lambda k=k, m=m: _row(k, m) for k, m in pair]  # type: ignore[misc]
            table.writerows(over_threads(jobs))
            file.flush()
            print(f"{min(at + 2, len(whole))} of {len(whole)} members")


if __name__ == "__main__":
    main()

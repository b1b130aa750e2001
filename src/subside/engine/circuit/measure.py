"""Measures every gate on every member and keeps the table that ``subside evidence`` reads.

``python -m subside.engine.circuit.measure`` takes some ten minutes on two cores; a row is written as soon
as its member is done, and ``--from`` goes on where an earlier run stopped.
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
from subside.engine.circuit.probes import Bench
from subside.engine.circuit.simulate import over_threads
from subside.engine.circuit.slow_gates import SLOW_GATES

TABLE: Final = Path(__file__).with_name("measured.csv")
SLOW_MEMBERS: Final = 16  # slow gates run minutes of a cord's life: on the first members only
ALL_GATES: Final = (*FAST_GATES, *HELD_OUT_GATES, *SLOW_GATES)


def measure(member: Member, gates: Sequence[Gate] = ALL_GATES, *, seeds: int = 1) -> list[float]:
    """Return what each gate measures on one member, on means over seeds 1 to ``seeds``."""
    bench = Bench(member, seeds=tuple(range(1, seeds + 1)))
    return [float(gate.measure(bench)) for gate in gates]


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
    lines = ["| gate | accepted | mean | range | basis |", "|---|---|---|---|---|"]
    for gate in ALL_GATES:
        values = measured()[gate.name]
        high = "or more" if gate.high == INF else f"to {gate.high:.3g}"
        kept = all(gate.holds(float(x)) for x in values)
        met = kept if gate in FAST_GATES else gate.holds(float(values.mean()))
        mean = f"{values.mean():.3g}" + ("" if met else " (missed)")
        basis = gate.basis + (", provisional" if gate.provisional else "")
        lines.append(
            f"| {gate.says} | {gate.low:.3g} {high} | {mean} | {values.min():.3g} to {values.max():.3g} | {basis} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and write, two members at a time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--table", action="store_true", help="print the shipped table in Markdown, measure nothing"
    )
    parser.add_argument("--seeds", type=int, default=1, help="means over this many seeds (shipped: 1)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="member to go on from")
    options = parser.parse_args()
    if options.table:
        print(markdown())
        return
    whole = ensemble()
    with TABLE.open("a" if options.first else "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        if not options.first:
            table.writerow(["animal", *(gate.name for gate in ALL_GATES)])
        for at in range(options.first, len(whole), 2):
            pair = whole[at : at + 2]
            gates = ALL_GATES if at < SLOW_MEMBERS else (*FAST_GATES, *HELD_OUT_GATES)
            jobs = [lambda m=m, gates=gates: measure(m, gates, seeds=options.seeds) for m in pair]  # type: ignore[misc]
            for member, found in zip(pair, over_threads(jobs), strict=True):
                missing = [""] * (len(ALL_GATES) - len(found))
                table.writerow([member.animal, *(f"{x:.4g}" for x in found), *missing])
            file.flush()
            print(f"{min(at + 2, len(whole))} of {len(whole)} members")


if __name__ == "__main__":
    main()

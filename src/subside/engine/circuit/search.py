"""Finds the ensemble: random parameter sets, of which those that pass every fast gate are kept.

``python -m subside.engine.circuit.search`` draws candidates log-uniformly, each on a wiring of its own,
drops each at the first gate that it misses, on one seed and then on means over several, and rewrites
``ensemble.csv`` with all that passed. Nothing is optimized: how often chance passes is itself a result, and
is printed. Some twenty minutes on two cores.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np

from subside.engine.circuit.gates import first_missed
from subside.engine.circuit.members import CELLULAR, PARAMETERS, Member
from subside.engine.circuit.probes import JUDGED_ON, Bench
from subside.engine.circuit.wiring import GROUPS
from subside.engine.kernel.pool import available_threads
from subside.engine.kernel.random import uniforms
from subside.errors import ComputationError

TABLE: Final = Path(__file__).with_name("ensemble.csv")
GROUP_RANGE: Final = 1.25  # factors of synaptic groups lie between 1/1.25 and 1.25


def candidate(number: int, group_range: float = GROUP_RANGE) -> Member:
    """Return a parameter set drawn log-uniformly, on a wiring of its own."""
    low = np.array([1.0 / group_range] * len(GROUPS) + [r[0] for r in CELLULAR.values()])
    high = np.array([group_range] * len(GROUPS) + [r[2] for r in CELLULAR.values()])
    u = uniforms("circuit search", [number], "candidate", len(PARAMETERS))[0]
    # Rounded as the table is, so that what is written is what was tested.
    values = [float(f"{x:.4g}") for x in low * (high / low) ** u]
    return Member(number, np.array(values))


def missed(number: int, group_range: float = GROUP_RANGE, seeds: tuple[int, ...] = JUDGED_ON) -> str:
    """Return the first gate that a candidate misses, or an empty string.

    It must pass on the first seed alone, which is cheap, and then on ratios of means over all of them.
    """
    try:
        member = candidate(number, group_range)
        bench = Bench(member, seeds=seeds[:1])
        found = first_missed(bench)
        if found or len(seeds) == 1:
            return found
        bench.seeds = seeds
        return first_missed(bench)
    except ComputationError:
        return "ran away"


def search(
    *,
    first: int,
    seconds: float,
    wanted: int,
    keep: Callable[[list[int]], None],
    group_range: float = GROUP_RANGE,
    seeds: tuple[int, ...] = JUDGED_ON,
) -> tuple[list[int], Counter[str]]:
    """Return the numbers of the candidates that pass, and how often each gate was the first missed.

    ``keep`` is told the numbers so far after each batch, so that a search cut short is not lost.
    """
    ends = time.monotonic() + seconds
    passed: list[int] = []
    why: Counter[str] = Counter()
    threads = available_threads()
    with ThreadPoolExecutor(threads) as workers:
        at = first
        while time.monotonic() < ends and len(passed) < wanted:
            numbers = range(at, at + 2 * threads)
            for number, reason in zip(
                numbers,
                workers.map(missed, numbers, [group_range] * len(numbers), [seeds] * len(numbers)),
                strict=True,
            ):
                why[reason] += 1
                if not reason:
                    passed.append(number)
            at = numbers.stop
            keep(passed[:wanted])
    return passed[:wanted], why


def write(numbers: list[int]) -> None:
    """Write the ensemble's table: one row a member, values to four digits."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["animal", *PARAMETERS])
        for number in numbers:
            table.writerow([number, *(f"{x:.4g}" for x in candidate(number).values)])


def main() -> None:
    """Search and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--wanted", type=int, default=52)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=len(JUDGED_ON), help="gates on means over this many seeds")
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    parser.add_argument(
        "--range", type=float, default=GROUP_RANGE, dest="group_range",
        help="look wider around the middle: factors between 1 / RANGE and RANGE; writes nothing unless the default",
    )  # fmt: skip
    options = parser.parse_args()
    options.dry |= options.group_range != GROUP_RANGE or options.seeds != len(JUDGED_ON)
    keep = (lambda _: None) if options.dry else write
    passed, why = search(first=options.first, seconds=options.seconds, wanted=options.wanted, keep=keep,
                         group_range=options.group_range, seeds=tuple(range(1, options.seeds + 1)))  # fmt: skip
    print(f"{len(passed)} of {sum(why.values())} candidates passed: {passed}")
    for reason, count in why.most_common():
        print(f"{count:6d} {reason or 'passed'}")


if __name__ == "__main__":
    main()

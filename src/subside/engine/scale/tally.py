"""Counts of patients, and what they say: a course without its samples.

Everything is an integer or an extreme, so two tallies add up to the same whatever the order: the answer does not
depend on how patients were spread over workers. Means and spreads are exact to 2**-30 of a scale; a percentile lies
within one bin of the value that sorting all patients would give.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.course import Curve, quantity
from subside.course.summary import QUANTILES, share_curve
from subside.engine.scale.binning import Bins
from subside.engine.scale.count import HALF_WORD, count_by_octave, count_evenly, empty_sums

Samples = Mapping[str, NDArray[np.floating]]


@dataclass(kw_only=True, eq=False)
class Counted:
    """One quantity at every time.

    Attributes:
        counts: Patients by bin. Shape ``(time, bin)``.
        sums: Rows ``count.SUM`` to ``count.LOW_HALVES``. Shape ``(3, time)``.
        ends: Least and greatest value. Shape ``(2, time)``.
    """

    bins: Bins
    counts: NDArray[np.int32]
    sums: NDArray[np.int64]
    ends: NDArray[np.float32]

    @classmethod
    def empty(cls, layout: Bins, n_times: int) -> Counted:
        """Return nothing counted yet."""
        sums, ends = empty_sums(n_times)
        return cls(bins=layout, counts=np.zeros((n_times, layout.n), np.int32), sums=sums, ends=ends)

    def add(self, rows: NDArray[np.floating], good: NDArray[np.bool_]) -> None:
        """Count patients; shape ``(patient, time)``, those who are ``good`` only."""
        b, values = self.bins, np.ascontiguousarray(rows, dtype=np.float32)
        if b.by_octave:
            count_by_octave(values, good, b.n, b.scale, self.counts, self.sums, self.ends)
        else:
            count_evenly(values, good, b.low, 1.0 / b.width, b.n, b.scale, self.counts, self.sums, self.ends)

    def merge(self, other: Counted) -> None:
        """Add what another has counted."""
        self.counts += other.counts
        self.sums += other.sums
        np.minimum(self.ends[0], other.ends[0], out=self.ends[0])
        np.maximum(self.ends[1], other.ends[1], out=self.ends[1])

    def curve(self, name: str) -> Curve:
        """Return the curve of all that was counted; NaN where no one was."""
        n_times = len(self.counts)
        q = np.full((len(QUANTILES), n_times), np.nan)
        mean, sd = np.full(n_times, np.nan), np.full(n_times, np.nan)
        edges = self.bins.edges
        for time in range(n_times):
            below = np.concatenate([[0], np.cumsum(self.counts[time], dtype=np.int64)])
            n = int(below[-1])
            if not n:
                continue
            q[:, time] = [self._quantile(p, n, below, edges, time) for p in QUANTILES]
            total, high, low = (int(v) for v in self.sums[:, time])
            mean[time] = total / n / self.bins.scale
            # whole numbers of any length: no digit is lost in the difference of two large squares
            square = n * ((high << HALF_WORD) + low) - total * total
            sd[time] = math.sqrt(square) / n / self.bins.scale
        return Curve(
            name=name, unit=quantity(name).unit, low=q[0], low50=q[1], median=q[2], high50=q[3], high=q[4],
            mean=mean, sd=sd,
        )  # fmt: skip

    def _quantile(
        self, p: float, n: int, below: NDArray[np.int64], edges: NDArray[np.float64], time: int
    ) -> float:
        """Return a percentile as NumPy defines it: between the two patients next to it in rank."""
        rank = p * (n - 1)
        first = int(rank)
        one = self._of_rank(first, below, edges, time)
        if rank == first:
            return one
        return one + (rank - first) * (self._of_rank(first + 1, below, edges, time) - one)

    def _of_rank(self, rank: int, below: NDArray[np.int64], edges: NDArray[np.float64], time: int) -> float:
        """Return the value of the patient of this rank, taking those of one bin as evenly spread in it."""
        least, most = (float(v) for v in self.ends[:, time])
        if rank == 0 or rank == below[-1] - 1:
            return most if rank else least
        b = int(np.searchsorted(below, rank, side="right")) - 1
        within = (rank - below[b] + 0.5) / (below[b + 1] - below[b])
        low, high = max(edges[b], least), min(edges[b + 1], most)
        if b == self.bins.n - 1:
            high = most
        if b == 0:
            low = least
        return float(low + within * (high - low))


@dataclass(kw_only=True, eq=False)
class Tally:
    """All quantities of one arm, or of the differences between two.

    Attributes:
        counted: By name.
        hits: Responders by name of the share. Shape ``(time,)`` each.
        n: Patients counted; ``failed``: those who were not, since one quantity was not finite.
    """

    counted: dict[str, Counted] = field(default_factory=dict)
    hits: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    n: int = 0
    failed: int = 0

    def add(
        self,
        samples: Samples,
        good: NDArray[np.bool_],
        layout: Mapping[str, Bins],
        hits: Mapping[str, NDArray[np.bool_]] | None = None,
    ) -> None:
        """Count a block of patients.

        Args:
            samples: By name, shape ``(patient, time)`` each.
            good: Who counts. Shape ``(patient,)``.
            layout: The bins of each name.
            hits: Who responded, by name of the share, shape ``(patient, time)`` each.
        """
        for name, rows in samples.items():
            if name not in self.counted:
                self.counted[name] = Counted.empty(layout[name], rows.shape[1])
            self.counted[name].add(rows, good)
        for name, met in (hits or {}).items():
            found = met[good].sum(axis=0, dtype=np.int64)
            self.hits[name] = self.hits[name] + found if name in self.hits else found
        self.n += int(good.sum())
        self.failed += int((~good).sum())

    def merge(self, other: Tally) -> None:
        """Add what another has counted; nothing of the other is kept or changed."""
        for name, counted in other.counted.items():
            if name not in self.counted:
                self.counted[name] = Counted.empty(counted.bins, len(counted.counts))
            self.counted[name].merge(counted)
        for name, found in other.hits.items():
            self.hits[name] = self.hits[name] + found if name in self.hits else found.copy()
        self.n += other.n
        self.failed += other.failed

    def curves(self) -> dict[str, Curve]:
        """Return the curve of every quantity, then the shares of responders."""
        found = {name: counted.curve(name) for name, counted in self.counted.items()}
        return found | {name: share_curve(hits, self.n, name) for name, hits in self.hits.items()}

    def pack(self) -> dict[str, Any]:
        """Return what another process needs to have the same, without the empty bins at both ends."""
        return {
            "counted": {name: _packed(counted) for name, counted in self.counted.items()},
            "hits": self.hits, "n": self.n, "failed": self.failed,
        }  # fmt: skip

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> Tally:
        """Return the tally that was packed."""
        counted = {name: _unpacked(*parts) for name, parts in packed["counted"].items()}
        return cls(counted=counted, hits=dict(packed["hits"]), n=packed["n"], failed=packed["failed"])

    def bytes(self) -> bytes:
        """Return all that was counted as bytes, in a fixed order: equal tallies have equal bytes."""
        parts: list[bytes] = [f"{self.n} {self.failed}".encode()]
        for name in sorted(self.counted):
            one = self.counted[name]
            parts += [name.encode(), one.counts.tobytes(), one.sums.tobytes(), one.ends.tobytes()]
        for name in sorted(self.hits):
            parts += [name.encode(), self.hits[name].tobytes()]
        return b"".join(parts)


def merged(tallies: Iterable[Tally]) -> Tally:
    """Return all of them together."""
    whole = Tally()
    for one in tallies:
        whole.merge(one)
    return whole


def _packed(counted: Counted) -> tuple[Any, ...]:
    used = np.flatnonzero(counted.counts.any(axis=0))
    first, last = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 0)
    counts = counted.counts[:, first:last]
    small = counts.size == 0 or int(counts.max()) < 1 << 16
    return counted.bins, first, counts.astype(np.uint16 if small else np.int32), counted.sums, counted.ends


def _unpacked(
    layout: Bins, first: int, counts: NDArray[Any], sums: NDArray[np.int64], ends: NDArray[np.float32]
) -> Counted:
    whole = np.zeros((len(counts), layout.n), dtype=np.int32)
    whole[:, first : first + counts.shape[1]] = counts
    return Counted(bins=layout, counts=whole, sums=sums, ends=ends)

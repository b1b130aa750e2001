"""Who talks to whom: the projections, and their draw for one animal.

Every projection connects with probability 0.2, as in Medlock et al. 2022. Weights are of one synapse,
in nS at the peak; the ones here are the middle of the ensemble (``ensemble``), which scales them in
groups. What a weight is called by (``group``) is what the search varies.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit.populations import CELLS_OF, FIBERS_OF, N_CELLS, N_FIBERS
from subside.engine.kernel.random import uniforms

PROBABILITY: Final = 0.2
GLUTAMATE, PEPTIDE, GABA, GLYCINE = range(4)  # peptide: glutamate and substance P


@dataclass(frozen=True)
class Projection:
    """All synapses from one population, or kind of fiber, to another.

    ``ampa_ns`` is the weight of an inhibitory synapse too; ``nmda_ns`` is before magnesium.
    """

    source: str
    target: str
    kind: int
    group: str
    ampa_ns: float
    nmda_ns: float = 0.0
    nk1_ns: float = 0.0


def _p(source: str, targets: str, kind: int, group: str, ampa: float, nmda: float = 0.0, nk1: float = 0.0):  # type: ignore[no-untyped-def]
    return [Projection(source, t, kind, group, ampa, nmda, nk1) for t in targets.split()]


PROJECTIONS: Final[tuple[Projection, ...]] = (
        # low-threshold fibers
        *_p("abeta", "pkcg", GLUTAMATE, "touch_in", 4.0, 0.5),
        *_p("abeta", "vglut3", GLUTAMATE, "touch_in", 4.0, 0.5),
        *_p("abeta", "pv", GLUTAMATE, "touch_gate", 6.0),
        *_p("abeta", "dyn", GLUTAMATE, "touch_gate", 3.0),
        *_p("abeta", "deep_inhibitory", GLUTAMATE, "touch_gate", 6.0),
        *_p("abeta", "wdr", GLUTAMATE, "touch_wdr", 2.5, 0.1),
        # Adelta
        *_p("adelta", "dor", GLUTAMATE, "adelta", 3.0, 0.2),
        *_p("adelta", "som cr", GLUTAMATE, "adelta", 3.0, 0.2),
        *_p("adelta", "wdr", GLUTAMATE, "adelta", 2.5, 0.1),
        # C
        *_p("c_peptidergic", "trc", GLUTAMATE, "c_in", 3.15, 0.013),
        *_p("c_peptidergic", "som cr", GLUTAMATE, "c_in", 4.1, 0.013),
        *_p("c_peptidergic", "dyn", GLUTAMATE, "c_gate", 1.5),
        *_p("c_peptidergic", "islet", GLUTAMATE, "c_gate", 1.5),
        *_p("c_nonpeptidergic", "trc", GLUTAMATE, "c_in", 3.15, 0.013),
        *_p("c_nonpeptidergic", "som cr", GLUTAMATE, "c_in", 4.1, 0.013),
        *_p("c_nonpeptidergic", "dyn", GLUTAMATE, "c_gate", 1.5),
        *_p("c_nonpeptidergic", "islet", GLUTAMATE, "c_gate", 1.5),
        *_p("c_peptidergic", "nk1", PEPTIDE, "c_out", 1.3, 0.01, 0.008),
        *_p("c_peptidergic", "wdr", PEPTIDE, "c_out", 1.4, 0.16, 0.016),
        # excitatory interneurons: from touch toward pain, by NMDA more than by AMPA
        *_p("vglut3", "pkcg dor", GLUTAMATE, "touch_chain", 0.45, 0.32),
        *_p("vglut3", "som", GLUTAMATE, "touch_chain", 0.18, 0.235),
        *_p("pkcg", "trc", GLUTAMATE, "touch_chain", 0.18, 0.235),
        *_p("pkcg", "som cr", GLUTAMATE, "touch_chain", 0.18, 0.235),
        *_p("dor", "som cr", GLUTAMATE, "adelta_chain", 0.5, 0.1),
        *_p("trc", "som cr", GLUTAMATE, "c_chain", 1.0, 0.04),
        # to the way out
        *_p("som", "nk1", PEPTIDE, "to_nk1", 2.7, 0.012, 0.004),
        *_p("cr", "nk1", PEPTIDE, "to_nk1", 2.7, 0.012, 0.004),
        *_p("som", "wdr", GLUTAMATE, "to_wdr", 6.6, 0.165),
        *_p("cr", "wdr", GLUTAMATE, "to_wdr", 6.6, 0.165),
        # inhibition
        *_p("pv", "pkcg", GABA, "gate_touch", 15.0),
        *_p("pv", "dor", GABA, "gate_touch", 3.0),
        *_p("islet", "trc dyn", GABA, "gate_islet", 1.0),
        *_p("dyn", "islet", GLYCINE, "gate_islet", 0.5),
        *_p("dyn", "som cr", GLYCINE, "gate_relay", 0.9),
        *_p("dyn", "nk1", GLYCINE, "gate_out", 0.8),
        *_p("dyn", "wdr", GLYCINE, "gate_out", 0.4),
        *_p("deep_inhibitory", "wdr", GLYCINE, "gate_out", 1.0),
        # brain stem: facilitation (5-HT3) and inhibition
        *_p("on", "nk1 wdr", GLUTAMATE, "on", 1.0),
        *_p("off", "nk1 wdr", GLYCINE, "off", 3.6),
        *_p("off", "som cr", GLYCINE, "off", 1.2),
    )
GROUPS: Final = tuple(dict.fromkeys(p.group for p in PROJECTIONS))
WEIGHTS: Final = np.array([(p.ampa_ns, p.nmda_ns, p.nk1_ns) for p in PROJECTIONS])
KINDS: Final = np.array([p.kind for p in PROJECTIONS], dtype=np.int64)
GROUP_OF: Final = np.array([GROUPS.index(p.group) for p in PROJECTIONS], dtype=np.int64)


@dataclass(frozen=True)
class Wiring:
    """The synapses of one animal, ordered by source: fibers first, then cells.

    Attributes:
        first: Where the synapses of each source begin. Shape ``(source + 1,)``.
        target: Cell that each reaches. Shape ``(synapse,)``.
        projection: Index into ``PROJECTIONS`` of each. Shape ``(synapse,)``.
    """

    first: NDArray[np.int64]
    target: NDArray[np.int64]
    projection: NDArray[np.int64]


@functools.lru_cache(maxsize=64)
def wiring(animal: int) -> Wiring:
    """Return the synapses of one animal: the same number, the same synapses."""
    sources, targets, of = [], [], []
    for index, p in enumerate(PROJECTIONS):
        fibers = p.source in FIBERS_OF
        rows = FIBERS_OF[p.source] if fibers else CELLS_OF[p.source]
        columns = CELLS_OF[p.target]
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        name = f"wiring {p.source} {p.target}"
        there = uniforms("circuit", [animal], name, shape[0] * shape[1])[0].reshape(shape) < PROBABILITY
        row, column = np.nonzero(there)
        sources.append(row + rows.start + (0 if fibers else N_FIBERS))
        targets.append(column + columns.start)
        of.append(np.full(len(row), index))
    source = np.concatenate(sources)
    order = np.argsort(source, kind="stable")
    first = np.searchsorted(source[order], np.arange(N_FIBERS + N_CELLS + 1))
    return Wiring(
        first.astype(np.int64),
        np.concatenate(targets)[order].astype(np.int64),
        np.concatenate(of)[order].astype(np.int64),
    )

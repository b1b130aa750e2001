"""Who is in the dorsal horn: populations of cells and of the fibers that drive them.

Superficial populations and their sizes are those of Medlock et al. 2022 (evidence ``medlock_2022``);
deep wide-dynamic-range cells, deep inhibitory cells and descending units are added. One compartment a
cell, adaptive exponential integrate-and-fire (AdEx):

::

    C dV/dt = -gL (V - EL) + gL DT exp((V - VT)/DT) - w - synapses - CAN
    dw/dt = -w/tau_w;   at a spike: V = Vr, w = w + b
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CAPACITANCE_PF: Final = 150.0
LEAK_NS: Final = 7.0
REST_MV: Final = -65.0
THRESHOLD_MV: Final = -50.0
SHARPNESS_MV: Final = 1.5
RESET_MV: Final = -58.0
PEAK_MV: Final = 0.0
LANES: Final = 8  # cells are padded to a multiple, so that the loop over cells is whole vectors


@dataclass(frozen=True)
class Population:
    """Cells of one kind. ``adaptation_pa`` and ``adaptation_ms`` make it tonic (0) or initial-bursting."""

    name: str
    size: int
    adaptation_pa: float
    adaptation_ms: float = 100.0
    output: bool = False  # has CAN channels, NK1 receptors and calcium-driven plasticity


# Adaptation: design. Deep and projection cells as in the wind-up prototype (18 pA); inhibitory cells fire
# tonically, excitatory ones adapt or start late, as recordings of lamina II cells have it.
CELLS: Final = (
    Population("pkcg", 30, 20.0),
    Population("vglut3", 4, 12.0),
    Population("dor", 30, 12.0),
    Population("trc", 10, 30.0),
    Population("som", 15, 25.0),
    Population("cr", 20, 25.0),
    Population("pv", 15, 2.0),
    Population("dyn", 60, 5.0),
    Population("islet", 15, 2.0),
    Population("nk1", 10, 40.0, output=True),
    Population("wdr", 20, 30.0, output=True),
    Population("deep_inhibitory", 20, 2.0),
)


@dataclass(frozen=True)
class Fibers:
    """Fibers of one kind: conduction latency at an electrical volley (ms), its spread (ms), and how many
    stimuli a second they follow."""

    name: str
    size: int
    latency_ms: float
    spread_ms: float
    follows_hz: float = 200.0


FIBERS: Final = (
    Fibers("abeta", 20, 10.0, 1.0),
    Fibers("adelta", 20, 40.0, 8.0, 100.0),
    Fibers("c_peptidergic", 80, 200.0, 220.0, 20.0),
    Fibers("c_nonpeptidergic", 80, 200.0, 220.0, 20.0),
    Fibers("on", 5, 0.0, 0.0),
    Fibers("off", 20, 0.0, 0.0),
)

N_CELLS: Final = sum(p.size for p in CELLS)
N_PADDED: Final = -(-N_CELLS // LANES) * LANES
N_FIBERS: Final = sum(f.size for f in FIBERS)


def _slices(groups: Sequence[Population | Fibers]) -> dict[str, slice]:
    found, at = {}, 0
    for group in groups:
        found[group.name] = slice(at, at + group.size)
        at += group.size
    return found


CELLS_OF: Final = _slices(CELLS)
FIBERS_OF: Final = _slices(FIBERS)

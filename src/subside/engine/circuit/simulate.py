"""Run members of the ensemble through stimuli, over threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from subside.engine.circuit import loop
from subside.engine.circuit.learning import rebound_on_magnesium
from subside.engine.circuit.learning import rule as shipped_rule
from subside.engine.circuit.members import Cord, Member
from subside.engine.circuit.populations import (
    CELLS,
    CELLS_OF,
    FIBERS_OF,
    N_CELLS,
    N_FIBERS,
    N_PADDED,
    REST_MV,
)
from subside.engine.circuit.stimuli import Arrivals, Natural, Train, arrivals
from subside.engine.circuit.wiring import GABA, GROUP_OF, GROUPS, KINDS, PROJECTIONS, WEIGHTS, wiring
from subside.engine.kernel.pool import available_threads
from subside.engine.receptor.gating import warmed
from subside.engine.receptor.ligands import blocker
from subside.engine.receptor.pools import pool
from subside.engine.receptor.trapping import blocked, potency_shift
from subside.errors import ComputationError
from subside.evidence import value

T = TypeVar("T")

BODY_CELSIUS = 37.0
SETTLED_MV = -50.0  # design: where channels exchange drug between stimuli before the experiment
DESCENDING_HALF_UM = 0.2  # assumed: half effect of ketamine on the brain stem, at analgesic levels
POTENTIATED = ("c_peptidergic", "c_nonpeptidergic")
INHIBIT_RELEASE = ("pv", "deep_inhibitory")
MAX_HZ = 400.0  # more than a cell fires; sets the room for spikes


@dataclass(frozen=True)
class Record:
    """What the cells did.

    Attributes:
        time_ms: Time of each spike, in ms. Shape ``(spike,)``.
        cell: Its cell. Shape ``(spike,)``.
        potentiation: Weight of C synapses on each cell at the end, relative to before. Shape ``(cell,)``.
        block: Share of fast and slow NMDA channels that hold ketamine at the end. Shape ``(2, cell)``.
    """

    time_ms: NDArray[np.float64]
    cell: NDArray[np.int64]
    potentiation: NDArray[np.float64]
    block: NDArray[np.float64]

    def count(self, population: str, from_ms: float, to_ms: float) -> float:
        """Return spikes a cell of a population in a window of time."""
        return float(self.counts(population, from_ms, to_ms).mean())

    def counts(self, population: str, from_ms: float, to_ms: float) -> NDArray[np.float64]:
        """Return the spikes of each cell of a population in a window of time. Shape ``(cell,)``."""
        where = CELLS_OF[population]
        inside = (self.cell >= where.start) & (self.cell < where.stop)
        inside &= (self.time_ms >= from_ms) & (self.time_ms < to_ms)
        found = np.bincount(self.cell[inside] - where.start, minlength=where.stop - where.start)
        return np.asarray(found, dtype=np.float64)


def run(member: Member, stimulus: Sequence[Train | Natural], *, cord: Cord, seed: int = 1) -> Record:
    """Return what one member's cells do under stimuli given together."""
    on, off = descending_rates(member, cord)
    found = arrivals(*stimulus, animal=member.animal, seed=seed, on_hz=on, off_hz=off)
    return run_arrivals(member, found, cord=cord)


def descending_rates(member: Member, cord: Cord) -> tuple[float, float]:
    """Return the rates of ON and OFF units, in Hz."""
    um = (
        cord.ketamine_um + 1.65 * cord.esketamine_um
    )  # S-ketamine binds 1.65 times as tightly as the racemate
    effect = cord.drug_on_descending * um / (um + DESCENDING_HALF_UM)
    return (
        cord.descending * member["on_hz"] * (1.0 - effect),
        cord.descending * member["off_hz"] * (1.0 + 2.0 * effect),
    )


def run_arrivals(member: Member, found: Arrivals, *, cord: Cord) -> Record:
    """Return what one member's cells do when these fibers fire."""
    weights = weights_of(member, cord)
    settings = settings_of(member, cord)
    constants, state = cells_of(member, cord, weights, settings)
    net = wiring(member.animal)
    n_steps = round(found.ends_ms / loop.DT_MS)
    room = int(N_CELLS * MAX_HZ * found.ends_ms / 1000.0) + 1000
    spike_step, spike_cell = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    n = loop.run(
        state, constants, settings, weights, KINDS, net.first, net.target, net.projection,
        N_FIBERS, _FROM_C, _PRESYNAPTIC, found.step, found.fiber, n_steps, spike_step, spike_cell,
    )  # fmt: skip
    if n < 0 or not np.isfinite(state).all():
        raise ComputationError(
            f"member on wiring {member.animal} ran away (more than {MAX_HZ:.0f} spikes a second and cell, "
            "or no number); its parameters lie outside the ensemble. Use members of the ensemble."
        )
    return Record(
        np.asarray(spike_step[:n] * loop.DT_MS, dtype=np.float64),
        spike_cell[:n].copy(),
        state[loop.POTENTIATION, :N_CELLS].copy(),
        state[loop.B_FAST : loop.B_SLOW + 1, :N_CELLS].copy(),
    )


def weights_of(member: Member, cord: Cord) -> NDArray[np.float64]:
    """Return the weights of every projection in nS: AMPA (or inhibition), NMDA, NK1. Shape (projection, 3)."""
    weights = WEIGHTS * member.values[: len(GROUPS)][GROUP_OF][:, None]
    weights[:, 1] *= member["nmda"] * (1.0 + cord.nmda_rise * cord.sensitization)
    weights[:, 2] *= member["nk1"]
    weights[KINDS >= GABA] *= cord.inhibition_left
    of_c = np.array([p.source in POTENTIATED for p in PROJECTIONS])
    weights[of_c, 0] *= 1.0 + cord.c_rise * cord.sensitization
    return weights


def settings_of(member: Member, cord: Cord) -> NDArray[np.float64]:
    """Return the numbers that hold for a whole run, in the order of ``loop``."""
    out = np.zeros(loop.N_SETTINGS)
    racemate, esketamine = blocker("racemic_ketamine"), blocker("s_ketamine")
    faster = warmed(value("assumptions.receptor_q10", unit="1"), celsius=BODY_CELSIUS) / 1000.0  # per ms
    entering = racemate.binding_per_um_s * cord.ketamine_um + esketamine.binding_per_um_s * cord.esketamine_um
    out[loop.E_CL_MV] = cord.chloride_mv
    out[loop.MG_FAST] = cord.mg_mm / cord.mg_weakness
    out[loop.MG_SLOW] = cord.mg_mm / cord.mg_weakness / pool("slow").mg_weakness
    out[loop.NMDA_LEFT] = 1.0 - cord.apv
    out[loop.SLOW_SHARE] = member["slow_share"]
    out[loop.TAU_FAST], out[loop.TAU_SLOW] = member["tau_fast_ms"], member["tau_slow_ms"]
    out[loop.ENTERING] = entering * faster
    out[loop.LEAVING] = racemate.leaving_per_s * faster
    out[loop.OPIOID] = cord.opioid
    out[loop.OPIOID_STOPS_MS] = np.inf if cord.opioid_stops_ms is None else cord.opioid_stops_ms
    out[loop.OPIOID_TAPER_MS] = cord.opioid_taper_ms
    rule = member.rule or shipped_rule()
    out[loop.THETA_P_UM], out[loop.RATE_UP], out[loop.W_MAX] = rule.threshold_um, rule.rate_per_um_s, rule.ceiling
    out[loop.REBOUND_ON_MG], out[loop.REBOUND_ON_CALCIUM] = rebound_on_magnesium(), rule.rebound_on_calcium
    out[loop.CALCIUM_LEFT] = cord.calcium_left
    out[loop.PAD_GAIN] = member["pad_gain"] * cord.inhibition_left
    out[loop.LEARNING] = cord.learning
    out[loop.NK1_LEFT] = cord.nk1_left
    return out


def cells_of(
    member: Member, cord: Cord, weights: NDArray[np.float64], settings: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return constants and the state at the start, one column a cell."""
    constants = np.zeros((loop.N_CONSTANTS, N_PADDED))
    constants[loop.ADAPT_KEEP] = 1.0
    for p in CELLS:
        where = CELLS_OF[p.name]
        constants[loop.ADAPT_PA, where] = p.adaptation_pa
        constants[loop.ADAPT_KEEP, where] = np.exp(-loop.DT_MS / p.adaptation_ms)
        constants[loop.CAN_NS, where] = member["can_ns"] * cord.can_left if p.output else 0.0
        constants[loop.OUTPUT, where] = float(p.output)
    net = wiring(member.animal)
    whole = np.bincount(net.target, weights[net.projection, 1], minlength=N_PADDED)
    constants[loop.VOLLEY_NS] = np.where(whole > 0.0, whole, 1.0)
    state = np.zeros((loop.N_STATES, N_PADDED))
    state[loop.V] = REST_MV
    state[loop.POTENTIATION] = 1.0
    ligand = settings[loop.ENTERING] / settings[loop.LEAVING]
    state[loop.B_FAST] = blocked(ligand, potency_shift(SETTLED_MV, settings[loop.MG_FAST]))
    state[loop.B_SLOW] = blocked(ligand, potency_shift(SETTLED_MV, settings[loop.MG_SLOW]))
    return constants, state


def over_threads(jobs: Sequence[Callable[[], T]], *, threads: int | None = None) -> list[T]:
    """Return the results of independent jobs, in their order."""
    with ThreadPoolExecutor(threads or available_threads()) as workers:
        return list(workers.map(lambda job: job(), jobs))


def _marks() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    from_c = np.zeros(N_FIBERS, dtype=np.int64)
    from_c[FIBERS_OF["adelta"]] = 1
    for name in POTENTIATED:
        from_c[FIBERS_OF[name]] = 2
    presynaptic = np.zeros(N_PADDED)
    for name in INHIBIT_RELEASE:
        presynaptic[CELLS_OF[name]] = 1.0
    return from_c, presynaptic


_FROM_C, _PRESYNAPTIC = _marks()

"""The dorsal horn circuit written again as Brian2 equations: same wiring, same arrivals, own numerics.

Brian2 needs an environment of its own (``constraints-neuro.txt``). Differences in method: slow states
advance at every step by forward Euler where the product advances them every ms; a fiber's spike arrives
a step later; presynaptic inhibition is a copy in every cell.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from subside.engine.circuit import loop
from subside.engine.circuit.members import Cord, Member
from subside.engine.circuit.populations import N_CELLS, N_FIBERS, REST_MV
from subside.engine.circuit.simulate import (
    _FROM_C,
    _PRESYNAPTIC,
    cells_of,
    settings_of,
    weights_of,
)
from subside.engine.circuit.stimuli import Arrivals
from subside.engine.circuit.wiring import GABA, GLYCINE, KINDS, wiring

EQUATIONS = """
dV/dt = I/capacitance/ms : 1
I = spike - 7*(V + 65) - w - (gaba + gly)*(V - e_cl) - (ampa + fast + slow + peptide)*V - cation : 1
spike = 7*1.5*exp(clip((V + 50)/1.5, -700, 10)) : 1
cation = can_ns*can*can*(V + 20) : 1
unblock = exp(-0.062*V) : 1
free_fast = 1/(1 + mg_fast*unblock) : 1
free_slow = 1/(1 + mg_slow*unblock) : 1
peptide = norm_peptide*(pd - pr) : 1
boost = 1 + nk1_on_nmda*peptide/(peptide + nk1_half) : 1
s_fast = norm_fast*(yf - x) : 1
s_slow = norm_slow*(ys - x) : 1
fast = s_fast*(1 - b_fast)*free_fast*boost : 1
slow = s_slow*(1 - b_slow)*free_slow*boost : 1
leaving = leaving0*exp(distance*(V + 70)) : 1
po_fast = 0.25*clip(s_fast/(volley*share_fast), 0, 2) : 1
po_slow = 0.05*clip(s_slow/(volley*share_slow), 0, 2) : 1
db_fast/dt = po_fast*(entering*free_fast*(1 - b_fast) - leaving*b_fast)/ms : 1
db_slow/dt = po_slow*(entering*free_slow*(1 - b_slow) - leaving*b_slow)/ms : 1
dcalcium/dt = (-calcium/300 - per_pa*(fast + slow)*V)/ms : 1
q = (calcium/0.55)**2 : 1
dcan/dt = (q/(1 + q) - can)*(1 + q)/4000/ms : 1
dw/dt = -w/tau_w/ms : 1
dampa/dt = -ampa/tau_ampa/ms : 1
dgaba/dt = -gaba/tau_gaba/ms : 1
dgly/dt = -gly/tau_gly/ms : 1
dx/dt = -x/tau_rise/ms : 1
dyf/dt = -yf/tau_fast/ms : 1
dys/dt = -ys/tau_slow/ms : 1
dpr/dt = -pr/(100*ms) : 1
dpd/dt = -pd/(3000*ms) : 1
adaptation : 1
tau_w : 1
can_ns : 1
volley : 1
dpad/dt = -pad/(60*ms) : 1
"""
ARRIVE = """
ampa_post += s*wa
x_post += s*wn
yf_post += s*wn
ys_post += s*wn
pr_post += s*wk
pd_post += s*wk
gaba_post += s*wi
gly_post += s*wg
"""


@dataclass(frozen=True)
class Answer:
    """Spikes of the run and the seconds of its parts; ``build_s`` is 0 without standalone code."""

    time_ms: np.ndarray
    cell: np.ndarray
    build_s: float
    run_s: float


def simulate(member: Member, found: Arrivals, *, cord: Cord, standalone: str = "") -> Answer:
    """Return the spikes of one member; ``standalone`` names a folder to build C++ in."""
    import brian2 as b2

    b2.start_scope()
    if standalone:
        b2.device.reinit()
        b2.device.activate()
        b2.set_device("cpp_standalone", build_on_run=False)
    else:
        b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = loop.DT_MS * b2.ms
    weights, settings = weights_of(member, cord), settings_of(member, cord)
    constants, state = cells_of(member, cord, weights, settings)
    names = _names(settings)
    ms = b2.ms
    reset = "V = -58\nw += adaptation\ncalcium += per_spike"
    cells = b2.NeuronGroup(
        N_CELLS, EQUATIONS, threshold="V > 0", reset=reset, method="euler", namespace=names
    )
    cells.V = REST_MV
    keep = constants[loop.ADAPT_KEEP, :N_CELLS]
    cells.tau_w = loop.DT_MS / np.maximum(1.0 - keep, 1e-12)
    cells.adaptation = constants[loop.ADAPT_PA, :N_CELLS]
    cells.can_ns = constants[loop.CAN_NS, :N_CELLS]
    cells.volley = constants[loop.VOLLEY_NS, :N_CELLS]
    cells.b_fast, cells.b_slow = state[loop.B_FAST, :N_CELLS], state[loop.B_SLOW, :N_CELLS]

    pairs = np.unique(np.stack([found.step, found.fiber]), axis=1)
    fibers = b2.SpikeGeneratorGroup(N_FIBERS, pairs[1], pairs[0] * loop.DT_MS * ms)
    net = wiring(member.animal)
    source = np.repeat(np.arange(N_FIBERS + N_CELLS), np.diff(net.first))
    from_fiber = source < N_FIBERS
    release = "s = 1 - gated*(1 - release*(1 - pad_gain*pad_post/(1 + pad_post)))"
    model = "wa : 1\nwn : 1\nwk : 1\nwi : 1\nwg : 1\ngated : 1"
    first = b2.Synapses(fibers, cells, model, on_pre=release + ARRIVE, namespace=names)
    second = b2.Synapses(cells, cells, model, on_pre="s = 1" + ARRIVE, delay=0.5 * ms)
    for synapses, where, shift in ((first, from_fiber, 0), (second, ~from_fiber, N_FIBERS)):
        synapses.connect(i=source[where] - shift, j=net.target[where])
        p = net.projection[where]
        kind, strength = KINDS[p], weights[p]
        synapses.wa = np.where(kind < GABA, strength[:, 0], 0.0)
        synapses.wn = np.where(kind < GABA, strength[:, 1], 0.0)
        synapses.wk = np.where(kind < GABA, strength[:, 2], 0.0)
        synapses.wi = np.where(kind == GABA, strength[:, 0], 0.0)
        synapses.wg = np.where(kind == GLYCINE, strength[:, 0], 0.0)
    first.gated = (_FROM_C[source[from_fiber]] > 0).astype(float)
    # Every cell carries its own copy of the one variable of presynaptic inhibition.
    to_pad = b2.Synapses(cells, cells, on_pre=f"pad_post += {loop.PAD_UNIT}")
    inhibiting = np.flatnonzero(_PRESYNAPTIC[:N_CELLS])
    to_pad.connect(i=np.repeat(inhibiting, N_CELLS), j=np.tile(np.arange(N_CELLS), len(inhibiting)))
    monitor = b2.SpikeMonitor(cells)
    network = b2.Network(cells, fibers, first, second, to_pad, monitor)
    began = time.perf_counter()
    network.run(found.ends_ms * ms)
    build_s, run_s = 0.0, time.perf_counter() - began
    if standalone:
        began = time.perf_counter()
        b2.device.build(directory=standalone, compile=True, run=False, debug=False)
        build_s = time.perf_counter() - began
        began = time.perf_counter()
        b2.device.run(directory=standalone, with_output=False, run_args=[])
        run_s = time.perf_counter() - began
    return Answer(np.asarray(monitor.t / ms), np.asarray(monitor.i), build_s, run_s)


def _exact(tau_ms: float) -> float:
    """Return the constant with which a forward Euler step decays as far as exp(-dt/tau) does."""
    return float(loop.DT_MS / (1.0 - np.exp(-loop.DT_MS / tau_ms)))


def _names(settings: np.ndarray) -> dict[str, float]:
    share = float(settings[loop.SLOW_SHARE])
    left = float(settings[loop.NMDA_LEFT])
    fast, slow = float(settings[loop.TAU_FAST]), float(settings[loop.TAU_SLOW])
    peak = loop.peak_norm.py_func if hasattr(loop.peak_norm, "py_func") else loop.peak_norm
    return {
        "capacitance": 150.0, "e_cl": float(settings[loop.E_CL_MV]),
        "mg_fast": float(settings[loop.MG_FAST]) / 3.57, "mg_slow": float(settings[loop.MG_SLOW]) / 3.57,
        "norm_fast": peak(5.0, fast) * (1.0 - share) * left, "norm_slow": peak(5.0, slow) * share * left,
        "norm_peptide": peak(100.0, 3000.0) * float(settings[loop.NK1_LEFT]),
        "nk1_on_nmda": loop.NK1_ON_NMDA, "nk1_half": loop.NK1_HALF_NS,
        "share_fast": 1.0 - share, "share_slow": share, "tau_fast": _exact(fast), "tau_slow": _exact(slow),
        "tau_ampa": _exact(5.0), "tau_gaba": _exact(20.0), "tau_gly": _exact(10.0), "tau_rise": _exact(5.0),
        "entering": float(settings[loop.ENTERING]), "leaving0": float(settings[loop.LEAVING]),
        "distance": loop.DISTANCE_OVER_RT, "per_pa": loop.CALCIUM_PER_PA_MS,
        "per_spike": loop.CALCIUM_PER_SPIKE,
        "release": 1.0 - float(settings[loop.OPIOID]), "pad_gain": float(settings[loop.PAD_GAIN]),
    }  # fmt: skip

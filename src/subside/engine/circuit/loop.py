"""The compiled loop: one animal through one stimulus.

Fast variables advance with ``DT_MS`` by forward Euler, synaptic decays exactly; what changes over
hundreds of ms (peptide, calcium, CAN, block, plasticity) every ``SLOW_STEPS`` steps. The loop over
cells is free of branches, so that it becomes vector code; spikes are delivered after it.
"""

from __future__ import annotations

import math
from typing import Final

from subside.engine.circuit.populations import (
    CAPACITANCE_PF,
    LEAK_NS,
    PEAK_MV,
    RESET_MV,
    REST_MV,
    SHARPNESS_MV,
    THRESHOLD_MV,
)
from subside.engine.kernel.functions import exp
from subside.engine.kernel.jit import compiled, scalar
from subside.engine.receptor.kinetics import block_after
from subside.engine.receptor.magnesium import MG_HALF_MM, PER_MV

DT_MS: Final = 0.1
SLOW_STEPS: Final = 10
DELAY_STEPS: Final = 5  # 0.5 ms between cells; fibers bring their own delay with their events

# rows of the state
(
    V, W, AMPA, GABA, GLY, RISE, FAST, SLOW, PEPTIDE_RISE, PEPTIDE, CALCIUM, CAN, B_FAST, B_SLOW, POTENTIATION,
    MG_HOLD,
) = range(16)  # fmt: skip
N_STATES: Final = 16

# rows of the per-cell constants
ADAPT_PA, ADAPT_KEEP, CAN_NS, VOLLEY_NS, OUTPUT = range(5)
N_CONSTANTS: Final = 5

# entries of the per-run settings
(
    E_CL_MV, MG_FAST, MG_SLOW, NMDA_LEFT, SLOW_SHARE, TAU_FAST, TAU_SLOW, ENTERING, LEAVING, OPIOID, PAD_GAIN,
    LEARNING, NK1_LEFT, OPIOID_STOPS_MS, OPIOID_TAPER_MS, CALCIUM_LEFT, REBOUND_ON_MG, REBOUND_ON_CALCIUM,
    THETA_P_UM, RATE_UP, W_MAX,
) = range(21)  # fmt: skip
N_SETTINGS: Final = 21

AMPA_MS, GABA_MS, GLY_MS = 5.0, 20.0, 10.0  # Medlock 2022
NMDA_RISE_MS = 5.0
PEPTIDE_RISE_MS, PEPTIDE_MS = 100.0, 3000.0  # Aguiar 2010
PAD_MS, PAD_UNIT = 60.0, 0.02  # presynaptic inhibition: decay, and what one inhibitory spike adds (design)
CALCIUM_MS, CALCIUM_PER_PA_MS, CALCIUM_PER_SPIKE = 300.0, 1.3e-4, 0.006  # wind-up prototype
CAN_HALF_UM, CAN_MS, CAN_MV = 0.55, 4000.0, -20.0
# NK1 receptors enhance NMDA currents through protein kinase C (recalled); how much is design.
NK1_ON_NMDA, NK1_HALF_NS = 1.0, 0.5
OPEN_FAST, OPEN_SLOW = 0.25, 0.05
DISTANCE_OVER_RT = 0.79 / 25.3
BLOCK_REFERENCE_MV = -70.0
# Calcium rule of C-fiber synapses: potentiation above a threshold (``learning``), depression from two thirds of
# it up to it, at a rate per s toward a floor (design).
DEPRESSION_FROM, RATE_DOWN, W_MIN = 2.0 / 3.0, 0.004, 0.6
# An opioid; here one second stands for a minute. It leaves with WASHOUT_MS (remifentanil in a rat: minutes,
# assumed). Output cells adapt to it (NMDA currents have risen by 36 min: three time constants of 12, evidence
# zhao_joo_2008) and lose that again as slowly. What is left of it once the opioid has gone, the rebound, weakens
# magnesium's hold and multiplies the calcium that NMDA currents bring in (two steps at once, hence the square);
# how much of each: ``learning``.
WASHOUT_MS, OPIOID_ADAPTATION_MS = 2000.0, 12000.0


@scalar
def peak_norm(rise: float, decay: float) -> float:
    """Return the factor that makes exp(-t/decay) - exp(-t/rise) reach 1."""
    peak = rise * decay / (decay - rise) * math.log(decay / rise)
    return 1.0 / (math.exp(-peak / decay) - math.exp(-peak / rise))


@scalar
def _current(v, w, ampa, gaba, gly, fast, slow, peptide, can_ns, can, e_cl):  # type: ignore[no-untyped-def]
    """Return the current that charges a cell, in pA, at voltage ``v``; conductances in nS."""
    spike = LEAK_NS * SHARPNESS_MV * exp(min((v - THRESHOLD_MV) / SHARPNESS_MV, 10.0))
    leak = LEAK_NS * (v - REST_MV)
    inhibition = (gaba + gly) * (v - e_cl)
    excitation = (ampa + fast + slow + peptide) * v
    return spike - leak - w - inhibition - excitation - can_ns * can * can * (v - CAN_MV)


@compiled
def run(state, constants, settings, weights, kinds, first, target, projection, n_fibers, from_c, presynaptic,
        event_step, event_fiber, n_steps, spike_step, spike_cell):  # type: ignore[no-untyped-def]  # fmt: skip
    """Advance ``state`` in place, write spikes, and return their number (-1: more than fit).

    ``from_c`` marks fibers whose release is inhibited presynaptically (1) and potentiated (2);
    ``presynaptic`` marks cells whose spikes inhibit it.
    """
    n = state.shape[1]
    kept = (math.exp(-DT_MS / AMPA_MS), math.exp(-DT_MS / GABA_MS), math.exp(-DT_MS / GLY_MS))
    keep_rise = math.exp(-DT_MS / NMDA_RISE_MS)
    keep_fast, keep_slow = math.exp(-DT_MS / settings[TAU_FAST]), math.exp(-DT_MS / settings[TAU_SLOW])
    norm_fast = peak_norm(NMDA_RISE_MS, settings[TAU_FAST]) * (1.0 - settings[SLOW_SHARE])
    norm_slow = peak_norm(NMDA_RISE_MS, settings[TAU_SLOW]) * settings[SLOW_SHARE]
    norm_fast *= settings[NMDA_LEFT]
    norm_slow *= settings[NMDA_LEFT]
    norm_peptide = peak_norm(PEPTIDE_RISE_MS, PEPTIDE_MS) * settings[NK1_LEFT]
    slow_ms = DT_MS * SLOW_STEPS
    keep_peptide_rise, keep_peptide = math.exp(-slow_ms / PEPTIDE_RISE_MS), math.exp(-slow_ms / PEPTIDE_MS)
    keep_pad = math.exp(-slow_ms / PAD_MS)
    mg_fast, mg_slow = settings[MG_FAST] / MG_HALF_MM, settings[MG_SLOW] / MG_HALF_MM
    e_cl, theta_p = settings[E_CL_MV], settings[THETA_P_UM]
    pad = 0.0
    opioid = settings[OPIOID]  # an hour of infusion has gone before: cells have adapted to it
    adapted = opioid
    keep_opioid, keep_adapted = math.exp(-slow_ms / WASHOUT_MS), math.exp(-slow_ms / OPIOID_ADAPTATION_MS)
    for i in range(n):
        state[MG_HOLD, i] = 1.0
    n_spikes = 0
    delivered = 0  # spikes before this one have reached their targets
    event = 0
    n_events = event_step.shape[0]
    for step in range(n_steps):
        # arrivals: fibers now, cells with their delay
        release = (1.0 - opioid) * (1.0 - settings[PAD_GAIN] * pad / (1.0 + pad))
        while event < n_events and event_step[event] == step:
            fiber = event_fiber[event]
            scale = release if from_c[fiber] > 0 else 1.0
            for k in range(first[fiber], first[fiber + 1]):
                i, p = target[k], projection[k]
                s = scale * state[POTENTIATION, i] if from_c[fiber] == 2 else scale
                if kinds[p] <= 1:
                    state[AMPA, i] += s * weights[p, 0]
                    state[RISE, i] += s * weights[p, 1]
                    state[FAST, i] += s * weights[p, 1]
                    state[SLOW, i] += s * weights[p, 1]
                    state[PEPTIDE_RISE, i] += s * weights[p, 2]
                    state[PEPTIDE, i] += s * weights[p, 2]
                else:
                    state[GLY, i] += s * weights[p, 0]
            event += 1
        while delivered < n_spikes and spike_step[delivered] + DELAY_STEPS <= step:
            source = n_fibers + spike_cell[delivered]
            for k in range(first[source], first[source + 1]):
                i, p = target[k], projection[k]
                if kinds[p] <= 1:
                    state[AMPA, i] += weights[p, 0]
                    state[RISE, i] += weights[p, 1]
                    state[FAST, i] += weights[p, 1]
                    state[SLOW, i] += weights[p, 1]
                    state[PEPTIDE_RISE, i] += weights[p, 2]
                    state[PEPTIDE, i] += weights[p, 2]
                elif kinds[p] == 2:
                    state[GABA, i] += weights[p, 0]
                else:
                    state[GLY, i] += weights[p, 0]
            delivered += 1
        # every cell, one step
        for i in range(n):
            v = state[V, i]
            unblock = exp(-PER_MV * v)
            unblock *= state[MG_HOLD, i]
            fast = norm_fast * (state[FAST, i] - state[RISE, i]) * (1.0 - state[B_FAST, i]) / (1.0 + mg_fast * unblock)
            slow = norm_slow * (state[SLOW, i] - state[RISE, i]) * (1.0 - state[B_SLOW, i]) / (1.0 + mg_slow * unblock)
            peptide = norm_peptide * (state[PEPTIDE, i] - state[PEPTIDE_RISE, i])
            boost = 1.0 + NK1_ON_NMDA * peptide / (peptide + NK1_HALF_NS)
            fast *= boost
            slow *= boost
            charging = _current(
                v, state[W, i], state[AMPA, i], state[GABA, i], state[GLY, i], fast, slow, peptide,
                constants[CAN_NS, i], state[CAN, i], e_cl,
            )  # fmt: skip
            state[V, i] = v + DT_MS / CAPACITANCE_PF * charging
            state[W, i] *= constants[ADAPT_KEEP, i]
            state[AMPA, i] *= kept[0]
            state[GABA, i] *= kept[1]
            state[GLY, i] *= kept[2]
            state[RISE, i] *= keep_rise
            state[FAST, i] *= keep_fast
            state[SLOW, i] *= keep_slow
        for i in range(n):
            if state[V, i] > PEAK_MV:
                state[V, i] = RESET_MV
                state[W, i] += constants[ADAPT_PA, i]
                state[CALCIUM, i] += settings[CALCIUM_LEFT] * CALCIUM_PER_SPIKE
                pad += presynaptic[i] * PAD_UNIT
                if n_spikes == spike_step.shape[0]:
                    return -1
                spike_step[n_spikes] = step
                spike_cell[n_spikes] = i
                n_spikes += 1
        if step % SLOW_STEPS != 0:
            continue
        # what is slow
        pad *= keep_pad
        given = settings[OPIOID]
        since = step * DT_MS - settings[OPIOID_STOPS_MS]
        if since > 0.0:
            given *= max(0.0, 1.0 - since / settings[OPIOID_TAPER_MS]) if settings[OPIOID_TAPER_MS] > 0.0 else 0.0
        opioid = given + (opioid - given) * keep_opioid
        adapted = opioid + (adapted - opioid) * keep_adapted
        rebound = max(adapted - opioid, 0.0)
        weaker = 1.0 / (1.0 + settings[REBOUND_ON_MG] * rebound)
        calcium_in = settings[CALCIUM_LEFT] * CALCIUM_PER_PA_MS
        calcium_in *= 1.0 + settings[REBOUND_ON_CALCIUM] * rebound * rebound
        for i in range(n):
            v = state[V, i]
            unblock = exp(-PER_MV * v)
            s_fast = norm_fast * (state[FAST, i] - state[RISE, i])
            s_slow = norm_slow * (state[SLOW, i] - state[RISE, i])
            hold = 1.0 + constants[OUTPUT, i] * (weaker - 1.0)
            state[MG_HOLD, i] = hold
            unblock *= hold
            free_fast, free_slow = 1.0 / (1.0 + mg_fast * unblock), 1.0 / (1.0 + mg_slow * unblock)
            peptide = norm_peptide * (state[PEPTIDE, i] - state[PEPTIDE_RISE, i])
            boost = 1.0 + NK1_ON_NMDA * peptide / (peptide + NK1_HALF_NS)
            nmda = s_fast * (1.0 - state[B_FAST, i]) * free_fast + s_slow * (1.0 - state[B_SLOW, i]) * free_slow
            nmda *= boost
            leaving = settings[LEAVING] * exp(DISTANCE_OVER_RT * (v - BLOCK_REFERENCE_MV))
            whole = constants[VOLLEY_NS, i]
            po_fast = OPEN_FAST * min(s_fast / (whole * (1.0 - settings[SLOW_SHARE])), 2.0)
            po_slow = OPEN_SLOW * min(s_slow / (whole * settings[SLOW_SHARE]), 2.0)
            b_fast, b_slow = state[B_FAST, i], state[B_SLOW, i]
            state[B_FAST, i] = block_after(b_fast, po_fast, settings[ENTERING] * free_fast, leaving, slow_ms)
            state[B_SLOW, i] = block_after(b_slow, po_slow, settings[ENTERING] * free_slow, leaving, slow_ms)
            calcium = state[CALCIUM, i]
            calcium += slow_ms * (-calcium / CALCIUM_MS - calcium_in * nmda * v)
            state[CALCIUM, i] = calcium
            x = calcium / CAN_HALF_UM
            x = x * x
            state[CAN, i] += (x / (1.0 + x) - state[CAN, i]) * (1.0 - exp(-slow_ms * (1.0 + x) / CAN_MS))
            state[PEPTIDE_RISE, i] *= keep_peptide_rise
            state[PEPTIDE, i] *= keep_peptide
            weight = state[POTENTIATION, i]
            up = settings[RATE_UP] * max(calcium - theta_p, 0.0) * (settings[W_MAX] - weight)
            between = 1.0 if DEPRESSION_FROM * theta_p < calcium < theta_p else 0.0
            change = up - RATE_DOWN * between * (weight - W_MIN)
            state[POTENTIATION, i] = weight + 1e-3 * slow_ms * settings[LEARNING] * constants[OUTPUT, i] * change
    return n_spikes

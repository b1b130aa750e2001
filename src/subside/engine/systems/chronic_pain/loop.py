"""The compiled loop: blocks of patients through the steps of one protocol.

Linear states are advanced exactly (``kernel.linear``), slow states by exponential quadrature
(``kernel.exponential``), both in lanes. Read-outs are computed at output times only. Titration
policies decide in the loop, patient by patient, from what the model says at that moment.
"""

from __future__ import annotations

import numpy as np

from subside.engine.effects.mood import filling, mood_target, sleep_target
from subside.engine.effects.pain import rating, renewed
from subside.engine.effects.sensitization import arising, extra_fading, feedback
from subside.engine.kernel.exponential import WEIGHTS, end, middle, step, weights
from subside.engine.kernel.functions import exp
from subside.engine.kernel.jit import compiled, scalar
from subside.engine.kernel.lanes import LANES
from subside.engine.kernel.linear import TRACE_RATE, advance, propagators
from subside.engine.receptor.routes import mixed, occupancy
from subside.engine.systems.chronic_pain.equations import (
    block_now,
    breathing,
    circulation,
    felt_drive,
    minds,
    moods,
    pain_now,
    usual_drive,
)
from subside.engine.systems.chronic_pain.layout import (
    AT,
    CONDITIONS,
    EXPECTATION,
    HNK,
    INPUT_R,
    INPUT_S,
    MIND_TOLERANCE,
    MOOD,
    N_INPUTS,
    N_LINEAR,
    N_SLOW,
    NK,
    R_FIRST,
    S_FIRST,
    SIGNAL,
    SITE_BREATHING,
    SITE_CIRCULATION,
    SITE_MIND,
    SITE_PAIN_R,
    SITE_PAIN_S,
    SITE_SEDATION,
    SITE_STOMACH,
    SLEEP,
    TOLERANCE,
    VENOUS,
    S,
)

L = LANES
#: States whose decay varies with the drug: what is added to it stands in extra rows of ``evaluate``.
VARYING = (S, SIGNAL, MIND_TOLERANCE)
STEADY = (MOOD, SLEEP, EXPECTATION, TOLERANCE)
EXTRA = N_SLOW
N_ROWS = N_SLOW + len(VARYING)
#: The linear states that the slow equations read, needed also in the middle of a step.
DRIVERS = (S_FIRST + NK, R_FIRST + NK, SITE_PAIN_S, SITE_PAIN_R, SITE_MIND)

# Compiled code sees module constants, not dictionaries: one name a parameter.
(
    S0, GAIN, N_DRIVE, K_RETURN, K_DEP, R0, SHARE, THRESHOLD, STEEPNESS,
    UM, R_NMDA, HALF_PORE, HALF_2D, HALF_ALLO, HALF_DESC, W_PORE, W_2D, W_ALLO, W_DESC,
    R_ACTIVITY, NK_OPPOSES, ACUTE_EMAX, ACUTE_C50, TOLERANCE_GAIN, REBOUND_GAIN,
    MOOD_BY_PAIN, MOOD_BY_SLEEP, PAIN_BY_MOOD, PAIN_BY_SLEEP, SLEEP_BY_PAIN, SLEEP_BY_MOOD,
    H0, BURDEN0, K_MOOD, K_SLEEP, SIGNAL_HALF_C, SIGNAL_PER_H, SIGNAL_EMAX, SIGNAL_HALF,
    EXPECTED, K_TOLERANCE, MIND_PER_H, MIND_HALF, MIND_GAIN,
    KV1, KVENOUS, KNK, KHNK,
    MOVEMENT_EXTRA, PHQ9_0, MADRS_0, GAD7_0, PCL5_0, GAD7_BY_MOOD, PCL5_BY_MOOD, MOOD_BY_EXPECTATION,
    CADSS_PER, PSY_0, PSY_HALF, SED_HALF, SED_STEEP, BENZO_SED, OPIOID_SED,
    NAUSEA_0, NAUSEA_HALF, NAUSEA_STEEP, DIZZY_0, DIZZY_HALF, DIZZY_STEEP,
    SBP_0, DBP_0, HR_0, SBP_EMAX, DBP_EMAX, HR_EMAX, CIRC_HALF, HR_HALF,
    RR_0, ETCO2_0, CO2_GAIN, GRADIENT, BREATH_EMAX, BREATH_HALF,
    OPIOID, BENZO, INTERACTION, FIO2, MIDAZOLAM_DRIVE, MIDAZOLAM_SED, SPO2_OFFSET,
    OPIOID_REVERSIBLE, OPIOID_DOUBLING,
) = range(len(AT))  # fmt: skip

P_START, P_STEP, P_LOWER_STEP, P_FLOOR, P_CEILING, P_PAIN, P_S_SHARE, P_HOLD = range(8)
P_LOWER = P_HOLD + len(CONDITIONS)


@compiled
def evaluate(y, x, q, n):  # type: ignore[no-untyped-def]
    """Fill ``n`` at slow states ``y`` and linear states ``x``, one block.

    For each state N of dy/dt = N - (k + e) y, k its constant decay; in the extra rows e of the states
    ``VARYING``, which under drug is far larger than k, and 0 for the others.
    """
    for j in range(L):
        s, mood, sleep = y[S * L + j], y[MOOD * L + j], y[SLEEP * L + j]
        c_s, c_r = x[SITE_PAIN_S * L + j], x[SITE_PAIN_R * L + j]
        n_drive, gain, h0, r0 = q[N_DRIVE * L + j], q[GAIN * L + j], q[H0 * L + j], q[R0 * L + j]
        by_mood, burden0, by_sleep = (
            q[PAIN_BY_MOOD * L + j], q[BURDEN0 * L + j], q[PAIN_BY_SLEEP * L + j],
        )  # fmt: skip
        felt = 0.1 * rating(
            felt_drive(
                s, mood, sleep, y[EXPECTATION * L + j], y[TOLERANCE * L + j], c_s, c_r,
                (x[(S_FIRST + NK) * L + j] + x[(R_FIRST + NK) * L + j]) * q[KNK * L + j],
                n_drive, gain, by_mood, burden0, by_sleep, h0,
                q[R_ACTIVITY * L + j], q[NK_OPPOSES * L + j], q[ACUTE_EMAX * L + j],
                q[ACUTE_C50 * L + j], q[TOLERANCE_GAIN * L + j], q[REBOUND_GAIN * L + j],
            )
        )  # fmt: skip
        cause = 0.1 * rating(usual_drive(s, mood, sleep, n_drive, gain, by_mood, burden0, by_sleep, h0))
        effect = mixed(
            q[UM * L + j] * (c_s + q[R_NMDA * L + j] * c_r),
            q[HALF_PORE * L + j], q[HALF_2D * L + j], q[HALF_ALLO * L + j], q[HALF_DESC * L + j],
            q[W_PORE * L + j], q[W_2D * L + j], q[W_ALLO * L + j], q[W_DESC * L + j],
        )  # fmt: skip
        back = feedback(cause, r0, q[SHARE * L + j], q[THRESHOLD * L + j], q[STEEPNESS * L + j])
        n[S * L + j] = arising(q[S0 * L + j], q[K_RETURN * L + j], back)
        n[EXTRA * L + j] = extra_fading(q[S0 * L + j], q[K_RETURN * L + j], q[K_DEP * L + j], effect, back)
        n[MOOD * L + j] = q[K_MOOD * L + j] * mood_target(
            felt, r0, sleep, h0, q[MOOD_BY_PAIN * L + j], q[MOOD_BY_SLEEP * L + j]
        )
        n[SLEEP * L + j] = q[K_SLEEP * L + j] * sleep_target(
            h0, felt, r0, mood, q[SLEEP_BY_PAIN * L + j], q[SLEEP_BY_MOOD * L + j]
        )
        signal = filling(c_s + c_r, q[SIGNAL_HALF_C * L + j], q[SIGNAL_PER_H * L + j])
        n[SIGNAL * L + j] = signal
        n[(EXTRA + 1) * L + j] = signal
        n[EXPECTATION * L + j] = 0.0
        active = max(c_s + q[R_ACTIVITY * L + j] * c_r, 0.0)
        n[TOLERANCE * L + j] = q[K_TOLERANCE * L + j] * occupancy(active, q[ACUTE_C50 * L + j])
        mind = filling(max(x[SITE_MIND * L + j], 0.0), q[MIND_HALF * L + j], q[MIND_PER_H * L + j])
        n[MIND_TOLERANCE * L + j] = mind
        n[(EXTRA + 2) * L + j] = mind


@compiled
def _slow_step(y, q, k, w, h, x0, xm, x1, n0, nm, n1, trial):  # type: ignore[no-untyped-def]
    """Advance the slow states by one step of h hours.

    States ``VARYING``: the linear equation with a rate that varies, its exponent by Simpson's rule and,
    for the second half, by the quadratic through the three points. The others: exponential quadrature.
    """
    evaluate(y, x0, q, n0)
    for v in range(len(VARYING)):
        i, e = VARYING[v] * L, (EXTRA + v) * L
        for j in range(L):
            b = k[i + j] + n0[e + j]
            trial[i + j] = n0[i + j] / b + (y[i + j] - n0[i + j] / b) * exp(-0.5 * h * b)
    for v in range(len(STEADY)):
        i = STEADY[v] * L
        for j in range(L):
            trial[i + j] = middle(w, i * WEIGHTS + j, y[i + j], n0[i + j])
    evaluate(trial, xm, q, nm)
    for v in range(len(VARYING)):
        i, e = VARYING[v] * L, (EXTRA + v) * L
        for j in range(L):
            b = k[i + j] + nm[e + j]
            trial[i + j] = nm[i + j] / b + (y[i + j] - nm[i + j] / b) * exp(-h * b)
    for v in range(len(STEADY)):
        i = STEADY[v] * L
        for j in range(L):
            trial[i + j] = end(w, i * WEIGHTS + j, y[i + j], n0[i + j], nm[i + j])
    evaluate(trial, x1, q, n1)
    for v in range(len(VARYING)):
        i, e = VARYING[v] * L, (EXTRA + v) * L
        for j in range(L):
            b0, bm, b1 = k[i + j] + n0[e + j], k[i + j] + nm[e + j], k[i + j] + n1[e + j]
            whole = exp(-h / 6.0 * (b0 + 4.0 * bm + b1))
            half = exp(-h / 24.0 * (8.0 * bm + 5.0 * b1 - b0))
            arisen = n0[i + j] * whole + 4.0 * nm[i + j] * half + n1[i + j]
            y[i + j] = y[i + j] * whole + h / 6.0 * arisen
    for v in range(len(STEADY)):
        i = STEADY[v] * L
        for j in range(L):
            y[i + j] = step(w, i * WEIGHTS + j, y[i + j], n0[i + j], nm[i + j], n1[i + j])


@compiled
def _observe(x, y, q, midazolam, o):  # type: ignore[no-untyped-def]
    """Write every output of ``layout.OUTPUTS`` for one block."""
    for j in range(L):
        s, mood, sleep = y[S * L + j], y[MOOD * L + j], y[SLEEP * L + j]
        expectation = y[EXPECTATION * L + j]
        ce_s, ce_r = x[SITE_PAIN_S * L + j], x[SITE_PAIN_R * L + j]
        nk = (x[(S_FIRST + NK) * L + j] + x[(R_FIRST + NK) * L + j]) * q[KNK * L + j]
        cp_s = x[S_FIRST * L + j] * q[KV1 * L + j]
        cp_r = x[R_FIRST * L + j] * q[KV1 * L + j]
        rest, moving = pain_now(
            s, mood, sleep, expectation, y[TOLERANCE * L + j], ce_s, ce_r, nk,
            q[N_DRIVE * L + j], q[GAIN * L + j], q[PAIN_BY_MOOD * L + j], q[BURDEN0 * L + j],
            q[PAIN_BY_SLEEP * L + j], q[H0 * L + j], q[R_ACTIVITY * L + j], q[NK_OPPOSES * L + j],
            q[ACUTE_EMAX * L + j], q[ACUTE_C50 * L + j], q[TOLERANCE_GAIN * L + j],
            q[REBOUND_GAIN * L + j], q[MOVEMENT_EXTRA * L + j], q[S0 * L + j],
        )  # fmt: skip
        o[j] = cp_s + cp_r
        o[L + j] = cp_s
        o[2 * L + j] = cp_r
        o[3 * L + j] = (
            x[(S_FIRST + VENOUS) * L + j] + x[(R_FIRST + VENOUS) * L + j]
            + (x[S_FIRST * L + j] + x[R_FIRST * L + j]) * q[KVENOUS * L + j]
        )  # fmt: skip
        o[4 * L + j] = nk
        o[5 * L + j] = (x[(S_FIRST + HNK) * L + j] + x[(R_FIRST + HNK) * L + j]) * q[KHNK * L + j]
        o[6 * L + j] = ce_s + ce_r
        o[7 * L + j] = block_now(ce_s, ce_r, q[UM * L + j], q[R_NMDA * L + j], q[HALF_PORE * L + j])
        o[8 * L + j] = s
        o[9 * L + j] = rest
        o[10 * L + j] = moving
        o[15 * L + j] = 10.0 * sleep
    for j in range(L):
        phq9, madrs, gad7, pcl5 = moods(
            y[MOOD * L + j], y[SIGNAL * L + j], y[EXPECTATION * L + j], q[SIGNAL_EMAX * L + j],
            q[SIGNAL_HALF * L + j], q[MOOD_BY_EXPECTATION * L + j], q[PHQ9_0 * L + j],
            q[MADRS_0 * L + j], q[GAD7_0 * L + j], q[PCL5_0 * L + j], q[GAD7_BY_MOOD * L + j],
            q[PCL5_BY_MOOD * L + j],
        )  # fmt: skip
        o[11 * L + j] = phq9
        o[12 * L + j] = madrs
        o[13 * L + j] = gad7
        o[14 * L + j] = pcl5
        dissociation, strange, awake, nausea, dizzy = minds(
            x[SITE_MIND * L + j], x[SITE_SEDATION * L + j], x[SITE_STOMACH * L + j],
            y[MIND_TOLERANCE * L + j], q[CADSS_PER * L + j], q[MIND_GAIN * L + j], q[PSY_0 * L + j],
            q[PSY_HALF * L + j], q[SED_HALF * L + j], q[SED_STEEP * L + j], q[BENZO_SED * L + j],
            q[OPIOID_SED * L + j], midazolam * q[MIDAZOLAM_SED * L + j],
            q[NAUSEA_0 * L + j], q[NAUSEA_HALF * L + j], q[NAUSEA_STEEP * L + j],
            q[DIZZY_0 * L + j], q[DIZZY_HALF * L + j], q[DIZZY_STEEP * L + j],
        )  # fmt: skip
        o[16 * L + j] = dissociation
        o[17 * L + j] = strange
        o[18 * L + j] = awake
        o[19 * L + j] = nausea
        o[20 * L + j] = dizzy
    for j in range(L):
        sbp, dbp, mean, rate = circulation(
            x[SITE_CIRCULATION * L + j], q[SBP_0 * L + j], q[DBP_0 * L + j], q[HR_0 * L + j],
            q[SBP_EMAX * L + j], q[DBP_EMAX * L + j], q[HR_EMAX * L + j], q[CIRC_HALF * L + j],
            q[HR_HALF * L + j],
        )  # fmt: skip
        o[21 * L + j] = sbp
        o[22 * L + j] = dbp
        o[23 * L + j] = mean
        o[24 * L + j] = rate
        spo2, etco2, breaths = breathing(
            x[SITE_BREATHING * L + j], q[RR_0 * L + j], q[ETCO2_0 * L + j], q[CO2_GAIN * L + j],
            q[GRADIENT * L + j], q[BREATH_EMAX * L + j], q[BREATH_HALF * L + j], q[OPIOID * L + j],
            q[BENZO * L + j], midazolam * q[MIDAZOLAM_DRIVE * L + j], q[INTERACTION * L + j],
            q[FIO2 * L + j], q[SPO2_OFFSET * L + j], q[OPIOID_REVERSIBLE * L + j],
            q[OPIOID_DOUBLING * L + j],
        )  # fmt: skip
        o[25 * L + j] = spo2
        o[26 * L + j] = etco2
        o[27 * L + j] = breaths


@scalar
def _met(pain, sbp, mean, hr, awake, cadss, spo2, rule, first):  # type: ignore[no-untyped-def]
    """Return whether any condition in force is met; NaN compares false, so an unused one never is."""
    return (
        pain < rule[first] or sbp > rule[first + 1] or mean > rule[first + 2] or hr > rule[first + 3]
        or awake < rule[first + 4] or cadss > rule[first + 5] or spo2 < rule[first + 6]
    )  # fmt: skip


@compiled
def _decide(now, rule, rate):  # type: ignore[no-untyped-def]
    """Set each patient's rate by the policy, from what is observed now: lower, else hold, else raise."""
    for j in range(L):
        pain, sbp, mean, hr = now[9 * L + j], now[21 * L + j], now[23 * L + j], now[24 * L + j]
        awake, cadss, spo2 = now[18 * L + j], now[16 * L + j], now[25 * L + j]
        if _met(pain, sbp, mean, hr, awake, cadss, spo2, rule, P_LOWER):
            rate[j] = max(rate[j] - rule[P_LOWER_STEP], rule[P_FLOOR])
        elif not _met(pain, sbp, mean, hr, awake, cadss, spo2, rule, P_HOLD) and pain > rule[P_PAIN]:
            rate[j] = min(rate[j] + rule[P_STEP], rule[P_CEILING])


@compiled
def run_blocks(
    first, last, rates, slow_rates, parameters, start, hs, index, dose, bolus, visit, midazolam,
    policy, decide, policies, output_at, structure, all_rows, driver_rows, out, states, given,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Run blocks ``first`` to ``last - 1``.

    ``out[block, time, output, lane]`` takes the outputs, ``states[block, time, state, lane]`` the raw
    states if it has any room, ``given[block, step, lane]`` the rates of titrated patients likewise.
    """
    phi = np.empty((2 * hs.shape[0], structure.rows.shape[0] * L))
    w = np.empty((hs.shape[0], N_SLOW * WEIGHTS * L))
    x0 = np.empty((N_LINEAR + N_INPUTS) * L)
    xm = np.zeros((N_LINEAR + N_INPUTS) * L)
    x1 = np.empty((N_LINEAR + N_INPUTS) * L)
    y = np.empty(N_SLOW * L)
    n0 = np.empty(N_ROWS * L)
    nm = np.empty(N_ROWS * L)
    n1 = np.empty(N_ROWS * L)
    trial = np.empty(N_SLOW * L)
    now = np.empty(out.shape[2] * L)
    rate = np.empty(L)
    keep_states = states.shape[1] > 0
    keep_given = given.shape[1] > 0
    for block in range(first, last):
        propagators(rates[block], hs, structure, phi)
        weights(slow_rates[block], hs, w)
        x0[:] = 0.0
        y[:] = start[block]
        rate[:] = 0.0
        q = parameters[block]
        k = 0
        if output_at[0] == 0:
            _observe(x0, y, q, 0.0, now)
            _store(out[block, 0].reshape(-1), now)
            if keep_states:
                _store_states(states[block, 0].reshape(-1), x0, y)
        for it in range(index.shape[0]):
            size = index[it]
            if visit[it] == 1:
                for j in range(L):
                    y[EXPECTATION * L + j] = renewed(y[EXPECTATION * L + j], q[EXPECTED * L + j])
            for j in range(L):
                x0[S_FIRST * L + j] += bolus[it, 0]
                x0[R_FIRST * L + j] += bolus[it, 1]
                x0[INPUT_S * L + j] = dose[it, 0] + TRACE_RATE
                x0[INPUT_R * L + j] = dose[it, 1]
            if policy[it] >= 0:
                rule = policies[policy[it]]
                if decide[it] == 2:
                    rate[:] = rule[P_START]
                elif decide[it] == 1:
                    _observe(x0, y, q, midazolam[it], now)
                    _decide(now, rule, rate)
                for j in range(L):
                    x0[INPUT_S * L + j] += rate[j] * rule[P_S_SHARE]
                    x0[INPUT_R * L + j] += rate[j] * (1.0 - rule[P_S_SHARE])
                    if keep_given:
                        given[block, it, j] = rate[j]
            advance(x0, phi[2 * size], driver_rows, xm)
            advance(x0, phi[2 * size + 1], all_rows, x1)
            _slow_step(y, q, slow_rates[block], w[size], hs[size], x0, xm, x1, n0, nm, n1, trial)
            x0, x1 = x1, x0
            k = output_at[it + 1]
            if k >= 0:
                _observe(x0, y, q, midazolam[it], now)
                _store(out[block, k].reshape(-1), now)
                if keep_states:
                    _store_states(states[block, k].reshape(-1), x0, y)


@compiled
def _store(o, now):  # type: ignore[no-untyped-def]
    for i in range(now.shape[0]):
        o[i] = now[i]


@compiled
def _store_states(o, x, y):  # type: ignore[no-untyped-def]
    for i in range(N_LINEAR * L):
        o[i] = x[i]
    for i in range(N_SLOW * L):
        o[N_LINEAR * L + i] = y[i]

"""The compiled loop: blocks of patients through the steps of one protocol.

Linear states are advanced exactly (``kernel.linear``), slow states by exponential quadrature
(``kernel.exponential``), both in lanes. Read-outs are computed at output times only. Titration
policies decide in the loop, patient by patient, from what the model says at that moment.
"""

from __future__ import annotations

from subside.engine.effects.mood import filling, mood_target, sleep_target
from subside.engine.effects.opioids import occupied, sensitizing, spared, with_background
from subside.engine.effects.pain import acute_share, rating, renewed
from subside.engine.effects.sensitization import arising, extra_fading, feedback, feedback_constants
from subside.engine.kernel.exponential import WEIGHTS, end, fade, fade_half, middle, step
from subside.engine.kernel.functions import exp
from subside.engine.kernel.jit import compiled, inner, scalar
from subside.engine.kernel.lanes import LANES, scratch
from subside.engine.kernel.linear import TRACE_RATE, advance
from subside.engine.kernel.vector import WIDTH, stream, together
from subside.engine.receptor.routes import mixed, occupancy
from subside.engine.systems.chronic_pain.equations import (
    block_now,
    breathing,
    circulation,
    felt_drive,
    minds,
    moods,
    others_now,
    pains,
    usual_drive,
)
from subside.engine.systems.chronic_pain.layout import (
    AT,
    BOLUS_ROWS,
    CONDITIONS,
    EXPECTATION,
    HNK,
    HYPERALGESIA,
    INJURY,
    INPUT_R,
    INPUT_S,
    MIND_TOLERANCE,
    MOOD,
    N_INPUTS,
    N_LINEAR,
    N_SLOW,
    NK,
    O_SITE,
    OPIOID_FIRST,
    OPIOID_TOLERANCE,
    PER_OPIOID,
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
STEADY = (MOOD, SLEEP, TOLERANCE, OPIOID_TOLERANCE, HYPERALGESIA)
FADING = (EXPECTATION, INJURY)  # nothing builds them up within a step
EXTRA = N_SLOW
N_ROWS = N_SLOW + len(VARYING)
#: What the slow equations need of the linear states (``_drive``), of other treatments (``_others``) and of
#: the parameters alone.
ACUTE, EFFECT, FILLING, OCCUPIED, MINDING, OPIOID_LEVEL, OPIOID_FILLING, PAIN_FILLING, BALANCED, NSAID, OTHERS = range(11)
LOG_HALF, PER_REST = range(2)
N_DRIVES, N_CONSTANTS = 11, 2
SITE_OPIOID_1, SITE_OPIOID_2 = OPIOID_FIRST + O_SITE, OPIOID_FIRST + PER_OPIOID + O_SITE
#: The linear states that the slow equations read, needed also in the middle of a step.
DRIVERS = (S_FIRST + NK, R_FIRST + NK, SITE_PAIN_S, SITE_PAIN_R, SITE_MIND, SITE_OPIOID_1, SITE_OPIOID_2)

# Compiled code sees module constants, not dictionaries: one name a parameter.
(
    S0, SPINAL_1, SPINAL_2, BRAIN, N_DRIVE, K_RETURN, K_DEP, R0, SHARE, THRESHOLD, STEEPNESS,
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
    INJURY_DRIVE, PERIPHERAL, NSAID_SHARE, GABAPENTINOID_SHARE, TRICYCLIC_SHARE, THERAPY_SHARE, OPIOID_EMAX,
    OPIOID_1_BREATHING, OPIOID_2_BREATHING, OPIOID_TOLERANCE_GAIN, K_OPIOID_TOLERANCE, HYPERALGESIA_GAIN,
    K_HYPERALGESIA, NEEDS_NMDA,
) = range(len(AT))  # fmt: skip

P_START, P_STEP, P_LOWER_STEP, P_FLOOR, P_CEILING, P_PAIN, P_S_SHARE, P_HOLD = range(8)
P_LOWER = P_HOLD + len(CONDITIONS)


@inner
def _constants(q, c):  # type: ignore[no-untyped-def]
    """Fill ``c`` with what the equations need of the parameters alone, once a block."""
    for lane in range(0, L, WIDTH):
        j = together(lane)
        log_half, per_rest = feedback_constants(q[R0 * L + j], q[THRESHOLD * L + j], q[STEEPNESS * L + j])
        c[LOG_HALF * L + j] = log_half
        c[PER_REST * L + j] = per_rest


@inner
def _drive(x, q, d, opioids):  # type: ignore[no-untyped-def]
    """Fill ``d`` with what the slow equations need of the linear states ``x``.

    Without ``opioids`` what they do is zero throughout, and stays as it was set: it costs three divisions.
    """
    for lane in range(0, L, WIDTH):
        j = together(lane)
        c_s, c_r = x[SITE_PAIN_S * L + j], x[SITE_PAIN_R * L + j]
        nk = (x[(S_FIRST + NK) * L + j] + x[(R_FIRST + NK) * L + j]) * q[KNK * L + j]
        d[ACUTE * L + j] = acute_share(
            c_s, c_r, nk, q[R_ACTIVITY * L + j], q[NK_OPPOSES * L + j], q[ACUTE_C50 * L + j]
        )
        effect = mixed(
            q[UM * L + j] * (c_s + q[R_NMDA * L + j] * c_r),
            q[HALF_PORE * L + j], q[HALF_2D * L + j], q[HALF_ALLO * L + j], q[HALF_DESC * L + j],
            q[W_PORE * L + j], q[W_2D * L + j], q[W_ALLO * L + j], q[W_DESC * L + j],
        )  # fmt: skip
        d[EFFECT * L + j] = q[K_DEP * L + j] * effect
        d[FILLING * L + j] = filling(c_s + c_r, q[SIGNAL_HALF_C * L + j], q[SIGNAL_PER_H * L + j])
        active = max(c_s + q[R_ACTIVITY * L + j] * c_r, 0.0)
        d[OCCUPIED * L + j] = q[K_TOLERANCE * L + j] * occupancy(active, q[ACUTE_C50 * L + j])
        d[MINDING * L + j] = filling(
            max(x[SITE_MIND * L + j], 0.0), q[MIND_HALF * L + j], q[MIND_PER_H * L + j]
        )
        if opioids:
            opioid = max(x[SITE_OPIOID_1 * L + j] + x[SITE_OPIOID_2 * L + j], 0.0)
            d[OPIOID_LEVEL * L + j] = opioid
            d[BALANCED * L + j] = sensitizing(opioid)
            d[OPIOID_FILLING * L + j] = q[K_OPIOID_TOLERANCE * L + j] * occupied(opioid)
            d[PAIN_FILLING * L + j] = (
                q[K_HYPERALGESIA * L + j] * d[BALANCED * L + j] * spared(effect, q[NEEDS_NMDA * L + j])
            )


@inner
def _others(levels, q, d):  # type: ignore[no-untyped-def]
    """Fill ``d`` with the shares of the drive that other treatments take at their ``levels``."""
    for lane in range(0, L, WIDTH):
        j = together(lane)
        d[NSAID * L + j] = levels[0] * q[NSAID_SHARE * L + j]
        d[OTHERS * L + j] = others_now(
            levels[1] * q[GABAPENTINOID_SHARE * L + j], levels[2] * q[TRICYCLIC_SHARE * L + j],
            levels[3] * q[THERAPY_SHARE * L + j],
        )  # fmt: skip


@inner
def _slow(y, d, q, c, n):  # type: ignore[no-untyped-def]
    """Fill ``n`` at slow states ``y`` under the drive ``d``, one block; see ``evaluate``."""
    for lane in range(0, L, WIDTH):
        j = together(lane)
        s, mood, sleep = y[S * L + j], y[MOOD * L + j], y[SLEEP * L + j]
        n_drive, h0, r0 = q[N_DRIVE * L + j], q[H0 * L + j], q[R0 * L + j]
        peripheral, spinal_1, spinal_2, brain = (
            q[PERIPHERAL * L + j], q[SPINAL_1 * L + j], q[SPINAL_2 * L + j], q[BRAIN * L + j],
        )  # fmt: skip
        by_mood, burden0, by_sleep = (
            q[PAIN_BY_MOOD * L + j], q[BURDEN0 * L + j], q[PAIN_BY_SLEEP * L + j],
        )  # fmt: skip
        injury, nsaid = y[INJURY * L + j], d[NSAID * L + j]
        felt = 0.1 * rating(
            felt_drive(
                s, mood, sleep, y[EXPECTATION * L + j], y[TOLERANCE * L + j], d[ACUTE * L + j],
                injury, nsaid, d[OTHERS * L + j], d[OPIOID_LEVEL * L + j], y[OPIOID_TOLERANCE * L + j],
                d[BALANCED * L + j], y[HYPERALGESIA * L + j],
                n_drive, peripheral, spinal_1, spinal_2, brain, by_mood, burden0, by_sleep, h0,
                q[ACUTE_EMAX * L + j], q[TOLERANCE_GAIN * L + j], q[REBOUND_GAIN * L + j],
                q[OPIOID_EMAX * L + j], q[OPIOID_TOLERANCE_GAIN * L + j], q[HYPERALGESIA_GAIN * L + j],
            )
        )  # fmt: skip
        cause = 0.1 * rating(
            usual_drive(
                s, mood, sleep, injury, nsaid, n_drive, peripheral, spinal_1, spinal_2, brain, by_mood, burden0,
                by_sleep, h0,
            )
        )  # fmt: skip
        back = feedback(
            cause, q[SHARE * L + j], q[STEEPNESS * L + j], c[LOG_HALF * L + j], c[PER_REST * L + j]
        )
        n[S * L + j] = arising(q[S0 * L + j], q[K_RETURN * L + j], back)
        n[EXTRA * L + j] = extra_fading(q[S0 * L + j], q[K_RETURN * L + j], d[EFFECT * L + j], back)
        n[MOOD * L + j] = q[K_MOOD * L + j] * mood_target(
            felt, r0, sleep, h0, q[MOOD_BY_PAIN * L + j], q[MOOD_BY_SLEEP * L + j]
        )
        n[SLEEP * L + j] = q[K_SLEEP * L + j] * sleep_target(
            h0, felt, r0, mood, q[SLEEP_BY_PAIN * L + j], q[SLEEP_BY_MOOD * L + j]
        )
        n[SIGNAL * L + j] = d[FILLING * L + j]
        n[(EXTRA + 1) * L + j] = d[FILLING * L + j]
        n[EXPECTATION * L + j] = 0.0
        n[TOLERANCE * L + j] = d[OCCUPIED * L + j]
        n[MIND_TOLERANCE * L + j] = d[MINDING * L + j]
        n[(EXTRA + 2) * L + j] = d[MINDING * L + j]
        n[INJURY * L + j] = 0.0
        n[OPIOID_TOLERANCE * L + j] = d[OPIOID_FILLING * L + j]
        n[HYPERALGESIA * L + j] = d[PAIN_FILLING * L + j]


@compiled
def evaluate(y, x, levels, q, n):  # type: ignore[no-untyped-def]
    """Fill ``n`` at slow states ``y``, linear states ``x`` and ``levels`` of other treatments, one block.

    For each state N of dy/dt = N - (k + e) y, k its constant decay; in the extra rows e of the states
    ``VARYING``, which under drug is far larger than k, and 0 for the others.
    """
    c, d = scratch(N_CONSTANTS * L), scratch(N_DRIVES * L)
    _constants(q, c)
    _drive(x, q, d, True)
    _others(levels, q, d)
    _slow(y, d, q, c, n)


@scalar
def approached(y, n, b, h):  # type: ignore[no-untyped-def]
    """Return y after h hours of dy/dt = n - b y."""
    rest = n / b
    return rest + (y - rest) * exp(-h * b)


@inner
def _slow_step(y, q, c, k, w, h, d0, dm, d1, n0, nm, n1, trial):  # type: ignore[no-untyped-def]
    """Advance the slow states by one step of h hours.

    States ``VARYING``: the linear equation with a rate that varies, its exponent by Simpson's rule and,
    for the second half, by the quadratic through the three points. The others: exponential quadrature.
    What no slow equation reads (the antidepressant signal, fading of dissociation) needs no trial value.
    """
    _slow(y, d0, q, c, n0)
    for lane in range(0, L, WIDTH):
        j = together(lane)
        trial[S * L + j] = approached(y[S * L + j], n0[S * L + j], k[S * L + j] + n0[EXTRA * L + j], 0.5 * h)
    for v in range(len(STEADY)):
        i = STEADY[v] * L
        for lane in range(0, L, WIDTH):
            j = together(lane)
            trial[i + j] = middle(w, i * WEIGHTS + j, y[i + j], n0[i + j])
    for v in range(len(FADING)):
        i = FADING[v] * L
        for lane in range(0, L, WIDTH):
            j = together(lane)
            trial[i + j] = fade_half(w, i * WEIGHTS + j, y[i + j])
    _slow(trial, dm, q, c, nm)
    for lane in range(0, L, WIDTH):
        j = together(lane)
        trial[S * L + j] = approached(y[S * L + j], nm[S * L + j], k[S * L + j] + nm[EXTRA * L + j], h)
    for v in range(len(STEADY)):
        i = STEADY[v] * L
        for lane in range(0, L, WIDTH):
            j = together(lane)
            trial[i + j] = end(w, i * WEIGHTS + j, y[i + j], n0[i + j], nm[i + j])
    for v in range(len(FADING)):
        i = FADING[v] * L
        for lane in range(0, L, WIDTH):
            j = together(lane)
            y[i + j] = fade(w, i * WEIGHTS + j, y[i + j])
            trial[i + j] = y[i + j]
    _slow(trial, d1, q, c, n1)
    for v in range(len(VARYING)):
        i, e = VARYING[v] * L, (EXTRA + v) * L
        for lane in range(0, L, WIDTH):
            j = together(lane)
            b0, bm, b1 = k[i + j] + n0[e + j], k[i + j] + nm[e + j], k[i + j] + n1[e + j]
            whole = exp(-h / 6.0 * (b0 + 4.0 * bm + b1))
            half = exp(-h / 24.0 * (8.0 * bm + 5.0 * b1 - b0))
            arisen = n0[i + j] * whole + 4.0 * nm[i + j] * half + n1[i + j]
            y[i + j] = y[i + j] * whole + h / 6.0 * arisen
    for v in range(len(STEADY)):
        i = STEADY[v] * L
        for lane in range(0, L, WIDTH):
            j = together(lane)
            y[i + j] = step(w, i * WEIGHTS + j, y[i + j], n0[i + j], nm[i + j], n1[i + j])


@inner
def _observe(x, y, d, q, midazolam, o):  # type: ignore[no-untyped-def]
    """Write every output of ``layout.OUTPUTS`` for one block; ``d`` belongs to ``x``."""
    for lane in range(0, L, WIDTH):
        j = together(lane)
        s, mood, sleep = y[S * L + j], y[MOOD * L + j], y[SLEEP * L + j]
        expectation = y[EXPECTATION * L + j]
        ce_s, ce_r = x[SITE_PAIN_S * L + j], x[SITE_PAIN_R * L + j]
        nk = (x[(S_FIRST + NK) * L + j] + x[(R_FIRST + NK) * L + j]) * q[KNK * L + j]
        cp_s = x[S_FIRST * L + j] * q[KV1 * L + j]
        cp_r = x[R_FIRST * L + j] * q[KV1 * L + j]
        u = felt_drive(
            s, mood, sleep, expectation, y[TOLERANCE * L + j], d[ACUTE * L + j],
            y[INJURY * L + j], d[NSAID * L + j], d[OTHERS * L + j], d[OPIOID_LEVEL * L + j],
            y[OPIOID_TOLERANCE * L + j], d[BALANCED * L + j], y[HYPERALGESIA * L + j],
            q[N_DRIVE * L + j], q[PERIPHERAL * L + j], q[SPINAL_1 * L + j], q[SPINAL_2 * L + j], q[BRAIN * L + j],
            q[PAIN_BY_MOOD * L + j], q[BURDEN0 * L + j], q[PAIN_BY_SLEEP * L + j], q[H0 * L + j],
            q[ACUTE_EMAX * L + j], q[TOLERANCE_GAIN * L + j], q[REBOUND_GAIN * L + j],
            q[OPIOID_EMAX * L + j], q[OPIOID_TOLERANCE_GAIN * L + j], q[HYPERALGESIA_GAIN * L + j],
        )  # fmt: skip
        rest, moving = pains(u, q[MOVEMENT_EXTRA * L + j], s, q[S0 * L + j])
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
        o[28 * L + j] = d[OPIOID_LEVEL * L + j]
    for lane in range(0, L, WIDTH):
        j = together(lane)
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
        added = max(
            q[OPIOID_1_BREATHING * L + j] * x[SITE_OPIOID_1 * L + j]
            + q[OPIOID_2_BREATHING * L + j] * x[SITE_OPIOID_2 * L + j], 0.0,
        )  # fmt: skip
        dissociation, strange, awake, nausea, dizzy = minds(
            x[SITE_MIND * L + j], x[SITE_SEDATION * L + j], x[SITE_STOMACH * L + j],
            y[MIND_TOLERANCE * L + j], q[CADSS_PER * L + j], q[MIND_GAIN * L + j], q[PSY_0 * L + j],
            q[PSY_HALF * L + j], q[SED_HALF * L + j], q[SED_STEEP * L + j], q[BENZO_SED * L + j],
            q[OPIOID_SED * L + j] * with_background(q[OPIOID * L + j], added), midazolam * q[MIDAZOLAM_SED * L + j],
            q[NAUSEA_0 * L + j], q[NAUSEA_HALF * L + j], q[NAUSEA_STEEP * L + j],
            q[DIZZY_0 * L + j], q[DIZZY_HALF * L + j], q[DIZZY_STEEP * L + j],
        )  # fmt: skip
        o[16 * L + j] = dissociation
        o[17 * L + j] = strange
        o[18 * L + j] = awake
        o[19 * L + j] = nausea
        o[20 * L + j] = dizzy
    for lane in range(0, L, WIDTH):
        j = together(lane)
        sbp, dbp, mean, rate = circulation(
            x[SITE_CIRCULATION * L + j], q[SBP_0 * L + j], q[DBP_0 * L + j], q[HR_0 * L + j],
            q[SBP_EMAX * L + j], q[DBP_EMAX * L + j], q[HR_EMAX * L + j], q[CIRC_HALF * L + j],
            q[HR_HALF * L + j],
        )  # fmt: skip
        o[21 * L + j] = sbp
        o[22 * L + j] = dbp
        o[23 * L + j] = mean
        o[24 * L + j] = rate
        added = max(
            q[OPIOID_1_BREATHING * L + j] * x[SITE_OPIOID_1 * L + j]
            + q[OPIOID_2_BREATHING * L + j] * x[SITE_OPIOID_2 * L + j], 0.0,
        )  # fmt: skip
        spo2, etco2, breaths = breathing(
            x[SITE_BREATHING * L + j], q[RR_0 * L + j], q[ETCO2_0 * L + j], q[CO2_GAIN * L + j],
            q[GRADIENT * L + j], q[BREATH_EMAX * L + j], q[BREATH_HALF * L + j], q[OPIOID * L + j], added,
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


@inner
def _decide(now, rule, rate):  # type: ignore[no-untyped-def]
    """Set each patient's rate by the policy, from what is observed now: lower, else hold, else raise."""
    for j in range(L):
        pain, sbp, mean, hr = now[9 * L + j], now[21 * L + j], now[23 * L + j], now[24 * L + j]
        awake, cadss, spo2 = now[18 * L + j], now[16 * L + j], now[25 * L + j]
        if _met(pain, sbp, mean, hr, awake, cadss, spo2, rule, P_LOWER):
            rate[j] = max(rate[j] - rule[P_LOWER_STEP], rule[P_FLOOR])
        elif not _met(pain, sbp, mean, hr, awake, cadss, spo2, rule, P_HOLD) and pain > rule[P_PAIN]:
            rate[j] = min(rate[j] + rule[P_STEP], rule[P_CEILING])


@inner
def _moved(before, now):  # type: ignore[no-untyped-def]
    """Return whether any level differs from the step before."""
    moved = False
    for i in range(before.shape[0]):
        moved = moved or before[i] != now[i]
    return moved


@inner
def run_block(
    x0, xm, x1, y, c, d0, dm, d1, n0, nm, n1, trial, now, rate, phi, w, slow_rates, q, hs, index, dose,
    bolus, visit, injured, midazolam, levels, policy, decide, policies, output_at, all_rows, driver_rows, out, states, given,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Run one block of patients from the state in ``x0`` and ``y``.

    ``out`` takes the outputs (time, output, lane), ``states`` the raw states if it has any room,
    ``given`` (step, lane) the rates of titrated patients likewise; all flat. ``x0`` to ``rate`` are
    space to work in.
    """
    keep_states = states.shape[0] > 0
    keep_given = given.shape[0] > 0
    per_time = now.shape[0]
    _constants(q, c)
    opioids = all_rows.rows[-1] >= OPIOID_FIRST  # whether anything reaches their states
    _drive(x0, q, d0, opioids)
    if levels.shape[0] > 0:
        _others(levels[0], q, d0)
        _others(levels[0], q, dm)
        _others(levels[0], q, d1)
    if output_at[0] == 0:
        _observe(x0, y, d0, q, 0.0, now)
        _store(out, 0, now)
        if keep_states:
            _store_states(states, 0, x0, y)
    for it in range(index.shape[0]):
        size = index[it]
        for lane in range(0, L, WIDTH):
            j = together(lane)
            if visit[it] == 1:
                y[EXPECTATION * L + j] = renewed(y[EXPECTATION * L + j], q[EXPECTED * L + j])
            if injured[it] == 1:
                y[INJURY * L + j] = y[INJURY * L + j] + q[INJURY_DRIVE * L + j]
            for b in range(len(BOLUS_ROWS)):
                x0[BOLUS_ROWS[b] * L + j] = x0[BOLUS_ROWS[b] * L + j] + bolus[it, b]
            for i in range(N_INPUTS):
                x0[(N_LINEAR + i) * L + j] = dose[it, i]
            x0[INPUT_S * L + j] = x0[INPUT_S * L + j] + TRACE_RATE
        if it > 0 and _moved(levels[it - 1], levels[it]):
            _others(levels[it], q, d0)
            _others(levels[it], q, dm)
            _others(levels[it], q, d1)
        if policy[it] >= 0:
            rule = policies[policy[it]]
            if decide[it] == 2:
                rate[:] = rule[P_START]
            elif decide[it] == 1:
                _observe(x0, y, d0, q, midazolam[it], now)
                _decide(now, rule, rate)
            for j in range(L):
                x0[INPUT_S * L + j] += rate[j] * rule[P_S_SHARE]
                x0[INPUT_R * L + j] += rate[j] * (1.0 - rule[P_S_SHARE])
                if keep_given:
                    given[it * L + j] = rate[j]
        advance(x0, phi[2 * size], driver_rows, xm)
        advance(x0, phi[2 * size + 1], all_rows, x1)
        # What drives the slow states is known at the start: a bolus goes to the center, not to a site.
        _drive(xm, q, dm, opioids)
        _drive(x1, q, d1, opioids)
        _slow_step(y, q, c, slow_rates, w[size], hs[size], d0, dm, d1, n0, nm, n1, trial)
        x0, x1, d0, d1 = x1, x0, d1, d0
        k = output_at[it + 1]
        if k >= 0:
            _observe(x0, y, d0, q, midazolam[it], now)
            _store(out, k * per_time, now)
            if keep_states:
                _store_states(states, k * (N_LINEAR + N_SLOW) * L, x0, y)


@inner
def _store(o, at, now):  # type: ignore[no-untyped-def]
    for i in range(0, now.shape[0], WIDTH):
        stream(o, together(at + i), now[together(i)])


@inner
def _store_states(o, at, x, y):  # type: ignore[no-untyped-def]
    for i in range(N_LINEAR * L):
        o[at + i] = x[i]
    for i in range(N_SLOW * L):
        o[at + N_LINEAR * L + i] = y[i]

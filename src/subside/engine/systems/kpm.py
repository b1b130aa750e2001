"""The reference problem KPM: 13 states, the yardstick of the kernel, not a model of a person.

Three-compartment ketamine with norketamine and an effect site (linear, advanced exactly), and seven
slow states (sensitization, pain, mood, sleep, tolerance, blood pressure, heart rate). The same
equations are written for other engines in ``benchmarks/``; this file is what Subside makes of them.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.exponential import WEIGHTS, end, middle, step, weights
from subside.engine.kernel.functions import hill
from subside.engine.kernel.jit import compiled, scalar
from subside.engine.kernel.lanes import LANES, blocks, from_lanes, to_lanes
from subside.engine.kernel.linear import TRACE_RATE, advance, pattern, propagators, select_rows
from subside.engine.kernel.pool import over_blocks

PARAMETERS = tuple(
    "CL V1 Q2 V2 Q3 V3 fm CLm VM1 Qm VM2 ke0 C50 gam kS gS S50 s0 dS P50 tauP tauM tauL tauT "
    "koB EmB EC50 BP0 koH EmH HR0 WT".split()
)
INFUSION_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
LAST_DAY = 102
BASE_MINUTES = 1.25

N_LINEAR, N_SLOW, N_STATES = 6, 7, 13
S, P, M, L, T, B, H = range(7)
NON_ZEROS = (
    (0, 0), (0, 1), (0, 2), (0, 6), (1, 0), (1, 1), (2, 0), (2, 2),
    (3, 0), (3, 3), (3, 4), (4, 3), (4, 4), (5, 0), (5, 5),
)  # fmt: skip
PATTERN = pattern(NON_ZEROS, n_states=N_LINEAR, n_inputs=1)
ALL_ROWS = select_rows(PATTERN, tuple(range(N_LINEAR)))
DRIVER_ROWS = select_rows(PATTERN, (0, 5))

# order of the numbers that the slow equations read
(C50, GAM, KS, GS, S50, S0, P50, TAUP, TAUM, TAUL, TAUT, KOB, EMB, EC50, BP0, KOH, EMH, HR0) = range(18)
KV1 = 18
N_SLOW_PARAMETERS = 19


@scalar
def drift(s, p, m, l, t, b, st, ks, gs, s50sq, s0, p50, taup, taum, taul, taut, kob, emb, bp0, koh, emh, hr0):  # type: ignore[no-untyped-def]  # noqa: E741
    """Return N of dy/dt = -k y + N for the seven slow states; b is the block, st the stimulus."""
    s2 = s * s
    ns = ks * (gs * s2 / (s2 + s50sq) * (1.0 - b) + s0)
    np_ = (
        10.0 * s / (s + p50)
        * (1.0 + 0.25 * (1.0 - m) + 0.15 * (1.0 - l))
        * (1.0 - 0.6 * b * (1.0 - 0.5 * t))
        / taup
    )  # fmt: skip
    nm = (1.0 - 0.06 * p - 0.2 * (1.0 - l) + 0.3 * b) / taum
    nl = (1.0 - 0.05 * p - 0.2 * (1.0 - m)) / taul
    return ns, np_, nm, nl, b / taut, kob * bp0 * (1.0 + emb * st), koh * hr0 * (1.0 + emh * st)


@scalar
def drivers(a1, ce, kv1, c50, gam, ec50):  # type: ignore[no-untyped-def]
    """Return the receptor block and the pressor stimulus."""
    c1 = a1 * kv1
    return hill(max(ce, 0.0), c50, gam), c1 / (ec50 + c1)


@compiled
def _slow_step(y, q, w, x0, xm, x1):  # type: ignore[no-untyped-def]
    for j in range(LANES):
        s, p, m, l = y[j], y[LANES + j], y[2 * LANES + j], y[3 * LANES + j]  # noqa: E741
        t, bp, hr = y[4 * LANES + j], y[5 * LANES + j], y[6 * LANES + j]
        kv1, c50, gam, ec50 = (
            q[KV1 * LANES + j], q[C50 * LANES + j], q[GAM * LANES + j], q[EC50 * LANES + j],
        )  # fmt: skip
        ks, gs, s50, s0, p50 = (
            q[KS * LANES + j], q[GS * LANES + j], q[S50 * LANES + j], q[S0 * LANES + j], q[P50 * LANES + j],
        )  # fmt: skip
        taup, taum, taul, taut = (
            q[TAUP * LANES + j], q[TAUM * LANES + j], q[TAUL * LANES + j], q[TAUT * LANES + j],
        )  # fmt: skip
        kob, emb, bp0 = q[KOB * LANES + j], q[EMB * LANES + j], q[BP0 * LANES + j]
        koh, emh, hr0 = q[KOH * LANES + j], q[EMH * LANES + j], q[HR0 * LANES + j]
        o0 = j
        o1 = WEIGHTS * LANES + j
        o2 = 2 * WEIGHTS * LANES + j
        o3 = 3 * WEIGHTS * LANES + j
        o4 = 4 * WEIGHTS * LANES + j
        o5 = 5 * WEIGHTS * LANES + j
        o6 = 6 * WEIGHTS * LANES + j
        b, st = drivers(x0[j], x0[5 * LANES + j], kv1, c50, gam, ec50)
        s_0, p_0, m_0, l_0, t_0, b_0, h_0 = drift(
            s, p, m, l, t, b, st, ks, gs, s50 * s50, s0, p50, taup, taum, taul, taut, kob, emb, bp0, koh, emh, hr0
        )
        b, st = drivers(xm[j], xm[5 * LANES + j], kv1, c50, gam, ec50)
        s_m, p_m, m_m, l_m, t_m, b_m, h_m = drift(
            middle(w, o0, s, s_0), middle(w, o1, p, p_0), middle(w, o2, m, m_0),
            middle(w, o3, l, l_0), middle(w, o4, t, t_0),
            b, st, ks, gs, s50 * s50, s0, p50, taup, taum, taul, taut, kob, emb, bp0, koh, emh, hr0
        )  # fmt: skip
        b, st = drivers(x1[j], x1[5 * LANES + j], kv1, c50, gam, ec50)
        s_1, p_1, m_1, l_1, t_1, b_1, h_1 = drift(
            end(w, o0, s, s_0, s_m), end(w, o1, p, p_0, p_m), end(w, o2, m, m_0, m_m),
            end(w, o3, l, l_0, l_m), end(w, o4, t, t_0, t_m),
            b, st, ks, gs, s50 * s50, s0, p50, taup, taum, taul, taut, kob, emb, bp0, koh, emh, hr0
        )  # fmt: skip
        y[j] = step(w, o0, s, s_0, s_m, s_1)
        y[LANES + j] = step(w, o1, p, p_0, p_m, p_1)
        y[2 * LANES + j] = step(w, o2, m, m_0, m_m, m_1)
        y[3 * LANES + j] = step(w, o3, l, l_0, l_m, l_1)
        y[4 * LANES + j] = step(w, o4, t, t_0, t_m, t_1)
        y[5 * LANES + j] = step(w, o5, bp, b_0, b_m, b_1)
        y[6 * LANES + j] = step(w, o6, hr, h_0, h_m, h_1)


@compiled
def _run_blocks(  # type: ignore[no-untyped-def]
    first, last, rates, slow_rates, slow, start, weight_kg, hs, index, dose, keep,
    structure, all_rows, driver_rows, out,
):  # fmt: skip
    phi = np.empty((2 * hs.shape[0], structure.rows.shape[0] * LANES))
    w = np.empty((hs.shape[0], N_SLOW * WEIGHTS * LANES))
    x0 = np.empty((N_LINEAR + 1) * LANES)
    xm = np.empty((N_LINEAR + 1) * LANES)
    x1 = np.empty((N_LINEAR + 1) * LANES)
    y = np.empty(N_SLOW * LANES)
    for block in range(first, last):
        propagators(rates[block], hs, structure, phi)
        weights(slow_rates[block], hs, w)
        x0[:] = 0.0
        y[:] = start[block]
        q = slow[block]
        o = out[block].reshape(-1)
        _keep(o[: N_STATES * LANES], x0, y)
        k = 1
        for it in range(index.shape[0]):
            for j in range(LANES):
                x0[N_LINEAR * LANES + j] = dose[it] * weight_kg[block, j] + TRACE_RATE
            advance(x0, phi[2 * index[it]], driver_rows, xm)
            advance(x0, phi[2 * index[it] + 1], all_rows, x1)
            _slow_step(y, q, w[index[it]], x0, xm, x1)
            x0, x1 = x1, x0
            if keep[it]:
                _keep(o[k * N_STATES * LANES : (k + 1) * N_STATES * LANES], x0, y)
                k += 1


@compiled
def _keep(o, x, y):  # type: ignore[no-untyped-def]
    for i in range(N_LINEAR * LANES):
        o[i] = x[i]
    for i in range(N_SLOW * LANES):
        o[N_LINEAR * LANES + i] = y[i]


@functools.cache
def grid() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return step sizes (h), dose rates (mg/kg/h) and which step ends are kept."""
    minutes: list[float] = []
    rates: list[float] = []
    keep: list[bool] = []
    splits = {0: 8, 1: 4}  # first and second 10 minutes after a change of rate
    last = 0
    for day in range(LAST_DAY):
        if day in INFUSION_DAYS:
            since = 99
            for slot in range(144):
                since = 0 if slot in (54, 60, 78) else since
                parts = splits.get(since, 1)
                since += 1
                rate = 0.5 if 54 <= slot < 60 else 1.0 if 60 <= slot < 78 else 0.0
                minutes += [10.0 / parts] * parts
                rates += [rate] * parts
                keep += [False] * (parts - 1) + [True]
            last = day
            continue
        for quarter in range(4):
            hours = (day - last - 1) * 24 + quarter * 6
            parts = 6 if hours < 24 else 3 if hours < 96 else 2
            minutes += [360.0 / parts] * parts
            rates += [0.0] * parts
            keep += [False] * (parts - 1) + [True]
    return np.array(minutes) / 60.0, np.array(rates), np.array(keep)


def n_kept() -> int:
    """Return the number of output times, the start included."""
    return int(grid()[2].sum()) + 1


def buffer(n_patients: int, dtype: type = np.float64) -> NDArray[np.floating]:
    """Return an output array that ``simulate`` can fill again and again."""
    return np.empty((blocks(n_patients), n_kept(), N_STATES, LANES), dtype)


def simulate(
    population: NDArray[np.float64], out: NDArray[np.floating] | None = None, threads: int | None = 1
) -> NDArray[np.floating]:
    """Return every state at every output time.

    Args:
        population: Parameters in the order of ``PARAMETERS``. Shape ``(patient, 32)``.
        out: A ``buffer`` to fill; a new one if not given.
        threads: Workers; None for all processors.

    Returns:
        The filled buffer. Shape ``(block, time, state, lane)``; ``from_lanes`` gives
        ``(patient, time, state)``.
    """
    n = len(population)
    p = dict(zip(PARAMETERS, population.T, strict=True))
    rates = np.stack(
        [
            -(p["CL"] + p["Q2"] + p["Q3"]) / p["V1"], p["Q2"] / p["V2"], p["Q3"] / p["V3"], np.ones(n),
            p["Q2"] / p["V1"], -p["Q2"] / p["V2"], p["Q3"] / p["V1"], -p["Q3"] / p["V3"],
            p["fm"] * p["CL"] / p["V1"], -(p["CLm"] + p["Qm"]) / p["VM1"], p["Qm"] / p["VM2"],
            p["Qm"] / p["VM1"], -p["Qm"] / p["VM2"], p["ke0"] * 1000.0 / p["V1"], -p["ke0"],
        ], axis=1,
    )  # fmt: skip
    slow_rates = np.stack(
        [p["kS"] * p["dS"], 1 / p["tauP"], 1 / p["tauM"], 1 / p["tauL"], 1 / p["tauT"], p["koB"], p["koH"]],
        axis=1,
    )  # fmt: skip
    names = "C50 gam kS gS S50 s0 P50 tauP tauM tauL tauT koB EmB EC50 BP0 koH EmH HR0".split()
    slow = np.stack([p[name] for name in names] + [1000.0 / p["V1"]], axis=1)
    start = np.stack(
        [np.ones(n), np.full(n, 7.0), np.full(n, 0.4), np.full(n, 0.4), np.zeros(n), p["BP0"], p["HR0"]],
        axis=1,
    )
    h, dose, keep = grid()
    hs, index = np.unique(np.round(h, 12), return_inverse=True)
    out = buffer(n) if out is None else out
    weight = to_lanes(p["WT"][:, None])
    lanes = (to_lanes(rates), to_lanes(slow_rates), to_lanes(slow), to_lanes(start))

    def work(first: int, last: int) -> None:
        _run_blocks(
            first, last, *lanes, weight, hs, index, dose, keep,
            PATTERN, ALL_ROWS, DRIVER_ROWS, out,
        )  # fmt: skip

    over_blocks(work, blocks(n), threads=threads)
    return out


def trajectories(population: NDArray[np.float64], threads: int | None = 1) -> NDArray[np.floating]:
    """Return ``simulate`` as ``(patient, time, state)``."""
    return from_lanes(simulate(population, threads=threads), len(population))

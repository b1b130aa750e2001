"""The reference problem KPM: 13 states, the yardstick of the kernel, not a model of a person.

Three-compartment ketamine with norketamine and an effect site (linear, advanced exactly), and seven
slow states (sensitization, pain, mood, sleep, tolerance, blood pressure, heart rate). The same
equations are written for other engines in ``benchmarks/``; this file is what Subside makes of them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.exponential import WEIGHTS, end, middle, step, weights
from subside.engine.kernel.functions import log, logistic, michaelis
from subside.engine.kernel.grid import grid
from subside.engine.kernel.jit import inner, scalar
from subside.engine.kernel.lanes import LANES, aligned, blocks, from_lanes, to_lanes
from subside.engine.kernel.linear import (
    TRACE_RATE,
    advance,
    fill_propagators,
    pattern,
    select_rows,
    workspace,
)
from subside.engine.kernel.pool import over_blocks
from subside.engine.kernel.vector import WIDTH, stream, together

PARAMETERS = tuple(
    "CL V1 Q2 V2 Q3 V3 fm CLm VM1 Qm VM2 ke0 C50 gam kS gS S50 s0 dS P50 tauP tauM tauL tauT "
    "koB EmB EC50 BP0 koH EmH HR0 WT".split()
)
INFUSION_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
LAST_DAY = 102
# Time since the last change of rate, largest step, in h. Fine while the drive bends, then as coarse as
# 1e-4 allows: see benchmarks/kpm_accuracy.py, which this ladder passes with a third of that.
LADDER = (
    (2.5 / 60, 0.625 / 60), (10 / 60, 1.25 / 60), (20 / 60, 2.5 / 60), (40 / 60, 5 / 60),
    (11.0, 10 / 60), (35.0, 1.0), (107.0, 2.0), (np.inf, 3.0),
)  # fmt: skip

N_LINEAR, N_SLOW, N_STATES = 6, 7, 13
S, P, M, L, T, B, H = range(7)
NON_ZEROS = (
    (0, 0), (0, 1), (0, 2), (0, 6), (1, 0), (1, 1), (2, 0), (2, 2),
    (3, 0), (3, 3), (3, 4), (4, 3), (4, 4), (5, 0), (5, 5),
)  # fmt: skip
PATTERN = pattern(NON_ZEROS, n_states=N_LINEAR, n_inputs=1)
ALL_ROWS = select_rows(PATTERN, tuple(range(N_LINEAR)))
DRIVER_ROWS = select_rows(PATTERN, (0, 5))

# the numbers that the slow equations read, in this order
SLOW_PARAMETERS = (
    "per_v1", "log_c50", "gam", "EC50", "kS", "gS", "S50sq", "s0", "P50", "kP", "kM", "kL", "kT",
    "koB", "EmB", "BP0", "koH", "EmH", "HR0",
)  # fmt: skip
(PER_V1, LOG_C50, GAM, EC50, KS, GS, S50SQ, S0, P50, KP, KM, KL, KT, KOB, EMB, BP0, KOH, EMH, HR0) = (
    LANES * i for i in range(19)
)  # where each begins in a block
Y = tuple(LANES * i for i in range(N_SLOW))  # where each slow state begins in a block
W = tuple(WEIGHTS * LANES * i for i in range(N_SLOW))  # where its weights begin


@scalar
def drive(a1, ce, per_v1, ec50, log_c50, gam):  # type: ignore[no-untyped-def]
    """Return the receptor block and the pressor stimulus."""
    return logistic(gam * (log(ce) - log_c50)), michaelis(a1 * per_v1, ec50)


@scalar
def sensitization(s, b, ks, gs, s50sq, s0):  # type: ignore[no-untyped-def]
    """Return the build-up of sensitization: it feeds itself, and the block breaks the loop."""
    return ks * (gs * michaelis(s * s, s50sq) * (1.0 - b) + s0)


@scalar
def pain(s, m, l, t, b, p50, kp):  # type: ignore[no-untyped-def]  # noqa: E741
    """Return the build-up of pain; low mood and poor sleep raise it, the block lowers it."""
    worse = 1.0 + 0.25 * (1.0 - m) + 0.15 * (1.0 - l)
    return kp * 10.0 * michaelis(s, p50) * worse * (1.0 - 0.6 * b * (1.0 - 0.5 * t))


@scalar
def mood(p, l, b, km):  # type: ignore[no-untyped-def]  # noqa: E741
    """Return the build-up of mood."""
    return km * (1.0 - 0.06 * p - 0.2 * (1.0 - l) + 0.3 * b)


@scalar
def sleep(p, m, kl):  # type: ignore[no-untyped-def]
    """Return the build-up of sleep."""
    return kl * (1.0 - 0.05 * p - 0.2 * (1.0 - m))


@scalar
def circulation(stimulus, ko, base, emax):  # type: ignore[no-untyped-def]
    """Return the build-up of blood pressure or heart rate."""
    return ko * base * (1.0 + emax * stimulus)


@scalar
def build_up(s, p, m, l, t, b, stimulus, q, j):  # type: ignore[no-untyped-def]  # noqa: E741
    """Return N of dy/dt = -k y + N for the seven slow states of lane ``j``."""
    return (
        sensitization(s, b, q[KS + j], q[GS + j], q[S50SQ + j], q[S0 + j]),
        pain(s, m, l, t, b, q[P50 + j], q[KP + j]),
        mood(p, l, b, q[KM + j]),
        sleep(p, m, q[KL + j]),
        q[KT + j] * b,
        circulation(stimulus, q[KOB + j], q[BP0 + j], q[EMB + j]),
        circulation(stimulus, q[KOH + j], q[HR0 + j], q[EMH + j]),
    )


@inner
def _drive(x, q, d):  # type: ignore[no-untyped-def]
    """Fill ``d`` with block and stimulus, lane by lane."""
    for i in range(0, LANES, WIDTH):
        j = together(i)
        d[j], d[LANES + j] = drive(
            x[j], x[5 * LANES + j], q[PER_V1 + j], q[EC50 + j], q[LOG_C50 + j], q[GAM + j]
        )


@inner
def _slow_step(y, q, w, d0, dm, d1):  # type: ignore[no-untyped-def]
    """Advance the slow states by one step; the drive is known at its start, middle and end."""
    for i in range(0, LANES, WIDTH):
        j = together(i)
        s, p, m, l, t = y[Y[S] + j], y[Y[P] + j], y[Y[M] + j], y[Y[L] + j], y[Y[T] + j]  # noqa: E741
        s0, p0, m0, l0, t0, b0, h0 = build_up(s, p, m, l, t, d0[j], d0[LANES + j], q, j)
        sm, pm, mm, lm, tm, bm, hm = build_up(
            middle(w, W[S] + j, s, s0), middle(w, W[P] + j, p, p0), middle(w, W[M] + j, m, m0),
            middle(w, W[L] + j, l, l0), middle(w, W[T] + j, t, t0), dm[j], dm[LANES + j], q, j,
        )  # fmt: skip
        s1, p1, m1, l1, t1, b1, h1 = build_up(
            end(w, W[S] + j, s, s0, sm), end(w, W[P] + j, p, p0, pm), end(w, W[M] + j, m, m0, mm),
            end(w, W[L] + j, l, l0, lm), end(w, W[T] + j, t, t0, tm), d1[j], d1[LANES + j], q, j,
        )  # fmt: skip
        y[Y[S] + j] = step(w, W[S] + j, s, s0, sm, s1)
        y[Y[P] + j] = step(w, W[P] + j, p, p0, pm, p1)
        y[Y[M] + j] = step(w, W[M] + j, m, m0, mm, m1)
        y[Y[L] + j] = step(w, W[L] + j, l, l0, lm, l1)
        y[Y[T] + j] = step(w, W[T] + j, t, t0, tm, t1)
        y[Y[B] + j] = step(w, W[B] + j, y[Y[B] + j], b0, bm, b1)
        y[Y[H] + j] = step(w, W[H] + j, y[Y[H] + j], h0, hm, h1)


@inner
def _run_block(x0, xm, x1, y, d0, dm, d1, phi, w, q, dose, size, segment, keep,
               all_rows, driver_rows, o):  # type: ignore[no-untyped-def]  # fmt: skip
    """Advance one block through all steps, from the state in ``x0`` and ``y``."""
    _keep(o, 0, x0, y)
    k = 1
    _drive(x0, q, d0)
    for it in range(size.shape[0]):
        for i in range(0, LANES, WIDTH):
            rate = dose[together(segment[it] * LANES + i)]
            x0[together(N_LINEAR * LANES + i)] = rate + TRACE_RATE
        advance(x0, phi[2 * size[it]], driver_rows, xm)
        advance(x0, phi[2 * size[it] + 1], all_rows, x1)
        _drive(xm, q, dm)
        _drive(x1, q, d1)
        _slow_step(y, q, w[size[it]], d0, dm, d1)
        x0, x1, d0, d1 = x1, x0, d1, d0
        if keep[it]:
            _keep(o, k * N_STATES * LANES, x0, y)
            k += 1


@inner
def _keep(o, at, x, y):  # type: ignore[no-untyped-def]
    """Write the states at position ``at`` of the output."""
    for i in range(0, N_LINEAR * LANES, WIDTH):
        stream(o, together(at + i), x[together(i)])
    for i in range(0, N_SLOW * LANES, WIDTH):
        stream(o, together(at + N_LINEAR * LANES + i), y[together(i)])


@dataclass(frozen=True, kw_only=True)
class Regimen:
    """Constant-rate segments and output times, shared by all patients; the rates may differ.

    Attributes:
        changes_h: Where each segment starts, rising; the first is 0.
        mg_per_kg_per_h: Rate of each segment, ``(segment,)``, or of each patient, ``(patient, segment)``.
        times_h: Output times, rising; the first is 0.
    """

    changes_h: NDArray[np.float64]
    mg_per_kg_per_h: NDArray[np.float64]
    times_h: NDArray[np.float64]


@functools.cache
def reference_regimen() -> Regimen:
    """Return ten weekday infusions (1 h at 0.5, 3 h at 1 mg/kg/h from 9:00) and 90 days after them."""
    changes, rates = [0.0], [0.0]
    times = [np.zeros(1)]
    for day in range(LAST_DAY):
        infusion = day in INFUSION_DAYS
        times.append(24.0 * day + np.arange(1, 145 if infusion else 5) / (6.0 if infusion else 1 / 6.0))
        if infusion:
            changes += [24.0 * day + 9.0, 24.0 * day + 10.0, 24.0 * day + 13.0]
            rates += [0.5, 1.0, 0.0]
    return Regimen(
        changes_h=np.array(changes), mg_per_kg_per_h=np.array(rates), times_h=np.concatenate(times)
    )


def buffer(n_patients: int, n_times: int | None = None, dtype: type = np.float64) -> NDArray[np.floating]:
    """Return an output array that ``simulate`` can fill again and again."""
    n_times = len(reference_regimen().times_h) if n_times is None else n_times
    return aligned((blocks(n_patients), n_times, N_STATES, LANES), dtype)


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):  # an impossible parameter is a failed patient, marked at the end
        return np.log(values)


def simulate(
    population: NDArray[np.float64],
    *,
    regimen: Regimen | None = None,
    out: NDArray[np.floating] | None = None,
    threads: int | None = 1,
) -> NDArray[np.floating]:
    """Return every state at every output time.

    Args:
        population: Parameters in the order of ``PARAMETERS``. Shape ``(patient, 32)``.
        regimen: What is infused; the reference regimen if not given.
        out: A ``buffer`` to fill; a new one if not given.
        threads: Workers; None for all processors.

    Returns:
        The filled buffer. Shape ``(block, time, state, lane)``; ``from_lanes`` gives
        ``(patient, time, state)``.
    """
    regimen = reference_regimen() if regimen is None else regimen
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
    p |= {
        "per_v1": 1000.0 / p["V1"],
        "log_c50": _log(p["C50"]),
        "S50sq": p["S50"] ** 2,
        **{f"k{name}": 1.0 / p[f"tau{name}"] for name in "PMLT"},
    }
    slow_rates = np.stack([p["kS"] * p["dS"], p["kP"], p["kM"], p["kL"], p["kT"], p["koB"], p["koH"]], axis=1)
    slow = np.stack([p[name] for name in SLOW_PARAMETERS], axis=1)
    start = np.stack(
        [np.ones(n), np.full(n, 7.0), np.full(n, 0.4), np.full(n, 0.4), np.zeros(n), p["BP0"], p["HR0"]],
        axis=1,
    )
    dose = regimen.mg_per_kg_per_h * p["WT"][:, None]
    steps = grid(regimen.changes_h, regimen.times_h, ladder=LADDER)
    out = buffer(n, len(regimen.times_h)) if out is None else out
    rates, slow_rates, slow, start, dose = (to_lanes(v) for v in (rates, slow_rates, slow, start, dose))

    n_sizes, flat = len(steps.sizes_h), out.reshape(len(out), -1)

    def run(first: int, last: int) -> None:
        work = workspace(PATTERN)
        phi = aligned((2 * n_sizes, PATTERN.rows.size * LANES))
        w = aligned((n_sizes, N_SLOW * WEIGHTS * LANES))
        x0, xm, x1 = aligned((3, (N_LINEAR + 1) * LANES))
        d0, dm, d1 = aligned((3, 2 * LANES))
        for block in range(first, last):
            fill_propagators(rates[block], steps.sizes_h, PATTERN, phi, work)
            weights(slow_rates[block], steps.sizes_h, w)
            x0[:] = 0.0
            _run_block(
                x0, xm, x1, start[block], d0, dm, d1, phi, w, slow[block], dose[block],
                steps.size, steps.segment, steps.keep, ALL_ROWS, DRIVER_ROWS, flat[block],
            )  # fmt: skip

    over_blocks(run, blocks(n), threads=threads)
    return out


def trajectories(
    population: NDArray[np.float64], *, regimen: Regimen | None = None, threads: int | None = 1
) -> NDArray[np.floating]:
    """Return ``simulate`` as ``(patient, time, state)``."""
    return from_lanes(simulate(population, regimen=regimen, threads=threads), len(population))

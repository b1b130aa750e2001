"""The whole system of one patient by SciPy's adaptive solvers, and how far the loop was off.

Independent: the method of integration, the step control and the handling of doses (the linear part
is a dense matrix here, integrated like everything else). Shared: the scalar equations themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.lanes import LANES
from subside.engine.systems.chronic_pain.layout import (
    AT,
    BOLUS_ROWS,
    EXPECTATION,
    INJURY,
    N_INPUTS,
    N_LINEAR,
    N_SLOW,
    POLICY_FIELDS,
)
from subside.engine.systems.chronic_pain.loop import EXTRA, N_ROWS, VARYING, evaluate
from subside.engine.systems.chronic_pain.protocol import Protocol
from subside.engine.systems.chronic_pain.solve import People, solve

Array = NDArray[np.float64]
RELATIVE_FLOOR = 1e-3  # of a state's largest size: below it an error is measured absolutely


def error_norm(states: Array, reference: Array) -> Array:
    """Return the largest |y - ref| / (|ref| + 1e-3 max |ref|) of each state. Shape ``(..., state)``.

    A state that stays at zero throughout has no error.
    """
    size = np.abs(reference)
    scale = size + RELATIVE_FLOOR * size.max(axis=-2, keepdims=True)
    gap = np.abs(states - reference)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(scale > 1e-40, gap / scale, 0.0)
    worst: Array = relative.max(axis=-2)
    return worst


def worst_error(
    people: People, plan: Protocol, rows: NDArray[np.int64], *, rtol: float = 1e-7, method: str = "LSODA"
) -> float:
    """Return the largest error of these patients over all states and output times."""
    some = people.take(rows)
    kept = solve(some, plan, keep_states=True, threads=1)  # states are always doubles
    worst = 0.0
    for i in range(len(rows)):
        reference = resolve(some, i, plan, given=kept.given_mg_per_h, rtol=rtol, method=method)
        assert kept.states is not None
        worst = max(worst, float(error_norm(kept.states[i], reference).max()))
    return worst


def resolve(
    people: People,
    row: int,
    plan: Protocol,
    *,
    given: Array | None = None,
    rtol: float = 1e-8,
    method: str = "LSODA",
) -> Array:
    """Return all states of one patient at the output times. Shape ``(time, state)``.

    Args:
        people: Patients; ``row`` picks one.
        plan: What happens.
        given: Rates that a policy set, shape ``(patient, step)``; needed where a policy titrates.
        rtol: Relative tolerance of the solver.
        method: Of ``scipy.integrate.solve_ivp``.
    """
    from scipy.integrate import solve_ivp

    rhs = _right_hand_side(people, row)
    q = people.parameters[row]
    steps = plan.clock
    times = np.round(steps.times_h * 3600.0).astype(np.int64)
    state = np.concatenate([np.zeros(N_LINEAR), people.start[row]])
    out = np.empty((len(times), N_LINEAR + N_SLOW))
    out[times <= steps.start_s] = state
    scale = np.concatenate([np.full(N_LINEAR, 10.0), np.full(N_SLOW, 0.1)])
    first = 0
    while first < len(steps.size_s):
        rate = _rate(plan, given, row, first)
        if plan.visit[first]:
            state[N_LINEAR + EXPECTATION] = _renewed(state[N_LINEAR + EXPECTATION], q[AT["expectation"]])
        if plan.injury[first]:
            state[N_LINEAR + INJURY] += q[AT["injury_drive"]]
        state[list(BOLUS_ROWS)] += plan.bolus_mg[first]
        levels = plan.levels[first]
        last = first + 1
        while (
            last < len(steps.size_s)
            and np.array_equal(_rate(plan, given, row, last), rate)
            and np.array_equal(plan.levels[last], levels)
            and not plan.visit[last]
            and not plan.injury[last]
            and not plan.bolus_mg[last].any()
        ):
            last += 1
        begin = int(steps.begins_s[first])
        finish = int(steps.begins_s[last - 1] + steps.size_s[last - 1])
        inside = (times > begin) & (times <= finish)
        wanted = np.union1d(times[inside], [finish]) / 3600.0
        solved = solve_ivp(
            rhs, (begin / 3600.0, finish / 3600.0), state, args=(rate, levels), method=method,
            t_eval=wanted, rtol=rtol, atol=rtol * 1e-3 * scale,
        )  # fmt: skip
        out[inside] = solved.y.T[: int(inside.sum())]
        state = solved.y[:, -1].copy()
        first = last
    return out


def _renewed(left: float, brought: float) -> float:
    """Return the expectation after a visit, as ``effects.pain.renewed``, with nothing to compile."""
    return max(left, brought) if brought >= 0.0 else min(left, brought)


def _rate(plan: Protocol, given: Array | None, row: int, step: int) -> Array:
    rate = plan.dose_mg_per_h[step].copy()
    if plan.policy[step] >= 0 and given is not None:
        share = plan.policies[plan.policy[step], POLICY_FIELDS.index("s_share")]
        rate[:2] += given[row, step] * np.array([share, 1.0 - share])
    return rate


def _right_hand_side(people: People, row: int) -> Any:
    matrix = np.zeros((N_LINEAR, N_LINEAR + N_INPUTS))
    for (r, c), value in zip(people.non_zeros, people.rates[row], strict=True):
        matrix[r, c] += value
    decay = people.slow_rates[row]
    q = np.repeat(people.parameters[row], LANES)
    x = np.zeros((N_LINEAR + N_INPUTS, LANES))
    y = np.zeros((N_SLOW, LANES))
    n = np.empty(N_ROWS * LANES)

    def rhs(_: float, state: Array, rate: Array, levels: Array) -> Array:
        x[:N_LINEAR] = state[:N_LINEAR, None]
        x[N_LINEAR:] = rate[:, None]
        y[:] = state[N_LINEAR:, None]
        evaluate(y.reshape(-1), x.reshape(-1), levels, q, n)
        slow = n[::LANES]
        change = slow[:N_SLOW] - decay * state[N_LINEAR:]
        for row, index in enumerate(VARYING):
            change[index] -= slow[EXTRA + row] * state[N_LINEAR + index]
        return np.concatenate([matrix @ x[:, 0], change])

    return rhs

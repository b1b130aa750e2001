"""The system on a graphics processor: the loop of ``loop.py``, one patient a thread.

Arrays have the patients last, so that neighbors in a block of threads read neighbors in memory.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import cuda, float64, int64
from numpy.typing import NDArray

from subside.engine.kernel.device import THREADS_A_BLOCK, rewired
from subside.engine.kernel.exponential import WEIGHTS, weights
from subside.engine.kernel.linear import Pattern, Rows, fill_propagators, pattern, select_rows
from subside.engine.systems.chronic_pain.layout import N_INPUTS, N_LINEAR, N_OUTPUTS, N_SLOW, PARAMETERS
from subside.engine.systems.chronic_pain.loop import DRIVERS, N_CONSTANTS, N_DRIVES, N_ROWS, run_block
from subside.engine.systems.chronic_pain.protocol import Protocol
from subside.engine.systems.chronic_pain.solve import People, Solution, output_steps

#: Memory of one launch, for the coefficients of its patients and what they put out.
BYTES_A_LAUNCH = 2_000_000_000
MOST_A_LAUNCH = 65_536
N_X, N_Q = N_LINEAR + N_INPUTS, len(PARAMETERS)


def _one_patient(
    n, rates, slow_rates, parameters, start, rows, columns, diagonal, left, right, starts, at_rates, hs, index, dose,
    bolus, visit, injured, midazolam, levels, policy, decide, policies, output_at,
    all_rows, all_starts, all_entries, all_columns, some_rows, some_starts, some_entries, some_columns,
    phi, w, work, out, states, given,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Run patient ``i`` of a launch; see ``solve.solve_into``, of which this is one lane of one block."""
    i = cuda.grid(1)
    if i >= n:
        return
    structure = Pattern(rows, columns, diagonal, left, right, starts, at_rates)
    every = Rows(all_rows, all_starts, all_entries, all_columns)
    drivers = Rows(some_rows, some_starts, some_entries, some_columns)
    x0, xm, x1 = cuda.local.array(N_X, float64), cuda.local.array(N_X, float64), cuda.local.array(N_X, float64)
    for k in range(N_X):
        x0[k] = 0.0
        xm[k] = 0.0
        x1[k] = 0.0
    d0, dm, d1 = (
        cuda.local.array(N_DRIVES, float64), cuda.local.array(N_DRIVES, float64),
        cuda.local.array(N_DRIVES, float64),
    )  # fmt: skip
    for k in range(N_DRIVES):
        d0[k] = 0.0
        dm[k] = 0.0
        d1[k] = 0.0
    n0, nm, n1 = (
        cuda.local.array(N_ROWS, float64), cuda.local.array(N_ROWS, float64), cuda.local.array(N_ROWS, float64),
    )  # fmt: skip
    y, trial, decay = (
        cuda.local.array(N_SLOW, float64), cuda.local.array(N_SLOW, float64), cuda.local.array(N_SLOW, float64),
    )  # fmt: skip
    q, c = cuda.local.array(N_Q, float64), cuda.local.array(N_CONSTANTS, float64)
    now, rate = cuda.local.array(N_OUTPUTS, float64), cuda.local.array(1, float64)
    rate[0] = 0.0
    for k in range(N_SLOW):
        y[k] = start[k, i]
        decay[k] = slow_rates[k, i]
    for k in range(N_Q):
        q[k] = parameters[k, i]
    fill_propagators(rates[:, i], hs, structure, phi[:, :, i], work[:, i])
    weights(decay, hs, w[:, :, i])
    run_block(
        x0, xm, x1, y, c, d0, dm, d1, n0, nm, n1, trial, now, rate, phi[:, :, i], w[:, :, i], decay, q, hs, index,
        dose, bolus, visit, injured, midazolam, levels, policy, decide, policies, output_at, every, drivers,
        out[:, i], states[:, i], given[:, i],
    )  # fmt: skip


@functools.cache
def kernel() -> Any:
    """Return the compiled kernel; in the simulator, what runs its source."""
    return cuda.jit(rewired(_one_patient))


def signature() -> tuple[Any, ...]:
    """Return the types of the kernel's arguments, to compile it where there is no device."""
    table, row, whole = float64[:, ::1], float64[::1], int64[::1]
    shape = (*[whole] * 7, row, whole)
    plan = (table, table, whole, whole, row, table, whole, whole, table, whole)
    return (int64, *[table] * 4, *shape, *plan, *[whole] * 8, float64[:, :, ::1], float64[:, :, ::1], *[table] * 4)


def solve_on_device(
    people: People,
    plan: Protocol,
    *,
    keep_states: bool = False,
    dtype: type = np.float32,
    progress: Callable[[float], None] | None = None,
) -> Solution:
    """Return what ``solve`` returns, computed on the graphics processor.

    The same equations and steps in double precision. exp, log and the order of a sum are the device's own: outputs
    agree with the processor's to 1e-6 of their size (``tests/laws/test_device.py``), which float32 holds anyway.
    """
    n, n_times, n_steps = len(people), len(plan.clock.times_h), len(plan.clock.index)
    structure = pattern(people.non_zeros, n_states=N_LINEAR, n_inputs=N_INPUTS)
    fixed = _fixed(structure, plan)
    outputs: NDArray[Any] = np.empty((n, n_times, N_OUTPUTS), dtype=dtype)
    states = np.empty((n, n_times, N_LINEAR + N_SLOW)) if keep_states else None
    given = np.empty((n, n_steps)) if keep_states else None
    size = _patients_a_launch(structure, plan, keep_states=keep_states)
    for first in range(0, n, size):
        rows = slice(first, min(first + size, n))
        o, s, g = _launch(people.take(rows), structure, fixed, plan, keep_states=keep_states)
        outputs[rows] = o.reshape(n_times, N_OUTPUTS, -1).transpose(2, 0, 1)
        if states is not None and given is not None:
            states[rows] = s.reshape(n_times, N_LINEAR + N_SLOW, -1).transpose(2, 0, 1)
            given[rows] = g.T
        if progress:
            progress(rows.stop / n)
    return Solution(times_h=plan.clock.times_h, outputs=outputs, states=states, given_mg_per_h=given)


def _fixed(structure: Pattern, plan: Protocol) -> list[Any]:
    """Return on the device what is the same for everyone, in the kernel's order."""
    steps = plan.clock
    every, drivers = (select_rows(structure, rows) for rows in (tuple(range(N_LINEAR)), DRIVERS))
    same = (
        *structure, steps.sizes_s / 3600.0, steps.index, plan.dose_mg_per_h, plan.bolus_mg, plan.visit, plan.injury,
        plan.midazolam, plan.levels, plan.policy, plan.decide, plan.policies, output_steps(plan), *every, *drivers,
    )  # fmt: skip
    return [cuda.to_device(np.ascontiguousarray(part)) for part in same]


def _patients_a_launch(structure: Pattern, plan: Protocol, *, keep_states: bool) -> int:
    values = 2 * len(plan.clock.sizes_s) * structure.rows.size + len(plan.clock.times_h) * N_OUTPUTS
    if keep_states:
        values += len(plan.clock.times_h) * (N_LINEAR + N_SLOW) + len(plan.clock.index)
    return max(THREADS_A_BLOCK, min(MOST_A_LAUNCH, BYTES_A_LAUNCH // (8 * values)))


def _launch(
    people: People, structure: Pattern, fixed: list[Any], plan: Protocol, *, keep_states: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return outputs, states and given rates of some patients, patients last."""
    n, n_sizes, n_entries = len(people), len(plan.clock.sizes_s), structure.rows.size
    n_times, n_steps = len(plan.clock.times_h), len(plan.clock.index)
    own = [
        cuda.to_device(np.ascontiguousarray(part.T))
        for part in (people.rates, people.slow_rates, people.parameters, people.start)
    ]
    space = [
        cuda.device_array(shape, np.float64)
        for shape in (
            (2 * n_sizes, n_entries, n), (n_sizes, N_SLOW * WEIGHTS, n), (3 * n_entries + structure.diagonal.size + 1, n),
            (n_times * N_OUTPUTS, n), (n_times * (N_LINEAR + N_SLOW) if keep_states else 0, n),
        )
    ]  # fmt: skip
    space.append(cuda.to_device(np.zeros((n_steps if keep_states else 0, n))))  # a step without a policy gives none
    kernel()[-(-n // THREADS_A_BLOCK), THREADS_A_BLOCK](n, *own, *fixed, *space)
    return space[3].copy_to_host(), space[4].copy_to_host(), space[5].copy_to_host()

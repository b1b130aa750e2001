"""Run the loop over patients and threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.exponential import WEIGHTS, weights
from subside.engine.kernel.lanes import LANES, aligned, blocks, from_lanes, to_lanes
from subside.engine.kernel.linear import fill_propagators, pattern, select_rows, workspace
from subside.engine.kernel.pool import over_blocks
from subside.engine.systems.chronic_pain.layout import N_INPUTS, N_LINEAR, N_OUTPUTS, N_SLOW, OUTPUTS
from subside.engine.systems.chronic_pain.loop import DRIVERS, N_CONSTANTS, N_DRIVES, N_ROWS, run_block
from subside.engine.systems.chronic_pain.protocol import Protocol


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Individuals as the loop reads them, one row a patient.

    Attributes:
        non_zeros: Position of each rate of the linear system, (row, column).
        rates: Their values, per h. Shape ``(patient, rate)``.
        slow_rates: Decay of the slow states, per h. Shape ``(patient, slow state)``.
        parameters: In the order of ``layout.PARAMETERS``. Shape ``(patient, parameter)``.
        start: Slow states at the start. Shape ``(patient, slow state)``.
    """

    non_zeros: tuple[tuple[int, int], ...]
    rates: NDArray[np.float64]
    slow_rates: NDArray[np.float64]
    parameters: NDArray[np.float64]
    start: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.parameters)

    def take(self, rows: NDArray[np.int64] | slice) -> People:
        """Return some of these people."""
        return People(
            non_zeros=self.non_zeros,
            rates=self.rates[rows],
            slow_rates=self.slow_rates[rows],
            parameters=self.parameters[rows],
            start=self.start[rows],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Solution:
    """What the loop gives back.

    Attributes:
        outputs: In the order of ``layout.OUTPUTS``. Shape ``(patient, time, output)``.
        states: Linear, then slow states; None unless asked for. Shape ``(patient, time, state)``.
        given_mg_per_h: Rates set by policies; None unless asked for. Shape ``(patient, step)``.
    """

    times_h: NDArray[np.float64]
    outputs: NDArray[np.floating]
    states: NDArray[np.float64] | None = None
    given_mg_per_h: NDArray[np.float64] | None = None

    def __getitem__(self, name: str) -> NDArray[np.floating]:
        return self.outputs[:, :, OUTPUTS.index(name)]


def buffer(n_patients: int, n_times: int, dtype: type = np.float32) -> NDArray[np.floating]:
    """Return an output array that ``solve_into`` can fill again and again."""
    return aligned((blocks(n_patients), n_times, N_OUTPUTS, LANES), dtype)


def solve(
    people: People,
    plan: Protocol,
    *,
    keep_states: bool = False,
    dtype: type = np.float32,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Solution:
    """Return the outputs of every patient at every output time.

    Args:
        people: The patients.
        plan: What happens to them.
        keep_states: Also keep the raw states and the rates that policies set.
        dtype: Storage of the outputs; the computation is always in double precision.
        threads: Workers; all processors when not given. The result does not depend on it.
        progress: Told the share done, from 0 to 1.
    """
    n = len(people)
    out = buffer(n, len(plan.clock.times_h), dtype)
    n_blocks, n_times = out.shape[:2]
    states = np.zeros((n_blocks, n_times if keep_states else 0, N_LINEAR + N_SLOW, LANES))
    given = np.zeros((n_blocks, len(plan.clock.index) if keep_states else 0, LANES))
    solve_into(out, people, plan, states=states, given=given, threads=threads, progress=progress)
    return Solution(
        times_h=plan.clock.times_h,
        outputs=from_lanes(out, n),
        states=np.asarray(from_lanes(states, n), dtype=np.float64) if keep_states else None,
        # Not reshape(-1, ...): one time alone has no step, and -1 of nothing is undefined.
        given_mg_per_h=given.transpose(0, 2, 1).reshape(n_blocks * LANES, given.shape[1])[:n]
        if keep_states
        else None,
    )


def used_rows(people: People) -> tuple[int, ...]:
    """Return the linear states that anything reaches; the others stay at zero."""
    return tuple(sorted({row for row, _ in people.non_zeros}))


def output_steps(plan: Protocol) -> NDArray[np.int64]:
    """Return the index of the output time at the start and at the end of each step, or -1."""
    steps = plan.clock
    starts_with_output = len(steps.times_h) > 0 and round(steps.times_h[0] * 3600) == steps.start_s
    return np.concatenate([[0 if starts_with_output else -1], steps.output_at]).astype(np.int64)


def solve_into(
    out: NDArray[np.floating],
    people: People,
    plan: Protocol,
    *,
    states: NDArray[np.float64] | None = None,
    given: NDArray[np.float64] | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Fill ``out`` (see ``buffer``) and, where there is room, ``states`` and ``given``."""
    n_blocks = blocks(len(people))
    structure = pattern(people.non_zeros, n_states=N_LINEAR, n_inputs=N_INPUTS)
    every = select_rows(structure, used_rows(people))
    drivers = select_rows(structure, DRIVERS)
    steps, output_at = plan.clock, output_steps(plan)
    rates, slow_rates, parameters, start = (
        to_lanes(v) for v in (people.rates, people.slow_rates, people.parameters, people.start)
    )
    if states is None:
        states = np.zeros((n_blocks, 0, N_LINEAR + N_SLOW, LANES))
    if given is None:
        given = np.zeros((n_blocks, 0, LANES))
    sizes_h = steps.sizes_s / 3600.0
    flat_out, flat_states, flat_given = (part.reshape(n_blocks, -1) for part in (out, states, given))

    def run(first: int, last: int) -> None:
        work = workspace(structure)
        phi = aligned((2 * len(sizes_h), structure.rows.size * LANES))
        w = aligned((len(sizes_h), N_SLOW * WEIGHTS * LANES))
        x0, xm, x1 = aligned((3, (N_LINEAR + N_INPUTS) * LANES))
        c, trial = aligned((N_CONSTANTS * LANES,)), aligned((N_SLOW * LANES,))
        d0, dm, d1 = aligned((3, N_DRIVES * LANES))
        n0, nm, n1 = aligned((3, N_ROWS * LANES))
        now, rate = aligned((N_OUTPUTS * LANES,)), aligned((LANES,))
        for space in (xm, x1, d0, dm, d1):
            space[:] = 0.0
        for block in range(first, last):
            fill_propagators(rates[block], sizes_h, structure, phi, work)
            weights(slow_rates[block], sizes_h, w)
            x0[:] = 0.0
            rate[:] = 0.0
            run_block(
                x0, xm, x1, start[block], c, d0, dm, d1, n0, nm, n1, trial, now, rate, phi, w,
                slow_rates[block], parameters[block], sizes_h, steps.index, plan.dose_mg_per_h,
                plan.bolus_mg, plan.visit, plan.injury, plan.midazolam, plan.levels, plan.policy, plan.decide, plan.policies,
                output_at, every, drivers, flat_out[block], flat_states[block], flat_given[block],
            )  # fmt: skip

    over_blocks(run, n_blocks, threads=threads, progress=progress)

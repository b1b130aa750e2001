"""Run the loop over patients and threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subside.engine.kernel.lanes import LANES, blocks, from_lanes, to_lanes
from subside.engine.kernel.linear import pattern, select_rows
from subside.engine.kernel.pool import over_blocks
from subside.engine.systems.chronic_pain.layout import N_INPUTS, N_LINEAR, N_OUTPUTS, N_SLOW, OUTPUTS
from subside.engine.systems.chronic_pain.loop import DRIVERS, run_blocks
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
    return np.empty((blocks(n_patients), n_times, N_OUTPUTS, LANES), dtype)


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
    every = select_rows(structure, tuple(range(N_LINEAR)))
    drivers = select_rows(structure, DRIVERS)
    steps = plan.clock
    starts_with_output = len(steps.times_h) > 0 and round(steps.times_h[0] * 3600) == steps.start_s
    output_at = np.concatenate([[0 if starts_with_output else -1], steps.output_at]).astype(np.int64)
    lanes = [to_lanes(v) for v in (people.rates, people.slow_rates, people.parameters, people.start)]
    if states is None:
        states = np.zeros((n_blocks, 0, N_LINEAR + N_SLOW, LANES))
    if given is None:
        given = np.zeros((n_blocks, 0, LANES))

    def work(first: int, last: int) -> None:
        run_blocks(  # type: ignore[call-arg]
            first, last, *lanes, steps.sizes_s / 3600.0, steps.index, plan.dose_mg_per_h, plan.bolus_mg,
            plan.visit, plan.midazolam, plan.policy, plan.decide, plan.policies, output_at,
            structure, every, drivers, out, states, given,
        )  # fmt: skip

    over_blocks(work, n_blocks, threads=threads, progress=progress)
